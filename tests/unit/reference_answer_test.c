// SPDX-License-Identifier: GPL-2.0
/*
 * reference_answer_test.c - who wins at an address, case by case
 * (reference_cases.h)
 *
 * For each case the reference has to expect what the table says, to pass it,
 * and to refuse each table that has one wrong atom.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/reference_cases.h"
#include "userspace/lib/dxr.h"
#include "userspace/lib/poptrie.h"

/* struct setting - a case, made ready for the reference */
struct setting {
	const struct test_case *test;
	char paths[SOURCES][32];
	const char *path[SOURCES];
	struct rf_reference_source sources[SOURCES];
	struct rf_block marks[ROWS];
	struct rf_block blocks[ROWS];
	struct rf_reference_input input;
};

static struct rf_generation *gen;

static rf_addr parse(const char *text)
{
	__u8 bytes[16] = { [10] = 0xff, [11] = 0xff };

	if (inet_pton(AF_INET, text, bytes + 12) != 1 && inet_pton(AF_INET6, text, bytes) != 1)
		fail_msg("%s is no address", text);
	return rf_addr_load(bytes);
}

static size_t take_prefixes(const struct prefix *prefixes, struct rf_block *blocks)
{
	size_t count = 0;

	for (; count < ROWS && prefixes[count].addr; count++) {
		rf_addr first = parse(prefixes[count].addr);
		unsigned int len = prefixes[count].len + (rf_addr_is_v4(first) ? 96 : 0);

		blocks[count] = (struct rf_block){ first, (__u8)len, prefixes[count].atom };
	}
	return count;
}

