/* SPDX-License-Identifier: GPL-2.0 */
/*
 * descriptor.h - the files that tasks have open, in their tables and in the
 * rings of io_uring that they use
 *
 * Threads may have a table of their own, and the first one may have ended.
 * settle.bpf.c says what is looked for.
 */
#ifndef RF_BPF_DESCRIPTOR_H
#define RF_BPF_DESCRIPTOR_H

#include "bpf/holder.h"
#include "bpf/walk.h"
#include "bpf/written.h"

/* Of entries in an xarray: what they point to is a further node. */
#define RF_XARRAY_NODE 2
#define RF_XARRAY_RESERVED 4096
#define RF_XARRAY_SLOTS 64

/**
 * struct rf_fds - a walk over descriptors, and what it finds
 * @node: an inode, looked for in all tables; or a holder: files that it can
 *	write, in its tables
 * @classes: what is missing
 * @thread, @file: who has what was found
 * @tables: whose table was looked at last
 * @at, @end: where it is in a table
 * @ring, @slot: where it is in the thread's rings, a tree
 * @one: of one process only
 * @sure: as in struct rf_walk
 * @done: all were seen
 *
 * All addresses. There is little stack left where it is used.
 */
struct rf_fds {
	__u64 node;
	__u64 classes;
	__u64 process; /* of a list_head, as the next two */
	__u64 first;
	__u64 next;
	__u64 thread;
	__u64 file;
	__u64 tables;
	__u64 at;
	__u64 end;
	__u64 ring;
	__u64 slot;
	bool one;
	bool sure;
	bool done;
};

static __always_inline bool rf_fds_lacks(const struct rf_fds *fds)
{
	struct rf_task *task = rf_task_find((const void *)fds->thread);
	const struct rf_holder *holder = task ? rf_holder_find(task->holder) : NULL;

	return holder && rf_holder_lacks(holder, fds->classes, fds->sure);
}

/* Is it that of @node, or a disk that @node is? */
static __always_inline bool rf_fds_is(const struct inode *inode, __u64 node)
{
	const struct inode *other = (const void *)node;

	if (inode == other)
		return true;
	return rf_inode_is_disk(inode) && rf_inode_is_disk(other) &&
	       BPF_CORE_READ(inode, i_rdev) == BPF_CORE_READ(other, i_rdev);
}

/* Global, as rf_fds_enter(): true or false. */
__noinline int rf_fds_wanted(const struct rf_fds *fds, __u64 address)
{
	const struct file *file = (const void *)address;
	const struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct rf_inode_key key = {};
	const struct rf_mark *mark;
	__u32 mode = BPF_CORE_READ(file, f_mode);

	if (!fds)
		return false;
	if (rf_node_is_channel(fds->node)) {
		if (!(mode & FMODE_READ))
			return false;
		if (rf_fds_is(inode, fds->node))
			return rf_fds_lacks(fds);
		return (__u64)rf_file_inode(file) == fds->node && rf_fds_lacks(fds);
	}
	if (!(mode & FMODE_WRITE) || !rf_written_keeps(file))
		return false;
	inode = rf_file_inode(file);
	if (rf_inode_is_disk(inode)) {
		mark = rf_device_mark(BPF_CORE_READ(inode, i_rdev));
	} else {
		rf_inode_key(inode, &key);
		mark = bpf_map_lookup_elem(&inodes, &key);
	}
	return !mark || (fds->classes & ~(mark->written | mark->read)) ||
	       (fds->sure && rf_channel_failed((__u64)inode));
}

static __always_inline void rf_fds_table(struct rf_fds *fds, const void *table, __u64 count)
{
	fds->at = (__u64)table;
	fds->end = fds->at + count * sizeof(__u64);
}

/* One descriptor. A ring has flags in the low bits of the address. */
static __always_inline long rf_fds_look(struct rf_fds *fds)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), (void *)fds->at);
	fds->at += sizeof(__u64);
	address &= ~7ULL;
	if (!address || !rf_fds_wanted(fds, address))
		return 0;
	fds->file = address;
	return 1;
}

static __always_inline __u64 rf_fds_threads(const struct rf_fds *fds)
{
	const struct task_struct *task = rf_process_of(fds->process);

	return (__u64)BPF_CORE_READ(task, signal) +
	       bpf_core_field_offset(struct signal_struct, thread_head);
}

