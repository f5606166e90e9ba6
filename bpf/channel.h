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

#include "bpf/event.h"

/*
 * What @channel has. One that found the map full has no record: then all
 * without one have what these got.
 */
static __always_inline __u64 rf_channel_label_at(const __u64 *channel)
{
	const struct rf_state *global = rf_state();
	const struct rf_channel *known;

	if (!global)
		return ~0ULL;
	if (!global->channels && !global->unrecorded)
		return 0;
	known = bpf_map_lookup_elem(&channels, channel);
	return known ? known->label : global->unrecorded;
}

static __always_inline __u64 rf_channel_label(__u64 channel)
{
	return rf_channel_label_at(&channel);
}

/* Returns the classes that @channel did not have yet. */
static __always_inline __u64 rf_channel_add(__u64 channel, __u64 classes, __u32 kind)
{
	struct rf_channel new = { .label = classes, .kind = kind };
	struct rf_state *global = rf_state();
	struct rf_channel *known;

	if (!global)
		return 0;
	known = bpf_map_lookup_elem(&channels, &channel);
	if (!known) {
		/* Counted first: who reads meanwhile must look for it. */
		__sync_fetch_and_add(&global->channels, 1);
		new.label |= global->unrecorded;
		if (!bpf_map_update_elem(&channels, &channel, &new, BPF_NOEXIST))
			return classes;
		__sync_fetch_and_sub(&global->channels, 1);
		known = bpf_map_lookup_elem(&channels, &channel);
	}
	if (!known) {
		rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_RECORD));
		return classes & ~__sync_fetch_and_or(&global->unrecorded, classes);
	}
	classes &= ~known->label;
	return classes ? classes & ~__sync_fetch_and_or(&known->label, classes) : 0;
}

/* The object is gone: another may come to its address. */
static __always_inline void rf_channel_forget(__u64 channel)
{
	struct rf_state *global = rf_state();

	if (!global || !global->channels || bpf_map_delete_elem(&channels, &channel))
		return;
	__sync_fetch_and_sub(&global->channels, 1);
	bpf_map_delete_elem(&sources, &channel);
}

#endif /* RF_BPF_CHANNEL_H */