static void write_file(const char *text, char path[32])
{
	size_t len = strlen(text);
	int fd;

	strcpy(path, "/tmp/rf-answer-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

static void make_setting(const struct test_case *test, struct setting *setting)
{
	struct rf_reference_input *input = &setting->input;

	memset(setting, 0, sizeof(*setting));
	setting->test = test;
	input->sources = setting->sources;
	input->agreement = test->agreement;
	input->clouds = &clouds;
	for (size_t i = 0; i < SOURCES && test->sources[i].text; i++) {
		write_file(test->sources[i].text, setting->paths[i]);
		setting->path[i] = setting->paths[i];
		setting->sources[i] = (struct rf_reference_source){ test->sources[i].format,
								    &setting->path[i], 1 };
		input->source_count++;
	}
	input->marks = setting->marks;
	input->mark_count = take_prefixes(test->marks, setting->marks);
	input->blocks = setting->blocks;
	input->block_count = take_prefixes(test->blocks, setting->blocks);
}

static void drop_setting(struct setting *setting)
{
	for (size_t i = 0; i < setting->input.source_count; i++)
		unlink(setting->paths[i]);
}

/* The rows as the builder of a table wants them: from the start of the space. */
static void take_rows(const struct row *rows, int v4, struct rf_segment *list,
		      struct rf_segments *segments)
{
	rf_addr first = v4 ? RF_ADDR_V4_FIRST : 0;

	*segments =
		(struct rf_segments){ .list = list, .last = v4 ? RF_ADDR_V4_LAST : RF_ADDR_MAX };
	if (!rows[0].addr || parse(rows[0].addr) != first)
		list[segments->count++] = (struct rf_segment){ first, RF_ATOM_UNKNOWN };
	for (size_t i = 0; i < ROWS && rows[i].addr; i++) {
		struct rf_segment segment = { parse(rows[i].addr), rows[i].atom };

		if (!segments->count || list[segments->count - 1].atom != segment.atom)
			list[segments->count++] = segment;
	}
}

static void build_family(int v4, const struct rf_segments *segments)
{
	struct rf_fault fault = { 0 };
	__u32 used;

	if (v4)
		memset(&gen->v4, 0, sizeof(gen->v4));
	else
		memset(&gen->v6, 0, sizeof(gen->v6));
	if (v4 ? rf_dxr_build(segments, &gen->v4, &used, &fault) :
		 rf_poptrie_build(segments, &gen->v6, &used, &fault))
		fail_msg("%s", fault.text);
}

static rf_addr segment_last(const struct rf_segments *segments, size_t index)
{
	return index + 1 < segments->count ? segments->list[index + 1].first - 1 : segments->last;
}

static void expect(struct rf_reference_world *world, const char *name, rf_addr addr, __u16 atom)
{
	__u16 expected = rf_reference_expected(world, addr);
	char text[RF_ADDR_TEXT_MAX];

	if (expected != atom)
		fail_msg("%s: %s is expected to have atom %u, not %u", name,
			 rf_addr_text(addr, text), expected, atom);
}

/* Both ends of each segment; in IPv6 those of IPv4's place are not asked for. */
static void expect_segments(struct rf_reference_world *world, const char *name,
			    const struct rf_segments *segments, int v4)
{
	for (size_t i = 0; i < segments->count; i++) {
		rf_addr ends[] = { segments->list[i].first, segment_last(segments, i) };
		__u16 atom = segments->list[i].atom;

		for (int end = 0; atom < RF_ATOM_EMBED_FIRST && end < 2; end++)
			if (rf_addr_is_v4(ends[end]) == v4)
				expect(world, name, ends[end], atom);
	}
}

static void expects_what_the_table_says(void **state)
{
	struct rf_segment list[ROWS + 2];
	struct rf_reference_world world;
	struct rf_segments segments;
	struct rf_fault fault = { 0 };
	struct setting setting;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		const struct test_case *test = &cases[i];

		make_setting(test, &setting);
		if (rf_reference_world_make(&setting.input, &world, &fault))
			fail_msg("%s: %s", test->name, fault.text);
		for (int v4 = 0; v4 < 2; v4++) {
			take_rows(v4 ? test->v4 : test->v6, v4, list, &segments);
			expect_segments(&world, test->name, &segments, v4);
		}
		for (size_t j = 0; j < ROWS && test->look_ups[j].addr; j++)
			expect(&world, test->name, parse(test->look_ups[j].addr),
			       test->look_ups[j].atom);
		rf_reference_world_free(&world);
		drop_setting(&setting);
	}
}

static void build(const struct test_case *test)
{
	struct rf_segment list[ROWS + 2];
	struct rf_segments segments;

	for (int v4 = 0; v4 < 2; v4++) {
		take_rows(v4 ? test->v4 : test->v6, v4, list, &segments);
		build_family(v4, &segments);
	}
}

static void passes_the_right_tables(void **state)
{
	struct setting setting;
	struct rf_fault fault = { 0 };

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		make_setting(&cases[i], &setting);
		build(&cases[i]);
		if (rf_reference_check(&setting.input, &gen->header, NULL, &fault))
			fail_msg("%s: %s", cases[i].name, fault.text);
		drop_setting(&setting);
	}
}

/* The table with one segment of another atom has to be refused, for that one. */
static void refuse_with(const struct setting *setting, int v4, const struct rf_segments *segments,
			size_t index, __u16 wrong)
{
	struct rf_fault fault = { 0 };
	__u16 right = segments->list[index].atom;
	char first[RF_ADDR_TEXT_MAX];

	if (wrong == right)
		return;
	segments->list[index].atom = wrong;
	build_family(v4, segments);
	segments->list[index].atom = right;
	if (rf_reference_check(&setting->input, &gen->header, NULL, &fault) != -EBADMSG)
		fail_msg("%s: atom %u from %s on is taken for %u", setting->test->name, wrong,
			 rf_addr_text(segments->list[index].first, first), right);
	assert_non_null(strstr(fault.text, "compiled table is wrong at "));
}

