// SPDX-License-Identifier: GPL-2.0
/*
 * format_mmdb_test.c - MaxMind DBs: what their trees say, and that hostile ones
 * are refused soon
 */
#include "tests/unit/format_seen.h"

#include <time.h>

#include "tests/unit/mmdb_image.h"
#include "userspace/lib/mmdb.h"

static struct image image;
static struct seen seen;

static int read_image(void)
{
	image_end(&image);
	return read_seen(RF_FORMAT_MMDB, image.file.at, image.file.len, &seen);
}

static void expect_image(const char *expected)
{
	if (read_image())
		fail_msg("refused: %s", seen.fault.text);
	assert_string_equal(seen.text, expected);
}

static void expect_bad_image(const char *expected)
{
	assert_int_equal(read_image(), -EINVAL);
	assert_string_equal(seen.fault.text, expected);
}

static const unsigned char zero[16];
static const unsigned char v4_1[16] = { 1 }; /* 1.0.0.0 */
static const unsigned char v4_in_v6[16] = { [12] = 1 }; /* ::1.0.0.0 */
static const unsigned char doc[16] = { 0x20, 0x01, 0x0d, 0xb8 };
static const unsigned char mapped[16] = { [10] = 0xff, [11] = 0xff };
static const unsigned char teredo[16] = { 0x20, 0x01 };
static const unsigned char six_to_four[16] = { 0x20, 0x02 };
static const unsigned char nat64[16] = { 0x00, 0x64, 0xff, 0x9b };

static void ipv4_in_each_record_size(void **state)
{
	(void)state;
	for (unsigned int bits = 24; bits <= 32; bits += 4) {
		image_start(&image, 4, bits);
		image_insert(&image, v4_1, 24, image_flat(&image, "AU"));
		image_insert(&image, (const unsigned char[]){ 1, 0, 1 }, 24,
			     image_flat(&image, "CN"));
		image_insert(&image, (const unsigned char[]){ 255, 255, 255, 255 }, 32,
			     image_flat(&image, "ZZ"));
		expect_image("1.0.0.0-1.0.0.255 AU\n1.0.1.0-1.0.1.255 CN\n"
			     "255.255.255.255-255.255.255.255 ZZ\n");
		assert_string_equal(seen.date, "2026-06-17T19:51:40Z");
	}
}

static void expect_record(const struct rf_mmdb *db, unsigned int side, uint32_t expected)
{
	uint32_t value;

	assert_int_equal(rf_mmdb_record(db, 1, side, &value), RF_MMDB_NODE);
	assert_int_equal(value, expected);
}

/* The second node of each, with all bits of its records in use */
static void records_have_all_their_bits(void **state)
{
	static const unsigned char bytes[16] = { 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x91, 0xa2,
						 0xb3, 0xc4, 0xd5, 0xe6, 0xf7, 0x18, 0x29, 0x3a };
	struct rf_mmdb db = { .tree = bytes, .node_count = 0xffffffff, .record_bits = 24 };

	(void)state;
	expect_record(&db, 0, 0x91a2b3);
	expect_record(&db, 1, 0xc4d5e6);
	db.record_bits = 28;
	expect_record(&db, 0, 0xda2b3c4);
	expect_record(&db, 1, 0x5e6f718);
	db.record_bits = 32;
	expect_record(&db, 0, 0xb3c4d5e6);
	expect_record(&db, 1, 0xf718293a);
}

/* What is remembered of one record is not taken for another's. */
static void records_far_apart_differ(void **state)
{
	uint32_t near, far;

	(void)state;
	image_start(&image, 4, 32);
	near = image_flat(&image, "CN");
	image.data.len = 65536;
	far = image_flat(&image, "US");
	image_node(&image, 1, 2);
	image_node(&image, near, far);
	image_node(&image, near, near);
	expect_image("0.0.0.0-63.255.255.255 CN\n64.0.0.0-127.255.255.255 US\n"
		     "128.0.0.0-191.255.255.255 CN\n192.0.0.0-255.255.255.255 CN\n");
}

static void both_families_ipv4_once(void **state)
{
	uint32_t v4;

	(void)state;
	image_start(&image, 6, 28);
	image_insert(&image, v4_in_v6, 120, image_flat(&image, "AU"));
	image_insert(&image, doc, 32, image_flat(&image, "CN"));
	v4 = 95 + 1; /* nodes were made on the way down: one for each bit */
	image_insert(&image, mapped, 96, v4);
	image_insert(&image, teredo, 32, v4);
	image_insert(&image, six_to_four, 16, v4);
	image_insert(&image, nat64, 96, v4);
	expect_image("1.0.0.0-1.0.0.255 AU\n"
		     "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff CN\n");
}

