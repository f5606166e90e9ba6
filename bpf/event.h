/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event.h - counting and telling what happened
 *
 * Counters are exact: they are added to atomically even though they are per
 * processor, since a program can be preempted between load and store. The
 * event ring is best effort and says what it lost.
 */
#ifndef RF_BPF_EVENT_H
#define RF_BPF_EVENT_H

#include "bpf/storage.h"

static __always_inline struct rf_state *rf_state(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&state, &zero);
}

static __always_inline void rf_count(__u32 index)
{
	__u64 *counter = bpf_map_lookup_elem(&stats, &index);

	if (counter)
		__sync_fetch_and_add(counter, 1);
}

struct rf_count_ctx {
	__u64 classes;
	__u32 counter;
};

static long rf_count_class(__u32 class, struct rf_count_ctx *ctx)
{
	if (ctx->classes & (1ULL << class))
		rf_count(class * RF_COUNTER_MAX + ctx->counter);
	return 0;
}

/* Once for each class of @classes, and once in the total. */
static __always_inline void rf_count_classes(__u64 classes, __u32 counter)
{
	struct rf_count_ctx ctx = { .classes = classes, .counter = counter };

	bpf_loop(RF_CLASS_MAX, rf_count_class, &ctx, 0);
	rf_count(RF_STATS_TOTAL + counter);
}

/* A zeroed event with the time; NULL (counted) if the ring is full. */
static __always_inline struct rf_event *rf_event_begin(__u8 type)
{
	struct rf_event *event;
	struct rf_state *global;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		global = rf_state();
		if (global)
			__sync_fetch_and_add(&global->events_lost, 1);
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->type = type;
	event->time_ns = bpf_ktime_get_boot_ns();
	return event;
}

/* Who is running now; not meaningful at the packet door. */
static __always_inline void rf_event_current(struct rf_event *event)
{
	__u64 id = bpf_get_current_pid_tgid();

	event->tgid = id >> 32;
	event->pid = (__u32)id;
	event->uid = (__u32)bpf_get_current_uid_gid();
	event->cgroup = bpf_get_current_cgroup_id();
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

#endif /* RF_BPF_EVENT_H */
