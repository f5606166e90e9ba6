/* SPDX-License-Identifier: GPL-2.0 */
/*
 * decide.h - label x destination x generation -> verdict and reason
 *
 * Pure: reads its arguments and nothing else, so that the call, the packet,
 * `ringfence explain` and the unit tests get the same answer from the same
 * source. Every way out that is not proved to be allowed denies.
 */
#ifndef RF_DECIDE_H
#define RF_DECIDE_H

#include "bpf/region.h"

/**
 * struct rf_decision - the answer
 * @classes: the classes that refused; zero if allowed
 * @atom: of the destination; RF_ATOM_UNKNOWN too where it was not looked up
 * @verdict: enum rf_verdict
 * @reason: enum rf_reason
 */
struct rf_decision {
	__u64 classes;
	__u16 atom;
	__u8 verdict;
	__u8 reason;
	__u32 pad;
};

RF_ASSERT_SIZE(struct rf_decision, 16);

static __always_inline struct rf_decision rf_decide_answer(__u8 verdict, __u8 reason, __u64 classes,
							   __u16 atom)
{
	struct rf_decision decision = {
		.classes = classes,
		.atom = atom,
		.verdict = verdict,
		.reason = reason,
	};

	return decision;
}

/* Some class refused: audit passes it only if all that refused are in audit. */
static __always_inline struct rf_decision rf_decide_refuse(const struct rf_generation_header *gen,
							   __u8 reason, __u64 classes, __u16 atom)
{
	if (!(classes & ~gen->audit))
		return rf_decide_answer(RF_VERDICT_AUDIT, reason, classes, atom);
	return rf_decide_answer(RF_VERDICT_DENY, reason, classes, atom);
}

/* 127.0.0.0/8 (as ::ffff:127.x.y.z) or ::1 */
static __always_inline int rf_words_are_loopback(struct rf_words addr)
{
	return !addr.high && (addr.low == 1 || addr.low >> 24 == 0xffff7f);
}

/**
 * rf_addr_is_loopback - 127.0.0.0/8 (as ::ffff:127.x.y.z) or ::1
 * @addr: network byte order
 */
static __always_inline int rf_addr_is_loopback(const __u8 addr[16])
{
	return rf_words_are_loopback(rf_words_load(addr));
}

/**
 * rf_addr_is_unspecified - 0.0.0.0 (as ::ffff:0.0.0.0) or ::
 * @addr: network byte order
 *
 * For connect and send, where the kernel takes it as loopback. rf_decide()
 * does not: no packet goes there.
 */
static __always_inline int rf_addr_is_unspecified(const __u8 addr[16])
{
	__u64 high = rf_region_load(addr), low = rf_region_load(addr + 8);

	if (high)
		return 0;
	return low == 0 || low == 0xffff00000000ull;
}

/* rf_decide() for an address that is in numbers already */
static __always_inline struct rf_decision rf_decide_words(const struct rf_generation_header *gen,
							  __u64 label, struct rf_words daddr)
{
	__u64 strangers, refused;
	__u16 atom;

	if (!label)
		return rf_decide_answer(RF_VERDICT_ALLOW, RF_REASON_UNLABELLED, 0, 0);
	if (rf_words_are_loopback(daddr))
		return rf_decide_answer(RF_VERDICT_ALLOW, RF_REASON_LOCAL, 0, 0);
	if (!gen)
		return rf_decide_answer(RF_VERDICT_DENY, RF_REASON_GENERATION, label, 0);
	if (gen->magic != RF_GENERATION_MAGIC)
		return rf_decide_answer(RF_VERDICT_DENY, RF_REASON_GENERATION, label, 0);
	if (gen->abi != RF_ABI_VERSION)
		return rf_decide_answer(RF_VERDICT_DENY, RF_REASON_GENERATION, label, 0);

	/* A class that this generation does not know has no rule, nor audit. */
	strangers = label & ~gen->classes;
	if (strangers)
		return rf_decide_answer(RF_VERDICT_DENY, RF_REASON_GENERATION, strangers, 0);

	atom = rf_region_words(gen, daddr);
	if (atom == RF_ATOM_UNKNOWN)
		return rf_decide_refuse(gen, RF_REASON_UNKNOWN, label, atom);
	refused = label & ~gen->allow[atom & (RF_ATOM_MAX - 1)];
	if (refused)
		return rf_decide_refuse(gen, RF_REASON_REGION, refused, atom);
	return rf_decide_answer(RF_VERDICT_ALLOW, RF_REASON_REGION, 0, atom);
}

/**
 * rf_decide - may data with this label go to this address?
 * @gen: the generation, RF_GENERATION_SIZE bytes; NULL if there is none
 * @label: of the data; classes that do not exist in @gen refuse
 * @daddr: network byte order; IPv4 as ::ffff:a.b.c.d
 *
 * Any context. Every class of the label must allow.
 */
static __always_inline struct rf_decision rf_decide(const struct rf_generation_header *gen,
						    __u64 label, const __u8 daddr[16])
{
	return rf_decide_words(gen, label, rf_words_load(daddr));
}

#endif /* RF_DECIDE_H */
