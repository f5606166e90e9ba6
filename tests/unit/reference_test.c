// SPDX-License-Identifier: GPL-2.0
/*
 * reference_test.c - the reference passes a right table and catches a wrong
 * one, wherever it is wrong
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "userspace/lib/atom.h"
#include "userspace/lib/dxr.h"
#include "userspace/lib/poptrie.h"
#include "userspace/lib/reference.h"
#include "userspace/lib/merge.h"
#include "userspace/lib/world.h"

#define V4(number) (RF_ADDR_V4_FIRST | (number))
#define V6(high) ((rf_addr)(high) << 64)

enum { SITE = RF_ATOM_SET_FIRST, LAB };

static const char v4_text[] = "# small\n"
			      "0,255,AU\n"
			      "167772160,167903231,CN\n" /* 10.0.0.0 - 10.1.255.255 */
			      "167903232,167903232,US\n" /* 10.2.0.0 */
			      "184549376,184549385,??\n" /* 11.0.0.0 - 11.0.0.9 */
			      "4294967295,4294967295,DE\n";
static const char v6_text[] = "# small\n"
			      "2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,CN\n"
			      "2001:db9::7,2001:db9::1:0,US\n"
			      "2a00::,2a00::,??\n"
			      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe,"
			      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,DE\n";

static const struct rf_block blocks[] = {
	{ V6(0x20010db800010000ull), 48, SITE },
	{ V6(0x20010db900000000ull), 32, LAB },
	{ V4(0x0a000000), 96 + 8, SITE },
	{ V4(0x0a010000), 96 + 16, LAB },
	{ V4(0x0a020000), 128, LAB },
	{ V4(0x0b000000), 96 + 8, LAB },
};
#define BLOCKS (sizeof(blocks) / sizeof(blocks[0]))

static char v4_path[] = "/tmp/rf-reference-v4-XXXXXX";
static char v6_path[] = "/tmp/rf-reference-v6-XXXXXX";
static struct rf_generation *gen;

static int write_temp(char *path, const char *text)
{
	int fd = mkstemp(path);
	size_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return -1;
	return close(fd);
}

static int build_family(const struct rf_world *world, enum rf_family family)
{
	static const struct rf_policy policy;
	const struct rf_atoms atoms = { .policy = &policy,
					.blocks = (struct rf_block *)blocks,
					.block_count = BLOCKS };
	struct rf_segments segments;
	struct rf_view view;
	__u32 used;
	int error = rf_world_view(world, &atoms, family, &view);

	if (error)
		return error;
	error = rf_merge_segments(view.first, view.last, &view.merge, &segments);
	rf_view_free(&view);
	if (error)
		return error;
	error = family == RF_FAMILY_V4 ? rf_dxr_build(&segments, &gen->v4, &used, NULL) :
					 rf_poptrie_build(&segments, &gen->v6, &used, NULL);
	rf_segments_free(&segments);
	return error;
}

static int make_world(void **state)
{
	const char *const paths[] = { v4_path, v6_path };
	struct rf_world *world = rf_world_new();
	int error;

	(void)state;
	gen = calloc(1, RF_GENERATION_SIZE);
	if (!gen || !world || write_temp(v4_path, v4_text) || write_temp(v6_path, v6_text) ||
	    rf_world_add(world, "test", RF_FORMAT_GEOIP, paths, 2, NULL))
		return -1;
	/* The reference is told of no marks: see reference_answer_test.c. */
	world->mark_count = 0;
	error = rf_world_parse(world, NULL) || build_family(world, RF_FAMILY_V4) ||
		build_family(world, RF_FAMILY_V6);
	rf_world_close(world);
	return error ? -1 : 0;
}

static int free_world(void **state)
{
	(void)state;
	free(gen);
	unlink(v4_path);
	unlink(v6_path);
	return 0;
}

static int check_with(const char *path, const struct rf_block *own, size_t count,
		      struct rf_reference_report *report, struct rf_fault *fault)
{
	const char *const paths[] = { path, v6_path };
	const struct rf_reference_source source = { RF_FORMAT_GEOIP, paths, 2 };
	const struct rf_reference_input input = {
		.sources = &source, .source_count = 1, .blocks = own, .block_count = count
	};