static void refuse_each(const struct setting *setting, int v4)
{
	const struct test_case *test = setting->test;
	struct rf_segment list[ROWS + 2];
	struct rf_segments segments;

	take_rows(v4 ? test->v4 : test->v6, v4, list, &segments);
	for (size_t i = 0; i < segments.count; i++) {
		if (!v4 && segments.list[i].first == RF_ADDR_V4_FIRST &&
		    segment_last(&segments, i) == RF_ADDR_V4_LAST)
			continue;
		refuse_with(setting, v4, &segments, i, NONE);
		refuse_with(setting, v4, &segments, i, LAB + 1);
		if (segments.list[i].atom < RF_ATOM_EMBED_FIRST)
			continue;
		refuse_with(setting, v4, &segments, i, RF_ATOM_NAT64);
		refuse_with(setting, v4, &segments, i, RF_ATOM_6TO4);
		refuse_with(setting, v4, &segments, i, RF_ATOM_TEREDO);
	}
	build_family(v4, &segments);
}

static void refuses_one_wrong_atom(void **state)
{
	struct setting setting;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		make_setting(&cases[i], &setting);
		build(&cases[i]);
		refuse_each(&setting, 1);
		refuse_each(&setting, 0);
		drop_setting(&setting);
	}
}

/* Does it matter at which address exactly the segment starts? */
static bool is_boundary(const struct rf_segment *at, int v4)
{
	return at[-1].atom < RF_ATOM_EMBED_FIRST && at->atom < RF_ATOM_EMBED_FIRST &&
	       rf_addr_is_v4(at->first) == v4 && rf_addr_is_v4(at->first - 1) == v4;
}

static void refuse_moved(const struct setting *setting, int v4, const struct rf_segments *segments,
			 size_t index)
{
	struct rf_segment *at = &segments->list[index];
	struct rf_fault fault = { 0 };
	rf_addr right = at->first;

	for (int side = 0; side < 2; side++) {
		at->first = side ? right + 1 : right - 1;
		if (at->first == at[-1].first || segment_last(segments, index) < at->first)
			continue;
		build_family(v4, segments);
		assert_int_equal(rf_reference_check(&setting->input, &gen->header, NULL, &fault),
				 -EBADMSG);
	}
	at->first = right;
}

static void refuses_a_boundary_off_by_one(void **state)
{
	struct rf_segment list[ROWS + 2];
	struct rf_segments segments;
	struct setting setting;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		make_setting(&cases[i], &setting);
		build(&cases[i]);
		for (int v4 = 0; v4 < 2; v4++) {
			take_rows(v4 ? cases[i].v4 : cases[i].v6, v4, list, &segments);
			for (size_t j = 1; j < segments.count; j++)
				if (is_boundary(&list[j], v4))
					refuse_moved(&setting, v4, &segments, j);
			build_family(v4, &segments);
		}
		drop_setting(&setting);
	}
}

/* The two sides of the look-up say the same of what may be carried. */
static void knows_what_is_special(void **state)
{
	__u32 first, last;
	size_t count = 0;

	(void)state;
	for (; rf_reference_special(count, &first, &last); count++) {
		assert_false(rf_reference_is_global(first));
		assert_false(rf_reference_is_global(first + (last - first) / 2));
		assert_false(rf_reference_is_global(last));
	}
	assert_int_equal(count, 14);
	assert_true(rf_reference_is_global(0x01000000));
	assert_true(rf_reference_is_global(0x64800000)); /* 100.128.0.0 */
	assert_true(rf_reference_is_global(0xac200000)); /* 172.32.0.0 */
	assert_true(rf_reference_is_global(0xc0000100)); /* 192.0.1.0 */
	assert_true(rf_reference_is_global(0xdfffffff)); /* 223.255.255.255 */
}

static int make_value(void **state)
{
	(void)state;
	gen = calloc(1, RF_GENERATION_SIZE);
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
		cmocka_unit_test(expects_what_the_table_says),
		cmocka_unit_test(passes_the_right_tables),
		cmocka_unit_test(refuses_one_wrong_atom),
		cmocka_unit_test(refuses_a_boundary_off_by_one),
		cmocka_unit_test(knows_what_is_special),
	};

	return cmocka_run_group_tests(tests, make_value, free_value);
}
