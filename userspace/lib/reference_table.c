// SPDX-License-Identifier: GPL-2.0
/*
 * reference_table.c - the pieces of a compiled table, as its layout has them
 *
 * From the words of bpf/generation.h alone: neither the look-up (bpf/region.h)
 * nor the builders (dxr.c, poptrie.c) are asked. A table of any bytes is walked
 * without a look outside of it, and soon: no more nodes and segments are met
 * than there is room for, however often a damaged table refers to one.
 */
#include "userspace/lib/reference_private.h"

#include <errno.h>

#define PARTS (1u << RF_V6_STRIDE)
#define ROOT_BITS 112 /* that vary below an entry of the first level */
#define LEAF_BITS 64 /* the same below a part of the lowest nodes */

/*
 * struct walk - who is told, and how much was met
 * @entries: segments of buckets, or of tails
 */
struct walk {
	const struct rf_v6_table *v6;
	rf_reference_piece *piece;
	void *ctx;
	struct rf_fault *fault;
	size_t nodes;
	size_t entries;
};

/*
 * struct visit - a node on the way through its parts
 * @whole: the first of its addresses
 * @bits: that vary below a part
 * @child: index of the next child's node
 * @leaf: index of the last leaf that was met; one below the base before the first
 */
struct visit {
	const struct rf_v6_node *node;
	rf_addr whole;
	unsigned int bits;
	__u32 child;
	__u32 leaf;
};

static int broken(const struct walk *walk, rf_addr at, const char *what)
{
	char text[RF_ADDR_TEXT_MAX];

	return rf_fault_set(walk->fault, -EBADMSG, "compiled table is broken at %s: %s",
			    rf_addr_text(at, text), what);
}

/* Are the @count from @start on among @room, and not more in all than there can be? */
static bool take_entries(struct walk *walk, size_t start, size_t count, size_t room)
{
	walk->entries += count;
	return !count || (start <= room && count <= room - start && walk->entries <= room);
}

/* Bucket @number, to the end of bucket @upto. */
static int walk_bucket(struct walk *walk, const struct rf_v4_table *table, __u32 number, __u32 upto)
{
	const struct rf_v4_bucket *bucket = &table->bucket[number];
	const rf_addr whole = RF_ADDR_V4_FIRST | (rf_addr)number << 16;
	rf_addr first = whole, next;
	__u16 atom = bucket->atom;

	if (!take_entries(walk, bucket->start, bucket->count, RF_V4_SEGMENTS))
		return broken(walk, whole, "segments that are not there");
	for (__u32 i = 0; i < bucket->count; i++) {
		__u32 segment = table->segment[bucket->start + i];
		int error;

		next = whole | (segment & 0xffff);
		if (next <= first)
			return broken(walk, whole, "segments out of order");
		error = walk->piece(walk->ctx, first, next - 1, atom);
		if (error)
			return error;
		first = next;
		atom = (__u16)(segment >> 16);
	}
	return walk->piece(walk->ctx, first, RF_ADDR_V4_FIRST | (rf_addr)upto << 16 | 0xffff, atom);
}

/* The last bucket from @first on that has, as all up to it, no more than the same atom. */
static __u32 same_buckets(const struct rf_v4_bucket *bucket, __u32 first)
{
	__u32 last = first;

	if (bucket[first].count)
		return first;
	while (last + 1 < RF_V4_BUCKETS && !bucket[last + 1].count &&
	       bucket[last + 1].atom == bucket[first].atom)
		last++;
	return last;
}

int rf_reference_walk_v4(const struct rf_v4_table *table, rf_reference_piece *piece, void *ctx,
			 struct rf_fault *fault)
{
	struct walk walk = { .piece = piece, .ctx = ctx, .fault = fault };
	int error = 0;

	for (__u32 i = 0, last; !error && i < RF_V4_BUCKETS; i = last + 1) {
		last = same_buckets(table->bucket, i);
		error = walk_bucket(&walk, table, i, last);
	}
	return error;
}

static int walk_tail(struct walk *walk, const struct rf_v6_tail *tail, rf_addr whole)
{
	rf_addr first = whole, next;
	__u16 atom = tail->atom;

	if (!take_entries(walk, tail->start, tail->count, RF_V6_TAIL_KEYS))
		return broken(walk, whole, "segments that are not there");
	for (__u32 i = 0; i < tail->count; i++) {
		int error;

		next = whole | walk->v6->tail_key[tail->start + i];
		if (next <= first)
			return broken(walk, whole, "segments out of order");
		error = walk->piece(walk->ctx, first, next - 1, atom);
		if (error)
			return error;
		first = next;
		atom = walk->v6->tail_atom[tail->start + i];
	}
	return walk->piece(walk->ctx, first, whole | ~(__u64)0, atom);
}

