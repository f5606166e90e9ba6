/* SPDX-License-Identifier: GPL-2.0 */
/*
 * source.h - how something came by its label (struct rf_sources): for people
 *
 * What can't be kept is not an error: no verdict depends on it.
 */
#ifndef RF_BPF_SOURCE_H
#define RF_BPF_SOURCE_H

#include "bpf/storage.h"

/* Where number @n of a list is: the first ones stay, the others go round. */
static __always_inline __u32 rf_source_slot(__u32 n)
{
	return n < RF_SOURCES_HALF ? n : RF_SOURCES_HALF + n % RF_SOURCES_HALF;
}

static __always_inline struct rf_sources *rf_sources_of(__u64 node)
{
	static const struct rf_sources none;
	struct rf_sources *list = bpf_map_lookup_elem(&sources, &node);

	if (list)
		return list;
	bpf_map_update_elem(&sources, &node, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&sources, &node);
}

static __always_inline void rf_source_put(struct rf_sources *list, const struct rf_source *add,
					  __u64 classes)
{
	__u32 slot = rf_source_slot(__sync_fetch_and_add(&list->count, 1));

	if (slot >= RF_SOURCES_MAX)
		return;
	list->list[slot] = *add;
	list->list[slot].classes = classes;
}

static __always_inline void rf_source_add(__u64 node, const struct rf_source *add)
{
	struct rf_sources *list = rf_sources_of(node);

	if (list)
		rf_source_put(list, add, add->classes);
}

/* The hop by which what the running task's holder @from has goes on. */
static __always_inline void rf_source_current(struct rf_source *hop, __u64 from, __u64 classes,
					      __u32 kind)
{
	hop->classes = classes;
	hop->time_ns = bpf_ktime_get_boot_ns();
	hop->node = from;
	hop->kind = kind;
	hop->tgid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(hop->comm, sizeof(hop->comm));
}

struct rf_source_copying {
	const struct rf_sources *from;
	struct rf_sources *to;
	__u64 classes;
};

static long rf_source_copy_one(__u32 i, struct rf_source_copying *copying)
{
	const struct rf_sources *from = copying->from;
	__u32 count = from->count, slot = i;

	/* In the order in which they came: the ring begins behind its newest. */
	if (count > RF_SOURCES_MAX && i >= RF_SOURCES_HALF)
		slot = RF_SOURCES_HALF + (count + i) % RF_SOURCES_HALF;
	if (i >= count || slot >= RF_SOURCES_MAX)
		return 1;
	/* Of the others it may have a chain already. */
	if (from->list[slot].classes & copying->classes)
		rf_source_put(copying->to, &from->list[slot],
			      from->list[slot].classes & copying->classes);
	return 0;
}

/* What of @from's hops are about @classes. */
static __always_inline void rf_source_copy(__u64 from, __u64 to, __u64 classes)
{
	struct rf_source_copying copying = { .classes = classes };
	__u32 folded;

	copying.from = bpf_map_lookup_elem(&sources, &from);
	if (!copying.from)
		return;
	copying.to = rf_sources_of(to);
	if (!copying.to)
		return;
	folded = copying.from->folded;
	if (copying.from->count > RF_SOURCES_MAX)
		folded += copying.from->count - RF_SOURCES_MAX;
	if (folded)
		__sync_fetch_and_add(&copying.to->folded, folded);
	bpf_loop(RF_SOURCES_MAX, rf_source_copy_one, &copying, 0);
}

#endif /* RF_BPF_SOURCE_H */