	*fault = (struct rf_fault){ 0 };
	return rf_reference_check(&input, &gen->header, report, fault);
}

static int check(struct rf_fault *fault)
{
	return check_with(v4_path, blocks, BLOCKS, NULL, fault);
}

static void passes_a_right_table(void **state)
{
	struct rf_reference_report report;
	struct rf_fault fault;

	(void)state;
	assert_int_equal(check_with(v4_path, blocks, BLOCKS, &report, &fault), 0);
	assert_string_equal(fault.text, "");
	/* Small as it is, at least one for each line and each prefix; not one for each bucket. */
	assert_in_range(report.checked, 9 + BLOCKS, 2000);
}

static void says_where_and_what(void **state)
{
	struct rf_fault fault;

	(void)state;
	gen->v4.bucket[0x0a02].atom = rf_atom_from_code("US");
	assert_int_equal(check(&fault), -EBADMSG);
	assert_string_equal(fault.text,
			    "compiled table is wrong at 10.2.0.0: expected atom 1810, found 739");
	gen->v4.bucket[0x0a02].atom = LAB;
	assert_int_equal(check(&fault), 0);
}

static void catches_each_wrong_bucket(void **state)
{
	struct rf_fault fault;

	(void)state;
	for (size_t i = 0; i < RF_V4_BUCKETS; i++) {
		struct rf_v4_bucket *bucket = &gen->v4.bucket[i];

		if (!bucket->count) {
			if (i % 257)
				continue;
			bucket->atom ^= 1;
			assert_int_equal(check(&fault), -EBADMSG);
			bucket->atom ^= 1;
			continue;
		}
		bucket->start++;
		assert_int_equal(check(&fault), -EBADMSG);
		bucket->start--;
		bucket->count--;
		assert_int_equal(check(&fault), -EBADMSG);
		bucket->count++;
	}
	assert_int_equal(check(&fault), 0);
}

/* Of those that are a leaf; what nobody speaks of has one root for all. */
static void catches_a_wrong_root(void **state)
{
	struct rf_fault fault;

	(void)state;
	for (size_t i = 1; i < RF_V6_ROOTS; i += 257) {
		__u32 root = gen->v6.root[i];

		gen->v6.root[i] = RF_V6_ROOT_LEAF | 1;
		assert_int_equal(check(&fault), -EBADMSG);
		gen->v6.root[i] = root;
	}
	assert_int_equal(check(&fault), 0);
}

static void catches_each_wrong_leaf(void **state)
{
	size_t last = RF_V6_LEAVES;
	struct rf_fault fault;

	(void)state;
	while (last && !gen->v6.leaf[last - 1])
		last--;
	assert_true(last > 8);
	for (size_t i = 0; i < last; i++) {
		gen->v6.leaf[i] ^= 1;
		assert_int_equal(check(&fault), -EBADMSG);
		gen->v6.leaf[i] ^= 1;
	}
	assert_int_equal(check(&fault), 0);
}

/* Without one of the bits of a node. One too many may lead to a leaf that is no other. */
static void catches_each_wrong_node(void **state)
{
	struct rf_fault fault;
	size_t i = 0;

	(void)state;
	for (; gen->v6.node[i].child || gen->v6.node[i].leaf; i++) {
		struct rf_v6_node *node = &gen->v6.node[i], right = *node;

		for (int bit = 0; bit < 64; bit++) {
			node->leaf &= ~(1ull << bit);
			node->child &= ~(1ull << bit);
			assert_int_equal(check(&fault),
					 memcmp(node, &right, sizeof(right)) ? -EBADMSG : 0);
			*node = right;
		}
	}
	assert_true(i > 8);
}

static void catches_each_wrong_tail(void **state)
{
	struct rf_fault fault;
	size_t i = 0;

	(void)state;
	for (; gen->v6.tail[i].count; i++) {
		struct rf_v6_tail *tail = &gen->v6.tail[i], right = *tail;

		tail->atom ^= 1;
		assert_int_equal(check(&fault), -EBADMSG);
		*tail = right;
		tail->count--;
		assert_int_equal(check(&fault), -EBADMSG);
		*tail = right;
		tail->start++;
		assert_int_equal(check(&fault), -EBADMSG);
		*tail = right;
	}
	assert_true(i > 1);
	assert_int_equal(check(&fault), 0);
}

