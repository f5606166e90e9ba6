/* SPDX-License-Identifier: GPL-2.0 */
/*
 * keep.h - labels that outlive the boot, at the open of a regular file
 *
 * The module writes and reads them. Without it nothing here is called, and the
 * verifier leaves it out: see unkept.bpf.c.
 */
#ifndef RF_BPF_KEEP_H
#define RF_BPF_KEEP_H

#include "bpf/mark.h"
#include "bpf/unkept.h"
#include "bpf/verdict.h"
#include "bpf/written.h"

extern int ringfence_keep(struct file *file, __u64 label) __ksym __weak;
extern int ringfence_keep_held(__u64 label) __ksym __weak;
extern int ringfence_kept(struct file *file, __u64 *label) __ksym __weak;

/* What the running task writes there from now on has a label that is on its way to the disk. */
static __noinline __maybe_unused int rf_keep_write(struct file *file)
{
	struct rf_join join = { .task = rf_task_current(), .kind = RF_FLOW_FILE };
	struct rf_holder *holder = rf_holder_current();

	if (!rf_keeps || !holder || !holder->label)
		return 0;
	join.classes = rf_holder_passes(holder);
	if (!join.classes || !ringfence_keep(file, join.classes))
		return 0;
	join.classes &= ~rf_audited();
	if (!join.classes)
		return 0;
	return rf_join_refuse_task(&join, RF_REASON_KEEP) ? -EACCES : 0;
}

/* Nobody else writes what is in it: not another host, nor a server of FUSE. */
static __always_inline bool rf_keep_local(const struct inode *inode)
{
	switch (inode->i_sb->s_magic) {
	case EXT4_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case TMPFS_MAGIC:
	case OVERLAYFS_SUPER_MAGIC: return true;
	}
	return false;
}

/* The file was asked for what is kept with it, to no avail. */
static __always_inline bool rf_keep_asked(struct rf_sieve *sieve, const struct inode *inode)
{
	return *rf_sieve_asked(sieve, inode, false) == (__u64)inode;
}

/* Remembers what was kept with an inode of which that is not known yet. */
static __noinline __maybe_unused int rf_keep_learn(struct file *file, __u64 *classes)
{
	struct rf_mark mark = { .flags = RF_MARK_DERIVED | RF_MARK_LEARNED };
	struct rf_state *global = rf_state();
	struct rf_inode_key key = {};
	struct rf_mark *known;
	int err;

	rf_inode_key(BPF_CORE_READ(file, f_inode), &key);
	/* With a directory its names. */
	if ((file->f_inode->i_mode & S_IFMT) == S_IFDIR)
		key.ino = ~key.ino;
	known = bpf_map_lookup_elem(&inodes, &key);
	if (known && known->flags & RF_MARK_LEARNED) {
		*classes = known->written;
		return 0;
	}
	err = ringfence_kept(file, &mark.written);
	if (err)
		return err;
	*classes = mark.written;
	if (known) {
		*classes |= __sync_fetch_and_or(&known->written, mark.written);
		__sync_fetch_and_or(&known->flags, RF_MARK_LEARNED);
		return 0;
	}
	if (!mark.written) {
		if (global && rf_keep_local(file->f_inode))
			*rf_sieve_asked(&global->sieve, file->f_inode, false) =
				(__u64)file->f_inode;
		return 0;
	}
	/* Without a mark of its device nobody looks at it. */
	return rf_written_below(file->f_inode, key.dev, mark.written) || rf_mark_join(&key, &mark);
}

/* Have the names in this directory to be asked for, before they are listed? */
static __always_inline bool rf_keep_lists(const struct file *file)
{
	const struct inode *inode = file->f_inode;
	struct rf_state *global = rf_state();

	if (!rf_keeps || !global || (inode->i_mode & S_IFMT) != S_IFDIR ||
	    rf_written_is_setting(inode->i_sb->s_magic))
		return false;
	return !rf_keep_asked(&global->sieve, inode) || rf_beside_maybe(global, inode);
}

/* What is kept with a file can't be read. */
static __noinline int rf_keep_unread(void)
{
	struct rf_join join = { .task = rf_task_current(), .kind = RF_FLOW_FILE };
	const struct rf_generation *gen = rf_generation();

	/* It may be any class. */
	if (gen && !(gen->header.classes & ~gen->header.audit))
		return 0;
	return rf_join_refuse_task(&join, RF_REASON_KEEP);
}

/*
 * Who obtains a label by a file can write others already: it is kept with them
 * before that. What a thread opens meanwhile finds the label in time, or is
 * seen once more by rf_keep_soon(). Of an exec only what the new image still
 * has open matters. Not inline, for its stack.
 */
static __noinline __maybe_unused int rf_keep_held(const struct rf_join *join, bool exec)
{
	struct rf_holder *holder = rf_holder_current();
	__u64 classes;

	if (!rf_keeps || !holder || !join || exec || !(join->classes & ~holder->label))
		return 0;
	classes = join->classes & ~holder->holds & ~holder->removes;
	if (!ringfence_keep_held(classes) || !(classes & ~rf_audited()))
		return 0;
	return rf_join_refuse_task(join, RF_REASON_KEEP) ? -EACCES : 0;
}

#endif /* RF_BPF_KEEP_H */
