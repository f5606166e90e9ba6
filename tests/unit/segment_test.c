// SPDX-License-Identifier: GPL-2.0
/*
 * segment_test.c - most specific wins, at equal length the policy
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bpf/generation.h"
#include "userspace/lib/segment.h"

enum { CN = 1, US, DE, SITE, LAB };

#define V4(a, b, c, d) (RF_ADDR_V4_FIRST | ((rf_addr)(a) << 24 | (b) << 16 | (c) << 8 | (d)))

static __u16 atom_at(const struct rf_segments *segments, rf_addr addr)
{
	size_t i = segments->count;

	while (segments->list[--i].first > addr)
		;
	return segments->list[i].atom;
}

static struct rf_segments flatten_v4(const struct rf_range *ranges, size_t range_count,
				     const struct rf_block *blocks, size_t block_count)
{
	struct rf_segments segments;

	assert_int_equal(rf_segments_flatten(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST, ranges, range_count,
					     blocks, block_count, &segments),
			 0);
	return segments;
}

static void leaves_gaps_unknown(void **state)
{
	static const struct rf_range ranges[] = {
		{ V4(1, 0, 0, 0), V4(1, 0, 0, 255), CN },
		{ V4(1, 0, 1, 0), V4(1, 0, 1, 255), CN },
		{ V4(2, 0, 0, 0), V4(2, 0, 0, 0), US },
	};
	struct rf_segments segments = flatten_v4(ranges, 3, NULL, 0);

	(void)state;
	assert_int_equal(segments.count, 5); /* neighbours of one country are joined */
	assert_int_equal(atom_at(&segments, V4(0, 255, 255, 255)), RF_ATOM_UNKNOWN);
	assert_int_equal(atom_at(&segments, V4(1, 0, 1, 255)), CN);
	assert_int_equal(atom_at(&segments, V4(1, 0, 2, 0)), RF_ATOM_UNKNOWN);
	assert_int_equal(atom_at(&segments, V4(2, 0, 0, 0)), US);
	assert_int_equal(atom_at(&segments, V4(2, 0, 0, 1)), RF_ATOM_UNKNOWN);
	rf_segments_free(&segments);
}

/* A policy's /8 does not reach where the data is more specific. */
static void lets_a_more_specific_country_win(void **state)
{
	static const struct rf_range ranges[] = {
		{ V4(10, 1, 0, 0), V4(10, 1, 255, 255), CN },
	};
	static const struct rf_block blocks[] = { { V4(10, 0, 0, 0), 96 + 8, SITE } };
	struct rf_segments segments = flatten_v4(ranges, 1, blocks, 1);

	(void)state;
	assert_int_equal(atom_at(&segments, V4(10, 0, 255, 255)), SITE);
	assert_int_equal(atom_at(&segments, V4(10, 1, 0, 0)), CN);
	assert_int_equal(atom_at(&segments, V4(10, 1, 255, 255)), CN);
	assert_int_equal(atom_at(&segments, V4(10, 2, 0, 0)), SITE);
	rf_segments_free(&segments);
}

static void lets_a_more_specific_policy_win(void **state)
{
	static const struct rf_range ranges[] = { { V4(10, 0, 0, 0), V4(10, 255, 255, 255), CN } };
	static const struct rf_block blocks[] = {
		{ V4(10, 1, 0, 0), 96 + 16, SITE },
		{ V4(10, 1, 2, 0), 96 + 24, LAB },
	};
	struct rf_segments segments = flatten_v4(ranges, 1, blocks, 2);

	(void)state;
	assert_int_equal(atom_at(&segments, V4(10, 0, 0, 0)), CN);
	assert_int_equal(atom_at(&segments, V4(10, 1, 1, 255)), SITE);
	assert_int_equal(atom_at(&segments, V4(10, 1, 2, 0)), LAB);
	assert_int_equal(atom_at(&segments, V4(10, 1, 3, 0)), SITE);
	assert_int_equal(atom_at(&segments, V4(10, 2, 0, 0)), CN);
	rf_segments_free(&segments);
}

static void prefers_the_policy_at_equal_length(void **state)
{
	static const struct rf_range ranges[] = { { V4(10, 1, 0, 0), V4(10, 1, 255, 255), CN } };
	static const struct rf_block blocks[] = { { V4(10, 1, 0, 0), 96 + 16, SITE } };
	struct rf_segments segments = flatten_v4(ranges, 1, blocks, 1);

	(void)state;
	assert_int_equal(atom_at(&segments, V4(10, 1, 7, 7)), SITE);
	assert_int_equal(segments.count, 3);
	rf_segments_free(&segments);
}

/*
 * 10.0.0.0-10.2.255.255 is a /15 and a /16: the policy's /16s win over the
 * first and at equal length over the second, its /15 over the first only.
 */
static void takes_a_range_as_its_cidr_blocks(void **state)
{
	static const struct rf_range ranges[] = { { V4(10, 0, 0, 0), V4(10, 2, 255, 255), CN } };
	static const struct rf_block blocks[] = {
		{ V4(10, 0, 0, 0), 96 + 15, SITE },
		{ V4(10, 2, 0, 0), 96 + 15, LAB },
	};
	struct rf_segments segments = flatten_v4(ranges, 1, blocks, 2);

	(void)state;
	assert_int_equal(atom_at(&segments, V4(10, 0, 0, 0)), SITE);
	assert_int_equal(atom_at(&segments, V4(10, 1, 255, 255)), SITE);
	assert_int_equal(atom_at(&segments, V4(10, 2, 0, 0)), CN);
	assert_int_equal(atom_at(&segments, V4(10, 3, 0, 0)), LAB);
	rf_segments_free(&segments);
}

