// SPDX-License-Identifier: GPL-2.0
/*
 * format_test.c - region data in lines: what each format says, and with which
 * words and line the rest is refused
 */
#include "tests/unit/format_seen.h"

static void each_format_has_a_name(void **state)
{
	static const char *const names[] = { "tor-geoipdb", "mmdb", "csv",    "delegated-extended",
					     "geofeed",	    "aws",  "google", "azure" };

	(void)state;
	assert_int_equal(sizeof(names) / sizeof(names[0]), RF_FORMAT_MAX);
	for (int i = 0; i < RF_FORMAT_MAX; i++)
		assert_string_equal(rf_format_name(i), names[i]);
	assert_string_equal(rf_format_name(RF_FORMAT_MAX), "?");
	expect_fault(RF_FORMAT_MAX, "", "f: no such format");
}

static void nothing_is_no_region_data(void **state)
{
	struct seen seen;

	(void)state;
	for (int i = 0; i < RF_FORMAT_MAX; i++) {
		assert_int_equal(read_seen(i, "", 0, &seen), -EINVAL);
		assert_string_not_equal(seen.fault.text, "");
	}
	expect_fault(RF_FORMAT_CSV, "# nothing\n", "f: says nothing about any address");
	expect_fault(RF_FORMAT_CSV, "network,country\n", "f: says nothing about any address");
	expect_fault(RF_FORMAT_GEOFEED, "\n# nothing\n\n", "f: says nothing about any address");
}

static int refuse_second(void *ctx, const struct rf_statement *statement)
{
	int *count = ctx;

	(void)statement;
	return ++*count == 2 ? -E2BIG : 0;
}

static void whoever_takes_may_stop_it(void **state)
{
	static const char *const texts[RF_FORMAT_MAX] = {
		[RF_FORMAT_GEOIP] = "1,1,CN\n2,2,CN\n3,3,CN\n",
		[RF_FORMAT_CSV] = "1,1,CN\n2,2,CN\n3,3,CN\n",
		[RF_FORMAT_GEOFEED] = "1.0.0.1,CN\n1.0.0.2,CN\n1.0.0.3,CN\n",
		[RF_FORMAT_DELEGATED] = "2|x|1|3|1|20260924|0\nx|*|ipv4|*|3|summary\n"
					"x|CN|ipv4|1.0.0.1|1||assigned|\n"
					"x|CN|ipv4|1.0.0.2|1||assigned|\n"
					"x|CN|ipv4|1.0.0.3|1||assigned|\n",
		[RF_FORMAT_GOOGLE] = "{\"prefixes\":[{\"ipv4Prefix\":\"1.0.0.1\",\"scope\":\"a\"},"
				     "{\"ipv4Prefix\":\"1.0.0.2\",\"scope\":\"a\"},"
				     "{\"ipv4Prefix\":\"1.0.0.3\",\"scope\":\"a\"}]}",
	};
	char date[RF_DATE_LEN];

	(void)state;
	for (int i = 0; i < RF_FORMAT_MAX; i++) {
		int count = 0;

		if (!texts[i])
			continue;
		assert_int_equal(rf_format_read(i, "f", texts[i], strlen(texts[i]), refuse_second,
						&count, date, NULL),
				 -E2BIG);
		assert_int_equal(count, 2);
	}
}

static void geoip_tells_the_family_itself(void **state)
{
	struct seen seen;
	static const char dated[] = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n1,2,CN\n";

	(void)state;
	expect_seen(RF_FORMAT_GEOIP, "# c\n16777216,16777471,AU\n16777472,16777473,??\n",
		    "1.0.0.0-1.0.0.255 AU\n1.0.1.0-1.0.1.1 ??\n");
	expect_seen(RF_FORMAT_GEOIP, "# a: b\n2001:db8::,2001:db8::ff,CN\n",
		    "2001:db8::-2001:db8::ff CN\n");
	expect_fault(RF_FORMAT_GEOIP, "1,2,CN\n2001:db8::,2001:db8::ff,CN\n",
		     "f:2: expected a comma");
	expect_fault(RF_FORMAT_GEOIP, "1,2,cn\n", "f:1: country code is not two of A-Z and 0-9");
	assert_int_equal(read_seen(RF_FORMAT_GEOIP, dated, strlen(dated), &seen), 0);
	assert_string_equal(seen.date, "2026-06-25T04:33:59Z");
}

