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

#include "bpf/event.h"
#include "bpf/spliced.h"

/* major << 20 | minor */
#define RF_DEVICE_VHOST_NET (10u << 20 | 238)
#define RF_DEVICE_PPP (108u << 20)

static __always_inline struct rf_task *rf_task_find(const void *task)
{
	__u64 key = (__u64)task;

	return bpf_map_lookup_elem(&tasks, &key);
}

static __always_inline struct rf_holder *rf_holder_find(__u64 id)
{
	return bpf_map_lookup_elem(&holders, &id);
}

static __always_inline struct task_struct *rf_task_current(void)
{
	return (struct task_struct *)bpf_get_current_task();
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

static __always_inline void rf_holder_put(__u64 id)
{
	struct rf_holder *holder = rf_holder_find(id);

	/* The last reference: no task is left that could take another. */
	if (holder && __sync_fetch_and_sub(&holder->refs, 1) == 1) {
		bpf_map_delete_elem(&sources, &id);
		bpf_map_delete_elem(&holders, &id);
	}
}

/* Sources are for people; one that can't be kept is not an error. */
static __always_inline void rf_source_add(__u64 id, const struct rf_source *add)
{
	struct rf_sources *list = bpf_map_lookup_elem(&sources, &id);
	__u32 slot;

	if (!list) {
		static const struct rf_sources none;

		bpf_map_update_elem(&sources, &id, &none, BPF_NOEXIST);
		list = bpf_map_lookup_elem(&sources, &id);
		if (!list)
			return;
	}
	slot = __sync_fetch_and_add(&list->count, 1);
	if (slot < RF_SOURCES_MAX)
		list->list[slot] = *add;
}

static __always_inline void rf_source_copy(__u64 from, __u64 to)
{
	struct rf_sources *list = bpf_map_lookup_elem(&sources, &from);

	if (!list || !bpf_map_update_elem(&sources, &to, list, BPF_NOEXIST))
		return;
	for (int i = 0; i < RF_SOURCES_MAX; i++)
		if ((__u32)i < list->count)
			rf_source_add(to, &list->list[i]);
}

/* It can send what is in its memory past both doors. */
static __always_inline bool rf_holder_unseen(const struct rf_holder *holder)
{
	return holder->flags & RF_HOLDER_UNSEEN;
}

/*
 * Devices that send past the sockets that they were given: vhost-net what is in
 * its holder's memory, on AF_PACKET; ppp what is written to it, on PPPoX.
 */
static __always_inline bool rf_device_unseen(const struct file *file)
{
	const struct inode *inode = BPF_CORE_READ(file, f_inode);
	__u32 device;

	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFCHR)
		return false;
	device = BPF_CORE_READ(inode, i_rdev);
	return device == RF_DEVICE_VHOST_NET || device == RF_DEVICE_PPP;
}

/**
 * struct rf_join - a label on its way to a holder
 * @task: kernel address of a task of the holder
 * @id: the holder, if not the one that the task's record names
 * @classes: what it gets
 * @force: the operation can't be refused: label even who may have another
 *	way out, and say so
 */
struct rf_join {
	const struct task_struct *task;
	__u64 id;
	__u64 classes;
	__u32 kind;
	__u32 origin;
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

/**
 * rf_join - label(holder) |= classes
 *
 * When it returns 0 the label is recorded, on the holder and on every socket
 * in which another of its tasks may be sending right now; only then may the
 * data be released. Otherwise -EACCES, told and counted: refuse the operation.
 */
static __noinline int rf_join(struct rf_join *join)
{
	const struct task_struct *task = join->task;
	struct rf_source source = {};
	struct rf_holder *holder;
	struct rf_task *record;
	__u64 added, id;

	record = rf_task_find(task);
	if (!record)
		return rf_join_refuse(join, 0, 0, RF_REASON_RECORD);
	id = join->id ? join->id : record->holder;
	holder = rf_holder_find(id);
	if (!holder)
		return rf_join_refuse(join, id, 0, RF_REASON_RECORD);
	added = join->classes & ~holder->label;
	if (!added)
		return 0;
	if (rf_holder_unseen(holder)) {
		int err = rf_join_refuse(join, id, holder->label, RF_REASON_UNSEEN);
		if (!join->force)
			return err;
	}

	/*
	 * Label first, then look where the others are sending: whoever is not
	 * found there will see the label (see rf_sock_note_send()).
	 */
	__sync_fetch_and_or(&holder->label, added);
	if ((holder->refs > 1 || task != rf_task_current()) &&
	    rf_late_label(task, id, join->classes, holder->flags & RF_HOLDER_SHARED) &&
	    !join->force)
		return rf_join_refuse(join, id, holder->label, RF_REASON_RECORD);

	if ((holder->flags & RF_HOLDER_SPLICED) && rf_spliced_label(id, join->classes) &&
	    !join->force)
		return rf_join_refuse(join, id, holder->label, RF_REASON_RECORD);

	source.classes = added;
	source.time_ns = bpf_ktime_get_boot_ns();
	source.origin = join->origin;
	source.kind = join->kind;
	source.tgid = BPF_CORE_READ(task, tgid);
	bpf_probe_read_kernel_str(source.comm, sizeof(source.comm), task->comm);
	rf_source_add(id, &source);
	rf_count_classes(added, RF_COUNTER_LABELS);
	rf_join_tell(join, id, holder->label, added, RF_EVENT_LABEL, 0);
	return 0;
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
