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

#ifndef RF_GENERATION_SIZE /* the bench has larger ones */
#define RF_GENERATION_SIZE (8u << 20) /* bytes of the map value */
#endif
#define RF_GENERATION_MAGIC 0x52464731u /* "RFG1" */
#define RF_ATOM_MAX 4096 /* rows of the rule matrix; a power of two */
#define RF_ATOM_UNKNOWN 0

/*
 * Numbers that every policy has the same: countries by their code, then cloud
 * regions by their place in the table of them, then the policy's own.
 */
#define RF_ATOM_CODE_FIRST 1
#define RF_ATOM_CODE_BASE 36 /* A-Z, then 0-9 */
#define RF_ATOM_CLOUD_FIRST (RF_ATOM_CODE_FIRST + RF_ATOM_CODE_BASE * RF_ATOM_CODE_BASE)
#define RF_ATOM_CLOUD_MAX 512
#define RF_ATOM_SET_FIRST (RF_ATOM_CLOUD_FIRST + RF_ATOM_CLOUD_MAX)

/* Not places: the address carries an IPv4 address, which decides. */
#define RF_ATOM_EMBED_FIRST RF_ATOM_NAT64
#define RF_ATOM_NAT64 (RF_ATOM_MAX - 3) /* RFC 6052: in the last 32 bits */
#define RF_ATOM_6TO4 (RF_ATOM_MAX - 2) /* RFC 3056: after the first 16 bits */
#define RF_ATOM_TEREDO (RF_ATOM_MAX - 1) /* RFC 4380: the last 32 bits, inverted */

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

/*
 * The tables. Their places are fixed, so that every index is compared with a
 * constant that the verifier knows; how much of each part is in use is the
 * builder's business. Zeroed memory answers "unknown" everywhere.
 */
#ifndef RF_V4_SEGMENTS /* the bench has larger ones */
#define RF_V4_SEGMENTS 524288
#define RF_V6_NODES 147456
#define RF_V6_LEAVES 655360
#endif
#define RF_V4_BUCKETS 65536 /* one for each value of the upper 16 bits */
#define RF_V6_ROOTS 65536
#define RF_V6_STRIDE 6 /* bits per node: 16 + 8 * 6 = 64 */
#define RF_V6_DEPTH 8
#define RF_V6_TAILS 16384
#define RF_V6_TAIL_KEYS 32768

/**
 * struct rf_v4_bucket - the IPv4 addresses that share their upper 16 bits
 * @start: where its further segments are in the segment list
 * @count: how many there are; 0 where the whole /16 has one atom
 * @atom: of its first address, up to the first further segment
 */
struct rf_v4_bucket {
	__u32 start;
	__u16 count;
	__u16 atom;
};

/**
 * struct rf_v4_table - DXR: a bucket by the upper half of the address, then a
 * binary search in the lower half
 * @segment: lower 16 bits of a segment's first address, atom in the upper 16;
 *	ascending within a bucket
 */
struct rf_v4_table {
	struct rf_v4_bucket bucket[RF_V4_BUCKETS];
	__u32 segment[RF_V4_SEGMENTS];
};

/**
 * struct rf_v6_node - 64 equal parts of a prefix
 * @child: bit n: part n has a node of its own
 * @leaf: bit n: part n has a leaf that differs from the leaf before it. The
 *	bit of the first part that is a leaf is always set.
 * @child_base: index of the node of the first child; the others follow
 * @leaf_base: index of the first leaf; the others follow
 */
struct rf_v6_node {
	__u64 child;
	__u64 leaf;
	__u32 child_base;
	__u32 leaf_base;
};

/**
 * struct rf_v6_tail - a /64 that has boundaries inside
 * @start, @count: its further segments in tail_key and tail_atom
 * @atom: of its first address, up to the first further segment
 */
struct rf_v6_tail {
	__u32 start;
	__u16 count;
	__u16 atom;
};

#define RF_V6_ROOT_LEAF 0x80000000u

/**
 * struct rf_v6_table - poptrie over the upper 64 bits, with lists of segments
 * for the lower 64 where they matter
 * @root: by the upper 16 bits: the index of a node, or RF_V6_ROOT_LEAF | leaf
 * @leaf: an atom, or RF_ATOM_MAX + the index of a tail
 * @tail_key: lower 64 bits of a segment's first address, host byte order,
 *	ascending within a tail
 * @tail_atom: its atom
 */
struct rf_v6_table {
	__u32 root[RF_V6_ROOTS];
	struct rf_v6_node node[RF_V6_NODES];
	struct rf_v6_tail tail[RF_V6_TAILS];
	__u64 tail_key[RF_V6_TAIL_KEYS];
	__u16 tail_atom[RF_V6_TAIL_KEYS];
	__u16 leaf[RF_V6_LEAVES];
};

/**
 * struct rf_generation - the whole value, but for the unused end
 */
struct rf_generation {
	struct rf_generation_header header;
	struct rf_v4_table v4;
	struct rf_v6_table v6;
};

RF_ASSERT_SIZE(struct rf_v4_bucket, 8);
RF_ASSERT_SIZE(struct rf_v4_table, 8 * RF_V4_BUCKETS + 4 * RF_V4_SEGMENTS);
RF_ASSERT_SIZE(struct rf_v6_node, 24);
RF_ASSERT_SIZE(struct rf_v6_tail, 8);
RF_ASSERT_SIZE(struct rf_v6_table, 4 * RF_V6_ROOTS + 24 * RF_V6_NODES + 8 * RF_V6_TAILS +
					   10 * RF_V6_TAIL_KEYS + 2 * RF_V6_LEAVES);
_Static_assert(sizeof(struct rf_generation) <= RF_GENERATION_SIZE, "ABI: generation too large");

#endif /* RF_GENERATION_H */