/* What carries IPv4 where nothing should: at the first address the answer is the same. */
static void catches_an_answer_that_is_right_by_chance(void **state)
{
	struct rf_fault fault;

	(void)state;
	for (__u32 atom = RF_ATOM_EMBED_FIRST; atom < RF_ATOM_MAX; atom++) {
		__u32 right = gen->v6.root[0x3000];

		assert_int_equal(right, RF_V6_ROOT_LEAF | RF_ATOM_UNKNOWN);
		gen->v6.root[0x3000] = RF_V6_ROOT_LEAF | atom;
		assert_int_equal(check(&fault), -EBADMSG);
		gen->v6.root[0x3000] = right;
	}
	assert_int_equal(check(&fault), 0);
}

/* In IPv4 nothing is carried: the look-up answers that it is unknown, as it should. */
static void takes_another_way_to_say_unknown(void **state)
{
	struct rf_fault fault;

	(void)state;
	assert_int_equal(gen->v4.bucket[0x0900].atom, RF_ATOM_UNKNOWN);
	gen->v4.bucket[0x0900].atom = RF_ATOM_NAT64;
	assert_int_equal(check(&fault), 0);
	gen->v4.bucket[0x0900].atom = RF_ATOM_UNKNOWN;
}

static void catches_each_wrong_segment(void **state)
{
	struct rf_fault fault;

	(void)state;
	for (size_t i = 0; i < RF_V4_SEGMENTS && gen->v4.segment[i]; i++) {
		gen->v4.segment[i] ^= 1; /* the boundary, by one address */
		assert_int_equal(check(&fault), -EBADMSG);
		gen->v4.segment[i] ^= 1 | 1u << 16; /* the atom */
		assert_int_equal(check(&fault), -EBADMSG);
		gen->v4.segment[i] ^= 1u << 16;
	}
	for (size_t i = 0; i < RF_V6_TAIL_KEYS && gen->v6.tail_key[i]; i++) {
		gen->v6.tail_key[i] ^= 1;
		assert_int_equal(check(&fault), -EBADMSG);
		gen->v6.tail_key[i] ^= 1;
		gen->v6.tail_atom[i] ^= 1;
		assert_int_equal(check(&fault), -EBADMSG);
		gen->v6.tail_atom[i] ^= 1;
	}
	assert_int_equal(check(&fault), 0);
}

/* A table of another policy, and one without any. */
static void catches_other_prefixes(void **state)
{
	struct rf_block moved[BLOCKS];
	struct rf_fault fault;

	(void)state;
	for (size_t i = 0; i < BLOCKS; i++) {
		memcpy(moved, blocks, sizeof(moved));
		moved[i].atom++;
		assert_int_equal(check_with(v4_path, moved, BLOCKS, NULL, &fault), -EBADMSG);
	}
	assert_int_equal(check_with(v4_path, NULL, 0, NULL, &fault), -EBADMSG);
}

static void names_a_file_that_is_not_there(void **state)
{
	struct rf_fault fault;

	(void)state;
	assert_int_equal(check_with("/nonexistent", NULL, 0, NULL, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "/nonexistent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_a_right_table),
		cmocka_unit_test(says_where_and_what),
		cmocka_unit_test(catches_each_wrong_bucket),
		cmocka_unit_test(catches_a_wrong_root),
		cmocka_unit_test(catches_each_wrong_leaf),
		cmocka_unit_test(catches_each_wrong_node),
		cmocka_unit_test(catches_each_wrong_tail),
		cmocka_unit_test(catches_an_answer_that_is_right_by_chance),
		cmocka_unit_test(takes_another_way_to_say_unknown),
		cmocka_unit_test(catches_each_wrong_segment),
		cmocka_unit_test(catches_other_prefixes),
		cmocka_unit_test(names_a_file_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
