// SPDX-License-Identifier: GPL-2.0
/*
 * geoip_test.c - what the reader of the country files takes, and with which
 * words and line it refuses the rest
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "userspace/lib/geoip.h"

struct seen {
	struct rf_geoip_range range[8];
	size_t count;
};

static int take(void *ctx, const struct rf_geoip_range *range)
{
	struct seen *seen = ctx;

	if (seen->count == 8)
		return -E2BIG;
	seen->range[seen->count++] = *range;
	return 0;
}

/* Exactly sized copy: a read past the end is caught by ASan. */
static int read_copy(enum rf_geoip_family family, const char *text, size_t len, struct seen *seen,
		     struct rf_fault *fault)
{
	char *copy = malloc(len ? len : 1);
	int result;

	assert_non_null(copy);
	memcpy(copy, text, len);
	*seen = (struct seen){ 0 };
	*fault = (struct rf_fault){ 0 };
	result = rf_geoip_read("f", family, copy, len, take, seen, fault);
	free(copy);
	return result;
}

static void takes_ipv4(void **state)
{
	static const char text[] =
		"# comment\n0,0,AU\n1,255,??\n# more\n4294967295,4294967295,A1\n";
	struct rf_fault fault;
	struct seen seen;

	(void)state;
	assert_int_equal(read_copy(RF_GEOIP_V4, text, strlen(text), &seen, &fault), 0);
	assert_int_equal(seen.count, 3);
	assert_true(seen.range[0].first == RF_ADDR_V4_FIRST);
	assert_true(seen.range[1].last == (RF_ADDR_V4_FIRST | 255));
	assert_string_equal(seen.range[1].code, "??");
	assert_true(seen.range[2].last == RF_ADDR_V4_LAST);
	assert_string_equal(seen.range[2].code, "A1");
}

static void takes_ipv6(void **state)
{
	static const char text[] = "::,::ffff,AU\n2001:DB8::1,2001:db8::1,CN\n"
				   "ffff::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,US\n";
	struct rf_fault fault;
	struct seen seen;

	(void)state;
	assert_int_equal(read_copy(RF_GEOIP_V6, text, strlen(text), &seen, &fault), 0);
	assert_int_equal(seen.count, 3);
	assert_true(seen.range[1].first == (((rf_addr)0x20010db8 << 96) | 1));
	assert_true(seen.range[2].last == RF_ADDR_MAX);
}

static const struct {
	enum rf_geoip_family family;
	const char *text;
	const char *fault;
} refused[] = {
	{ RF_GEOIP_V4, "", "f:1: no ranges" },
	{ RF_GEOIP_V4, "# only\n", "f:2: no ranges" },
	{ RF_GEOIP_V4, "1,2,AU", "f:1: last line without newline, file cut short" },
	{ RF_GEOIP_V4, "1,2,AU\n5,6,", "f:2: last line without newline, file cut short" },
	{ RF_GEOIP_V4, "# cut", "f:1: last line without newline, file cut short" },
	{ RF_GEOIP_V4, "\n", "f:1: expected a decimal number" },
	{ RF_GEOIP_V4, "1,2,AU\n\n", "f:2: expected a decimal number" },
	{ RF_GEOIP_V4, " 1,2,AU\n", "f:1: expected a decimal number" },
	{ RF_GEOIP_V4, "-1,2,AU\n", "f:1: expected a decimal number" },
	{ RF_GEOIP_V4, "01,2,AU\n", "f:1: number with a leading zero" },
	{ RF_GEOIP_V4, "1,4294967296,AU\n", "f:1: number above 4294967295" },
	{ RF_GEOIP_V4, "1,99999999999999999999999,AU\n", "f:1: number above 4294967295" },
	{ RF_GEOIP_V4, "1;2,AU\n", "f:1: expected a comma" },
	{ RF_GEOIP_V4, "1,2\n", "f:1: expected a comma" },
	{ RF_GEOIP_V4, "1,2,\n", "f:1: expected a country code of two characters at the end" },
	{ RF_GEOIP_V4, "1,2,A\n", "f:1: expected a country code of two characters at the end" },
	{ RF_GEOIP_V4, "1,2,AUS\n", "f:1: expected a country code of two characters at the end" },
	{ RF_GEOIP_V4, "1,2,AU\r\n", "f:1: expected a country code of two characters at the end" },
	{ RF_GEOIP_V4, "1,2,au\n", "f:1: country code is not two of A-Z and 0-9" },
	{ RF_GEOIP_V4, "1,2,?A\n", "f:1: country code is not two of A-Z and 0-9" },
	{ RF_GEOIP_V4, "2,1,AU\n", "f:1: range ends before it starts" },
	{ RF_GEOIP_V4, "1,5,AU\n5,6,CN\n", "f:2: range overlaps the one before it" },
	{ RF_GEOIP_V4, "1,5,AU\n1,5,AU\n", "f:2: range overlaps the one before it" },
	{ RF_GEOIP_V4, "5,6,AU\n1,2,CN\n", "f:2: range out of order" },
	{ RF_GEOIP_V6, "1,2,AU\n", "f:1: expected an IPv6 address" },
	{ RF_GEOIP_V6, "::1.2.3.4,::2,AU\n", "f:1: expected a comma" },
	{ RF_GEOIP_V6, "1::2::3,4::,AU\n", "f:1: expected an IPv6 address" },
	{ RF_GEOIP_V6, "::ffff:0:0,::ffff:0:1,AU\n",
	  "f:1: IPv4-mapped addresses in the IPv6 file" },
	{ RF_GEOIP_V6, "::,ffff::,AU\n", "f:1: IPv4-mapped addresses in the IPv6 file" },
	{ RF_GEOIP_V6,
	  "0000000000000000000000000000000000000000000000000000000000000000001::,4::,AU\n",
	  "f:1: IPv6 address too long" },
};

