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

	return known && !(classes & ~known->label) &&
	       !(known->flags & (RF_CHANNEL_REFUSED | RF_CHANNEL_UNSURE));
}

/*
 * Without the module, who can't have a label may be waiting for the data already,
 * and does not ask again.
 */
static __always_inline void rf_channel_refuse(__u64 channel)
{
	struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);

	if (known)
		__sync_fetch_and_or(&known->flags, RF_CHANNEL_REFUSED);
}

/* May nothing labelled be put there any more? */
static __always_inline bool rf_channel_refused(__u64 channel)
{
	const struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);

	return known && known->flags & RF_CHANNEL_REFUSED;
}

/* Have they all been labelled who get what @channel has? */
static __always_inline void rf_channel_sure(__u64 channel, bool sure)
{
	struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);

	if (!known)
		return;
	if (!sure)
		__sync_fetch_and_or(&known->flags, RF_CHANNEL_UNSURE);
	else if (known->flags & RF_CHANNEL_UNSURE)
		__sync_fetch_and_and(&known->flags, ~RF_CHANNEL_UNSURE);
}

static __always_inline bool rf_channel_unsure(__u64 channel)
{
	const struct rf_channel *known = bpf_map_lookup_elem(&channels, &channel);

	return known && known->flags & RF_CHANNEL_UNSURE;
}

/* Returns the classes that @channel did not have yet. */
static __always_inline __u64 rf_channel_add(__u64 channel, __u64 classes, __u32 kind)
{
	struct rf_state *global = rf_state();
	struct rf_channel *known;
	__u64 before;
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
	/* Counted first: who reads meanwhile must look for it. */
	counted = !known->label;
	if (counted)
		__sync_fetch_and_add(&global->channels, 1);
	before = __sync_fetch_and_or(&known->label, classes);
	if (counted && before)
		__sync_fetch_and_sub(&global->channels, 1);
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

/*
 * It has a label that it may pass on: rf_settle() will see. -EACCES if that
 * can't be noted.
 */
static __always_inline int rf_work_add(__u64 node)
{
	struct rf_work todo = { .task = bpf_get_current_task(), .node = node };
	struct rf_state *global = rf_state();
	__u64 one = 1;
	long err;

	if (!global)
		return -EACCES;
	/* Counted first: who has added something must look for it. */
	__sync_fetch_and_add(&global->work, 1);
	err = bpf_map_update_elem(&work, &todo, &one, BPF_NOEXIST);
	if (err)
		__sync_fetch_and_sub(&global->work, 1);
	return err && err != -EEXIST ? -EACCES : 0;
}

#endif /* RF_BPF_CHANNEL_H */
