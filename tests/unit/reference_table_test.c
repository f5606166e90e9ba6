// SPDX-License-Identifier: GPL-2.0
/*
 * reference_table_test.c - the pieces of a table are those that it was made
 * from, are what the look-up reads, and a broken table has none
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "bpf/region.h"
#include "userspace/lib/dxr.h"
#include "userspace/lib/poptrie.h"
#include "userspace/lib/reference_private.h"

#define ROWS 12
#define V4(number) (RF_ADDR_V4_FIRST | (number))
#define V6(high) ((rf_addr)(high) << 64)
#define LEAF(value) (RF_V6_ROOT_LEAF | (value))
#define TAIL(index) (RF_ATOM_MAX + (index))

/* struct piece - and those behind it up to the next one */
struct piece {
	rf_addr first;
	__u16 atom;
};

/*
 * struct seen - what a walk told
 * @next: the address that the next piece has to start at
 * @stop: fail with that many pieces; 0 never
 */
struct seen {
	struct piece list[1 << 16];
	size_t count;
	rf_addr next;
	size_t stop;
};

static struct rf_generation *gen;
static struct seen seen;

static int note(void *ctx, rf_addr first, rf_addr last, __u16 atom)
{
	assert_ptr_equal(ctx, &seen);
	assert_true(first == seen.next && last >= first);
	seen.next = last + 1;
	if (seen.count < sizeof(seen.list) / sizeof(seen.list[0]))
		seen.list[seen.count] = (struct piece){ first, atom };
	seen.count++;
	return seen.count == seen.stop ? -EINTR : 0;
}

static int walk(int v4, rf_reference_piece *piece, struct rf_fault *fault)
{
	*fault = (struct rf_fault){ 0 };
	seen.count = 0;
	seen.next = v4 ? RF_ADDR_V4_FIRST : 0;
	return v4 ? rf_reference_walk_v4(&gen->v4, piece, &seen, fault) :
		    rf_reference_walk_v6(&gen->v6, piece, &seen, fault);
}

/* Nothing is known, in either family. */
static void clear(void)
{
	memset(gen, 0, RF_GENERATION_SIZE);
	for (__u32 i = 0; i < RF_V6_ROOTS; i++)
		gen->v6.root[i] = LEAF(RF_ATOM_UNKNOWN);
}

static void expect(int v4, const struct piece *pieces, size_t count)
{
	struct rf_fault fault;

	if (walk(v4, note, &fault))
		fail_msg("%s", fault.text);
	assert_true(seen.next == (v4 ? RF_ADDR_V4_LAST + 1 : 0));
	assert_int_equal(seen.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_true(seen.list[i].first == pieces[i].first);
		assert_int_equal(seen.list[i].atom, pieces[i].atom);
	}
}

static void tells_of_what_is_the_same_as_one(void **state)
{
	static const struct piece none[] = { { V4(0), 0 } }, v6_none[] = { { 0, 0 } };

	(void)state;
	clear();
	expect(1, none, 1);
	expect(0, v6_none, 1);
}

/* Laid out by hand. */
static void tells_of_each_segment(void **state)
{
	static const struct piece pieces[] = {
		{ V4(0), 0 },	       { V4(0x00070000), 7 }, { V4(0x00070001), 8 },
		{ V4(0x0007ffff), 9 }, { V4(0x00080000), 9 }, { V4(0x000a0000), 0xffff },
		{ V4(0x000a8000), 8 }, { V4(0x000b0000), 0 }, { V4(0xffff0000), 1 },
	};

	(void)state;
	clear();
	gen->v4.bucket[7] = (struct rf_v4_bucket){ 100, 2, 7 };
	gen->v4.segment[100] = 8 << 16 | 1;
	gen->v4.segment[101] = 9 << 16 | 0xffff;
	gen->v4.bucket[8].atom = gen->v4.bucket[9].atom = 9;
	gen->v4.bucket[10] = (struct rf_v4_bucket){ RF_V4_SEGMENTS - 1, 1, 0xffff };
	gen->v4.segment[RF_V4_SEGMENTS - 1] = 8 << 16 | 0x8000;
	gen->v4.bucket[0xffff].atom = 1;
	expect(1, pieces, sizeof(pieces) / sizeof(pieces[0]));
}

