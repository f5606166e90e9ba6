// SPDX-License-Identifier: GPL-2.0
/*
 * flow.bpf.c - label(to) |= label(from): the one function, for every edge
 *
 * A label that reaches a holder or a channel goes on at once to all that get
 * data from there without a further call: threads that wait in one.
 */
#include "bpf/channel.h"
#include "bpf/holder.h"
#include "bpf/source.h"
#include "bpf/spliced.h"
#include "bpf/walk.h"

/* Where a thread other than the one that obtains the data may be sending. */
static __always_inline int rf_late_sibling(const struct rf_task *task, struct rf_walk *walk)
{
	if (task->writing && rf_call_lasts(task))
		walk->grew |= rf_channel_add(task->writing, walk->passed, task->kind) != 0;
	/* It may be sending where no packet door is: no label for it. */
	if (task->cookie == RF_COOKIE_UNSEEN)
		return -EACCES;
	return task->cookie && rf_late_alive(task) ? rf_late_add(task->cookie, walk->classes) : 0;
}

/* It lacks what the channel has that it may be reading from. */
static __always_inline bool rf_walk_reads(__u64 address, const struct rf_task *task,
					  struct rf_walk *walk)
{
	const struct rf_holder *holder;

	/* Keys that are in memory already: there is little stack left here. */
	walk->channel = task->reading;
	if (!walk->channel)
		return false;
	walk->classes = rf_channel_label_at(&walk->channel);
	if (!walk->classes)
		return false;
	holder = bpf_map_lookup_elem(&holders, &task->holder);
	walk->classes &= holder ? ~holder->label : 0;
	if (!walk->classes || !rf_call_lasts(task))
		return false;
	walk->task = address;
	return true;
}

/* What walk.h calls for each thread. */
static int rf_walk_visit(__u64 address, struct rf_walk *walk)
{
	struct rf_task *task = bpf_map_lookup_elem(&tasks, &address);

	if (!task)
		return 0;
	if (walk->mode == RF_WALK_READER) {
		rf_walk_reads(address, task, walk);
		return 0;
	}
	/* The task that obtains the data is not in a send. */
	if (address == walk->self || task->holder != walk->holder)
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
	task = join->task;
	if (join->from) {
		rf_source_copy(join->from, id, added);
		return 0;
	}
	source.classes = added;
	source.time_ns = bpf_ktime_get_boot_ns();
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
__noinline int rf_join_siblings(struct rf_join *join, __u64 id, __u64 passed, __u32 flags)
{
	struct rf_walk walk = {
		.holder = id,
		.passed = passed,
		.self = bpf_get_current_task(),
	};
	int err;

	if (!join)
		return -EACCES;
	walk.classes = join->classes;
	walk.one = !(flags & RF_HOLDER_SHARED);
	err = rf_walk(join->task, &walk);
	join->unsettled |= walk.grew;
	return err;
}

int rf_grow(struct rf_join *join, __u64 id)
{
	const struct task_struct *task;
	struct rf_holder *holder;
	struct rf_task *record;
	__u64 added;

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
	    rf_join_siblings(join, id, rf_holder_passes(holder) & join->classes, holder->flags) &&
	    !join->force)
		return rf_join_refuse(join, id, holder->label, RF_REASON_RECORD);

	if ((holder->flags & RF_HOLDER_SPLICED) && rf_spliced_label(id, join->classes) &&
	    !join->force)
		return rf_join_refuse(join, id, holder->label, RF_REASON_RECORD);

	if (holder->flags & RF_HOLDER_EDGES)
		join->unsettled = true;
	rf_join_source(join, id, added);
	rf_count_classes(added, RF_COUNTER_LABELS);
	rf_join_tell(join, id, holder->label, added, RF_EVENT_LABEL, 0);
	return 0;
}

/**
 * struct rf_settling - labels that go on from who has just got one
 * @near: a task; the walk over all begins there
 * @force: as in struct rf_join
 */
struct rf_settling {
	__u64 near;
	int err;
	bool force;
	bool done;
};

/*
 * A reader that was in its call before the channel had what it has now: in
 * @join, or nobody.
 */
__noinline int rf_settle_find(__u64 near, struct rf_join *join)
{
	struct rf_walk walk = { .mode = RF_WALK_READER };
	const struct rf_channel *channel;
	int err;

	if (!join)
		return -EACCES;
	err = rf_walk((const void *)near, &walk);
	channel = bpf_map_lookup_elem(&channels, &walk.channel);
	join->kind = channel ? channel->kind : RF_ORIGIN_NONE;
	join->task = (const void *)walk.task;
	join->classes = walk.classes;
	join->from = walk.channel;
	return err;
}

static long rf_settle_round(__u32 i, struct rf_settling *settling)
{
	struct rf_join join = { .force = settling->force };

	settling->err = rf_settle_find(settling->near, &join);
	if (!settling->err && join.task) {
		settling->err = rf_grow(&join, 0);
		return settling->err != 0;
	}
	settling->done = !settling->err;
	return 1;
}

/* One label in each round; more of them than can be is an error. */
#define RF_SETTLE_ROUNDS 65536

int rf_settle(__u64 near, bool force)
{
	struct rf_settling settling = { .near = near, .force = force };

	bpf_loop(RF_SETTLE_ROUNDS, rf_settle_round, &settling, 0);
	return settling.done ? 0 : -EACCES;
}

int rf_gain(const __u64 *channel, struct rf_source *hop)
{
	__u64 added;

	if (!channel || !hop)
		return -EACCES;
	added = rf_channel_add(*channel, hop->classes, hop->kind);
	if (!added)
		return 0;
	rf_source_copy(hop->node, *channel, added);
	hop->classes = added;
	hop->time_ns = bpf_ktime_get_boot_ns();
	rf_source_add(*channel, hop);
	return rf_settle((__u64)rf_task_current(), false);
}