static void ipv4_may_be_one_record(void **state)
{
	uint32_t record;

	(void)state;
	image_start(&image, 6, 24);
	record = image_flat(&image, "AU");
	image_insert(&image, zero, 96, record);
	image_insert(&image, mapped, 96, record);
	image_insert(&image, six_to_four, 16, record);
	image_insert(&image, doc, 32, record);
	expect_image("0.0.0.0-255.255.255.255 AU\n"
		     "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff AU\n");
}

/* What is said of 6to4 itself is said of IPv6 addresses. */
static void what_only_looks_like_an_alias_counts(void **state)
{
	(void)state;
	image_start(&image, 6, 24);
	image_insert(&image, v4_in_v6, 120, image_flat(&image, "AU"));
	image_insert(&image, six_to_four, 16, image_flat(&image, "CN"));
	expect_image("1.0.0.0-1.0.0.255 AU\n2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff CN\n");
}

static void ipv6_alone(void **state)
{
	(void)state;
	image_start(&image, 6, 32);
	image_insert(&image, doc, 128, image_flat(&image, "CN"));
	expect_image("2001:db8::-2001:db8:: CN\n");
	/* around ::ffff:0:0/96 */
	image_start(&image, 6, 32);
	image_insert(&image, (const unsigned char[16]){ [8] = 0, [10] = 0x80 }, 81,
		     image_flat(&image, "CN"));
	expect_image("::8000:0:0-::fffe:ffff:ffff CN\n");
}

static void ipv4_where_it_is_not_expected(void **state)
{
	(void)state;
	image_start(&image, 6, 24);
	image_insert(&image, mapped, 96, image_flat(&image, "CN"));
	expect_bad_image("f: 0.0.0.0/0: IPv4 addresses apart from those at ::/96");
	image_start(&image, 6, 24);
	image_insert(&image, mapped, 104, image_flat(&image, "CN"));
	expect_bad_image("f: 0.0.0.0/0: IPv4 addresses apart from those at ::/96");
	image_start(&image, 6, 24);
	image_insert(&image, zero, 64, image_flat(&image, "CN"));
	expect_bad_image("f: ::/64: a record for both IPv4 and IPv6");
}

/* The record of 1.0.0.0/8, and the place that it gives */
static void expect_place(const char *place)
{
	char expected[64];

	image_insert(&image, v4_1, 8, IMAGE_DATA);
	snprintf(expected, sizeof(expected), "1.0.0.0-1.255.255.255 %s\n", place);
	expect_image(expected);
}

static void expect_bad_record(const char *cause)
{
	char expected[128];

	image_insert(&image, v4_1, 8, IMAGE_DATA);
	snprintf(expected, sizeof(expected), "f: 1.0.0.0/8: %s", cause);
	expect_bad_image(expected);
}

static void countries_of_records(void **state)
{
	(void)state;
	image_start(&image, 4, 24);
	image_nested(&image, "CN");
	expect_place("CN");
	image_start(&image, 4, 24);
	image_flat(&image, "T1");
	expect_place("T1");
	image_start(&image, 4, 24);
	image_flat(&image, "");
	expect_place("??");
	image_start(&image, 4, 24);
	put_map(&image.data, 0);
	expect_place("??");

	/* the country's name beside its code */
	image_start(&image, 4, 24);
	put_map(&image.data, 2);
	put_text(&image.data, "country");
	put_text(&image.data, "China");
	put_text(&image.data, "country_code");
	put_text(&image.data, "CN");
	expect_place("CN");
	/* the code under the name's key */
	image_start(&image, 4, 24);
	put_map(&image.data, 1);
	put_text(&image.data, "country");
	put_text(&image.data, "CN");
	expect_place("CN");
	/* where it is registered is not where it is */
	image_start(&image, 4, 24);
	put_map(&image.data, 2);
	put_text(&image.data, "country");
	put_map(&image.data, 1);
	put_text(&image.data, "geoname_id");
	put_number(&image.data, 6, 1814991, 4);
	put_text(&image.data, "registered_country");
	put_map(&image.data, 1);
	put_text(&image.data, "iso_code");
	put_text(&image.data, "CN");
	expect_place("??");
}

