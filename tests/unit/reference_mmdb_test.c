// SPDX-License-Identifier: GPL-2.0
/*
 * reference_mmdb_test.c - the reference's reader of MaxMind DB: what it says of
 * databases made here by hand, byte by byte, and of damaged ones
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <unistd.h>

#include "userspace/lib/reference_private.h"

#define CODE(a, b) (RF_ATOM_CODE_FIRST + ((a) - 'A') * RF_ATOM_CODE_BASE + ((b) - 'A'))
#define V4(number) (RF_ADDR_V4_FIRST | (number))
#define V6(high) ((rf_addr)(high) << 64)
#define SITE RF_ATOM_SET_FIRST

#define NODES 1024
#define EMPTY 0xffffffffu
#define DATA(at) (0x80000000u | (at)) /* a record that leads there */

/* Where in the data section what is. */
enum {
	COUNTRY = 0,
	ISO_CODE = 8,
	GERMANY = 17,
	NESTED = 100,
	FLAT = 300,
	NEITHER = 400,
	POINTED = 500,
	FAR = 600,
	ODD = 700,
	LOOP = 720,
	PLAIN = 740,
	NAME = 760,
	INNER = 2060, /* what is behind 2048 needs longer pointers */
	DATA_LEN = 2080,
};

/* struct made - a database on its way; a child below NODES is a node */
struct made {
	unsigned int bits; /* of a record */
	unsigned int width; /* of an address */
	__u32 child[NODES][2];
	__u32 nodes;
	__u8 bytes[NODES * 8 + DATA_LEN + 256];
	size_t len;
};

static struct made made;
static struct rf_reference_world world;
static size_t site_count;

/* Where the source says nothing the policy's prefix wins, IPv4 and IPv6. */
static const struct rf_block sites[] = { { V4(0), 96, SITE }, { 0, 0, SITE } };

#define PUT(at, text) memcpy(data + (at), text, sizeof(text) - 1)

static void fill_data(__u8 data[DATA_LEN])
{
	memset(data, 0, DATA_LEN);
	PUT(COUNTRY, "\x47"
		     "country");
	PUT(ISO_CODE, "\x48"
		      "iso_code");
	PUT(GERMANY, "\x42"
		     "DE");
	/* A map, an array, a truth, a long string, and then what is wanted. */
	PUT(NESTED, "\xe5"
		    "\x41"
		    "a"
		    "\xe1"
		    "\x41"
		    "b"
		    "\x42"
		    "FR"
		    "\x41"
		    "c"
		    "\x02\x04"
		    "\x01\x07"
		    "\x42"
		    "FR"
		    "\x41"
		    "d"
		    "\x01\x07"
		    "\x41"
		    "e"
		    "\x5d\x0b"
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "\x47"
		    "country"
		    "\xe2"
		    "\x42"
		    "id"
		    "\xa1\x09"
		    "\x48"
		    "iso_code"
		    "\x42"
		    "US");
	PUT(FLAT, "\xe1"
		  "\x4c"
		  "country_code"
		  "\x42"
		  "CN");
	PUT(NEITHER, "\xe1"
		     "\x47"
		     "country"
		     "\xe0");
	PUT(POINTED, "\xe1"
		     "\x20\x00"
		     "\x28\x00\x0c");
	PUT(FAR, "\xe1"
		 "\x38\x00\x00\x00\x00"
		 "\x3f\x00\x00\x08\x0c");
	PUT(INNER, "\xe1"
		   "\x20\x08"
		   "\x20\x11");
	PUT(ODD, "\xe1"
		 "\x47"
		 "country"
		 "\xe1"
		 "\x48"
		 "iso_code"
		 "\x43"
		 "USA");
	PUT(PLAIN, "\xe1"
		   "\x47"
		   "country"
		   "\x42"
		   "DE");
	PUT(NAME, "\xe1"
		  "\x47"
		  "country"
		  "\x45"
		  "China");
	PUT(LOOP, "\x22\xd0"); /* 720: leads to itself */
}

static void begin(unsigned int bits, unsigned int width)
{
	memset(&made, 0, sizeof(made));
	made.bits = bits;
	made.width = width;
	made.nodes = 1;
	made.child[0][0] = made.child[0][1] = EMPTY;
	site_count = 2;
}

static void add(rf_addr first, unsigned int len, __u32 record)
{
	__u32 node = 0;

	for (unsigned int bit = 0;; bit++) {
		__u32 *next =
			&made.child[node][(unsigned int)(first >> (made.width - 1 - bit)) & 1];

		if (bit + 1 == len) {
			*next = record;
			return;
		}
		if (*next >= NODES) {
			assert_true(made.nodes < NODES);
			made.child[made.nodes][0] = made.child[made.nodes][1] = *next;
			*next = made.nodes++;
		}
		node = *next;
	}
}

