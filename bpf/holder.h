/* SPDX-License-Identifier: GPL-2.0 */
/*
 * holder.h - who has a label, and how it grows
 *
 * Every task has a record that names its holder; the holder has the label.
 * Tasks that share memory or descriptors name the same holder, so a label
 * given to one is seen by all at once, whoever execs or exits meanwhile.
 *
 * A task without a record has no label and can't get one: a fork of a
 * labelled task that can't record its child is refused.
 */
#ifndef RF_BPF_HOLDER_H
#define RF_BPF_HOLDER_H

#include "bpf/edge.h"
#include "bpf/late.h"
#include "bpf/sieve.h"

#define RF_DEVICE_VHCI RF_DEVICE(10, 137)
#define RF_DEVICE_NVRAM RF_DEVICE(10, 144)
#define RF_DEVICE_CUSE RF_DEVICE(10, 203)
#define RF_DEVICE_UINPUT RF_DEVICE(10, 223)
#define RF_DEVICE_FUSE RF_DEVICE(10, 229)
#define RF_DEVICE_VHOST_NET RF_DEVICE(10, 238)
#define RF_DEVICE_UHID RF_DEVICE(10, 239)
#define RF_DEVICE_VHOST_VSOCK RF_DEVICE(10, 241)
/* All minors */
#define RF_MAJOR_SCSI 21
#define RF_MAJOR_SCREEN 29
#define RF_MAJOR_VIDEO 81
#define RF_MAJOR_PPP 108
#define RF_MAJOR_SOUND 116

/*
 * Does anybody hold anything? Who notes where he sends, and then asks this, is
 * found there by whoever labels him: see rf_holder_add().
 */
static __always_inline bool rf_holders_any(void)
{
	const struct rf_state *global = rf_state();

	return !global || global->labelled;
}

/* Counted first: who finds none is not labelled yet. */
static __always_inline void rf_holder_add(struct rf_holder *holder, __u64 classes)
{
	struct rf_state *global = rf_state();

	if (holder->flags & RF_HOLDER_UNSEEN)
		holder->unsure = RF_UNSURE;
	if (global)
		__sync_fetch_and_add(&global->labelled, 1);
	if (__sync_fetch_and_or(&holder->label, classes) && global)
		__sync_fetch_and_sub(&global->labelled, 1);
}

/* The holder of the running task; NULL if it has no record. */
static __always_inline struct rf_holder *rf_holder_current(void)
{
	struct rf_task *task = rf_task_find(rf_task_current());

	return task ? rf_holder_find(task->holder) : NULL;
}

static __always_inline __u64 rf_label_current(void)
{
	struct rf_holder *holder = rf_holder_current();

	return holder ? holder->label : 0;
}

/* The daemon reads the names in a marked tree, and gets no label from that. */
static __always_inline bool rf_walker_runs(void)
{
	const struct rf_task *task = rf_task_find(rf_task_current());
	const struct rf_state *global = rf_state();

	return task && global && task->holder == global->walker;
}

/* A new holder with one reference; returns its identifier, 0 if none. */
static __always_inline __u64 rf_holder_make(__u64 label, __u32 flags)
{
	struct rf_holder holder = { .label = label, .refs = 1, .flags = flags };
	struct rf_state *global = rf_state();
	__u64 id;

	if (!global)
		return 0;
	id = __sync_fetch_and_add(&global->ids, 1) + 1;
	if (bpf_map_update_elem(&holders, &id, &holder, BPF_NOEXIST))
		return 0;
	return id;
}

/* Its memory is gone, and what was mapped there. */
static __always_inline void rf_holder_unshare(__u64 id, struct rf_holder *holder)
{
	if (holder->flags & RF_HOLDER_EDGES)
		rf_edges_forget(id);
	if (holder->flags & (RF_HOLDER_EDGES | RF_HOLDER_MAPS))
		__sync_fetch_and_and(&holder->flags, ~(RF_HOLDER_EDGES | RF_HOLDER_MAPS));
}

static __always_inline void rf_holder_put(__u64 id)
{
	struct rf_holder *holder = rf_holder_find(id);
	struct rf_state *global = rf_state();

	/* The last reference: no task is left that could take another. */
	if (!holder || __sync_fetch_and_sub(&holder->refs, 1) != 1)
		return;
	rf_holder_unshare(id, holder);
	if (holder->label) {
		bpf_map_delete_elem(&sources, &id);
		if (global)
			__sync_fetch_and_sub(&global->labelled, 1);
	}
	bpf_map_delete_elem(&holders, &id);
}