/*
 * Root 1 leads to a node with a child in part 2, the child to a chain of nodes
 * down to a /64 in the last part of each, which has a tail.
 */
static void lay_out_tail(void)
{
	struct rf_v6_table *v6 = &gen->v6;

	clear();
	v6->root[1] = 3;
	v6->node[3] = (struct rf_v6_node){ 1 << 2, 1 | 1 << 4, 4, 10 };
	v6->leaf[10] = 5; /* parts 0, 1 and, behind the child, 3 */
	v6->leaf[11] = 6;
	for (int i = 4; i < 10; i++)
		v6->node[i] = (struct rf_v6_node){ 1ull << 63, 1, i + 1, 10 };
	v6->node[10] = (struct rf_v6_node){ 0, 1 | 1ull << 63, 0, 12 };
	v6->leaf[12] = 5;
	v6->leaf[13] = TAIL(RF_V6_TAILS - 1);
	v6->tail[RF_V6_TAILS - 1] = (struct rf_v6_tail){ RF_V6_TAIL_KEYS - 2, 2, 7 };
	v6->tail_key[RF_V6_TAIL_KEYS - 2] = 1;
	v6->tail_atom[RF_V6_TAIL_KEYS - 2] = 8;
	v6->tail_key[RF_V6_TAIL_KEYS - 1] = ~0ull;
	v6->tail_atom[RF_V6_TAIL_KEYS - 1] = 9;
}

static void tells_of_each_leaf_and_tail(void **state)
{
	const rf_addr part = (rf_addr)1 << 106, whole = (rf_addr)1 << 112;
	const rf_addr child = whole + 2 * part, tail = child + part - V6(1);
	struct piece pieces[] = {
		{ 0, 0 },
		{ whole, 5 },
		{ child, 5 },
		{ child + 63 * (part >> 6), 5 },
		{ child + part - (part >> 12), 5 },
		{ child + part - (part >> 18), 5 },
		{ child + part - (part >> 24), 5 },
		{ child + part - (part >> 30), 5 },
		{ child + part - (part >> 36), 5 },
		{ tail, 7 },
		{ tail + 1, 8 },
		{ tail + ~0ull, 9 },
		{ child + part, 5 },
		{ whole + 4 * part, 6 },
		{ 2 * whole, 0 },
	};

	(void)state;
	lay_out_tail();
	expect(0, pieces, sizeof(pieces) / sizeof(pieces[0]));
	/* Neighbours that lead to one node are not one piece. */
	gen->v6.root[2] = gen->v6.root[1];
	assert_int_equal(walk(0, note, &(struct rf_fault){ 0 }), 0);
	assert_true(seen.next == 0);
	assert_int_equal(seen.count, 2 + 2 * 13);
}

static void stops_where_it_is_told_to(void **state)
{
	struct rf_fault fault;

	(void)state;
	lay_out_tail();
	gen->v4.bucket[1].atom = 1;
	for (int v4 = 0; v4 < 2; v4++) {
		for (seen.stop = 1; seen.stop <= (v4 ? 3 : 15); seen.stop++) {
			assert_int_equal(walk(v4, note, &fault), -EINTR);
			assert_int_equal(seen.count, seen.stop);
		}
		assert_int_equal(walk(v4, note, &fault), 0);
	}
	seen.stop = 0;
}

static void refuse(int v4, const char *what)
{
	struct rf_fault fault;

	assert_int_equal(walk(v4, note, &fault), -EBADMSG);
	assert_non_null(strstr(fault.text, "compiled table is broken at "));
	if (!strstr(fault.text, what))
		fail_msg("%s: %s", what, fault.text);
}