static __u32 node_at(rf_addr first, unsigned int len)
{
	__u32 node = 0;

	for (unsigned int bit = 0; bit < len; bit++)
		node = made.child[node][(unsigned int)(first >> (made.width - 1 - bit)) & 1];
	return node;
}

static __u32 as_record(__u32 child)
{
	if (child == EMPTY)
		return made.nodes;
	return child < NODES ? child : made.nodes + 16 + (child & ~DATA(0));
}

static void put(const void *bytes, size_t len)
{
	assert_true(made.len + len <= sizeof(made.bytes));
	memcpy(made.bytes + made.len, bytes, len);
	made.len += len;
}

static void put_number(__u32 number, unsigned int bytes)
{
	while (bytes--) {
		__u8 byte = (__u8)(number >> (8 * bytes));

		put(&byte, 1);
	}
}

static void put_node(__u32 left, __u32 right)
{
	unsigned int whole = made.bits == 32 ? 4 : 3;

	put_number(left, whole);
	if (made.bits == 28)
		put_number((left >> 24) << 4 | right >> 24, 1);
	put_number(right, whole);
}

static void finish(void)
{
	static const char head[] = "\xab\xcd\xef"
				   "MaxMind.com"
				   "\xe3"
				   "\x4a"
				   "node_count"
				   "\xc2";
	__u8 data[DATA_LEN];

	fill_data(data);
	for (__u32 i = 0; i < made.nodes; i++)
		put_node(as_record(made.child[i][0]), as_record(made.child[i][1]));
	put((const __u8[16]){ 0 }, 16);
	put(data, sizeof(data));
	put(head, sizeof(head) - 1);
	put_number(made.nodes, 2);
	put("\x4brecord_size\xa1", 13);
	put_number(made.bits, 1);
	put("\x4aip_version\xa1", 12);
	put_number(made.width == 32 ? 4 : 6, 1);
}

static int read_made(struct rf_fault *fault)
{
	char name[] = "/tmp/rf-mmdb-XXXXXX";
	const char *const path = name;
	const struct rf_reference_source source = { RF_FORMAT_MMDB, &path, 1 };
	const struct rf_reference_input input = {
		.sources = &source, .source_count = 1, .blocks = sites, .block_count = site_count
	};
	int fd = mkstemp(name), error;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, made.bytes, made.len), (ssize_t)made.len);
	close(fd);
	*fault = (struct rf_fault){ 0 };
	error = rf_reference_world_make(&input, &world, fault);
	unlink(name);
	return error;
}

static void expect_read(void)
{
	struct rf_fault fault;

	finish();
	if (read_made(&fault))
		fail_msg("%s", fault.text);
}

static void expect(rf_addr addr, __u16 atom)
{
	assert_int_equal(rf_reference_expected(&world, addr), atom);
}

static void reads_each_size_of_records(void **state)
{
	static const unsigned int bits[] = { 24, 28, 32 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		begin(bits[i], 32);
		add(0x01000000, 24, DATA(NESTED));
		add(0x01000100, 32, DATA(FLAT));
		add(0xffffff00, 24, DATA(POINTED));
		expect_read();
		expect(V4(0x00ffffff), SITE);
		expect(V4(0x01000000), CODE('U', 'S'));
		expect(V4(0x010000ff), CODE('U', 'S'));
		expect(V4(0x01000100), CODE('C', 'N'));
		expect(V4(0x01000101), SITE);
		expect(V4(0xffffffff), CODE('D', 'E'));
		rf_reference_world_free(&world);
	}
}

static void knows_each_way_to_name_a_country(void **state)
{
	(void)state;
	begin(24, 32);
	add(0x01000000, 24, DATA(NESTED));
	add(0x02000000, 24, DATA(FLAT));
	add(0x03000000, 24, DATA(NEITHER));
	add(0x04000000, 24, DATA(POINTED));
	add(0x05000000, 24, DATA(FAR));
	add(0x06000000, 24, DATA(COUNTRY)); /* a string, no map */
	add(0x07000000, 24, DATA(PLAIN));
	add(0x08000000, 24, DATA(NAME));
	expect_read();
	expect(V4(0x01000000), CODE('U', 'S'));
	expect(V4(0x02000000), CODE('C', 'N'));
	expect(V4(0x03000000), SITE);
	expect(V4(0x04000000), CODE('D', 'E'));
	expect(V4(0x05000000), CODE('D', 'E'));
	expect(V4(0x06000000), SITE);
	expect(V4(0x07000000), CODE('D', 'E'));
	expect(V4(0x08000000), SITE);
	rf_reference_world_free(&world);
}

