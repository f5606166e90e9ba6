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
#include "bpf/verdict.h"
#include "bpf/walk.h"

int rf_walk_begin(struct rf_walk *walk, __u64 process)
{
	if (!walk)
		return -EACCES;
	walk->first = process;
	walk->process = process;
	return rf_walk_enter(walk);
}

/* rf_work_add(), inline for one that is the eighth frame of eight: rf_late_channel(). */
static __always_inline int rf_work_note(__u64 node)
{
	struct rf_work todo = { .task = bpf_get_current_task(), .node = node };
	__u64 waits = RF_WORK_WAITS, *known;
	struct rf_state *global = rf_state();
	struct rf_channel *channel;

	if (!global)
		return -EACCES;
	/* All are asked who have it. A holder has more than those: see rf_grow_begin(). */
	channel = bpf_map_lookup_elem(&channels, &node);
	if (channel)
		__sync_lock_test_and_set(&channel->unsure, todo.task);
	/* Counted first: who has added something must look for it. */
	__sync_fetch_and_add(&global->work, 1);
	known = bpf_map_lookup_elem(&work, &todo);
	if (known) {
		if (__sync_lock_test_and_set(known, RF_WORK_WAITS) == RF_WORK_WAITS)
			__sync_fetch_and_sub(&global->work, 1);
		return 0;
	}
	if (!bpf_map_update_elem(&work, &todo, &waits, BPF_NOEXIST))
		return 0;
	__sync_fetch_and_sub(&global->work, 1);
	rf_node_end(node, false);
	return -EACCES;
}

int rf_work_add(__u64 node)
{
	return rf_work_note(node);
}

/* What it can write is to be kept with the label, if there is who keeps it. */
static __noinline int rf_join_unkept(__u64 task, __u64 classes)
{
	const struct task_struct *unkept_task = (const void *)task;
	struct rf_unkept told = { .classes = classes };
	__u64 one = 1;

	if (!classes)
		return 0;
	told.what = BPF_CORE_READ(unkept_task, pid);
	bpf_map_update_elem(&unkept, &told, &one, BPF_ANY);
	return 0;
}

/* Global, for its stack: -EACCES if what it gets can't be noted. */
__noinline int rf_late_channel(__u64 channel, __u64 classes, __u32 kind)
{
	return rf_channel_add(channel, classes, kind) ? rf_work_note(channel) : 0;
}

/* Where a thread other than the one that obtains the data may be sending. */
static __always_inline int rf_late_sibling(const struct rf_task *task, struct rf_walk *walk)
{
	if (rf_node_is_channel(task->writing) && rf_call_lasts(task) &&
	    rf_late_channel(task->writing, walk->passed, task->kind))
		return -EACCES;
	/* It may be sending where no packet door is: no label for it. */
	if (task->cookie == RF_COOKIE_UNSEEN)
		return -EACCES;
	if (task->cookie == RF_COOKIE_HELD)
		return task->writing == task->sk && rf_call_lasts(task) ? -EACCES : 0;
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

static __always_inline void rf_join_gained(struct rf_join *join, __u64 id, __u64 label, __u64 added)
{
	rf_join_source(join, id, added);
	rf_count_classes(added, RF_COUNTER_LABELS);
	rf_join_tell(join, id, label, added, RF_EVENT_LABEL, 0);
}

/*
 * Another of the holder's tasks may be in a call: -EACCES if where it may be
 * sending can't be labelled.
 */
__noinline int rf_join_siblings(struct rf_join *join, __u64 id, __u64 passed, __u64 sent,
				__u32 flags)
{
	struct rf_walk walk = {
		.holder = id,
		.classes = sent,
		.passed = passed,
		.self = bpf_get_current_task(),
	};

	if (!join)
		return -EACCES;
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

/*
 * A label is added before it shows whether all have it who get the holder's data by
 * calls that they are in already, and is not taken back if not. Who tries once more
 * would find nothing to add: so the holder says that it isn't sure, until rf_settle()
 * is through with it and nobody else has begun meanwhile. Returns what to look for: all
 * of the label if others had begun, for they may fail.
 */
static __always_inline __u64 rf_grow_begin(struct rf_holder *holder, __u64 classes, __u64 added)
{
	__u64 self = bpf_get_current_task();
	__u64 before = __sync_lock_test_and_set(&holder->unsure, self);

	if (added)
		rf_holder_add(holder, added);
	/* Again: who is through since did not look for what is added here. */
	if (before || __sync_lock_test_and_set(&holder->unsure, self) != self)
		return holder->label;
	return classes;
}

/* Not inline, for its stack. */
static __noinline int rf_grow_spliced(__u64 id, __u64 classes)
{
	return rf_spliced_label(id, classes);
}

/* Whoever gets data of the holder by none of its calls: -EACCES if not all are labelled. */
static __always_inline int rf_grow_others(struct rf_join *join, __u64 id, struct rf_holder *holder,
					  __u64 classes)
{
	__u64 passed = rf_holder_passes(holder) & classes, sent = classes & ~holder->removes;
	int err = 0;

	if (holder->refs == 1 && join->task == rf_task_current())
		rf_join_unkept((__u64)join->task, passed);
	else
		err = rf_join_siblings(join, id, passed, sent, holder->flags);
	if (err && !join->force)
		return err;
	if (holder->flags & RF_HOLDER_SPLICED && rf_grow_spliced(id, sent))
		err = -EACCES;
	if (err && !join->force)
		return err;
	return rf_work_add(id) ? -EACCES : err;
}

int rf_grow(struct rf_join *join, __u64 id)
{
	struct rf_holder *holder;
	struct rf_task *record;
	__u64 added, classes;

	if (!join)
		return -EACCES;
	record = rf_task_find(join->task);
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
	if (!added && !rf_is_unsure(holder->unsure))
		return 0;
	if (rf_holder_unseen(holder) && (join->force || join->classes & ~rf_audited())) {
		int err = rf_join_refuse(join, id, holder->label, RF_REASON_UNSEEN);

		if (!join->force)
			return err;
	}

	/*
	 * Label first, then look where the others are sending: whoever is not
	 * found there will see the label (see rf_sock_note_send()).
	 */
	classes = rf_grow_begin(holder, join->classes, added);
	/* It has it, whatever comes of the operation. */
	if (added)
		rf_join_gained(join, id, holder->label, added);
	if (rf_join_maps(join, id, holder)) {
		__sync_lock_test_and_set(&holder->unsure, RF_UNSURE);
		return rf_join_refuse(join, id, holder->label, RF_REASON_KEEP);
	}
	if (rf_grow_others(join, id, holder, classes)) {
		__sync_lock_test_and_set(&holder->unsure, RF_UNSURE);
		if (!join->force)
			return rf_join_refuse(join, id, holder->label, RF_REASON_RECORD);
	}
	return 0;
}

int rf_gain(const __u64 *channel, struct rf_source *hop)
{
	__u64 added;

	if (!channel || !hop)
		return -EACCES;
	added = rf_channel_add(*channel, hop->classes, hop->kind);
	if (!added)
		return rf_channel_unsure(*channel) ? rf_work_add(*channel) : 0;
	rf_source_copy(hop->node, *channel, added);
	hop->classes = added;
	hop->time_ns = bpf_ktime_get_boot_ns();
	rf_source_add(*channel, hop);
	return rf_work_add(*channel);
}
