// SPDX-License-Identifier: GPL-2.0
/*
 * poptrie.c - builder of the IPv6 table
 *
 * The trie is made from the top: a part of the address space that has one atom
 * becomes a leaf, another becomes a node of 64 parts, and at 64 bits a list of
 * segments. The parts are visited in ascending order, so one cursor over the
 * segments is enough, but for the children: they are laid out together, and
 * filled in after their parent, from where the cursor was.
 */
#include "userspace/lib/poptrie.h"

#include <errno.h>

#define PARTS (1u << RF_V6_STRIDE)

/* struct trie - what is being built and how much of each part is taken */
struct trie {
	const struct rf_segments *segments;
	struct rf_v6_table *table;
	struct rf_fault *fault;
	__u32 nodes;
	__u32 leaves;
	__u32 tails;
	__u32 keys;
};

/* struct part - [first, last] and the segment that holds @first */
struct part {
	rf_addr first;
	rf_addr last;
	size_t segment;
};

static rf_addr segment_last(const struct trie *trie, size_t segment)
{
	if (segment + 1 < trie->segments->count)
		return trie->segments->list[segment + 1].first - 1;
	return trie->segments->last;
}

/* Move to the segment that holds the part's first address. */
static void part_seek(const struct trie *trie, struct part *part)
{
	while (segment_last(trie, part->segment) < part->first)
		part->segment++;
}

static bool part_is_whole(const struct trie *trie, const struct part *part)
{
	return segment_last(trie, part->segment) >= part->last;
}

static __u16 part_atom(const struct trie *trie, const struct part *part)
{
	return trie->segments->list[part->segment].atom;
}

static int full(const struct trie *trie, const char *what, unsigned int room)
{
	return rf_fault_set(trie->fault, -E2BIG, "IPv6 needs more than %u %s", room, what);
}

/* The list of segments of a /64; *leaf gets what refers to it. */
static int add_tail(struct trie *trie, const struct part *part, __u32 *leaf)
{
	struct rf_v6_table *table = trie->table;
	struct rf_v6_tail *tail = &table->tail[trie->tails];
	size_t i = part->segment + 1;

	if (trie->tails == RF_V6_TAILS)
		return full(trie, "networks with boundaries finer than /64", RF_V6_TAILS);
	tail->start = trie->keys;
	tail->atom = part_atom(trie, part);
	for (; i < trie->segments->count && trie->segments->list[i].first <= part->last; i++) {
		if (trie->keys == RF_V6_TAIL_KEYS || tail->count == 0xffff)
			return full(trie, "boundaries finer than /64", RF_V6_TAIL_KEYS);
		table->tail_key[trie->keys] = (__u64)trie->segments->list[i].first;
		table->tail_atom[trie->keys++] = trie->segments->list[i].atom;
		tail->count++;
	}
	*leaf = RF_ATOM_MAX + trie->tails++;
	return 0;
}

/* What stands for a part that needs no node. */
static int make_leaf(struct trie *trie, const struct part *part, __u32 *leaf)
{
	if (!part_is_whole(trie, part))
		return add_tail(trie, part, leaf);
	*leaf = part_atom(trie, part);
	return 0;
}

static int add_leaf(struct trie *trie, struct rf_v6_node *node, unsigned int n, __u32 leaf)
{
	__u16 *leaves = trie->table->leaf;

	if (node->leaf && leaves[trie->leaves - 1] == leaf)
		return 0;
	if (trie->leaves == RF_V6_LEAVES)
		return full(trie, "leaves", RF_V6_LEAVES);
	leaves[trie->leaves++] = (__u16)leaf;
	node->leaf |= 1ull << n;
	return 0;
}

/* Part @n of @whole, which is 64 parts of 2^@shift addresses. */
static struct part part_of(const struct part *whole, unsigned int n, unsigned int shift)
{
	rf_addr first = whole->first + ((rf_addr)n << shift);

	return (struct part){
		.first = first,
		.last = first + (((rf_addr)1 << shift) - 1),
		.segment = whole->segment,
	};
}

static int fill_children(struct trie *trie, __u32 index, struct part whole, unsigned int shift);

/* Fill node @index for @whole, whose parts have 2^@shift addresses. */
static int fill_node(struct trie *trie, __u32 index, struct part whole, unsigned int shift)
{
	struct rf_v6_node *node = &trie->table->node[index];
	struct part cursor = whole;

	node->leaf_base = trie->leaves;
	for (unsigned int n = 0; n < PARTS; n++) {
		struct part part = part_of(&whole, n, shift);
		__u32 leaf = RF_ATOM_UNKNOWN;
		int error;

		part.segment = cursor.segment;
		part_seek(trie, &part);
		cursor.segment = part.segment;
		if (shift > 64 && !part_is_whole(trie, &part)) {
			node->child |= 1ull << n;
			continue;
		}
		error = make_leaf(trie, &part, &leaf);
		if (!error)
			error = add_leaf(trie, node, n, leaf);
		if (error)
			return error;
	}
	return fill_children(trie, index, whole, shift);
}

static int fill_children(struct trie *trie, __u32 index, struct part whole, unsigned int shift)
{
	struct rf_v6_node *node = &trie->table->node[index];
	__u32 count = (__u32)__builtin_popcountll(node->child), child = trie->nodes;

	if (count > RF_V6_NODES - trie->nodes)
		return full(trie, "nodes", RF_V6_NODES);
	node->child_base = child;
	trie->nodes += count;
	for (unsigned int n = 0; n < PARTS; n++) {
		struct part part = part_of(&whole, n, shift);
		int error;

		if (!(node->child >> n & 1))
			continue;
		part_seek(trie, &part);
		whole.segment = part.segment;
		error = fill_node(trie, child++, part, shift - RF_V6_STRIDE);
		if (error)
			return error;
	}
	return 0;
}

static int fill_root(struct trie *trie, __u32 index, struct part *part)
{
	__u32 *root = &trie->table->root[index];

	part_seek(trie, part);
	if (part_is_whole(trie, part)) {
		*root = RF_V6_ROOT_LEAF | part_atom(trie, part);
		return 0;
	}
	if (trie->nodes == RF_V6_NODES)
		return full(trie, "nodes", RF_V6_NODES);
	*root = trie->nodes++;
	return fill_node(trie, *root, *part, 112 - RF_V6_STRIDE);
}

int rf_poptrie_build(const struct rf_segments *segments, struct rf_v6_table *table, __u32 *used,
		     struct rf_fault *fault)
{
	struct trie trie = { .segments = segments, .table = table, .fault = fault };
	struct part part = { 0 };

	for (__u32 i = 0; i < RF_V6_ROOTS; i++) {
		int error;

		part.first = (rf_addr)i << 112;
		part.last = part.first + (((rf_addr)1 << 112) - 1);
		error = fill_root(&trie, i, &part);
		if (error)
			return error;
	}
	*used = sizeof(table->root) + trie.nodes * sizeof(table->node[0]) +
		trie.leaves * sizeof(table->leaf[0]) + trie.tails * sizeof(table->tail[0]) +
		trie.keys * (sizeof(table->tail_key[0]) + sizeof(table->tail_atom[0]));
	return 0;
}