/* IPv4 is in ::/96; where else the tree leads there, nothing new is said. */
static void reads_ipv4_once(void **state)
{
	static const struct {
		rf_addr first;
		unsigned int len;
	} aliases[] = {
		{ V4(0), 96 },
		{ V6(0x2002000000000000ull), 16 },
		{ V6(0x2001000000000000ull), 32 },
		{ V6(0x0064ff9b00000000ull), 96 },
	};

	(void)state;
	begin(28, 128);
	add(0x01000000, 96 + 24, DATA(NESTED));
	add(V6(0x20010db800000000ull), 32, DATA(FLAT));
	add(V6(0x2001000100000000ull), 32, DATA(FLAT));
	for (int i = 0; i < 4; i++)
		add(aliases[i].first, aliases[i].len, node_at(0, 96));
	expect_read();
	expect(V4(0x01000000), CODE('U', 'S'));
	expect(V4(0x01000100), SITE);
	expect(0x01000000, SITE);
	expect(V6(0x2002010000000000ull), SITE);
	expect(V6(0x2001000000000000ull) | 0x01000000, SITE);
	expect(V6(0x2001000001000000ull), SITE);
	expect(V6(0x0064ff9b00000000ull) | 0x01000000, SITE);
	expect(V6(0x20010db800000000ull), CODE('C', 'N'));
	expect(V6(0x20010db900000000ull) - 1, CODE('C', 'N'));
	expect(V6(0x2001000100000000ull), CODE('C', 'N'));
	rf_reference_world_free(&world);
}

static void reads_a_database_without_ipv4(void **state)
{
	(void)state;
	begin(24, 128);
	add(V6(0x20010db800000000ull), 32, DATA(FLAT));
	expect_read();
	expect(V4(0x01000000), SITE);
	expect(V6(0x20010db800000000ull), CODE('C', 'N'));
	rf_reference_world_free(&world);
}

/* All of IPv4 in one record, and another of the same data. */
static void reads_all_of_ipv4_at_once(void **state)
{
	(void)state;
	begin(24, 128);
	site_count = 0; /* they would win: what is said is no longer than they are */
	add(0, 96, DATA(FLAT));
	add(V6(0x20010db800000000ull), 128, DATA(FLAT));
	expect_read();
	expect(V4(0), CODE('C', 'N'));
	expect(V4(0xffffffff), CODE('C', 'N'));
	expect(1, RF_ATOM_UNKNOWN);
	expect(V6(0x20010db800000000ull), CODE('C', 'N'));
	rf_reference_world_free(&world);
}

/* Where no database says IPv4's again, it is a statement like any other. */
static void reads_what_only_looks_like_ipv4(void **state)
{
	(void)state;
	begin(28, 128);
	add(0x01000000, 96 + 24, DATA(NESTED));
	add(V6(0x20010db800000000ull), 96, node_at(0, 96));
	expect_read();
	expect(V6(0x20010db800000000ull) | 0x01000000, CODE('U', 'S'));
	expect(V6(0x20010db800000000ull) | 0x01000100, SITE);
	rf_reference_world_free(&world);
}

static void refuse(void)
{
	struct rf_fault fault;

	assert_int_equal(read_made(&fault), -EINVAL);
	rf_reference_world_free(&world);
}

static void refuses_damage(void **state)
{
	static const __u32 bad[] = { DATA(ODD), DATA(LOOP), DATA(DATA_LEN + 4096), 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin(24, 32);
		add(0x01000000, 24, bad[i]); /* 0: back to the root */
		finish();
		refuse();
	}
	begin(24, 32);
	add(0x01000000, 24, DATA(FLAT));
	finish();
	made.bytes[made.len - 1] = 5; /* IP version */
	refuse();
	made.bytes[made.len - 1] = 4;
	made.bytes[made.len - 14] = 25; /* bits of a record */
	refuse();
	made.bytes[made.len - 14] = 24;
	made.bytes[made.len - 29] = 0xff; /* how many nodes */
	refuse();
}

/* Whatever is cut off or wrong: read or refused, and nothing outside is touched. */
static void survives_any_byte(void **state)
{
	struct rf_fault fault;
	size_t whole;
	int error;

	(void)state;
	begin(24, 32);
	add(0x01000000, 24, DATA(NESTED));
	add(0x02000000, 24, DATA(FAR));
	finish();
	whole = made.len;
	for (size_t at = 0; at < whole; at++) {
		__u8 right = made.bytes[at];

		made.bytes[at] ^= (__u8)(1u << rand() % 8);
		error = read_made(&fault);
		assert_true(error == 0 || error == -EINVAL);
		rf_reference_world_free(&world);
		made.bytes[at] = right;
	}
	for (made.len = 0; made.len < whole; made.len += 7) {
		error = read_made(&fault);
		assert_int_equal(error, -EINVAL);
		rf_reference_world_free(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_size_of_records),
		cmocka_unit_test(knows_each_way_to_name_a_country),
		cmocka_unit_test(reads_ipv4_once),
		cmocka_unit_test(reads_a_database_without_ipv4),
		cmocka_unit_test(reads_all_of_ipv4_at_once),
		cmocka_unit_test(reads_what_only_looks_like_ipv4),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(survives_any_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
