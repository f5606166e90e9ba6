/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sieve.h - who opens a file that gives nothing does not pay for marks
 * (struct rf_sieve)
 *
 * For hooks only whose arguments have types: those are loaded through at an
 * instruction each, where a helper takes eighty. What is no address reads as 0.
 */
#ifndef RF_BPF_SIEVE_H
#define RF_BPF_SIEVE_H

#include "bpf/event.h"

/* Deeper ones are looked at mark by mark. */
#define RF_SIEVE_DEPTH 32

#define RF_DEVICE(major, minor) ((__u32)(major) << RF_MINOR_BITS | (minor))
#define RF_MAJOR_FLASH_DISK 31
#define RF_MAJOR_FLASH 90

/*
 * The disk that a node is of; 0 if it is of none. @mode, @device: those of its inode.
 * Flash has one more driver, which has two nodes for each.
 */
static __always_inline __u32 rf_node_disk(__u32 mode, __u32 device)
{
	switch (mode & S_IFMT) {
	case S_IFBLK: return device;
	case S_IFCHR:
		if (device >> RF_MINOR_BITS != RF_MAJOR_FLASH)
			return 0;
		return RF_DEVICE(RF_MAJOR_FLASH_DISK, (device & ((1 << RF_MINOR_BITS) - 1)) / 2);
	}
	return 0;
}

/* May @dev have a mark? */
static __always_inline bool rf_sieve_device(const struct rf_sieve *sieve, __u32 dev)
{
	return sieve->devices >> rf_sieve_device_bit(dev) & 1;
}

static __always_inline bool rf_sieve_inode(const struct rf_sieve *sieve, __u64 ino, __u32 dev)
{
	__u32 bit = rf_sieve_inode_bit(ino, dev);

	return sieve->inodes[bit / 64] >> bit % 64 & 1;
}

/* To be called before @dev is marked. */
static __always_inline void rf_sieve_expect_device(__u32 dev)
{
	struct rf_state *global = rf_state();

	if (global)
		__sync_fetch_and_or(&global->sieve.devices, 1ULL << rf_sieve_device_bit(dev));
}

/* To be called before an inode is marked. */
static __always_inline void rf_sieve_expect(const struct rf_inode_key *key)
{
	__u32 bit = rf_sieve_inode_bit(key->ino, key->dev);
	struct rf_state *global = rf_state();

	if (global)
		__sync_fetch_and_or(&global->sieve.inodes[bit / 64], 1ULL << bit % 64);
}

/* Surely no mark from @dentry up to the root. */
static __always_inline bool rf_sieve_ascend(const struct rf_sieve *sieve,
					    const struct dentry *dentry,
					    const struct super_block *sb, __u32 dev)
{
	const struct dentry *parent;

#pragma clang loop unroll(disable)
	for (int i = 0; i < RF_SIEVE_DEPTH; i++) {
		if (rf_sieve_inode(sieve, dentry->d_inode->i_ino, dev))
			return false;
		parent = dentry->d_parent;
		if (parent == dentry)
			return dentry == sb->s_root;
		dentry = parent;
	}
	return false;
}

/* Surely no mark for who opens @file, which is no device. @inode: its own, loaded once */
static __always_inline bool rf_sieve_file(const struct rf_sieve *sieve, const struct file *file,
					  const struct inode *inode)
{
	const struct super_block *sb = inode->i_sb;
	const struct dentry *dentry;
	__u32 dev = sb->s_dev;

	if (!rf_sieve_device(sieve, dev))
		return true;
	/* overlayfs opens the file below with the path above. */
	dentry = file->f_path.dentry;
	return dentry->d_inode == inode && rf_sieve_ascend(sieve, dentry, sb, dev);
}

/**
 * rf_sieve_passes - surely no mark for who obtains @file
 * @opening: the hook is that of the open, where a file of overlayfs has none
 *	below it yet. What is below is seen by itself.
 */
static __always_inline bool rf_sieve_passes(const struct file *file, bool opening)
{
	const struct inode *inode = file->f_inode;
	const struct rf_state *global = rf_state();
	__u32 disk;

	if (!global)
		return false;
	disk = rf_node_disk(inode->i_mode, inode->i_rdev);
	if (disk)
		return !rf_sieve_device(&global->sieve, disk);
	if (!opening && inode->i_sb->s_magic == OVERLAYFS_SUPER_MAGIC)
		return false;
	return rf_sieve_file(&global->sieve, file, inode);
}

/*
 * Where it is noted that nothing was kept with @inode, or with its @attributes. A
 * difference of pointers is a number.
 */
static __always_inline __u64 *rf_sieve_asked(struct rf_sieve *sieve, const struct inode *inode,
					     bool attributes)
{
	__u64 number = ((__u64)inode - (__u64)inode->i_sb) >> 6;

	return &sieve->asked[((number ^ number >> 12) + attributes) % RF_SIEVE_ASKED];
}

#endif /* RF_BPF_SIEVE_H */
