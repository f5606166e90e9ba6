// SPDX-License-Identifier: GPL-2.0
/*
 * flow.bpf.c - label(to) |= label(from), for a holder and for a channel
 *
 * To whom the label goes on from there is settle.bpf.c's matter.
 */
#include "bpf/channel.h"
#include "bpf/holder.h"
#include "bpf/source.h"
#include "bpf/spliced.h"
#include "bpf/unkept.h"
#include "bpf/walk.h"

int rf_walk_begin(struct rf_walk *walk, __u64 process)
{
	if (!walk)
		return -EACCES;
	walk->first = process;
	walk->process = process;
	return rf_walk_enter(walk);
}

/* What it can write is to be kept with the label, if there is who keeps it. */
static __always_inline void rf_join_unkept(__u64 task, __u64 classes)
{
	const struct task_struct *unkept_task = (const void *)task;
	struct rf_unkept told = { .classes = classes };
	__u64 one = 1;

	if (!classes)
		return;
	told.pid = BPF_CORE_READ(unkept_task, pid);
	bpf_map_update_elem(&unkept, &told, &one, BPF_ANY);
}

/* Where a thread other than the one that obtains the data may be sending. */
static __always_inline int rf_late_sibling(const struct rf_task *task, struct rf_walk *walk)
{
	if (rf_node_is_channel(task->writing) && rf_call_lasts(task) &&
	    rf_channel_add(task->writing, walk->passed, task->kind) && rf_work_add(task->writing))
		return -EACCES;
	/* It may be sending where no packet door is: no label for it. */
	if (task->cookie == RF_COOKIE_UNSEEN)
		return -EACCES;
	return task->cookie && rf_late_alive(task) ? rf_late_add(task->cookie, walk->classes) : 0;
}

/* The task that obtains the data is not in a send. */
static int rf_walk_visit(__u64 address, struct rf_walk *walk)
{
	struct rf_task *task = bpf_map_lookup_elem(&tasks, &address);

	if (!task || task->holder != walk->holder)
		return 0;
	rf_join_unkept(address, walk->passed);
	if (address == walk->self)
		return 0;
	return rf_late_sibling(task, walk);
}

/* How the holder came by it: by the hops up to @join->from, or by an origin. */
__noinline int rf_join_source(struct rf_join *join, __u64 id, __u64 added)
{
	const struct task_struct *task;
	struct rf_source source = {};

	if (!join)
		return 0;
	task = join->giver ?: join->task;
	if (join->from) {
		rf_source_copy(join->from, id, added);
		if (!join->giver)
			return 0;
	}
	source.classes = added;
	source.time_ns = bpf_ktime_get_boot_ns();
	source.node = join->from;
	source.origin = join->origin;
	source.kind = join->kind;
	source.tgid = BPF_CORE_READ(task, tgid);
	bpf_probe_read_kernel_str(source.comm, sizeof(source.comm), task->comm);
	rf_source_add(id, &source);
	return 0;
}

/*
 * Another of the holder's tasks may be in a call: -EACCES if where it may be
 * sending can't be labelled.
 */
__noinline int rf_join_siblings(struct rf_join *join, __u64 id, __u64 passed, __u64 removes,
				__u32 flags)
{
	struct rf_walk walk = {
		.holder = id,
		.passed = passed,
		.self = bpf_get_current_task(),
	};

	if (!join)
		return -EACCES;
	walk.classes = join->classes & ~removes;
	walk.one = !(flags & RF_HOLDER_SHARED);
	return rf_walk(join->task, &walk);
}

/* Could it write what it gets into a file that loses the label with the boot? */
static __always_inline bool rf_join_maps(const struct rf_join *join, __u64 id,
					 const struct rf_holder *holder)
{
	if (rf_keeps || join->force || !(holder->flags & RF_HOLDER_EDGES))
		return false;
	return rf_unkept_mapped(id, join->classes & ~holder->holds & ~holder->removes);
}

int rf_grow(struct rf_join *join, __u64 id)
{
	const struct task_struct *task;
	struct rf_holder *holder;
	struct rf_task *record;
	__u64 added, passed;

	if (!join)
		return -EACCES;
	task = join->task;
	record = rf_task_find(task);
	if (!record)
		return rf_join_refuse(join, 0, 0, RF_REASON_RECORD);
	if (!id)
		id = record->holder;
	holder = rf_holder_find(id);
	if (!holder)
		return rf_join_refuse(join, id, 0, RF_REASON_RECORD);
	if (rf_join_maps(join, id, holder))
		return rf_join_refuse(join, id, holder->label, RF_REASON_KEEP);
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
	rf_holder_add(holder, added);
	if (rf_join_maps(join, id, holder))
		return rf_join_refuse(join, id, holder->label, RF_REASON_KEEP);
	passed = rf_holder_passes(holder) & join->classes;
	if (holder->refs == 1 && task == rf_task_current())
		rf_join_unkept((__u64)task, passed);
	else if (rf_join_siblings(join, id, passed, holder->removes, holder->flags) && !join->force)
		return rf_join_refuse(join, id, holder->label, RF_REASON_RECORD);

	if ((holder->flags & RF_HOLDER_SPLICED) &&
	    rf_spliced_label(id, join->classes & ~holder->removes) && !join->force)
		return rf_join_refuse(join, id, holder->label, RF_REASON_RECORD);

	if (rf_work_add(id) && !join->force)
		return rf_join_refuse(join, id, holder->label, RF_REASON_RECORD);
	rf_join_source(join, id, added);
	rf_count_classes(added, RF_COUNTER_LABELS);
	rf_join_tell(join, id, holder->label, added, RF_EVENT_LABEL, 0);
	return 0;
}

/* Its reader was told when it was refused: this is for who writes again. */
static __noinline int rf_gain_refuse(__u64 classes, __u32 kind)
{
	struct rf_join join = { .task = rf_task_current(), .classes = classes, .kind = kind };

	return rf_join_refuse(&join, 0, classes, RF_REASON_KEEP);
}

int rf_gain(const __u64 *channel, struct rf_source *hop)
{
	__u64 added;

	if (!channel || !hop)
		return -EACCES;
	if (!rf_keeps && rf_channel_refused(*channel))
		return rf_gain_refuse(hop->classes, hop->kind);
	added = rf_channel_add(*channel, hop->classes, hop->kind);
	if (!added)
		return 0;
	rf_source_copy(hop->node, *channel, added);
	hop->classes = added;
	hop->time_ns = bpf_ktime_get_boot_ns();
	rf_source_add(*channel, hop);
	return rf_work_add(*channel);
}