static void csv_without_a_header(void **state)
{
	(void)state;
	expect_seen(RF_FORMAT_CSV, "1.0.0.0,1.0.0.255,AU\n# c\n1.0.1.0,1.0.1.0,\"CN\"\r\n",
		    "1.0.0.0-1.0.0.255 AU\n1.0.1.0-1.0.1.0 CN\n");
	expect_seen(RF_FORMAT_CSV, "16777216,16777471,AU\n0,4294967295,ZZ\n",
		    "1.0.0.0-1.0.0.255 AU\n0.0.0.0-255.255.255.255 ZZ\n");
	expect_seen(RF_FORMAT_CSV,
		    "2001:200::,2001:218:2000::,JP\n2c0f:e9a0:2:0:0:0:2a::,2c0f:f000::,FR\n",
		    "2001:200::-2001:218:2000:: JP\n2c0f:e9a0:2::2a:0-2c0f:f000:: FR\n");
	expect_seen(RF_FORMAT_CSV, "10.0.0.0/8,??\n192.0.2.7,CN\n2001:db8::/32,\n",
		    "10.0.0.0-10.255.255.255 ??\n192.0.2.7-192.0.2.7 CN\n"
		    "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff ??\n");
}

static void csv_with_a_header(void **state)
{
	(void)state;
	expect_seen(
		RF_FORMAT_CSV,
		"network,country,country_code,as_name\n1.0.0.0/24,Australia,AU,\"A, \"\"B\"\"\"\n",
		"1.0.0.0-1.0.0.255 AU\n");
	expect_seen(RF_FORMAT_CSV,
		    "start_ip,end_ip,country,country_name\n1.0.0.0,1.0.0.255,AU,Australia\n",
		    "1.0.0.0-1.0.0.255 AU\n");
	expect_seen(RF_FORMAT_CSV, "country,ip_range_start,ip_range_end\nAU,16777216,16777217\n",
		    "1.0.0.0-1.0.0.1 AU\n");
	/* a name that could be a number in hexadecimal */
	expect_fault(RF_FORMAT_CSV, "cafe,country\n",
		     "f:1: no column named network, nor start_ip and end_ip");
}

/* ::/0 is one line in some files; it is not about IPv4. */
static void ipv6_ranges_leave_ipv4_out(void **state)
{
	(void)state;
	expect_seen(RF_FORMAT_CSV, "::,1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,ZZ\n",
		    "::-::fffe:ffff:ffff ZZ\n"
		    "::1:0:0:0-1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ZZ\n");
	expect_seen(RF_FORMAT_CSV, "::fffe:0:0/95,ZZ\n", "::fffe:0:0-::fffe:ffff:ffff ZZ\n");
	expect_fault(RF_FORMAT_CSV, "::,::ffff:0:1,ZZ\n", "f:1: IPv4 address in the form of IPv6");
	expect_fault(RF_FORMAT_CSV, "::ffff:0:0/100,ZZ\n", "f:1: IPv4 address in the form of IPv6");
}