/* "??" says nothing, however specific it is. */
static void ignores_ranges_without_a_country(void **state)
{
	static const struct rf_range ranges[] = {
		{ V4(10, 1, 2, 3), V4(10, 1, 2, 3), RF_ATOM_UNKNOWN },
	};
	static const struct rf_block blocks[] = { { V4(10, 0, 0, 0), 96 + 8, SITE } };
	struct rf_segments segments = flatten_v4(ranges, 1, blocks, 1);

	(void)state;
	assert_int_equal(atom_at(&segments, V4(10, 1, 2, 3)), SITE);
	rf_segments_free(&segments);
	segments = flatten_v4(ranges, 1, NULL, 0);
	assert_int_equal(segments.count, 1);
	assert_int_equal(segments.list[0].atom, RF_ATOM_UNKNOWN);
	rf_segments_free(&segments);
}

/* The whole space, to its last address. */
static void reaches_the_ends(void **state)
{
	static const struct rf_range ranges[] = { { 0, RF_ADDR_MAX, CN } };
	static const struct rf_block blocks[] = { { 0, 0, US },
						  { 0, 128, DE },
						  { RF_ADDR_MAX, 128, LAB } };
	struct rf_segments segments;

	(void)state;
	assert_int_equal(rf_segments_flatten(0, RF_ADDR_MAX, ranges, 1, blocks, 3, &segments), 0);
	assert_int_equal(segments.count, 3);
	assert_int_equal(atom_at(&segments, 0), DE);
	assert_int_equal(atom_at(&segments, 1), US);
	assert_int_equal(atom_at(&segments, RF_ADDR_MAX - 1), US);
	assert_int_equal(atom_at(&segments, RF_ADDR_MAX), LAB);
	rf_segments_free(&segments);
}

/* Random small worlds: 512 addresses around the end of a window. */
#define SPACE 512
#define BASE (RF_ADDR_MAX - (SPACE - 1))

static size_t random_ranges(struct rf_range *ranges)
{
	size_t count = 0;

	for (rf_addr at = (rf_addr)(rand() % 40); at < SPACE && count < 64;) {
		rf_addr size = 1 + (rf_addr)(rand() % (rand() % 2 ? 8 : 120));

		if (at + size > SPACE)
			size = SPACE - at;
		ranges[count++] =
			(struct rf_range){ BASE + at, BASE + at + size - 1, (__u16)(rand() % 4) };
		at += size + (rf_addr)(rand() % 3 ? 0 : rand() % 20);
	}
	return count;
}

static int block_order(const void *left, const void *right)
{
	const struct rf_block *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->len - b->len;
}

static size_t random_blocks(struct rf_block *blocks)
{
	size_t wanted = (size_t)(rand() % 24), kept = 0;

	for (size_t i = 0; i < wanted; i++) {
		unsigned int len = 117 + (unsigned int)(rand() % 12);

		blocks[i].len = (__u8)len;
		blocks[i].first = (BASE + (rf_addr)(rand() % SPACE)) & ~rf_addr_host_mask(len);
		blocks[i].atom = (__u16)(4 + rand() % 4);
	}
	qsort(blocks, wanted, sizeof(*blocks), block_order);
	for (size_t i = 0; i < wanted; i++)
		if (!kept || block_order(&blocks[kept - 1], &blocks[i]))
			blocks[kept++] = blocks[i];
	return kept;
}

static __u16 brute_force(const struct rf_range *ranges, size_t range_count,
			 const struct rf_block *blocks, size_t block_count, rf_addr addr)
{
	__u16 atom = RF_ATOM_UNKNOWN;
	int best = -1;

	for (size_t i = 0; i < range_count; i++) {
		if (addr < ranges[i].first || addr > ranges[i].last || !ranges[i].atom)
			continue;
		for (int len = 128; len >= 0; len--) {
			rf_addr mask = rf_addr_host_mask((unsigned int)len);

			if ((addr & ~mask) >= ranges[i].first && (addr | mask) <= ranges[i].last)
				best = len;
		}
		atom = ranges[i].atom;
	}
	for (size_t i = 0; i < block_count; i++) {
		if ((addr & ~rf_addr_host_mask(blocks[i].len)) == blocks[i].first &&
		    blocks[i].len >= best) {
			best = blocks[i].len;
			atom = blocks[i].atom;
		}
	}
	return atom;
}

static void agrees_with_brute_force(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 3000; round++) {
		struct rf_range ranges[64];
		struct rf_block blocks[24];
		struct rf_segments segments;
		size_t range_count = random_ranges(ranges), block_count = random_blocks(blocks);

		assert_int_equal(rf_segments_flatten(BASE, RF_ADDR_MAX, ranges, range_count, blocks,
						     block_count, &segments),
				 0);
		for (size_t i = 1; i < segments.count; i++)
			assert_int_not_equal(segments.list[i - 1].atom, segments.list[i].atom);
		for (rf_addr i = 0; i < SPACE; i++)
			assert_int_equal(atom_at(&segments, BASE + i),
					 brute_force(ranges, range_count, blocks, block_count,
						     BASE + i));
		rf_segments_free(&segments);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_gaps_unknown),
		cmocka_unit_test(lets_a_more_specific_country_win),
		cmocka_unit_test(lets_a_more_specific_policy_win),
		cmocka_unit_test(prefers_the_policy_at_equal_length),
		cmocka_unit_test(takes_a_range_as_its_cidr_blocks),
		cmocka_unit_test(ignores_ranges_without_a_country),
		cmocka_unit_test(reaches_the_ends),
		cmocka_unit_test(agrees_with_brute_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
