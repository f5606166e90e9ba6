// SPDX-License-Identifier: GPL-2.0
/*
 * merge_test.c - who wins: marks over sources, trusted sources over others, the
 * most specific of a source and the policy
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bpf/generation.h"
#include "userspace/lib/atom.h"
#include "userspace/lib/merge.h"

enum { CN = 1, US, DE, SITE, LAB };

#define V4(a, b, c, d) (RF_ADDR_V4_FIRST | ((rf_addr)(a) << 24 | (b) << 16 | (c) << 8 | (d)))

static __u16 atom_at(const struct rf_segments *segments, rf_addr addr)
{
	size_t i = segments->count;

	while (segments->list[--i].first > addr)
		;
	return segments->list[i].atom;
}

static struct rf_segments segments_of(rf_addr first, rf_addr last, const struct rf_merge *merge)
{
	struct rf_segments segments;

	assert_int_equal(rf_merge_segments(first, last, merge, &segments), 0);
	return segments;
}

/* One source, whose ranges lie side by side, and the policy. */
static struct rf_segments flatten(rf_addr first, rf_addr last, const struct rf_range *ranges,
				  size_t range_count, const struct rf_block *blocks,
				  size_t block_count)
{
	const struct rf_merge merge = {
		.layers = { { .list = (struct rf_range *)ranges, .count = range_count } },
		.layer_count = 1,
		.blocks = blocks,
		.block_count = block_count,
	};

	return segments_of(first, last, &merge);
}

static struct rf_segments flatten_v4(const struct rf_range *ranges, size_t range_count,
				     const struct rf_block *blocks, size_t block_count)
{
	return flatten(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST, ranges, range_count, blocks, block_count);
}

