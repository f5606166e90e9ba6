// SPDX-License-Identifier: GPL-2.0
/*
 * format_whole_test.c - the whole world, published as CSV and as MMDB: both
 * readers, and libmaxminddb beside them, find the same country at each boundary
 *
 * tests/data/fetch gets the data; without it this is a skip (status 77).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <maxminddb.h>
#include <stdio.h>
#include <unistd.h>

#include "userspace/lib/format.h"
#include "userspace/lib/unpack.h"

#define DATA "build/data/geo-whois-asn-country"
#define CSV_V4 DATA "-ipv4.csv"
#define CSV_V4_NUMBERS DATA "-ipv4-num.csv"
#define CSV_V6 DATA "-ipv6.csv"
#define MMDB DATA ".mmdb"

/* struct said - a statement */
struct said {
	rf_addr first;
	rf_addr last;
	char code[3];
};

struct list {
	struct said *at;
	size_t count;
	size_t room;
};

static void append(struct list *list, rf_addr first, rf_addr last, const char *code)
{
	struct said said = { .first = first, .last = last };

	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 4096;
		list->at = reallocarray(list->at, list->room, sizeof(*list->at));
		assert_non_null(list->at);
	}
	memcpy(said.code, code, 3);
	list->at[list->count++] = said;
}

static int take(void *ctx, const struct rf_statement *statement)
{
	assert_int_equal(strlen(statement->place), 2);
	append(ctx, statement->first, statement->last, statement->place);
	return 0;
}

static void read_file(enum rf_format format, const char *path, struct list *list)
{
	struct rf_fault fault = { 0 };
	char date[RF_DATE_LEN];
	void *data;
	size_t len;

	if (rf_unpack_file(path, &data, &len, NULL, &fault) ||
	    rf_format_read(format, path, data, len, take, list, date, &fault))
		fail_msg("%s", fault.text);
	free(data);
}

/* From @first on it is @code; what was said of @first before is forgotten. */
static void change(struct list *segments, rf_addr first, const char *code)
{
	if (segments->count && segments->at[segments->count - 1].first == first)
		segments->count--;
	append(segments, first, first, code);
}

