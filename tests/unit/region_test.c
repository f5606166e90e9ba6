// SPDX-License-Identifier: GPL-2.0
/*
 * region_test.c - the two tables answer for every address what the segments
 * say, and read nothing outside of the value whatever its bytes are
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

#define SEGMENTS_MAX 4096

static struct rf_generation *gen;
static struct rf_segment list[RF_V4_SEGMENTS + 65536 + 2];
static struct rf_segments segments = { .list = list };

/* Exactly RF_GENERATION_SIZE bytes: ASan sees a read beyond them. */
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

static void clear(rf_addr first, rf_addr last)
{
	memset(gen, 0, RF_GENERATION_SIZE);
	segments.count = 0;
	segments.last = last;
	list[segments.count++] = (struct rf_segment){ first, RF_ATOM_UNKNOWN };
}

static void add(rf_addr first, __u16 atom)
{
	if (list[segments.count - 1].first == first)
		list[segments.count - 1].atom = atom;
	else if (list[segments.count - 1].atom != atom)
		list[segments.count++] = (struct rf_segment){ first, atom };
}

static __u16 lookup(rf_addr addr)
{
	__u8 bytes[16];

	rf_addr_store(addr, bytes);
	return rf_region_atom(&gen->header, bytes);
}

static rf_addr random_bits(void)
{
	rf_addr bits = 0;

	for (int i = 0; i < 9; i++)
		bits = bits << 15 ^ (rf_addr)(rand() & 0x7fff);
	return bits;
}

static void check_segments(void)
{
	for (size_t i = 0; i < segments.count; i++) {
		rf_addr last = i + 1 < segments.count ? list[i + 1].first - 1 : segments.last;
		rf_addr size = last - list[i].first;

		if (segments.last == RF_ADDR_MAX && rf_addr_is_v4(list[i].first))
			continue;
		assert_int_equal(lookup(list[i].first), list[i].atom);
		assert_int_equal(lookup(list[i].first + size / 2), list[i].atom);
		if (!rf_addr_is_v4(last) || segments.last != RF_ADDR_MAX)
			assert_int_equal(lookup(last), list[i].atom);
	}
}

static void build_v4(void)
{
	__u32 used;

	assert_int_equal(rf_dxr_build(&segments, &gen->v4, &used, NULL), 0);
}

static void build_v6(void)
{
	__u32 used;

	assert_int_equal(rf_poptrie_build(&segments, &gen->v6, &used, NULL), 0);
}

static void answers_unknown_from_zeroed_memory(void **state)
{
	(void)state;
	clear(0, 0);
	assert_int_equal(lookup(0), RF_ATOM_UNKNOWN);
	assert_int_equal(lookup(RF_ADDR_V4_FIRST), RF_ATOM_UNKNOWN);
	assert_int_equal(lookup(RF_ADDR_MAX), RF_ATOM_UNKNOWN);
}

/* One /16 with a segment for each of its addresses: counts need 16 bits. */
static void finds_each_address_of_a_full_bucket(void **state)
{
	const rf_addr base = RF_ADDR_V4_FIRST | 0x0a000000;

	(void)state;
	clear(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST);
	for (rf_addr i = 0; i < 65536; i++)
		add(base + i, (__u16)(1 + i % 4000));
	add(base + 65536, RF_ATOM_UNKNOWN);
	build_v4();
	for (rf_addr i = 0; i < 65536; i++)
		assert_int_equal(lookup(base + i), 1 + i % 4000);
	assert_int_equal(lookup(base - 1), RF_ATOM_UNKNOWN);
	assert_int_equal(lookup(base + 65536), RF_ATOM_UNKNOWN);
}

static void finds_single_addresses_at_the_ends(void **state)
{
	(void)state;
	clear(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST);
	add(RF_ADDR_V4_FIRST, 1);
	add(RF_ADDR_V4_FIRST + 1, 2);
	add(RF_ADDR_V4_LAST, RF_ATOM_EMBED_FIRST - 1);
	build_v4();
	check_segments();

	clear(0, RF_ADDR_MAX);
	add(0, 1);
	add(1, 2);
	add(RF_ADDR_MAX, RF_ATOM_EMBED_FIRST - 1);
	build_v6();
	check_segments();
}

/* Boundaries at every length of prefix, /1 to /128. */
static void is_exact_at_every_length(void **state)
{
	(void)state;
	for (unsigned int len = 1; len <= 128; len++) {
		rf_addr first = (rf_addr)0x20010db8deadbeefull << 64 | 0x0123456789abcdefull;

		first &= ~rf_addr_host_mask(len);
		clear(0, RF_ADDR_MAX);
		add(first, 5);
		if ((first | rf_addr_host_mask(len)) != RF_ADDR_MAX)
			add((first | rf_addr_host_mask(len)) + 1, RF_ATOM_UNKNOWN);
		build_v6();
		check_segments();
	}
}