static void refuses_segments(void **state)
{
	static const struct {
		struct rf_v4_bucket bucket;
		__u32 segment[2];
		const char *what;
	} cases[] = {
		{ { RF_V4_SEGMENTS - 1, 2, 0 }, { 1, 2 }, "at 0.7.0.0: segments that are not" },
		{ { RF_V4_SEGMENTS, 1, 0 }, { 1, 2 }, "at 0.7.0.0: segments that are not" },
		{ { 0xffffffff, 2, 0 }, { 1, 2 }, "at 0.7.0.0: segments that are not" },
		{ { 0, 2, 0 }, { 0, 2 }, "at 0.7.0.0: segments out of order" },
		{ { 0, 2, 0 }, { 2, 1 }, "at 0.7.0.0: segments out of order" },
		{ { 0, 2, 0 }, { 2, 2 | 1 << 16 }, "at 0.7.0.0: segments out of order" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		clear();
		gen->v4.bucket[7] = cases[i].bucket;
		memcpy(gen->v4.segment, cases[i].segment, sizeof(cases[i].segment));
		refuse(1, cases[i].what);
	}
	/* Where none of them starts does not matter. */
	clear();
	gen->v4.bucket[7] = (struct rf_v4_bucket){ 0xffffffff, 0, 1 };
	assert_int_equal(walk(1, note, &(struct rf_fault){ 0 }), 0);
	/* More than there can be, if each is in one bucket only. */
	clear();
	for (__u32 i = 0; i < 0xffff; i++)
		gen->v4.segment[i] = i + 1;
	for (int i = 0; i < 8; i++)
		gen->v4.bucket[i].count = 0xffff;
	assert_int_equal(walk(1, note, &(struct rf_fault){ 0 }), 0);
	gen->v4.bucket[8].count = 0xffff;
	refuse(1, "at 0.8.0.0: segments that are not there");
}

static void refuses_tails(void **state)
{
	struct rf_v6_table *v6 = &gen->v6;

	(void)state;
	lay_out_tail();
	v6->tail[RF_V6_TAILS - 1].start++;
	refuse(0, "segments that are not there");
	lay_out_tail();
	v6->tail_key[RF_V6_TAIL_KEYS - 2] = 0;
	refuse(0, "segments out of order");
	lay_out_tail();
	v6->tail_key[RF_V6_TAIL_KEYS - 1] = 1;
	refuse(0, "segments out of order");
	lay_out_tail();
	v6->leaf[13]++;
	refuse(0, "neither an atom nor the tail");
	/* Of two networks, of part 0 of the upper node, of a whole /16. */
	lay_out_tail();
	v6->node[10].leaf = 1 | 1ull << 62;
	refuse(0, "neither an atom nor the tail");
	lay_out_tail();
	v6->leaf[10] = TAIL(0);
	refuse(0, "at 1::: a leaf that is neither an atom nor the tail");
	lay_out_tail();
	v6->root[9] = LEAF(TAIL(0));
	refuse(0, "at 9::: a leaf that is neither an atom nor the tail");
	v6->root[9] = LEAF(0x7fffffff);
	refuse(0, "at 9::: a leaf that is neither an atom nor the tail");
	/* The same list again and again. */
	lay_out_tail();
	v6->tail[RF_V6_TAILS - 1] = (struct rf_v6_tail){ 0, RF_V6_TAIL_KEYS / 2 + 1, 0 };
	for (__u32 i = 0; i < RF_V6_TAIL_KEYS; i++)
		v6->tail_key[i] = i + 1;
	assert_int_equal(walk(0, note, &(struct rf_fault){ 0 }), 0);
	v6->node[10] = (struct rf_v6_node){ 0, 1 | 1ull << 62 | 1ull << 63, 0, 12 };
	v6->leaf[14] = v6->leaf[13];
	refuse(0, "segments that are not there");
}

static void refuses_nodes(void **state)
{
	struct rf_v6_table *v6 = &gen->v6;

	(void)state;
	lay_out_tail();
	v6->root[1] = RF_V6_NODES;
	refuse(0, "at 1::: a node that is not there");
	lay_out_tail();
	v6->node[3].child_base = RF_V6_NODES;
	refuse(0, "a node that is not there");
	lay_out_tail();
	v6->node[3].leaf_base = RF_V6_LEAVES;
	refuse(0, "at 1::: a leaf that is not there");
	lay_out_tail();
	v6->node[3].leaf_base = 0xffffffff;
	refuse(0, "at 1::: a leaf that is not there");
	lay_out_tail();
	v6->node[3].leaf_base = RF_V6_LEAVES - 1;
	refuse(0, "a leaf that is not there");
	/* The first part that is a leaf needs one, a part with a child has none. */
	lay_out_tail();
	v6->node[3].leaf &= ~1ull;
	refuse(0, "at 1::: a node that makes no sense");
	lay_out_tail();
	v6->node[3].leaf |= 1 << 2;
	refuse(0, "at 1::: a node that makes no sense");
	/* There is nothing below a /64. */
	lay_out_tail();
	v6->node[10] = v6->node[9];
	refuse(0, "a node that makes no sense");
	lay_out_tail();
	v6->node[3].child_base = 3;
	refuse(0, "a node that makes no sense");
}

/* All of 64 nodes are children of each of 64 nodes, and so on: 64^7 ways down. */
static void refuses_a_node_met_too_often(void **state)
{
	struct rf_v6_table *v6 = &gen->v6;

	(void)state;
	clear();
	v6->root[0] = 0;
	v6->node[0] = (struct rf_v6_node){ ~0ull, 0, 1, 0 };
	for (__u32 i = 1; i <= 7 * 64; i++)
		v6->node[i] = (struct rf_v6_node){ ~0ull, 0, (i - 1) / 64 * 64 + 65, 0 };
	for (__u32 i = 6 * 64 + 1; i <= 7 * 64; i++)
		v6->node[i] = (struct rf_v6_node){ 0, 1, 0, 0 };
	refuse(0, "a node that is not there");
}

static rf_addr random_bits(void)
{
	rf_addr bits = 0;

	for (int i = 0; i < 9; i++)
		bits = bits << 15 ^ (rf_addr)(rand() & 0x7fff);
	return bits;
}

static int addr_order(const void *left, const void *right)
{
	const struct rf_segment *a = left, *b = right;

	return a->first < b->first ? -1 : a->first > b->first;
}

/* Up to @count segments, many of them close to each other. */
static void make_segments(int v4, struct rf_segment *list, size_t count,
			  struct rf_segments *segments)
{
	rf_addr first = v4 ? RF_ADDR_V4_FIRST : 0, base = 0;
	size_t kept = 1;

	for (size_t i = 1; i < count; i++) {
		if (rand() % 4 == 0)
			base = random_bits();
		list[i].first = first | ((base ^ random_bits() >> (96 + rand() % 32)) &
					 (v4 ? 0xffffffffu : RF_ADDR_MAX));
		list[i].atom = (__u16)(rand() % 5);
	}
	list[0] = (struct rf_segment){ first, 1 };
	qsort(list + 1, count - 1, sizeof(*list), addr_order);
	for (size_t i = 1; i < count; i++)
		if (list[i].first != list[kept - 1].first && list[i].atom != list[kept - 1].atom)
			list[kept++] = list[i];
	*segments = (struct rf_segments){ .list = list,
					  .count = kept,
					  .last = v4 ? RF_ADDR_V4_LAST : RF_ADDR_MAX };
}

static void build(int v4, const struct rf_segments *segments)
{
	struct rf_fault fault = { 0 };
	__u32 used;

	clear();
	if (v4 ? rf_dxr_build(segments, &gen->v4, &used, &fault) :
		 rf_poptrie_build(segments, &gen->v6, &used, &fault))
		fail_msg("%s", fault.text);
}

/* The pieces, those with the same atom joined, are the segments. */
static void has_the_pieces_of_what_was_built(void **state)
{
	static struct rf_segment list[2000];
	struct rf_segments segments;
	struct rf_fault fault;

	(void)state;
	for (int round = 0; round < 40; round++) {
		int v4 = round & 1;
		size_t at = 0;

		make_segments(v4, list, 2 + (size_t)rand() % 1999, &segments);
		build(v4, &segments);
		assert_int_equal(walk(v4, note, &fault), 0);
		assert_true(seen.next == (v4 ? RF_ADDR_V4_LAST + 1 : 0));
		assert_true(seen.count <= sizeof(seen.list) / sizeof(seen.list[0]));
		for (size_t i = 0; i < seen.count; i++) {
			if (i && seen.list[i].atom == seen.list[i - 1].atom)
				continue;
			assert_true(at < segments.count);
			assert_true(seen.list[i].first == list[at].first);
			assert_int_equal(seen.list[i].atom, list[at++].atom);
		}
		assert_int_equal(at, segments.count);
	}
}

static __u16 look_up(int v4, rf_addr addr)
{
	return v4 ? rf_region_v4(gen, (__u32)addr) :
		    rf_region_v6(gen, (__u64)(addr >> 64), (__u64)addr);
}

/* struct agreement - how often the look-up found something else in a piece */
struct agreement {
	int v4;
	size_t differ;
};

static int compare(void *ctx, rf_addr first, rf_addr last, __u16 atom)
{
	struct agreement *agreement = ctx;
	rf_addr inside = random_bits() % (last - first + 1 ? last - first + 1 : RF_ADDR_MAX);

	agreement->differ += look_up(agreement->v4, first) != atom ||
			     look_up(agreement->v4, first + inside) != atom ||
			     look_up(agreement->v4, last) != atom;
	return 0;
}

static void damage(void *data, size_t size)
{
	for (int i = rand() % 4; i >= 0; i--)
		((unsigned char *)data)[(size_t)rand() % size] ^= (unsigned char)(1 << rand() % 8);
}

/* Somewhere among the first entries of each part, which are in use. */
static void damage_table(int v4)
{
	struct rf_v6_table *v6 = &gen->v6;

	if (v4) {
		damage(rand() % 2 ? (void *)gen->v4.bucket : gen->v4.segment, 4096);
		return;
	}
	switch (rand() % 6) {
	case 0: damage(v6->root, sizeof(v6->root)); break;
	case 1: damage(v6->node, 4096); break;
	case 2: damage(v6->tail, 512); break;
	case 3: damage(v6->tail_key, 4096); break;
	case 4: damage(v6->tail_atom, 1024); break;
	case 5: damage(v6->leaf, 4096); break;
	}
}

/* A damaged table is refused in the end, or the look-up reads the same pieces in it. */
static void agrees_with_the_look_up(void **state)
{
	static struct rf_segment list[600];
	size_t passed = 0, refused = 0;
	struct rf_segments segments;
	struct rf_fault fault;

	(void)state;
	for (int round = 0; round < 200; round++) {
		int v4 = round & 1, error;
		struct agreement agreement = { .v4 = v4 };

		make_segments(v4, list, 600, &segments);
		build(v4, &segments);
		damage_table(v4);
		error = v4 ? rf_reference_walk_v4(&gen->v4, compare, &agreement, &fault) :
			     rf_reference_walk_v6(&gen->v6, compare, &agreement, &fault);
		assert_true(!error || error == -EBADMSG);
		if (!error)
			assert_int_equal(agreement.differ, 0);
		passed += !error;
		refused += !!error;
	}
	assert_true(passed > 20 && refused > 20);
}

static void reads_nothing_outside(void **state)
{
	struct rf_fault fault;

	(void)state;
	for (int round = 0; round < 20; round++) {
		__u32 *words = (__u32 *)gen;

		for (size_t i = 0; i < RF_GENERATION_SIZE / 4; i++)
			words[i] = (__u32)rand() << 1 ^ (__u32)rand();
		for (int v4 = 0; v4 < 2; v4++)
			assert_int_equal(walk(v4, note, &fault), -EBADMSG);
		/* Indexes just inside get further. */
		for (size_t i = 0; i < RF_V6_ROOTS; i++)
			gen->v6.root[i] %= RF_V6_NODES;
		for (size_t i = 0; i < RF_V6_NODES; i++) {
			gen->v6.node[i].child &= ~1ull;
			gen->v6.node[i].leaf = (gen->v6.node[i].leaf | 1) & ~gen->v6.node[i].child;
			gen->v6.node[i].child_base %= RF_V6_NODES;
			gen->v6.node[i].leaf_base %= RF_V6_LEAVES;
		}
		assert_int_equal(walk(0, note, &fault), -EBADMSG);
	}
}

/* Exactly as long as the tables: ASan sees a read behind them. */
static int make_value(void **state)
{
	(void)state;
	gen = malloc(RF_GENERATION_SIZE);
	return gen ? 0 : -1;
}

static int free_value(void **state)
{
	(void)state;
	free(gen);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_what_is_the_same_as_one),
		cmocka_unit_test(tells_of_each_segment),
		cmocka_unit_test(tells_of_each_leaf_and_tail),
		cmocka_unit_test(stops_where_it_is_told_to),
		cmocka_unit_test(refuses_segments),
		cmocka_unit_test(refuses_tails),
		cmocka_unit_test(refuses_nodes),
		cmocka_unit_test(refuses_a_node_met_too_often),
		cmocka_unit_test(has_the_pieces_of_what_was_built),
		cmocka_unit_test(agrees_with_the_look_up),
		cmocka_unit_test(reads_nothing_outside),
	};

	return cmocka_run_group_tests(tests, make_value, free_value);
}
