/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mark.h - what an inode gives to who obtains it
 *
 * Marks are kept by inode number, generation and device, so they survive the
 * inode's eviction and follow it through links and renames. A marked
 * directory stands for everything below it: the ancestors of the dentry are
 * looked at, so files made later need no mark of their own.
 */
#ifndef RF_BPF_MARK_H
#define RF_BPF_MARK_H

#include "bpf/sieve.h"

/* Deeper than any path that can be named; deeper ones give all classes. */
#define RF_DEPTH_MAX 4096
/* The kernel stacks two file systems (FILESYSTEM_MAX_STACK_DEPTH) on a third. */
#define RF_LAYERS_MAX 3

struct rf_found {
	const struct dentry *dentry;
	__u64 read;
	__u64 exec;
	__u64 written; /* and by which hops: @node */
	__u64 node;
	__u32 origin;
	__u32 dev;
	bool first;
	bool done;
};

/*
 * A directory has another one than a file with its number: overlayfs over
 * several file systems counts its directories itself, and takes the numbers of
 * files from below.
 */
static __always_inline __u32 rf_inode_generation(const struct inode *inode)
{
	__u32 generation = BPF_CORE_READ(inode, i_generation);

	return (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFDIR ? ~generation : generation;
}

static __always_inline void rf_inode_key(const struct inode *inode, struct rf_inode_key *key)
{
	key->ino = BPF_CORE_READ(inode, i_ino);
	key->generation = rf_inode_generation(inode);
	key->dev = BPF_CORE_READ(inode, i_sb, s_dev);
}

/* A disk is the same by each of its nodes. */
static __always_inline bool rf_inode_is_disk(const struct inode *inode)
{
	return (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFBLK;
}

/* The file that an open file of overlayfs reads; NULL for any other. */
static __always_inline const struct file *rf_file_below(const struct file *file)
{
	const struct inode *inode = BPF_CORE_READ(file, f_inode);

	if (BPF_CORE_READ(inode, i_sb, s_magic) != OVERLAYFS_SUPER_MAGIC ||
	    (BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFREG)
		return NULL;
	return BPF_CORE_READ(file, private_data);
}

/*
 * Where the data of @file is, but while it is being opened: for a disk the one inode
 * that its nodes stand for, for overlayfs that of the file below.
 */
static __always_inline const struct inode *rf_file_inode(const struct file *file)
{
	const struct inode *inode = BPF_CORE_READ(file, f_inode);
	const struct file *below = rf_file_below(file);

	for (int i = 1; below && i < RF_LAYERS_MAX; i++) {
		inode = BPF_CORE_READ(below, f_inode);
		below = rf_file_below(below);
	}
	return rf_inode_is_disk(inode) ? BPF_CORE_READ(file, f_mapping, host) : inode;
}

/* A regular file has but its data and attributes. */
static __always_inline bool rf_beside_is_data(const struct inode *inode, bool attributes)
{
	return !attributes && (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFREG;
}

/*
 * Of what is beside the data: names in a directory, a link's target, attributes.
 * Who opens it, or something below, does not look there.
 */
static __always_inline void rf_beside_key(const struct inode *inode, bool attributes,
					  struct rf_inode_key *key)
{
	rf_inode_key(inode, key);
	if (rf_beside_is_data(inode, attributes))
		return;
	key->ino = ~key->ino;
	if (attributes)
		key->ino ^= RF_INODE_ATTRIBUTES;
}

/* May it have one of those records? For arguments that have types: see sieve.h. */
static __always_inline bool rf_beside_maybe(const struct rf_state *global,
					    const struct inode *inode)
{
	return rf_sieve_inode(&global->sieve, ~inode->i_ino, inode->i_sb->s_dev);
}

static __always_inline struct rf_mark *rf_device_mark(__u32 dev)
{
	return bpf_map_lookup_elem(&devices, &dev);
}

/* The disk itself: all that is on it, and what was written to files there. */
static __always_inline void rf_mark_disk(const struct rf_mark *device, struct rf_found *found)
{
	found->read |= device->read | device->written;
	found->origin = device->origin;
}

/*
 * It may be in any tree of the device. What was written to it, its own mark
 * says.
 */
static __always_inline void rf_mark_unplaced(const struct rf_mark *device, struct rf_found *found)
{
	if (!device->read)
		return;
	found->read |= device->read;
	found->origin = device->origin;
}

/* The mark of an inode on @dev; NULL if it has none. */
static __always_inline struct rf_mark *rf_mark_of(const struct inode *inode, __u32 dev)
{
	const struct rf_state *global = rf_state();
	struct rf_inode_key key = { .dev = dev };

	key.ino = BPF_CORE_READ(inode, i_ino);
	if (global && !rf_sieve_inode(&global->sieve, key.ino, dev))
		return NULL;
	key.generation = rf_inode_generation(inode);
	return bpf_map_lookup_elem(&inodes, &key);
}

static __always_inline void rf_mark_inode(const struct inode *inode, struct rf_found *found)
{
	struct rf_mark *mark = rf_mark_of(inode, found->dev);

	if (!mark)
		return;
	found->read |= mark->read;
	if (found->first) {
		found->exec |= mark->exec;
		found->written |= mark->written;
		found->node = mark->node;
	}
	found->origin = mark->origin;
}

static long rf_mark_ancestor(__u32 i, struct rf_found *found)
{
	const struct dentry *dentry = found->dentry, *parent;

	rf_mark_inode(BPF_CORE_READ(dentry, d_inode), found);
	found->first = false;
	parent = BPF_CORE_READ(dentry, d_parent);
	if (parent == dentry) {
		found->done = true;
		return 1;
	}
	found->dentry = parent;
	return 0;
}

/*
 * All that @dentry gives by itself and by its ancestors. An inode that hangs
 * in no tree (opened by handle with cold caches) may be below a marked
 * directory: it gives what anything on its device gives.
 */
static __always_inline void rf_mark_dentry(const struct dentry *dentry,
					   const struct rf_mark *device, struct rf_found *found)
{
	found->dentry = dentry;
	found->dev = BPF_CORE_READ(dentry, d_sb, s_dev);
	found->first = true;
	found->done = false;
	bpf_loop(RF_DEPTH_MAX, rf_mark_ancestor, found, 0);
	if (!found->done || found->dentry != BPF_CORE_READ(dentry, d_sb, s_root))
		rf_mark_unplaced(device, found);
}

/* A name that @inode has; NULL if it has none. */
static __always_inline const struct dentry *rf_mark_alias(const struct inode *inode)
{
	const struct hlist_node *alias = BPF_CORE_READ(inode, i_dentry.first);

	if (!alias)
		return NULL;
	return (const void *)((__u64)alias - bpf_core_field_offset(struct dentry, d_u.d_alias));
}

/*
 * What opening @file itself gives. overlayfs opens the file below with the
 * path above: then the inode's own name is looked at.
 */
static __noinline int rf_mark_layer(const struct file *file, struct rf_found *found)
{
	const struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	const struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct rf_mark *device;
	__u32 dev;

	dev = rf_node_disk(BPF_CORE_READ(inode, i_mode), BPF_CORE_READ(inode, i_rdev));
	if (dev) {
		device = rf_device_mark(dev);
		if (device)
			rf_mark_disk(device, found);
		return 0;
	}
	dev = BPF_CORE_READ(inode, i_sb, s_dev);
	device = rf_device_mark(dev);
	/* On one that gives nothing there are at most declassifiers. */
	if (!device || !(device->read | device->exec | device->written))
		return 0;
	if (BPF_CORE_READ(dentry, d_inode) != inode)
		dentry = rf_mark_alias(inode);
	if (dentry) {
		rf_mark_dentry(dentry, device, found);
		return 0;
	}
	found->first = true;
	found->dev = dev;
	rf_mark_inode(inode, found);
	rf_mark_unplaced(device, found);
	return 0;
}

/*
 * What @file gives. While overlayfs opens, the hook sees the file below by
 * itself; who receives or holds the one above has that one below too.
 */
static __always_inline void rf_mark_file(const struct file *file, struct rf_found *found)
{
	for (int i = 0; file && i < RF_LAYERS_MAX; i++) {
		rf_mark_layer(file, found);
		file = rf_file_below(file);
	}
}

/* Marks an inode that has no mark yet. */
static __always_inline long rf_mark_make(const struct rf_inode_key *key, const struct rf_mark *mark,
					 __u64 flags)
{
	rf_sieve_expect(key);
	return bpf_map_update_elem(&inodes, key, mark, flags);
}

static __always_inline long rf_device_make(__u32 dev, const struct rf_mark *mark, __u64 flags)
{
	rf_sieve_expect_device(dev);
	return bpf_map_update_elem(&devices, &dev, mark, flags);
}

static __always_inline void rf_mark_or(struct rf_mark *mark, const struct rf_mark *add)
{
	__sync_fetch_and_or(&mark->read, add->read);
	__sync_fetch_and_or(&mark->exec, add->exec);
	__sync_fetch_and_or(&mark->written, add->written);
	/* Last: rather a label without powers than powers without a label. */
	__sync_fetch_and_or(&mark->holds, add->holds);
	__sync_fetch_and_or(&mark->removes, add->removes);
}

/**
 * rf_mark_stands - is @mark, to which something was just added, still that of @key?
 *
 * A mark that gives nothing is ended by mark.bpf.c, which says so in it, looks at
 * it once more and deletes it. So what was added was seen there, or that the mark
 * ends is seen here: then add it again, a few times, for it lasts no longer than
 * a few instructions.
 */
static __always_inline bool rf_mark_stands(void *map, const void *key, const struct rf_mark *mark)
{
	return !(mark->flags & RF_MARK_ENDED) && bpf_map_lookup_elem(map, key) == mark;
}

#define RF_MARK_TRIES 4

/* Adds to the mark of an inode, or makes it. */
static __always_inline int rf_mark_join(const struct rf_inode_key *key, const struct rf_mark *add)
{
	struct rf_mark *mark;

	for (int i = 0; i < RF_MARK_TRIES; i++) {
		mark = bpf_map_lookup_elem(&inodes, key);
		if (!mark) {
			if (!rf_mark_make(key, add, BPF_NOEXIST))
				return 0;
			continue;
		}
		rf_mark_or(mark, add);
		if (rf_mark_stands(&inodes, key, mark))
			return 0;
	}
	return -EACCES;
}

/* Remember @inode itself: it leaves the tree, or has a name outside of it. */
static __always_inline int rf_mark_keep(const struct inode *inode, const struct rf_found *found)
{
	struct rf_mark mark = {
		.read = found->read,
		.exec = found->exec,
		.written = found->written,
		.node = found->node,
		.origin = found->origin,
		.flags = RF_MARK_DERIVED,
	};
	struct rf_inode_key key = {};

	rf_inode_key(inode, &key);
	return rf_mark_join(&key, &mark);
}

#endif /* RF_BPF_MARK_H */