/* Three atoms meet inside one /64, and again in its neighbour. */
static void is_exact_below_64_bits(void **state)
{
	const rf_addr base = (rf_addr)0x20010db800000001ull << 64;
	const rf_addr next = base + ((rf_addr)1 << 64);

	(void)state;
	clear(0, RF_ADDR_MAX);
	add(base + 1, 3);
	add(base + 2, 4);
	add(base + 0x8000000000000000ull, 5);
	add(base + 0xffffffffffffffffull, 6);
	add(next + 0xffffffffffffffffull, 7);
	add(next + ((rf_addr)1 << 64), 8);
	build_v6();
	check_segments();
	assert_int_equal(lookup(base), RF_ATOM_UNKNOWN);
	assert_int_equal(lookup(next), 6);
}

static int addr_order(const void *left, const void *right)
{
	rf_addr a = *(const rf_addr *)left, b = *(const rf_addr *)right;

	return (a > b) - (a < b);
}

/* Random boundaries, crowded around a few places and of all alignments. */
static void random_segments(rf_addr first, rf_addr last)
{
	static rf_addr at[SEGMENTS_MAX];
	rf_addr near = random_bits();

	for (size_t i = 0; i < SEGMENTS_MAX; i++) {
		if (rand() % 64 == 0)
			near = random_bits();
		at[i] = near ^ (random_bits() >> (rand() % 128));
		at[i] &= ~rf_addr_host_mask((unsigned int)(1 + rand() % 128));
		at[i] = first + (at[i] & (last - first));
	}
	qsort(at, SEGMENTS_MAX, sizeof(at[0]), addr_order);
	clear(first, last);
	for (size_t i = 0; i < SEGMENTS_MAX; i++)
		add(at[i], (__u16)(rand() % 5 ? rand() % 8 : rand() % RF_ATOM_EMBED_FIRST));
}

static void agrees_with_random_segments(void **state)
{
	(void)state;
	srand(2);
	for (int round = 0; round < 60; round++) {
		random_segments(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST);
		build_v4();
		check_segments();
		random_segments(0, RF_ADDR_MAX);
		build_v6();
		check_segments();
	}
}

static void refuses_what_does_not_fit(void **state)
{
	struct rf_fault fault;
	__u32 used;

	(void)state;
	clear(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST);
	for (rf_addr i = 0; i < RF_V4_SEGMENTS + 64; i++)
		add(RF_ADDR_V4_FIRST + 3 * i, (__u16)(1 + i % 2));
	assert_int_equal(rf_dxr_build(&segments, &gen->v4, &used, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "segments"));

	clear(0, RF_ADDR_MAX);
	for (rf_addr i = 0; i < RF_V6_TAIL_KEYS + 2; i++)
		add(((rf_addr)0x2001 << 112) + 3 * i, (__u16)(1 + i % 2));
	assert_int_equal(rf_poptrie_build(&segments, &gen->v6, &used, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "finer than /64"));

	clear(0, RF_ADDR_MAX);
	for (rf_addr i = 0; i < RF_V6_TAILS + 2; i++)
		add(((rf_addr)0x2001 << 112) + (i << 64) + 5, (__u16)(1 + i % 2));
	assert_int_equal(rf_poptrie_build(&segments, &gen->v6, &used, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "networks with boundaries"));

	clear(0, RF_ADDR_MAX);
	for (rf_addr i = 0; i < RF_V6_NODES; i++)
		add(((rf_addr)0x2001 << 112) + (2 * i + 1) * ((rf_addr)1 << 71) +
			    ((rf_addr)1 << 64),
		    (__u16)(1 + i % 2));
	assert_int_equal(rf_poptrie_build(&segments, &gen->v6, &used, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "nodes"));
}

/* Any bytes: no read outside (ASan), and never an atom out of range. */
static void survives_hostile_bytes(void **state)
{
	unsigned char *bytes = (unsigned char *)gen;

	(void)state;
	srand(3);
	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < RF_GENERATION_SIZE; i++)
			bytes[i] = round == 0 ? 0xff : (unsigned char)(rand() >> 7);
		/* Small indexes go deeper than those that are refused at once. */
		for (size_t i = 0; round >= 2 && i < RF_V6_ROOTS; i++)
			gen->v6.root[i] %= RF_V6_NODES;
		for (size_t i = 0; round >= 2 && i < RF_V6_NODES; i++) {
			gen->v6.node[i].child_base %= round == 3 ? RF_V6_NODES : ~0u;
			gen->v6.node[i].leaf_base %= RF_V6_LEAVES;
		}
		for (int i = 0; i < 200000; i++) {
			assert_true(lookup(random_bits()) < RF_ATOM_EMBED_FIRST);
			assert_true(lookup(RF_ADDR_V4_FIRST | (random_bits() >> 96)) <
				    RF_ATOM_EMBED_FIRST);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_unknown_from_zeroed_memory),
		cmocka_unit_test(finds_each_address_of_a_full_bucket),
		cmocka_unit_test(finds_single_addresses_at_the_ends),
		cmocka_unit_test(is_exact_at_every_length),
		cmocka_unit_test(is_exact_below_64_bits),
		cmocka_unit_test(agrees_with_random_segments),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(survives_hostile_bytes),
	};

	return cmocka_run_group_tests(tests, make_value, free_value);
}
