/* SPDX-License-Identifier: GPL-2.0 */
/*
 * written.h - files that labelled processes write: the inode has the label for
 * whoever opens it, as long as it is known
 */
#ifndef RF_BPF_WRITTEN_H
#define RF_BPF_WRITTEN_H

#include "bpf/channel.h"
#include "bpf/mark.h"
#include "bpf/source.h"

/* The channel of an inode's attributes; its own address is that of what is in it. */
static __always_inline __u64 rf_attributes_of(const struct inode *inode)
{
	/* No object begins there. */
	return (__u64)inode + 1;
}

/* That of what is beside the data: see rf_beside_key(). */
static __always_inline __u64 rf_beside_channel(const struct inode *inode, bool attributes)
{
	return attributes ? rf_attributes_of(inode) : (__u64)inode;
}

/* Of the kernel's own: what is written there is not kept as data. */
static __always_inline bool rf_written_is_setting(unsigned long magic)
{
	switch (magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case SECURITYFS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case BPF_FS_MAGIC:
	case PID_FS_MAGIC: return true;
	}
	return false;
}

/* Whoever reads the disk itself gets this too. */
static __always_inline int rf_written_device(__u32 dev, __u64 classes)
{
	/* Not on the stack, of which there is little. */
	static const struct rf_mark none;
	struct rf_mark *device = rf_device_mark(dev);

	if (device) {
		if (classes & ~device->written)
			__sync_fetch_and_or(&device->written, classes);
		return 0;
	}
	rf_device_make(dev, &none, BPF_NOEXIST);
	device = rf_device_mark(dev);
	if (!device)
		return -EACCES;
	__sync_fetch_and_or(&device->written, classes);
	return 0;
}

/* The same of who writes to the disk itself. */
static __always_inline int rf_written_disk(__u32 dev, __u64 classes, __u64 *added)
{
	const struct rf_mark *device = rf_device_mark(dev);

	*added = device ? classes & ~device->written : classes;
	return rf_written_device(dev, classes);
}

/* On what @inode is: a disk, or a part of one and that one. */
static __always_inline int rf_written_below(const struct inode *inode, __u32 dev, __u64 classes)
{
	__u32 disk = BPF_CORE_READ(inode, i_sb, s_bdev, bd_disk, part0, bd_dev);

	if (disk && disk != dev && rf_written_device(disk, classes))
		return -EACCES;
	return rf_written_device(dev, classes);
}

/* The record of an inode, made if there is none; NULL if there is no room. */
static __always_inline struct rf_mark *rf_written_mark(const struct rf_inode_key *key)
{
	struct rf_mark *mark = bpf_map_lookup_elem(&inodes, key),
		       new = { .flags = RF_MARK_DERIVED };
	struct rf_state *global = rf_state();

	if (mark || !global)
		return mark;
	new.node = __sync_fetch_and_add(&global->ids, 1) + 1;
	rf_mark_make(key, &new, BPF_NOEXIST);
	return bpf_map_lookup_elem(&inodes, key);
}

/* label(record) |= @classes: the record; NULL if that can't be said. */
static __always_inline struct rf_mark *rf_written_or(const struct rf_inode_key *key, __u64 classes,
						     __u64 *added)
{
	struct rf_mark *mark;
	__u64 lacks;

	*added = 0;
	for (int i = 0; i < RF_MARK_TRIES; i++) {
		mark = rf_written_mark(key);
		if (!mark)
			return NULL;
		lacks = classes & ~mark->written;
		if (lacks)
			*added |= lacks & ~__sync_fetch_and_or(&mark->written, lacks);
		if (rf_mark_stands(&inodes, key, mark))
			return mark;
	}
	return NULL;
}

/* label(record) |= classes, as the next; that of its device is the caller's matter. */
static __always_inline int rf_written_join(const struct rf_inode_key *key,
					   const struct rf_source *hop, __u64 *added)
{
	struct rf_mark *mark;

	mark = rf_written_or(key, hop->classes, added);
	if (!mark)
		return -EACCES;
	if (!*added)
		return 0;
	rf_source_copy(hop->node, mark->node, *added);
	rf_source_add(mark->node, hop);
	return 0;
}

/**
 * rf_written_add - label(inode) |= classes
 * @inode: its address
 * @added: what it did not have yet
 *
 * -EACCES if that can't be recorded.
 */
static __always_inline int rf_written_add(const struct inode *inode, const struct rf_source *hop,
					  __u64 *added)
{
	struct rf_inode_key key = {};

	if (rf_inode_is_disk(inode))
		return rf_written_disk(BPF_CORE_READ(inode, i_rdev), hop->classes, added);
	rf_inode_key(inode, &key);
	if (rf_written_below(inode, key.dev, hop->classes))
		return -EACCES;
	return rf_written_join(&key, hop, added);
}

/* tmpfs keeps one to each name that there is. */
static __always_inline int rf_written_pinned(const struct inode *inode)
{
	return BPF_CORE_READ(inode, i_sb, s_magic) == TMPFS_MAGIC && BPF_CORE_READ(inode, i_nlink);
}

/* Are there others who have it open or mapped, or may have? @own: references of ours */
static __always_inline bool rf_written_shared(const struct file *file, int own)
{
	const struct inode *inode = BPF_CORE_READ(file, f_inode);

	if (rf_inode_is_disk(inode) || rf_file_below(file) ||
	    BPF_CORE_READ(file, f_path.dentry, d_inode) != inode)
		return true;
	/* A name that is gone is still that of who has the file open by it. */
	return BPF_CORE_READ(file, f_count.counter) > 1 || BPF_CORE_READ(inode, i_nlink) > 1 ||
	       BPF_CORE_READ(inode, i_count.counter) > 1 ||
	       BPF_CORE_READ(file, f_path.dentry, d_lockref.count) > own + rf_written_pinned(inode);
}

/* Others have the file: they are looked for in a further round. */
static __always_inline int rf_written_pending_one(__u64 inode, const struct rf_source *hop)
{
	struct rf_channel *channel = rf_channel_make(inode, RF_FLOW_FILE);

	if (!channel)
		return -EACCES;
	__sync_fetch_and_or(&channel->flags, RF_CHANNEL_FILE);
	if (rf_channel_add(inode, hop->classes, RF_FLOW_FILE)) {
		rf_source_copy(hop->node, inode, hop->classes);
		rf_source_add(inode, hop);
	}
	return rf_work_add(inode);
}

/*
 * The same of who has it by overlayfs, maybe since it was not copied up yet: @inode is
 * that of rf_file_inode().
 */
static __always_inline int rf_written_pending(const struct file *file, __u64 inode,
					      const struct rf_source *hop)
{
	__u64 above = (__u64)BPF_CORE_READ(file, f_inode);

	if (rf_file_below(file) && rf_written_pending_one(above, hop))
		return -EACCES;
	return rf_written_pending_one(inode, hop);
}

/* True for files whose contents stay in them: regular ones, but no settings; disks. */
static __always_inline bool rf_written_stays(__u16 mode, unsigned long magic)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return !rf_written_is_setting(magic);
	case S_IFBLK: return true;
	}
	return false;
}

/* The same of a file that is known by address. */
static __always_inline bool rf_written_keeps(const struct file *file)
{
	const struct inode *inode = BPF_CORE_READ(file, f_inode);

	return rf_written_stays(BPF_CORE_READ(inode, i_mode), BPF_CORE_READ(inode, i_sb, s_magic));
}

#endif /* RF_BPF_WRITTEN_H */