static void refuses_with_place_and_cause(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct rf_fault fault;
		struct seen seen;

		assert_int_equal(read_copy(refused[i].family, refused[i].text,
					   strlen(refused[i].text), &seen, &fault),
				 -EINVAL);
		assert_string_equal(fault.text, refused[i].fault);
	}
}

static void refuses_nul_bytes(void **state)
{
	static const char range[] = "1,2,A\0\n", comment[] = "1,2,AU\n# \0\n";
	struct rf_fault fault;
	struct seen seen;

	(void)state;
	assert_int_equal(read_copy(RF_GEOIP_V4, range, sizeof(range) - 1, &seen, &fault), -EINVAL);
	assert_string_equal(fault.text, "f:1: NUL byte");
	assert_int_equal(read_copy(RF_GEOIP_V4, comment, sizeof(comment) - 1, &seen, &fault),
			 -EINVAL);
	assert_string_equal(fault.text, "f:2: NUL byte");
}

static int stop(void *ctx, const struct rf_geoip_range *range)
{
	(void)ctx;
	(void)range;
	return -ENOMEM;
}

static void hands_back_what_the_taker_returned(void **state)
{
	(void)state;
	assert_int_equal(rf_geoip_read("f", RF_GEOIP_V4, "1,2,AU\n", 7, stop, NULL, NULL), -ENOMEM);
}

static void reads_the_date(void **state)
{
	static const struct {
		const char *text;
		const char *date;
	} cases[] = {
		{ "# x\n# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n1,2,AU\n",
		  "2026-06-25T04:33:59Z" },
		{ "1,2,AU\n# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n", "" },
		{ "# Generated: Thu, 25 Jum 2026 04:33:59 GMT\n", "" },
		{ "# Generated: Thu, 45 Jun 2026 04:33:59 GMT\n", "" },
		{ "# Generated: Thu, 25 Jun 2026 04:33:59 PST\n", "" },
		{ "# Generated: \n", "" },
		{ "# Generated: Thu, 25 Jun 2026 04:33:59 GMT", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char date[RF_GEOIP_DATE_LEN];

		rf_geoip_date(cases[i].text, strlen(cases[i].text), date);
		assert_string_equal(date, cases[i].date);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_ipv4),
		cmocka_unit_test(takes_ipv6),
		cmocka_unit_test(refuses_with_place_and_cause),
		cmocka_unit_test(refuses_nul_bytes),
		cmocka_unit_test(hands_back_what_the_taker_returned),
		cmocka_unit_test(reads_the_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
