/* SPDX-License-Identifier: GPL-2.0 */
/*
 * generation.h - the compiled policy as one value: both region tables, the
 * rule matrix, the hash
 *
 * A generation is written whole by user space into one value of one array
 * map, checked, and published by a single store into an array of maps.
 * Nothing in it changes afterwards. The kernel and user space read it through
 * the same functions (region.h, decide.h).
 *
 * An *atom* is the smallest piece of the world that rules can tell apart: a
 * country as its source names it, or the prefixes that the policy gives to
 * one set of regions. Every address has exactly one atom; atom 0 is "in no
 * region" and its row is zero, so unknown is foreign.
 */
#ifndef RF_GENERATION_H
#define RF_GENERATION_H

#include "kmod/uapi/ringfence.h"

#define RF_GENERATION_SIZE (8u << 20) /* bytes of the map value */
#define RF_GENERATION_MAGIC 0x52464731u /* "RFG1" */
#define RF_ATOM_MAX 4096 /* rows of the rule matrix; a power of two */
#define RF_ATOM_UNKNOWN 0

/**
 * struct rf_generation_header - the first bytes of the value
 * @magic: RF_GENERATION_MAGIC; anything else denies everything
 * @abi: RF_ABI_VERSION
 * @number: counts up by one with each apply, never back
 * @hash: SHA-256 of the policy's files and of the region data's identity
 * @audit: classes whose refusal is counted and alerted, but lets pass
 * @classes: classes that exist; a label with any other bit is denied
 * @v4_len, @v6_len: bytes used by the two tables, for status
 * @allow: row by atom: the classes that may go there
 */
struct rf_generation_header {
	__u32 magic;
	__u32 abi;
	__u64 number;
	__u8 hash[32];
	__u64 audit;
	__u64 classes;
	__u32 v4_len;
	__u32 v6_len;
	__u64 allow[RF_ATOM_MAX];
};

RF_ASSERT_SIZE(struct rf_generation_header, 72 + 8 * RF_ATOM_MAX);

#endif /* RF_GENERATION_H */
