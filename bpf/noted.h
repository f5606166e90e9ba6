/* SPDX-License-Identifier: GPL-2.0 */
/*
 * noted.h - what is not in a file but is data too: names, targets of symbolic
 * links, extended attributes
 *
 * They have records of their own, those of rf_beside_key(): one of what is written
 * into a directory (names) or a link (its target), one of the attributes. Who writes
 * marks the inode there, and labels who is reading it right now, who is found by a
 * channel that stands for it.
 */
#ifndef RF_BPF_NOTED_H
#define RF_BPF_NOTED_H

#include "bpf/flow.h"
#include "bpf/written.h"

static __always_inline struct rf_mark *rf_noted_mark(const struct inode *inode, bool attributes)
{
	const struct rf_state *global = rf_state();
	struct rf_inode_key key = {};

	rf_beside_key(inode, attributes, &key);
	if (global && !rf_sieve_inode(&global->sieve, key.ino, key.dev))
		return NULL;
	return bpf_map_lookup_elem(&inodes, &key);
}

/**
 * struct rf_noting - who writes into what
 * @inode, @dentry: their addresses
 * @classes: what @holder passes on
 * @attributes: an extended attribute, and not what is in the inode
 */
struct rf_noting {
	__u64 inode;
	__u64 dentry;
	__u64 classes;
	__u64 holder;
	__u64 attributes;
};

/**
 * rf_note - label(inode) |= classes; rf_settle() has to follow: name.bpf.c
 *
 * -EACCES if it can't be recorded.
 */
int rf_note(struct rf_noting *noting);

/**
 * rf_noted_write - the running task is about to write into @inode
 * @dentry: that of @inode, or the one that it is about to get
 * @attributes: an extended attribute
 *
 * -EACCES if that has to be refused.
 */
static __always_inline int rf_noted_write(const struct dentry *dentry, const struct inode *inode,
					  bool attributes)
{
	struct rf_task *task = rf_task_find(rf_task_current());
	struct rf_holder *holder = task ? rf_holder_find(task->holder) : NULL;
	__u64 passed = holder ? rf_holder_passes(holder) : 0;
	struct rf_noting noting = { .inode = (__u64)inode, .classes = passed };

	if (!passed)
		return 0;
	noting.dentry = (__u64)dentry;
	noting.holder = task->holder;
	noting.attributes = attributes;
	return rf_note(&noting) || rf_settle(false) ? -EACCES : 0;
}

/* What reading @inode gives. */
static __always_inline void rf_noted_join(const struct inode *inode, bool attributes,
					  struct rf_join *join)
{
	const struct rf_mark *mark = rf_noted_mark(inode, attributes);

	if (!mark || rf_walker_runs())
		return;
	join->task = rf_task_current();
	join->classes = mark->written;
	join->from = mark->node;
	join->kind = RF_FLOW_NAME;
}

/**
 * rf_noted_read - the running task is about to read from @inode
 *
 * -EACCES if that has to be refused.
 */
static __noinline int rf_noted_read(const struct inode *inode, bool attributes)
{
	__u64 channel = rf_beside_channel(inode, attributes);
	struct rf_task *task = rf_task_find(rf_task_current());
	struct rf_join join = {};

	if (task)
		rf_call_note(task, &task->reading, channel, RF_FLOW_NAME);
	rf_noted_join(inode, attributes, &join);
	return join.classes ? rf_join(&join) : 0;
}

/* It can't be refused: the running task has the label until it is ended. */
static __noinline __maybe_unused void rf_noted_end(const struct inode *inode, bool attributes)
{
	struct rf_join join = { .force = true };

	rf_noted_join(inode, attributes, &join);
	rf_join(&join);
	bpf_send_signal(SIGKILL);
}

#endif /* RF_BPF_NOTED_H */