static void leaves_gaps_unknown(void **state)
{
	static const struct rf_range ranges[] = {
		{ V4(1, 0, 0, 0), V4(1, 0, 0, 255), CN, 0 },
		{ V4(1, 0, 1, 0), V4(1, 0, 1, 255), CN, 0 },
		{ V4(2, 0, 0, 0), V4(2, 0, 0, 0), US, 0 },
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
		{ V4(10, 1, 0, 0), V4(10, 1, 255, 255), CN, 0 },
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
	static const struct rf_range ranges[] = { { V4(10, 0, 0, 0), V4(10, 255, 255, 255), CN,
						    0 } };
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
	static const struct rf_range ranges[] = { { V4(10, 1, 0, 0), V4(10, 1, 255, 255), CN, 0 } };
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
	static const struct rf_range ranges[] = { { V4(10, 0, 0, 0), V4(10, 2, 255, 255), CN, 0 } };
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
		{ V4(10, 1, 2, 3), V4(10, 1, 2, 3), RF_ATOM_UNKNOWN, 0 },
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
	static const struct rf_range ranges[] = { { 0, RF_ADDR_MAX, CN, 0 } };
	static const struct rf_block blocks[] = { { 0, 0, US },
						  { 0, 128, DE },
						  { RF_ADDR_MAX, 128, LAB } };
	struct rf_segments segments;

	(void)state;
	segments = flatten(0, RF_ADDR_MAX, ranges, 1, blocks, 3);
	assert_int_equal(segments.count, 3);
	assert_int_equal(atom_at(&segments, 0), DE);
	assert_int_equal(atom_at(&segments, 1), US);
	assert_int_equal(atom_at(&segments, RF_ADDR_MAX - 1), US);
	assert_int_equal(atom_at(&segments, RF_ADDR_MAX), LAB);
	rf_segments_free(&segments);
}

/* What a mark says no source can say otherwise; the policy's own prefix can. */
static void lets_marks_decide_over_sources(void **state)
{
	static struct rf_range ranges[] = { { V4(10, 1, 2, 0), V4(10, 1, 2, 255), CN, 0 },
					    { V4(11, 0, 0, 0), V4(11, 0, 0, 255), US, 0 } };
	static const struct rf_block marks[] = { { V4(10, 0, 0, 0), 96 + 8, RF_ATOM_UNKNOWN },
						 { V4(11, 0, 0, 0), 96 + 16, DE } };
	static const struct rf_block blocks[] = { { V4(0, 0, 0, 0), 96 + 0, LAB },
						  { V4(10, 1, 2, 128), 96 + 25, SITE } };
	const struct rf_merge merge = {
		.layers = { { .list = ranges, .count = 2 } },
		.layer_count = 1,
		.marks = marks,
		.mark_count = 2,
		.blocks = blocks,
		.block_count = 2,
	};
	struct rf_segments segments = segments_of(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST, &merge);

	(void)state;
	assert_int_equal(atom_at(&segments, V4(10, 1, 2, 1)), RF_ATOM_UNKNOWN);
	assert_int_equal(atom_at(&segments, V4(10, 1, 2, 129)), SITE);
	assert_int_equal(atom_at(&segments, V4(11, 0, 0, 1)), DE);
	assert_int_equal(atom_at(&segments, V4(11, 0, 9, 1)), DE);
	assert_int_equal(atom_at(&segments, V4(12, 0, 0, 0)), LAB);
	rf_segments_free(&segments);
}

static struct rf_range first_source[] = {
	{ V4(1, 0, 0, 0), V4(1, 0, 0, 255), CN, 0 },
	{ V4(2, 0, 0, 0), V4(2, 0, 0, 255), RF_ATOM_UNKNOWN, 0 },
	{ V4(3, 0, 0, 0), V4(3, 0, 0, 255), RF_ATOM_NOBODY, 0 },
};
static struct rf_range second_source[] = {
	{ V4(1, 0, 0, 0), V4(1, 0, 0, 127), CN, 0 },
	{ V4(1, 0, 0, 128), V4(1, 0, 0, 255), US, 0 },
	{ V4(2, 0, 0, 0), V4(3, 0, 0, 255), DE, 0 },
};

static struct rf_merge two_sources(unsigned int agreement)
{
	return (struct rf_merge){
		.layers = { { .list = first_source, .count = 3 },
			    { .list = second_source, .count = 3 } },
		.layer_count = 2,
		.agreement = agreement,
	};
}

static void follows_the_first_that_says_something(void **state)
{
	const struct rf_merge merge = two_sources(0);
	struct rf_segments segments = segments_of(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST, &merge);

	(void)state;
	assert_int_equal(atom_at(&segments, V4(1, 0, 0, 1)), CN);
	assert_int_equal(atom_at(&segments, V4(1, 0, 0, 200)), CN);
	assert_int_equal(atom_at(&segments, V4(2, 0, 0, 1)), DE);
	assert_int_equal(atom_at(&segments, V4(2, 9, 0, 1)), DE);
	/* That nobody has it is an answer, and foreign. */
	assert_int_equal(atom_at(&segments, V4(3, 0, 0, 1)), RF_ATOM_UNKNOWN);
	rf_segments_free(&segments);
}

static void makes_the_disputed_foreign(void **state)
{
	const struct rf_merge merge = two_sources(2);
	struct rf_segments segments = segments_of(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST, &merge);

	(void)state;
	assert_int_equal(atom_at(&segments, V4(1, 0, 0, 1)), CN);
	assert_int_equal(atom_at(&segments, V4(1, 0, 0, 200)), RF_ATOM_UNKNOWN);
	assert_int_equal(atom_at(&segments, V4(2, 0, 0, 1)), RF_ATOM_UNKNOWN);
	rf_segments_free(&segments);
}

/* A region of a cloud agrees with a source that knows the country only. */
static void compares_countries_and_not_clouds(void **state)
{
	static struct rf_cloud list[] = { { "aws:cn-north-1", "CN" }, { "aws:global", "ZZ" } };
	static const struct rf_clouds clouds = { .list = list, .count = 2 };
	struct rf_range cloud[] = { { V4(1, 0, 0, 0), V4(1, 0, 0, 0), RF_ATOM_CLOUD_FIRST, 0 },
				    { V4(1, 0, 0, 1), V4(1, 0, 0, 1), RF_ATOM_CLOUD_FIRST + 1,
				      0 } };
	struct rf_range country[] = { { V4(1, 0, 0, 0), V4(1, 0, 0, 1), 0, 0 } };
	const struct rf_merge merge = {
		.layers = { { .list = cloud, .count = 2 }, { .list = country, .count = 1 } },
		.layer_count = 2,
		.clouds = &clouds,
		.agreement = 2,
	};
	struct rf_segments segments;

	(void)state;
	country[0].atom = rf_atom_from_code("CN");
	segments = segments_of(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST, &merge);
	assert_int_equal(atom_at(&segments, V4(1, 0, 0, 0)), RF_ATOM_CLOUD_FIRST);
	assert_int_equal(atom_at(&segments, V4(1, 0, 0, 1)), RF_ATOM_UNKNOWN);
	rf_segments_free(&segments);
	country[0].atom = rf_atom_from_code("US");
	segments = segments_of(RF_ADDR_V4_FIRST, RF_ADDR_V4_LAST, &merge);
	assert_int_equal(segments.count, 1);
	rf_segments_free(&segments);
}

/*
 * Random small worlds of up to four sources with nested statements, marks and
 * the policy: 512 addresses at the end of the space, each decided once more by
 * looking at everything.
 */
#define SPACE 512
#define BASE (RF_ADDR_MAX - (SPACE - 1))
#define STATEMENTS 40
#define BLOCKS 24

struct source {
	struct rf_range said[STATEMENTS];
	size_t count;
};

static void random_source(struct source *source)
{
	static const __u16 atoms[] = { RF_ATOM_UNKNOWN, CN, US, DE, RF_ATOM_NOBODY };

	source->count = (size_t)(rand() % STATEMENTS);
	for (size_t i = 0; i < source->count; i++) {
		rf_addr at = (rf_addr)(rand() % SPACE), size = (rf_addr)(rand() % 60);

		if (rand() % 3) { /* a prefix */
			size = ((rf_addr)1 << rand() % 7) - 1;
			at &= ~size;
		}
		if (at + size >= SPACE)
			size = SPACE - 1 - at;
		source->said[i] =
			(struct rf_range){ BASE + at, BASE + at + size, atoms[rand() % 5], 0 };
	}
}

static size_t random_blocks(struct rf_block *blocks, __u16 lowest)
{
	size_t wanted = (size_t)(rand() % BLOCKS), kept = 0;

	for (size_t i = 0; i < wanted; i++) {
		unsigned int len = 117 + (unsigned int)(rand() % 12);

		blocks[i].len = (__u8)len;
		blocks[i].first = (BASE + (rf_addr)(rand() % SPACE)) & ~rf_addr_host_mask(len);
		blocks[i].atom = (__u16)(lowest + rand() % 4);
	}
	qsort(blocks, wanted, sizeof(*blocks), rf_block_order);
	for (size_t i = 0; i < wanted; i++)
		if (!kept || rf_block_order(&blocks[kept - 1], &blocks[i]))
			blocks[kept++] = blocks[i];
	return kept;
}

/* The shortest prefix around @addr that stays in the range. */
static int length_in(const struct rf_range *range, rf_addr addr)
{
	int len = 128;

	while (len && (addr & ~rf_addr_host_mask((unsigned int)len - 1)) >= range->first &&
	       (addr | rf_addr_host_mask((unsigned int)len - 1)) <= range->last)
		len--;
	return len;
}

static __u16 said_at(const struct source *source, rf_addr addr, int *len)
{
	__u16 atom = RF_ATOM_UNKNOWN;

	*len = -1;
	for (size_t i = 0; i < source->count; i++) {
		const struct rf_range *said = &source->said[i];

		if (addr < said->first || addr > said->last || length_in(said, addr) < *len)
			continue;
		if (length_in(said, addr) == *len && said->atom != atom)
			atom = RF_ATOM_NOBODY;
		else
			atom = said->atom;
		*len = length_in(said, addr);
	}
	return atom;
}

static const struct rf_block *longest(const struct rf_block *blocks, size_t count, rf_addr addr)
{
	const struct rf_block *best = NULL;

	for (size_t i = 0; i < count; i++)
		if ((addr & ~rf_addr_host_mask(blocks[i].len)) == blocks[i].first &&
		    (!best || blocks[i].len > best->len))
			best = &blocks[i];
	return best;
}

static __u16 brute_force(const struct source *sources, const struct rf_merge *merge, rf_addr addr)
{
	const struct rf_block *mark = longest(merge->marks, merge->mark_count, addr);
	const struct rf_block *block = longest(merge->blocks, merge->block_count, addr);
	__u16 atom = RF_ATOM_UNKNOWN, other;
	unsigned int agreeing = 0;
	int len = -1, its;

	for (size_t i = 0; !mark && i < merge->layer_count; i++) {
		other = said_at(&sources[i], addr, &its);
		if (atom == RF_ATOM_UNKNOWN && other != RF_ATOM_UNKNOWN) {
			atom = other;
			len = its;
		}
		agreeing += other != RF_ATOM_UNKNOWN && other == atom;
	}
	if (mark) {
		atom = mark->atom;
		len = mark->len;
	} else if (atom == RF_ATOM_NOBODY || agreeing < merge->agreement) {
		atom = RF_ATOM_UNKNOWN;
	}
	return block && block->len >= len ? block->atom : atom;
}

static void agrees_with_brute_force(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 3000; round++) {
		struct rf_block marks[BLOCKS], blocks[BLOCKS];
		struct source sources[4], copies[4];
		struct rf_merge merge = { .marks = marks, .blocks = blocks };
		struct rf_segments segments;

		merge.mark_count = random_blocks(marks, 0) / 4;
		merge.block_count = random_blocks(blocks, SITE);
		merge.layer_count = (size_t)(rand() % 5);
		merge.agreement = (unsigned int)(rand() % 3);
		merge.all = rand() % 2;
		for (size_t i = 0; i < merge.layer_count; i++) {
			random_source(&sources[i]);
			copies[i] = sources[i];
			assert_int_equal(rf_layer_build(copies[i].said, copies[i].count, NULL,
							&merge.layers[i]),
					 0);
		}
		segments = segments_of(BASE, RF_ADDR_MAX, &merge);
		for (size_t i = 1; i < segments.count; i++)
			assert_int_not_equal(segments.list[i - 1].atom, segments.list[i].atom);
		for (rf_addr i = 0; i < SPACE; i++)
			assert_int_equal(atom_at(&segments, BASE + i),
					 brute_force(sources, &merge, BASE + i));
		rf_segments_free(&segments);
		for (size_t i = 0; i < merge.layer_count; i++)
			rf_layer_free(&merge.layers[i]);
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
		cmocka_unit_test(lets_marks_decide_over_sources),
		cmocka_unit_test(follows_the_first_that_says_something),
		cmocka_unit_test(makes_the_disputed_foreign),
		cmocka_unit_test(compares_countries_and_not_clouds),
		cmocka_unit_test(agrees_with_brute_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