/*
 * Process 1 is told by all how they are, and holds that. What it starts begins without
 * it: see the README.
 */
static __always_inline bool rf_holder_is_init(const struct rf_holder *holder)
{
	return holder->flags & RF_HOLDER_INIT && holder->holds;
}

/* What it passes on to others on this host. */
static __always_inline __u64 rf_holder_passes(const struct rf_holder *holder)
{
	return holder->label & ~holder->holds & ~holder->removes;
}

/*
 * What it lacks of @classes: all, if it is to be @sure and isn't. Who is just being
 * labelled by another does not count, or the two would wait for each other.
 */
static __always_inline __u64 rf_holder_lacks(const struct rf_holder *holder, __u64 classes,
					     bool sure)
{
	if (sure && holder->unsure == RF_UNSURE)
		return classes;
	return classes & ~holder->label;
}

/* The file behind a descriptor of the running task; NULL if there is none. */
static __always_inline const struct file *rf_file_of(__u32 fd)
{
	struct fdtable *table = BPF_CORE_READ(rf_task_current(), files, fdt);
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *file = NULL;

	if (fd < BPF_CORE_READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

/* It can send what is in its memory past both doors: what has a label gets no more. */
static __always_inline bool rf_holder_unseen(const struct rf_holder *holder)
{
	return holder->flags & RF_HOLDER_UNSEEN;
}

/*
 * Devices that send past the sockets that they were given: vhost, what is in its holder's
 * memory, on AF_PACKET or vsock; ppp what is written to it, on PPPoX. Those by which a
 * process is a file system, a device or a keyboard for others, whom the kernel answers.
 * And those that keep or show what is written to them for who opens them next, as a
 * file of binfmt_misc does in another.
 */
static __always_inline bool rf_device_unseen(const struct file *file)
{
	const struct inode *inode = file->f_inode;
	__u32 device;

	if (inode->i_sb->s_magic == BINFMTFS_MAGIC)
		return file->f_mode & FMODE_WRITE;
	if ((inode->i_mode & S_IFMT) != S_IFCHR)
		return false;
	device = inode->i_rdev;
	switch (device >> RF_MINOR_BITS) {
	case RF_MAJOR_SCSI:
	case RF_MAJOR_SCREEN:
	case RF_MAJOR_VIDEO:
	case RF_MAJOR_FLASH:
	case RF_MAJOR_PPP:
	case RF_MAJOR_SOUND: return true;
	}
	switch (device) {
	case RF_DEVICE_VHCI:
	case RF_DEVICE_NVRAM:
	case RF_DEVICE_CUSE:
	case RF_DEVICE_UINPUT:
	case RF_DEVICE_FUSE:
	case RF_DEVICE_VHOST_NET:
	case RF_DEVICE_UHID:
	case RF_DEVICE_VHOST_VSOCK: return true;
	}
	return false;
}

/**
 * struct rf_join - a label on its way to a holder
 * @task: kernel address of a task of the holder
 * @classes: what it gets
 * @from: the holder or channel that they come from, if by a flow
 * @giver: a task of the holder @from, if it gives them itself
 * @force: the operation can't be refused: label even who may have another
 *	way out, and say so
 */
struct rf_join {
	const struct task_struct *task;
	__u64 classes;
	__u64 from;
	const struct task_struct *giver;
	__u32 origin;
	__u8 kind;
	bool force;
};

static __always_inline void rf_join_tell(const struct rf_join *join, __u64 id, __u64 label,
					 __u64 added, __u8 type, __u8 reason)
{
	struct rf_event *event = rf_event_begin(type);
	const struct task_struct *task = join->task;

	if (!event)
		return;
	event->holder = id;
	event->label = label;
	event->classes = added;
	event->origin = join->origin;
	event->origin_kind = join->kind;
	event->reason = reason;
	event->cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	event->tgid = BPF_CORE_READ(task, tgid);
	event->pid = BPF_CORE_READ(task, pid);
	event->uid = BPF_CORE_READ(task, cred, uid.val);
	bpf_probe_read_kernel_str(event->comm, sizeof(event->comm), task->comm);
	bpf_ringbuf_submit(event, 0);
}

static __always_inline int rf_join_refuse(const struct rf_join *join, __u64 id, __u64 label,
					  __u8 reason)
{
	rf_count_classes(join->classes, RF_COUNTER_REFUSED_LABELS);
	rf_count(RF_STATS_REASON(RF_DOOR_CALL, reason));
	rf_join_tell(join, id, label, join->classes, RF_EVENT_REFUSED, reason);
	return -EACCES;
}

/* The same of the holder that the task of @join is of. */
static __always_inline int rf_join_refuse_task(const struct rf_join *join, __u8 reason)
{
	const struct rf_task *task = rf_task_find(join->task);
	const struct rf_holder *holder = task ? rf_holder_find(task->holder) : NULL;

	return rf_join_refuse(join, task ? task->holder : 0, holder ? holder->label : 0, reason);
}

/*
 * Functions of flow.bpf.c. They are global and not static: 6.12 verifies the
 * loops in them once for each program, instead of once for each way to them.
 * A pointer is never NULL; a global function has to ask all the same.
 */

/**
 * rf_grow - label(holder) |= classes, and of every socket and channel in which
 * another of its tasks may be sending right now
 * @id: the holder, if it is not the one that the task's record names; else 0
 *
 * -EACCES, told and counted, if it can't be recorded.
 */
int rf_grow(struct rf_join *join, __u64 id);

/**
 * rf_settle - what has got a label in this call passes it on, until nobody is
 * left: settle.bpf.c
 * @force: as in struct rf_join
 */
int rf_settle(bool force);

/**
 * struct rf_writing - who opens or receives what to write to it
 * @file: address of the struct file
 * @classes: what @holder passes on
 * @own: references to its name that nobody else has
 */
struct rf_writing {
	__u64 file;
	__u64 classes;
	__u64 holder;
	int own;
};

/**
 * rf_write - a regular file is opened for writing, or received: label(inode) |= classes
 *
 * rf_settle() has to follow: whoever has it open or mapped gets the label too.
 * -EACCES if it can't be recorded.
 */
int rf_write(struct rf_writing *writing);

/**
 * rf_gain - label(channel) |= classes; rf_settle() has to follow
 * @channel: in memory, since the verifier takes no typed pointer for a number
 * @hop: from which holder (@node), and what it passes on (@classes), by what
 *	kind; who that is
 *
 * -EACCES if it can't be recorded.
 */
int rf_gain(const __u64 *channel, struct rf_source *hop);

/**
 * rf_join_as - a label reaches a holder
 * @id: as for rf_grow()
 *
 * When it returns 0 the label is recorded, on the holder and on all that may
 * get data from it without a further call; only then may the data be released.
 * Otherwise -EACCES, told and counted: refuse the operation.
 */
static __always_inline int rf_join_as(struct rf_join *join, __u64 id)
{
	int err = rf_grow(join, id);

	/* Also if that failed: others may have got it before. */
	return rf_settle(join->force) || err ? -EACCES : 0;
}

static __always_inline int rf_join(struct rf_join *join)
{
	return rf_join_as(join, 0);
}

/*
 * The holder that the running task will be when its exec has succeeded: itself
 * if it shares nothing, else a new one; 0 if none could be made.
 */
static __always_inline __u64 rf_exec_holder(struct rf_task *task, const struct rf_holder *holder)
{
	if (holder->refs == 1)
		return task->holder;
	if (!task->next)
		task->next = rf_holder_make(0, holder->flags & RF_HOLDER_UNSEEN);
	return task->next;
}

/*
 * What the kernel opens to execute is for the new image only: who shares memory
 * with the task until then, as the parent of a vfork does, obtains nothing. 0
 * if @flags, those of the file, are of another open.
 */
static __always_inline __u64 rf_exec_target(const struct task_struct *current, __u32 flags)
{
	struct rf_task *task = rf_task_find(current);
	struct rf_holder *holder = task ? rf_holder_find(task->holder) : NULL;

	return holder && (flags & FMODE_EXEC) ? rf_exec_holder(task, holder) : 0;
}

/* The usual case: the running task obtains what a mark gives. */
static __always_inline int rf_join_current(__u64 classes, __u32 kind, __u32 origin)
{
	struct rf_join join = {
		.task = rf_task_current(),
		.classes = classes,
		.kind = kind,
		.origin = origin,
	};

	return rf_join(&join);
}

#endif /* RF_BPF_HOLDER_H */
