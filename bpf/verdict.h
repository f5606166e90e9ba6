/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verdict.h - ask decide, count the answer, tell it
 */
#ifndef RF_BPF_VERDICT_H
#define RF_BPF_VERDICT_H

#include <bpf/bpf_endian.h>

#include "bpf/decide.h"
#include "bpf/event.h"

/* For tests: 1 << enum rf_door whose verdict is not applied. Frozen at load. */
extern const volatile __u32 rf_open_doors;

/**
 * struct rf_question - a label on its way to a destination
 * @refusal: set if no address can make it good (a family without a check)
 * @addr: network byte order, IPv4 as ::ffff:a.b.c.d
 * @port, @sport: host byte order
 */
struct rf_question {
	__u64 label;
	__u8 door;
	__u8 refusal; /* enum rf_reason, or 0 */
	__u16 family;
	__u16 proto;
	__u16 port;
	__u16 sport;
	__u8 addr[16];
	__u8 saddr[16];
};

/**
 * rf_decide_now - rf_decide_words(), in decide.bpf.c
 * @gen: of rf_generation(), NULL if there is none
 *
 * Returns the verdict, which is in @answer too.
 */
int rf_decide_now(const struct rf_generation *gen, __u64 label, __u64 high, __u64 low,
		  struct rf_decision *answer);

static __always_inline const struct rf_generation *rf_generation(void)
{
	__u32 zero = 0;
	void *inner = bpf_map_lookup_elem(&generations, &zero);

	return inner ? bpf_map_lookup_elem(inner, &zero) : NULL;
}

/* Classes that are watched only: what they would be refused they have. */
static __always_inline __u64 rf_audited(void)
{
	const struct rf_generation *gen = rf_generation();

	return gen ? gen->header.audit : 0;
}

static __always_inline struct rf_decision rf_verdict_of(const struct rf_question *ask)
{
	struct rf_decision answer = {
		.verdict = RF_VERDICT_DENY,
		.reason = ask->refusal,
		.classes = ask->label,
	};
	const struct rf_generation *gen = rf_generation();
	struct rf_words addr = rf_words_load(ask->addr);

	if (!ask->refusal)
		rf_decide_now(gen, ask->label, addr.high, addr.low, &answer);
	else if (gen && ask->refusal != RF_REASON_RECORD && !(ask->label & ~gen->header.audit))
		answer.verdict = RF_VERDICT_AUDIT;
	return answer;
}

static __always_inline void rf_verdict_count(const struct rf_question *ask,
					     const struct rf_decision *answer)
{
	bool audit = answer->verdict == RF_VERDICT_AUDIT;
	__u32 counter;

	if (ask->door == RF_DOOR_CALL)
		counter = audit ? RF_COUNTER_AUDITED_CALLS : RF_COUNTER_DENIED_CALLS;
	else
		counter = audit ? RF_COUNTER_AUDITED_PACKETS : RF_COUNTER_DROPPED_PACKETS;
	rf_count_classes(answer->classes, counter);
	if (ask->door == RF_DOOR_CALL)
		rf_count(RF_STATS_REASON(RF_DOOR_CALL, answer->reason));
	else
		rf_count(RF_STATS_REASON(RF_DOOR_PACKET, answer->reason));
}

/* The event of a verdict, for the caller to say who and to submit. */
static __always_inline struct rf_event *rf_verdict_event(const struct rf_question *ask,
							 const struct rf_decision *answer)
{
	struct rf_event *event = rf_event_begin(RF_EVENT_VERDICT);

	if (!event)
		return NULL;
	event->label = ask->label;
	event->classes = answer->classes;
	event->atom = answer->atom;
	event->verdict = answer->verdict;
	event->reason = answer->reason;
	event->door = ask->door;
	event->family = ask->family;
	event->proto = ask->proto;
	event->sport = ask->sport;
	event->dport = ask->port;
	__builtin_memcpy(event->daddr, ask->addr, sizeof(event->daddr));
	__builtin_memcpy(event->saddr, ask->saddr, sizeof(event->saddr));
	return event;
}

/* True if the door's verdict holds (always, but for tests of the other). */
static __always_inline bool rf_door_closed(__u8 door)
{
	return !(rf_open_doors & (1u << door));
}

static __always_inline void rf_addr_v4(__u8 *addr, __u32 v4)
{
	__builtin_memset(addr, 0, 10);
	addr[10] = 0xff;
	addr[11] = 0xff;
	__builtin_memcpy(addr + 12, &v4, 4);
}

static __always_inline bool rf_words_are_v4(struct rf_words addr)
{
	return !addr.high && addr.low >> 32 == 0xffff;
}

/* @addr: network byte order */
static __always_inline void rf_words_store(struct rf_words words, __u8 *addr)
{
	__u64 high = bpf_cpu_to_be64(words.high), low = bpf_cpu_to_be64(words.low);

	__builtin_memcpy(addr, &high, sizeof(high));
	__builtin_memcpy(addr + 8, &low, sizeof(low));
}

#endif /* RF_BPF_VERDICT_H */