/*
 * To the first thread of the process that fds->process names. Global: see
 * rf_walk_begin(). And 6.1 looks at what is called in a loop as at its first
 * round only, and drops what that can't come to: nothing may be known of @fds.
 */
__noinline int rf_fds_enter(struct rf_fds *fds)
{
	if (!fds)
		return -EACCES;
	return bpf_probe_read_kernel(&fds->next, sizeof(fds->next), (void *)rf_fds_threads(fds));
}

static __always_inline void rf_fds_files(struct rf_fds *fds, const struct task_struct *task)
{
	struct files_struct *files = BPF_CORE_READ(task, files);
	struct fdtable *table = BPF_CORE_READ(files, fdt);

	if ((__u64)files == fds->tables)
		return;
	fds->tables = (__u64)files;
	rf_fds_table(fds, BPF_CORE_READ(table, fd), BPF_CORE_READ(table, max_fds));
}

static __always_inline __u64 rf_fds_slots(const struct rf_fds *fds)
{
	return fds->ring + bpf_core_field_offset(struct xa_node, slots);
}

static __always_inline void rf_fds_rings(struct rf_fds *fds, __u64 entry)
{
	if ((entry & 3) != RF_XARRAY_NODE || entry <= RF_XARRAY_RESERVED)
		return;
	fds->ring = entry & ~3ULL;
	fds->slot = rf_fds_slots(fds);
}

/* One step in the tree of the thread's rings; to the files of the next one. */
static __always_inline void rf_fds_ring(struct rf_fds *fds)
{
	const struct xa_node *node = (const void *)fds->ring;
	const struct io_tctx_node *used;
	__u64 entry = 0;

	if (fds->slot >= rf_fds_slots(fds) + RF_XARRAY_SLOTS * sizeof(__u64)) {
		fds->ring = (__u64)BPF_CORE_READ(node, parent);
		fds->slot = rf_fds_slots(fds) + (BPF_CORE_READ(node, offset) + 1) * sizeof(__u64);
		return;
	}
	bpf_probe_read_kernel(&entry, sizeof(entry), (void *)fds->slot);
	fds->slot += sizeof(__u64);
	if (!entry || entry & 3) {
		rf_fds_rings(fds, entry);
		return;
	}
	used = (const void *)entry;
	rf_fds_table(fds, BPF_CORE_READ(used, ctx, file_table.files),
		     BPF_CORE_READ(used, ctx, nr_user_files));
}

/* To the next thread that may have another table, or to the next process. */
static __always_inline long rf_fds_thread(struct rf_fds *fds)
{
	const struct task_struct *task;
	const struct rf_task *record;

	if (fds->next == rf_fds_threads(fds)) {
		fds->done = fds->one;
		if (fds->one || bpf_probe_read_kernel(&fds->process, sizeof(fds->process),
						      (void *)fds->process))
			return 1;
		fds->done = fds->process == fds->first;
		return fds->done || rf_fds_enter(fds);
	}
	fds->thread = fds->next - bpf_core_field_offset(struct task_struct, thread_node);
	if (bpf_probe_read_kernel(&fds->next, sizeof(fds->next), (void *)fds->next))
		return 1;
	task = (const void *)fds->thread;
	record = rf_task_find(task);
	if (!rf_node_is_channel(fds->node) && (!record || record->holder != fds->node))
		return 0;
	rf_fds_files(fds, task);
	rf_fds_rings(fds, (__u64)BPF_CORE_READ(task, io_uring, xa.xa_head));
	return 0;
}

static long rf_fds_step(__u32 i, struct rf_fds *fds)
{
	if (fds->at < fds->end)
		return rf_fds_look(fds);
	if (!fds->ring)
		return rf_fds_thread(fds);
	rf_fds_ring(fds);
	return 0;
}

/*
 * Until something is found or all was seen, beginning with fds->process. -EACCES
 * if not all were seen.
 */
static __always_inline int rf_fds_walk(struct rf_fds *fds)
{
	if (!rf_fds_enter(fds))
		bpf_loop(RF_WALK_STEPS, rf_fds_step, fds, 0);
	return fds->file || fds->done ? 0 : -EACCES;
}

#endif /* RF_BPF_DESCRIPTOR_H */