static int by_start(const void *left, const void *right)
{
	const struct said *a = *(const struct said *const *)left;
	const struct said *b = *(const struct said *const *)right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* struct open - the statements around an address, in the order of the file */
struct open {
	const struct said *at[64];
	size_t count;
};

static void open_one(struct open *open, const struct said *said)
{
	size_t i = open->count++;

	assert_true(open->count < 64);
	for (; i && open->at[i - 1] > said; i--)
		open->at[i] = open->at[i - 1];
	open->at[i] = said;
}

/* Where the first of them ends, RF_ADDR_MAX if none does before that */
static rf_addr first_end(const struct open *open)
{
	rf_addr end = RF_ADDR_MAX;

	for (size_t i = 0; i < open->count; i++)
		if (open->at[i]->last < end)
			end = open->at[i]->last;
	return end;
}

static void close_before(struct open *open, rf_addr addr)
{
	size_t kept = 0;

	for (size_t i = 0; i < open->count; i++)
		if (open->at[i]->last >= addr)
			open->at[kept++] = open->at[i];
	open->count = kept;
}

static const char *last_code(const struct open *open)
{
	return open->count ? open->at[open->count - 1]->code : "--";
}

/*
 * What is said of each address: of the statements around it, the last in the
 * file decides, "--" where there is none. So the publisher makes the MMDB of
 * the CSV, whose ranges overlap: each line is written over those before.
 */
static void flatten(const struct list *list, struct list *segments)
{
	const struct said **sorted = calloc(list->count, sizeof(*sorted));
	struct open open = { 0 };

	assert_non_null(sorted);
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->at[i];
	qsort(sorted, list->count, sizeof(*sorted), by_start);
	change(segments, 0, "--");
	for (size_t i = 0; i <= list->count; i++) {
		rf_addr start = i < list->count ? sorted[i]->first : RF_ADDR_MAX;

		for (rf_addr end = first_end(&open); end < start; end = first_end(&open)) {
			close_before(&open, end + 1);
			change(segments, end + 1, last_code(&open));
		}
		if (i < list->count) {
			open_one(&open, sorted[i]);
			change(segments, start, last_code(&open));
		}
	}
	free(sorted);
}

static void compare(const struct list *left, const struct list *right)
{
	size_t i = 0, j = 0, boundaries = 0;
	char text[RF_ADDR_TEXT_MAX];

	while (i < left->count && j < right->count) {
		const struct said *a = &left->at[i], *b = &right->at[j];
		rf_addr next_a = i + 1 < left->count ? a[1].first : RF_ADDR_MAX;
		rf_addr next_b = j + 1 < right->count ? b[1].first : RF_ADDR_MAX;

		if (strcmp(a->code, b->code))
			fail_msg("%s is in %s or in %s",
				 rf_addr_text(a->first > b->first ? a->first : b->first, text),
				 a->code, b->code);
		boundaries++;
		i += next_a <= next_b;
		j += next_b <= next_a;
	}
	print_message("%zu boundaries\n", boundaries);
	assert_true(boundaries > 500000);
}

static void csv_says_what_mmdb_says(void **state)
{
	struct list csv = { 0 }, mmdb = { 0 }, csv_flat = { 0 }, mmdb_flat = { 0 };

	(void)state;
	read_file(RF_FORMAT_CSV, CSV_V4, &csv);
	assert_int_equal(csv.count, 334373);
	read_file(RF_FORMAT_CSV, CSV_V6, &csv);
	assert_int_equal(csv.count, 334373 + 216295);
	read_file(RF_FORMAT_MMDB, MMDB, &mmdb);
	flatten(&csv, &csv_flat);
	flatten(&mmdb, &mmdb_flat);
	compare(&csv_flat, &mmdb_flat);
	free(csv.at);
	free(mmdb.at);
	free(csv_flat.at);
	free(mmdb_flat.at);
}

static void numbers_say_what_addresses_say(void **state)
{
	struct list addresses = { 0 }, numbers = { 0 };

	(void)state;
	read_file(RF_FORMAT_CSV, CSV_V4, &addresses);
	read_file(RF_FORMAT_CSV, CSV_V4_NUMBERS, &numbers);
	assert_int_equal(addresses.count, numbers.count);
	for (size_t i = 0; i < numbers.count; i++) {
		assert_true(addresses.at[i].first == numbers.at[i].first);
		assert_true(addresses.at[i].last == numbers.at[i].last);
		assert_string_equal(addresses.at[i].code, numbers.at[i].code);
	}
	free(addresses.at);
	free(numbers.at);
}

/* What libmaxminddb finds, and in a network of how many bits of IPv6 */
static void ask_libmaxminddb(MMDB_s *db, rf_addr addr, char code[3], unsigned int *len)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	MMDB_lookup_result_s result;
	MMDB_entry_data_s value;
	int error;

	/* IPv4 is at ::/96 there. */
	rf_addr_store(rf_addr_is_v4(addr) ? addr - RF_ADDR_V4_FIRST : addr, to.sin6_addr.s6_addr);
	result = MMDB_lookup_sockaddr(db, (struct sockaddr *)&to, &error);
	assert_int_equal(error, MMDB_SUCCESS);
	*len = result.netmask;
	strcpy(code, "--");
	if (!result.found_entry)
		return;
	assert_int_equal(MMDB_get_value(&result.entry, &value, "country_code", NULL), MMDB_SUCCESS);
	assert_int_equal(value.data_size, 2);
	memcpy(code, value.utf8_string, 2);
}

static void expect_code(MMDB_s *db, rf_addr addr, const char *expected, unsigned int expected_len)
{
	char text[RF_ADDR_TEXT_MAX], code[3];
	unsigned int len;

	ask_libmaxminddb(db, addr, code, &len);
	if (strcmp(code, expected) || (expected_len && len != expected_len))
		fail_msg("%s is in %s, says libmaxminddb, and not in %s", rf_addr_text(addr, text),
			 code, expected);
}

/* Each network with its ends, and what is between two of them */
static void libmaxminddb_says_the_same(void **state)
{
	struct list list = { 0 };
	size_t gaps = 0;
	MMDB_s db;

	(void)state;
	read_file(RF_FORMAT_MMDB, MMDB, &list);
	assert_int_equal(MMDB_open(MMDB, MMDB_MODE_MMAP, &db), MMDB_SUCCESS);
	for (size_t i = 0; i < list.count; i++) {
		const struct said *said = &list.at[i];
		unsigned int len = 0;

		while (rf_addr_host_mask(len) != said->last - said->first)
			len++;
		expect_code(&db, said->first, said->code, len);
		expect_code(&db, said->last, said->code, len);
		if (!i || said[-1].last + 1 == said->first)
			continue;
		assert_true(said[-1].last < said->first);
		if (rf_addr_is_v4(said->first) != rf_addr_is_v4(said[-1].first))
			continue;
		expect_code(&db, said[-1].last + 1, "--", 0);
		expect_code(&db, said->first - 1, "--", 0);
		gaps++;
	}
	assert_true(gaps > 1000);
	MMDB_close(&db);
	free(list.at);
}

int main(void)
{
	static const char *const files[] = { CSV_V4, CSV_V4_NUMBERS, CSV_V6, MMDB };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_says_what_mmdb_says),
		cmocka_unit_test(numbers_say_what_addresses_say),
		cmocka_unit_test(libmaxminddb_says_the_same),
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (access(files[i], R_OK)) {
			fprintf(stderr, "%s: %s\n", files[i], strerror(errno));
			return 77;
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
