/* SPDX-License-Identifier: GPL-2.0 */
/*
 * channel.h - the labels of what data goes through: pipes, unix sockets,
 * terminals, queues (struct rf_channel)
 *
 * A channel has a record only while something labelled went through it. While
 * there is none at all nobody looks for one.
 */
#ifndef RF_BPF_CHANNEL_H
#define RF_BPF_CHANNEL_H

#include "bpf/call.h"
#include "bpf/edge.h"

/*
 * What @channel has. One that found the map full has no record: then all
 * without one have what these got.
 */
static __always_inline __u64 rf_channel_label(__u64 channel)
{
	const struct rf_state *global = rf_state();
	const struct rf_channel *known;

	if (!global)
		return ~0ULL;
	if (!global->channels && !global->unrecorded)
		return 0;
	known = bpf_map_lookup_elem(&channels, &channel);
	return known ? known->label : global->unrecorded;
}

/* The record of @channel, made if there is none; NULL if there is no room. */
static __always_inline struct rf_channel *rf_channel_make(__u64 channel, __u32 kind)
{
	struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);
	struct rf_channel new = { .kind = kind };
	struct rf_state *global = rf_state();

	if (known || !global)
		return known;
	if (!bpf_map_update_elem(&channels, &channel, &new, BPF_NOEXIST))
		__sync_fetch_and_add(&global->records, 1);
	return bpf_map_lookup_elem(&channels, &channel);
}

/* Has it all of @classes, and in a record? Then who reads from it has them too. */
static __always_inline bool rf_channel_has(__u64 channel, __u64 classes)
{
	const struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);

	return known && !(classes & ~known->label) && !rf_is_unsure(known->unsure);
}

/* Is it to be asked once more who gets what @channel has? */
static __always_inline bool rf_channel_unsure(__u64 channel)
{
	const struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);

	return known && rf_is_unsure(known->unsure);
}

/* Was there one who gets what @channel has, and could not be labelled? */
static __always_inline bool rf_channel_failed(__u64 channel)
{
	const struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);

	return known && known->unsure == RF_UNSURE;
}

/* Has somebody what is in it without having it open? */
static __always_inline bool rf_channel_lends(__u64 channel)
{
	const struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);

	return known && known->flags & RF_CHANNEL_EDGES;
}

/* As rf_holder_lacks(). */
static __always_inline __u64 rf_channel_lacks(__u64 channel, __u64 classes, bool sure)
{
	if (sure && rf_channel_failed(channel))
		return classes;
	return classes & ~rf_channel_label(channel);
}

/* The running task is through with @node: do all have its label who get its data? */
static __always_inline void rf_node_end(__u64 node, bool sure)
{
	__u64 self = bpf_get_current_task(), unsure = sure ? 0 : RF_UNSURE;
	struct rf_channel *channel;
	struct rf_holder *holder;

	if (rf_node_is_channel(node)) {
		channel = bpf_map_lookup_elem(&channels, &node);
		if (channel)
			__sync_val_compare_and_swap(&channel->unsure, self, unsure);
		return;
	}
	holder = rf_holder_find(node);
	if (holder)
		__sync_val_compare_and_swap(&holder->unsure, self, unsure);
}

/*
 * Returns the classes that @channel did not have yet. What it gets it has before all
 * have it who read from it: rf_work_add() or rf_node_end() has to follow, as for
 * rf_grow_begin().
 */
static __always_inline __u64 rf_channel_add(__u64 channel, __u64 classes, __u32 kind)
{
	struct rf_state *global = rf_state();
	__u64 self = bpf_get_current_task(), before;
	struct rf_channel *known;
	bool counted;

	if (!global)
		return 0;
	known = rf_channel_make(channel, kind);
	if (!known) {
		rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_RECORD));
		return classes & ~__sync_fetch_and_or(&global->unrecorded, classes);
	}
	classes &= ~known->label;
	if (!classes)
		return 0;
	__sync_lock_test_and_set(&known->unsure, self);
	/* Counted first: who reads meanwhile must look for it. */
	counted = !known->label;
	if (counted)
		__sync_fetch_and_add(&global->channels, 1);
	before = __sync_fetch_and_or(&known->label, classes);
	if (counted && before)
		__sync_fetch_and_sub(&global->channels, 1);
	__sync_lock_test_and_set(&known->unsure, self);
	return classes & ~before;
}

/* The object is gone: another may come to its address. */
static __always_inline void rf_channel_forget(__u64 channel)
{
	struct rf_state *global = rf_state();
	const struct rf_channel *known;
	bool labelled, edges;

	if (!global || !global->records)
		return;
	known = bpf_map_lookup_elem(&channels, &channel);
	if (!known)
		return;
	labelled = known->label;
	edges = known->flags & RF_CHANNEL_EDGES;
	if (bpf_map_delete_elem(&channels, &channel))
		return;
	__sync_fetch_and_sub(&global->records, 1);
	if (edges)
		rf_edges_forget(channel);
	if (!labelled)
		return;
	__sync_fetch_and_sub(&global->channels, 1);
	bpf_map_delete_elem(&sources, &channel);
}

/**
 * rf_work_add - @node has a label that it may pass on: rf_settle() will see
 *
 * In flow.bpf.c; global, for its stack. -EACCES if that can't be noted.
 */
int rf_work_add(__u64 node);

#endif /* RF_BPF_CHANNEL_H */