/* As writers store them: keys and values once, pointers elsewhere; all types */
static void values_of_all_kinds_are_passed(void **state)
{
	static const unsigned int sizes[] = { 3, 28, 29, 284, 285, 65820, 65821, 600000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t key, value;

		image_start(&image, 4, 32);
		put_map(&image.data, 6);
		put_text(&image.data, "a");
		put_control(&image.data, 11, 4);
		put_number(&image.data, 3, 0, 8);
		put_control(&image.data, 10, 16);
		image.data.len += 16;
		put_control(&image.data, 14, 1);
		put_number(&image.data, 15, 0, 4);
		put_text(&image.data, "b");
		put_number(&image.data, 8, 0, 3);
		put_text(&image.data, "c");
		put_control(&image.data, 4, sizes[i]);
		image.data.len += sizes[i];
		put_text(&image.data, "d");
		put_pointer(&image.data, 0);
		/* keys by pointer: the two are behind the map */
		key = (uint32_t)image.data.len + 40;
		value = key + 40;
		put_pointer(&image.data, key);
		put_pointer(&image.data, value);
		put_text(&image.data, "e");
		put_text(&image.data, "");
		image.data.len = key;
		put_text(&image.data, "country");
		image.data.len = value;
		put_map(&image.data, 1);
		put_text(&image.data, "iso_code");
		put_text(&image.data, "CN");
		expect_place("CN");
	}
}

/* A pointer of four bytes: the three bits before them do not count. */
static void long_pointers_leave_bits_out(void **state)
{
	(void)state;
	image_start(&image, 4, 24);
	put(&image.data, 0x3f, 1), put(&image.data, 5, 4);
	image_flat(&image, "CN");
	expect_place("CN");
}

static void damaged_records(void **state)
{
	(void)state;
	image_start(&image, 4, 24);
	put_text(&image.data, "CN");
	expect_bad_record("damaged record");
	image_start(&image, 4, 24);
	put_map(&image.data, 1); /* and no entry */
	expect_bad_record("damaged record");
	image_start(&image, 4, 24);
	put_map(&image.data, 1);
	put_number(&image.data, 5, 1, 1); /* a key that is no text */
	put_text(&image.data, "CN");
	expect_bad_record("damaged record");
	image_start(&image, 4, 24);
	put_pointer(&image.data, 0); /* to itself */
	expect_bad_record("damaged record");
	image_start(&image, 4, 24);
	put_pointer(&image.data, 100000); /* out of the data */
	expect_bad_record("damaged record");
	image_start(&image, 4, 24);
	put(&image.data, 0x00, 1), put(&image.data, 0x09, 1); /* no such type */
	expect_bad_record("damaged record");
	image_start(&image, 4, 24);
	put(&image.data, 0xff, 1); /* the size's bytes are missing */
	expect_bad_record("damaged record");
	image_start(&image, 4, 24);
	put_map(&image.data, 1);
	put_text(&image.data, "a");
	put_control(&image.data, 4, 100); /* bytes that are missing */
	expect_bad_record("damaged record");
	image_start(&image, 4, 24);
	put_map(&image.data, 1);
	put_text(&image.data, "country_code");
	put_number(&image.data, 5, 86, 1);
	expect_bad_record("country is not a string");
	image_start(&image, 4, 24);
	image_nested(&image, "cn");
	expect_bad_record("country code is not two of A-Z and 0-9");
	image_start(&image, 4, 24);
	image_flat(&image, "CHN");
	expect_bad_record("country is not a code of two");
}

static void damaged_files(void **state)
{
	(void)state;
	expect_fault(RF_FORMAT_MMDB, "1,2,CN\n", "f: not a MaxMind DB, or cut short");
	image_start(&image, 4, 24);
	image_insert(&image, v4_1, 8, image_flat(&image, "CN"));
	image.version = 3;
	expect_bad_image("f: not of version 2 of the format");
	image.version = 2;
	image.bits = 20;
	expect_bad_image("f: record_size is none of 24, 28 and 32");
	image.bits = 24;
	image.family = 5;
	expect_bad_image("f: ip_version is neither 4 nor 6");
	image.family = 4;
	image.count_said = 10000;
	expect_bad_image("f: tree larger than the file");
	image.count_said = image.count - 1;
	expect_bad_image("f: no separator behind the tree");
	image.count_said = 0;
	image.epoch = UINT64_MAX;
	assert_int_equal(read_image(), 0);
	assert_string_equal(seen.date, "");
}

/* A file that was cut or damaged anywhere is refused or read, no more. */
static void any_byte_may_be_wrong(void **state)
{
	size_t len;

	(void)state;
	image_start(&image, 6, 28);
	image_insert(&image, v4_in_v6, 104, image_nested(&image, "CN"));
	image_insert(&image, doc, 32, image_flat(&image, "AU"));
	assert_int_equal(read_image(), 0);
	len = image.file.len;
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = image.file.at[i];

		for (int bit = 0; bit < 8; bit++) {
			image.file.at[i] = byte ^ (unsigned char)(1 << bit);
			read_seen(RF_FORMAT_MMDB, image.file.at, len, &seen);
		}
		image.file.at[i] = byte;
		if (i < len)
			assert_int_equal(read_seen(RF_FORMAT_MMDB, image.file.at, i, &seen),
					 -EINVAL);
	}
}