static void csv_mistakes(void **state)
{
	static const struct mistake mistakes[] = {
		{ "1.0.0.0,1.0.0.255,AU", "f:1: last line without newline, file cut short" },
		{ "# c\n1.0.0.0,1.0.0.255,au\n", "f:2: country code is not two of A-Z and 0-9" },
		{ "1.0.0.0,1.0.0.255,AUS\n", "f:1: country code is not two of A-Z and 0-9" },
		{ "1.0.0.0,1.0.0.255, AU\n", "f:1: country code is not two of A-Z and 0-9" },
		{ "1.0.0.0,1.0.0.255,-\n", "f:1: country code is not two of A-Z and 0-9" },
		{ "1.0.0.0,1.0.0.255,AU,Australia\n",
		  "f:1: expected FIRST,LAST,CC or PREFIX,CC or a header" },
		{ "1.0.0.0/24,AU\n1.0.1.0,1.0.1.1,AU\n",
		  "f:2: 3 columns, where the first line has 2" },
		{ "\n", "f:1: expected FIRST,LAST,CC or PREFIX,CC or a header" },
		{ "1.0.0.0/24,AU\n\n", "f:2: 1 columns, where the first line has 2" },
		{ "1.0.0.9,1.0.0.8,AU\n", "f:1: range ends before it starts" },
		{ "1.0.0.0,2001:db8::,AU\n", "f:1: range from one family into the other" },
		{ "::1,4294967296,AU\n", "f:1: number too large" },
		{ "42540488320432167789079031612388147200,42540488320432376714898646241562853375,JP\n",
		  "f:1: number too large" },
		{ "4294967296,4294967297,AU\n", "f:1: number too large" },
		{ "01,2,AU\n", "f:1: number with a leading zero" },
		{ "1.0.0,2.0.0.0,AU\n", "f:1: expected an address" },
		{ "1.0.0.0 ,2.0.0.0,AU\n",
		  "f:1: no column named network, nor start_ip and end_ip" },
		{ "1.0.0.01,2.0.0.0,AU\n", "f:1: expected an address" },
		{ ",2.0.0.0,AU\n", "f:1: expected an address" },
		{ "1.0.0.1/24,AU\n", "f:1: prefix with bits set behind its length" },
		{ "1.0.0.0/33,AU\n", "f:1: prefix length is not a number of 0 to 32, or to 128" },
		{ "2001:db8::/129,AU\n",
		  "f:1: prefix length is not a number of 0 to 32, or to 128" },
		{ "1.0.0.0/,AU\n", "f:1: prefix length is not a number of 0 to 32, or to 128" },
		{ "1.0.0.0/24,AU\nfoo,AU\n", "f:2: expected an address or a prefix" },
		{ "\"1.0.0.0/24,AU\n", "f:1: quotes within a field, or not closed" },
		{ "\"1.0.0.0\"/24,AU\n", "f:1: quotes within a field, or not closed" },
		{ "1.0.0.0/24,A\"U\n", "f:1: quotes within a field, or not closed" },
		{ "1.0.0.0/24,A\001\n", "f:1: control character 0x01" },
		{ "1.0.0.0/24,AU\r\r\n", "f:1: control character 0x0d" },
		{ "network,geoname_id\n", "f:1: no column named country_code or country" },
		{ "start_ip,country\n", "f:1: no column named network, nor start_ip and end_ip" },
		{ "network,network,country\n", "f:1: two columns named network" },
		{ "network,country\nnetwork,country\n", "f:2: expected an address or a prefix" },
		{ ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", "f:1: more than 32 fields" },
	};

	(void)state;
	EXPECT_FAULTS(RF_FORMAT_CSV, mistakes);
}

static void lines_have_bounds(void **state)
{
	char text[2100] = "1.0.0.0/24,AU\n";
	struct seen seen;

	(void)state;
	memset(text + 14, '1', 1024);
	text[14 + 1024] = '\n';
	expect_fault(RF_FORMAT_CSV, text, "f:2: line of more than 1023 bytes");
	/* a comment may be as long as it likes */
	text[14] = '#';
	expect_seen(RF_FORMAT_CSV, text, "1.0.0.0-1.0.0.255 AU\n");
	/* as long as a line can be, in one field and in many */
	memset(text, 'x', 1023);
	memcpy(text, "1.0.0.0/24,AU,", 14);
	strcpy(text + 1023, "\n");
	expect_fault(RF_FORMAT_GEOFEED, "1.0.0.0/24,AU,,,,\n",
		     "f:1: expected PREFIX,COUNTRY,REGION,CITY,POSTAL");
	expect_seen(RF_FORMAT_GEOFEED, text, "1.0.0.0-1.0.0.255 AU\n");
	assert_int_equal(read_seen(RF_FORMAT_CSV, "1.0.0.0/24,A\0\n", 14, &seen), -EINVAL);
	assert_string_equal(seen.fault.text, "f:1: control character 0x00");
}

static void geofeed(void **state)
{
	static const char feed[] = "# RFC 8805\r\n"
				   "192.0.2.0/25,US,US-AL,,\r\n"
				   "\r\n \t\r\n"
				   "192.0.2.5,us,US-AL,\"Alabaster, old\",\r\n"
				   "198.51.100.0/24,,,,\r\n"
				   "203.0.113.0/24,ZZ\r\n"
				   "2001:db8::1,PL,,,\r\n"
				   "2001:db8:cafe::/48,PL,PL-MZ,Łódź,02-784";

	(void)state;
	expect_seen(RF_FORMAT_GEOFEED, feed,
		    "192.0.2.0-192.0.2.127 US\n192.0.2.5-192.0.2.5 US\n"
		    "198.51.100.0-198.51.100.255 ??\n203.0.113.0-203.0.113.255 ZZ\n"
		    "2001:db8::1-2001:db8::1 PL\n"
		    "2001:db8:cafe::-2001:db8:cafe:ffff:ffff:ffff:ffff:ffff PL\n");
}

/* A mark of UTF-8 at the start is no part of the first field; elsewhere it is. */
static void marks_of_utf8(void **state)
{
	(void)state;
	expect_seen(RF_FORMAT_GEOFEED,
		    "\xef\xbb\xbf"
		    "192.0.2.5,US\n",
		    "192.0.2.5-192.0.2.5 US\n");
	expect_seen(RF_FORMAT_CSV, "\xef\xbb\xbfnetwork,country\n192.0.2.5,US\n",
		    "192.0.2.5-192.0.2.5 US\n");
	expect_fault(RF_FORMAT_GEOFEED,
		     "192.0.2.4,US\n\xef\xbb\xbf"
		     "192.0.2.5,US\n",
		     "f:2: expected an address or a prefix");
	expect_fault(RF_FORMAT_GEOFEED, "\xef\xbb\xbf", "f: says nothing about any address");
}

static void geofeed_mistakes(void **state)
{
	static const struct mistake mistakes[] = {
		{ "192.0.2.0/25\n", "f:1: expected PREFIX,COUNTRY,REGION,CITY,POSTAL" },
		{ "192.0.2.0/2", "f:1: expected PREFIX,COUNTRY,REGION,CITY,POSTAL" },
		{ "192.0.2.0/24,US,US-AL,,,\n", "f:1: expected PREFIX,COUNTRY,REGION,CITY,POSTAL" },
		{ "192.0.2.1/24,US,,,\n", "f:1: prefix with bits set behind its length" },
		{ "192.0.2.0/24,USA,,,\n", "f:1: country code is not two of A-Z and 0-9" },
		{ "192.0.2.0/24,U,,,\n", "f:1: country code is not two of A-Z and 0-9" },
		{ "\n\n192.0.2.0/24 ,US,,,\n",
		  "f:3: prefix length is not a number of 0 to 32, or to 128" },
		{ "192.0.2.0-192.0.2.255,US,,,\n", "f:1: expected an address or a prefix" },
		{ "3221225984,US,,,\n", "f:1: expected an address or a prefix" },
		{ "ip_prefix,alpha2code,region,city,postal_code\n",
		  "f:1: expected an address or a prefix" },
	};

	(void)state;
	EXPECT_FAULTS(RF_FORMAT_GEOFEED, mistakes);
}

#define VERSION "2|apnic|20260924|5|19830613|20260923|+1000\n"
#define SUMMARY(asn, ipv4, ipv6)                                                                  \
	"apnic|*|asn|*|" #asn "|summary\napnic|*|ipv4|*|" #ipv4 "|summary\napnic|*|ipv6|*|" #ipv6 \
	"|summary\n"

static void delegated(void **state)
{
	static const char file[] = "# apnic's long preface\n\n" VERSION SUMMARY(
		1, 5, 2) "apnic|NZ|asn|681|1|20020801|allocated|A91\n"
			 "apnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A91872ED\n"
			 "apnic|CN|ipv4|1.0.1.0|768|20110414|allocated|A92E1062|e-stats\n"
			 "apnic||ipv4|1.0.4.0|4||available|\n"
			 "apnic|AU|ipv4|1.0.5.0|1||reserved|\n"
			 "apnic||ipv4|1.0.6.0|1|20110811|assigned|A91872ED\n"
			 "apnic|JP|ipv6|2001:200::|35|19990813|allocated|A9173591\n"
			 "apnic|ZZ|ipv6|2001:db8::|32||reserved|\n";
	struct seen seen;

	(void)state;
	expect_seen(RF_FORMAT_DELEGATED, file,
		    "1.0.0.0-1.0.0.255 AU\n1.0.1.0-1.0.3.255 CN\n1.0.4.0-1.0.4.3 ZZ\n"
		    "1.0.5.0-1.0.5.0 ZZ\n1.0.6.0-1.0.6.0 ??\n"
		    "2001:200::-2001:200:1fff:ffff:ffff:ffff:ffff:ffff JP\n"
		    "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff ZZ\n");
	assert_int_equal(read_seen(RF_FORMAT_DELEGATED, file, strlen(file), &seen), 0);
	assert_string_equal(seen.date, "2026-09-23T00:00:00Z");
}

/* The joined file of all registries, where each record keeps its registry */
static void delegated_of_all_registries(void **state)
{
	(void)state;
	expect_seen(RF_FORMAT_DELEGATED,
		    "2|nro|20260924|2|19821213|20260924|+0000\nnro|*|ipv4|*|2|summary\n"
		    "iana|ZZ|ipv4|0.0.0.0|16777216|19810901|reserved|ietf|iana\n"
		    "apnic|AU|ipv4|255.255.255.255|1|20110811|assigned|A91|e-stats\n",
		    "0.0.0.0-0.255.255.255 ZZ\n255.255.255.255-255.255.255.255 AU\n");
}

static void delegated_mistakes(void **state)
{
#define ONE_V4(record) VERSION "apnic|*|ipv4|*|1|summary\n" record "\n"
#define ONE_V6(record) VERSION "apnic|*|ipv6|*|1|summary\n" record "\n"
	static const struct mistake mistakes[] = {
		{ "apnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A\n",
		  "f:1: expected 2|REGISTRY|SERIAL|RECORDS|STARTDATE|ENDDATE|UTCOFFSET" },
		{ "3|apnic|20260924|5|19830613|20260923|+1000\n",
		  "f:1: expected 2|REGISTRY|SERIAL|RECORDS|STARTDATE|ENDDATE|UTCOFFSET" },
		{ "2|anextraordinaryregistry|20260924|5|19830613|20260923|+1000\n",
		  "f:1: registry's name too long" },
		{ "# nothing\n", "f: no version line" },
		{ VERSION, "f: says nothing about any address" },
		{ VERSION "apnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A\n",
		  "f: no summary of ipv4" },
		{ ONE_V4("apnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A\n"
			 "apnic|AU|ipv4|1.0.1.0|256|20110811|assigned|A"),
		  "f: 2 records of ipv4, where the summary says 1" },
		{ VERSION SUMMARY(0, 1, 1) "apnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A\n",
		  "f: 0 records of ipv6, where the summary says 1" },
		{ VERSION SUMMARY(1, 1, 0) "apnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A\n",
		  "f: 0 records of asn, where the summary says 1" },
		{ ONE_V4("apnic|AU|ipv4|1.0.0.0|256|2011081"),
		  "f:3: expected REGISTRY|CC|TYPE|START|VALUE|DATE|STATUS|OPAQUE-ID" },
		{ VERSION "apnic|AU", "f:2: last line without newline, file cut short" },
		{ VERSION "apnic|*|ipv4|*|1|summary\napnic|*|ipv4|*|1|summary\n",
		  "f:3: second summary of ipv4" },
		{ VERSION "apnic|*|ipv5|*|1|summary\n", "f:2: type is none of asn, ipv4 and ipv6" },
		{ VERSION "apnic|*|ipv4|*|-1|summary\n", "f:2: expected a decimal number" },
		{ VERSION "apnic|AU|ipv4|*|1|summary\n",
		  "f:2: expected REGISTRY|*|TYPE|*|COUNT|summary" },
		{ ONE_V4("arin|US|ipv4|1.0.0.0|256|20110811|assigned|A"),
		  "f:3: registry is not apnic as in the first line" },
		{ ONE_V4("apnic|AU|ipv4|1.0.0.0|256|20110811|leased|A"),
		  "f:3: status is none of allocated, assigned, available and reserved" },
		{ ONE_V4("apnic|au|ipv4|1.0.0.0|256|20110811|assigned|A"),
		  "f:3: country code is not two of A-Z and 0-9" },
		{ ONE_V4("apnic|*|ipv4|1.0.0.0|256|20110811|assigned|A"),
		  "f:3: country code is not two of A-Z and 0-9" },
		{ ONE_V4("apnic|AU|ipv4|1.0.0.0|0|20110811|assigned|A"),
		  "f:3: no addresses, or more than there are behind the first" },
		{ ONE_V4("apnic|AU|ipv4|255.255.255.0|257|20110811|assigned|A"),
		  "f:3: no addresses, or more than there are behind the first" },
		{ ONE_V4("apnic|AU|ipv4|0.0.0.0|4294967297|20110811|assigned|A"),
		  "f:3: number too large" },
		{ ONE_V4("apnic|AU|ipv4|2001:db8::|32|20110811|assigned|A"),
		  "f:3: expected an IPv4 address" },
		{ ONE_V6("apnic|AU|ipv6|1.0.0.0|32|20110811|assigned|A"),
		  "f:3: expected an IPv6 address" },
		{ ONE_V6("apnic|AU|ipv6|2001:db8::|129|20110811|assigned|A"),
		  "f:3: number too large" },
		{ ONE_V6("apnic|AU|ipv6|2001:db8::1|32|20110811|assigned|A"),
		  "f:3: prefix with bits set behind its length" },
		{ ONE_V4("apnic|AU|\"ipv4\"|1.0.0.0|256|20110811|assigned|A"),
		  "f:3: type is none of asn, ipv4 and ipv6" },
	};

	(void)state;
	EXPECT_FAULTS(RF_FORMAT_DELEGATED, mistakes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_has_a_name),
		cmocka_unit_test(nothing_is_no_region_data),
		cmocka_unit_test(whoever_takes_may_stop_it),
		cmocka_unit_test(geoip_tells_the_family_itself),
		cmocka_unit_test(csv_without_a_header),
		cmocka_unit_test(csv_with_a_header),
		cmocka_unit_test(ipv6_ranges_leave_ipv4_out),
		cmocka_unit_test(csv_mistakes),
		cmocka_unit_test(lines_have_bounds),
		cmocka_unit_test(geofeed),
		cmocka_unit_test(marks_of_utf8),
		cmocka_unit_test(geofeed_mistakes),
		cmocka_unit_test(delegated),
		cmocka_unit_test(delegated_of_all_registries),
		cmocka_unit_test(delegated_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