/* A tail is about the lower 64 bits, so it has to be that of one /64. */
static int walk_leaf(struct walk *walk, __u32 leaf, rf_addr first, rf_addr last)
{
	if (leaf < RF_ATOM_MAX)
		return walk->piece(walk->ctx, first, last, (__u16)leaf);
	if (leaf - RF_ATOM_MAX >= RF_V6_TAILS || last - first != ~(__u64)0)
		return broken(walk, first, "a leaf that is neither an atom nor the tail of a /64");
	return walk_tail(walk, &walk->v6->tail[leaf - RF_ATOM_MAX], first);
}

/* The first part without a child has a leaf of its own, and none with a child has. */
static bool is_sound(const struct rf_v6_node *node, unsigned int bits)
{
	__u64 first_leaf = ~node->child & (node->child + 1);

	if (bits == LEAF_BITS && node->child)
		return false;
	return !(node->child & node->leaf) && (node->leaf & first_leaf) == first_leaf;
}

static int walk_node(struct walk *walk, __u32 index, rf_addr whole, unsigned int bits);

/* The parts from @part up to @end are one with a child, or have a leaf in common. */
static int walk_parts(struct walk *walk, struct visit *visit, unsigned int part, unsigned int end)
{
	const struct rf_v6_node *node = visit->node;
	rf_addr first = visit->whole + ((rf_addr)part << visit->bits);

	if (node->child >> part & 1)
		return walk_node(walk, visit->child++, first, visit->bits - RF_V6_STRIDE);
	visit->leaf += node->leaf >> part & 1;
	if (visit->leaf >= RF_V6_LEAVES)
		return broken(walk, first, "a leaf that is not there");
	return walk_leaf(walk, walk->v6->leaf[visit->leaf], first,
			 visit->whole + (((rf_addr)end << visit->bits) - 1));
}

/* Node @index is about the addresses from @whole on, 2^@bits in each of its parts. */
static int walk_node(struct walk *walk, __u32 index, rf_addr whole, unsigned int bits)
{
	struct visit visit = { .whole = whole, .bits = bits };
	__u64 starts;
	int error = 0;

	if (index >= RF_V6_NODES || walk->nodes++ == RF_V6_NODES)
		return broken(walk, whole, "a node that is not there");
	visit.node = &walk->v6->node[index];
	if (!is_sound(visit.node, bits))
		return broken(walk, whole, "a node that makes no sense");
	visit.child = visit.node->child_base;
	visit.leaf = visit.node->leaf_base - 1;
	starts = visit.node->leaf | visit.node->child | visit.node->child << 1;
	while (!error && starts) {
		unsigned int part = (unsigned int)__builtin_ctzll(starts);

		starts &= starts - 1;
		error = walk_parts(walk, &visit, part,
				   starts ? (unsigned int)__builtin_ctzll(starts) : PARTS);
	}
	return error;
}

/* The last root from @first on that is, as all up to it, the same leaf. */
static __u32 same_roots(const __u32 *root, __u32 first)
{
	__u32 last = first;

	while (root[first] & RF_V6_ROOT_LEAF && last + 1 < RF_V6_ROOTS &&
	       root[last + 1] == root[first])
		last++;
	return last;
}

int rf_reference_walk_v6(const struct rf_v6_table *table, rf_reference_piece *piece, void *ctx,
			 struct rf_fault *fault)
{
	struct walk walk = { .v6 = table, .piece = piece, .ctx = ctx, .fault = fault };
	const rf_addr below = ((rf_addr)1 << ROOT_BITS) - 1;
	int error = 0;

	for (__u32 i = 0, last; !error && i < RF_V6_ROOTS; i = last + 1) {
		rf_addr whole = (rf_addr)i << ROOT_BITS;
		__u32 root = table->root[i];

		last = same_roots(table->root, i);
		if (root & RF_V6_ROOT_LEAF)
			error = walk_leaf(&walk, root & ~RF_V6_ROOT_LEAF, whole,
					  (rf_addr)last << ROOT_BITS | below);
		else
			error = walk_node(&walk, root, whole, ROOT_BITS - RF_V6_STRIDE);
	}
	return error;
}