static void trees_that_are_none(void **state)
{
	(void)state;
	image_start(&image, 4, 24);
	image_node(&image, 0, IMAGE_EMPTY); /* to itself */
	expect_bad_image("f: 0.0.0.0/32: tree deeper than an address is long");
	image_start(&image, 6, 24);
	image_node(&image, IMAGE_EMPTY, 1);
	image_node(&image, 0, IMAGE_EMPTY); /* in a circle */
	assert_int_equal(read_image(), -EINVAL);
	assert_non_null(strstr(seen.fault.text, "/128: tree deeper than an address is long"));
	image_start(&image, 4, 24);
	image_node(&image, IMAGE_DATA + 50000, IMAGE_EMPTY);
	expect_bad_image("f: 0.0.0.0/1: record that is outside of the file");
	image_start(&image, 4, 24);
	image_node(&image, 1 + 8, IMAGE_EMPTY); /* into the separator */
	expect_bad_image("f: 0.0.0.0/1: record that is outside of the file");
}

static int take_any(void *ctx, const struct rf_statement *statement)
{
	(void)statement;
	++*(size_t *)ctx;
	return 0;
}

/* Each node points twice to the next: a kilobyte that stands for 2^100 networks */
static void shared_nodes_end(void **state)
{
	char date[RF_DATE_LEN];
	struct rf_fault fault;
	size_t count = 0;

	(void)state;
	for (int empty = 0; empty <= 1; empty++) {
		const char *cause = empty ? "more nodes than a database can have" :
					    "more networks than a database can have";
		uint32_t end;

		image_start(&image, 6, 24);
		end = empty ? IMAGE_EMPTY : image_flat(&image, "CN");
		image_node(&image, IMAGE_EMPTY, 1);
		for (uint32_t i = 1; i < 100; i++)
			image_node(&image, i + 1, i + 1);
		image_node(&image, end, end);
		image_end(&image);
		assert_int_equal(rf_format_read(RF_FORMAT_MMDB, "f", image.file.at, image.file.len,
						take_any, &count, date, &fault),
				 -EINVAL);
		if (!strstr(fault.text, cause))
			fail_msg("%s", fault.text);
	}
}

/* Nested a million deep: skipped, without a call for each */
static void deep_values_end(void **state)
{
	(void)state;
	image_start(&image, 4, 32);
	put_map(&image.data, 2);
	put_text(&image.data, "a");
	for (int i = 0; i < 1000000; i++)
		put_control(&image.data, 11, 1);
	put_control(&image.data, 11, 0);
	put_text(&image.data, "country_code");
	put_text(&image.data, "CN");
	expect_place("CN");
}

/*
 * Maps in maps in maps, 600,000 deep, and 128 records that start at different
 * ones: each is long to look through, and none has a country.
 */
static void long_ways_end(void **state)
{
	const size_t depth = 600000;

	(void)state;
	image_start(&image, 4, 32);
	for (size_t i = 0; i < depth; i++) {
		put_map(&image.data, 2);
		put_text(&image.data, "a");
	}
	put_text(&image.data, "");
	for (size_t i = 0; i < depth; i++) {
		put_text(&image.data, "b");
		put_text(&image.data, "");
	}
	for (uint32_t i = 1; i < 64; i++)
		image_node(&image, 2 * i - 1, 2 * i);
	for (uint32_t i = 0; i < 64; i++)
		image_node(&image, IMAGE_DATA + 6 * i, IMAGE_DATA + 6 * i + 3);
	assert_int_equal(read_image(), -EINVAL);
	if (!strstr(seen.fault.text, "records too intricate"))
		fail_msg("%s", seen.fault.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_in_each_record_size),
		cmocka_unit_test(records_have_all_their_bits),
		cmocka_unit_test(records_far_apart_differ),
		cmocka_unit_test(both_families_ipv4_once),
		cmocka_unit_test(ipv4_may_be_one_record),
		cmocka_unit_test(what_only_looks_like_an_alias_counts),
		cmocka_unit_test(ipv6_alone),
		cmocka_unit_test(ipv4_where_it_is_not_expected),
		cmocka_unit_test(countries_of_records),
		cmocka_unit_test(values_of_all_kinds_are_passed),
		cmocka_unit_test(long_pointers_leave_bits_out),
		cmocka_unit_test(damaged_records),
		cmocka_unit_test(damaged_files),
		cmocka_unit_test(any_byte_may_be_wrong),
		cmocka_unit_test(trees_that_are_none),
		cmocka_unit_test(shared_nodes_end),
		cmocka_unit_test(deep_values_end),
		cmocka_unit_test(long_ways_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
