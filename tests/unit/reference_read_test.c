// SPDX-License-Identifier: GPL-2.0
/*
 * reference_read_test.c - the reference's own readers: what each format says,
 * and what is none
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

#include "userspace/lib/reference_private.h"

#define ROWS 12
#define CODE(a, b) (RF_ATOM_CODE_FIRST + ((a) - 'A') * RF_ATOM_CODE_BASE + ((b) - 'A'))

enum {
	NONE = RF_ATOM_UNKNOWN,
	CN = CODE('C', 'N'),
	DE = CODE('D', 'E'),
	US = CODE('U', 'S'),
	A1 = CODE('A', 'A') + 27,
	BEIJING = RF_ATOM_CLOUD_FIRST,
	EAST,
	TAIWAN,
	SITE = RF_ATOM_SET_FIRST,
};

static struct rf_cloud cloud_list[] = {
	{ "aws:cn-north-1", "CN" },
	{ "azure:eastus", "US" },
	{ "google:asia-east1", "TW" },
};
static const struct rf_clouds clouds = { .list = cloud_list, .count = 3 };

/* struct row - what has to be known of an address */
struct row {
	const char *addr;
	__u16 atom;
};

/* struct sample - a file and what it says */
struct sample {
	enum rf_format format;
	const char *text;
	struct row rows[ROWS];
};

static const struct sample samples[] = {
	{ RF_FORMAT_GEOIP,
	  "# comment\n16777216,16777471,CN\n16777472,16777472,??\n4294967295,4294967295,A1\n",
	  { { "0.255.255.255", NONE },
	    { "1.0.0.0", CN },
	    { "1.0.0.255", CN },
	    { "1.0.1.0", SITE },
	    { "1.0.1.1", SITE },
	    { "255.255.255.255", A1 } } },
	{ RF_FORMAT_GEOIP,
	  "2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,CN\n::1,::2,US\n1::,1::,DE\n"
	  "1:2:3:4:5:6:7:8,1:2:3:4:5:6:7:9,US\n1:2:3:4:5:6:7:a,1:2:3:4:5:6:1.2.3.4,DE\n",
	  { { "2001:db8::", CN },
	    { "2001:db8:0:ffff:ffff:ffff:ffff:ffff", CN },
	    { "2001:db8:1::", NONE },
	    { "::", NONE },
	    { "::1", US },
	    { "::2", US },
	    { "::3", NONE },
	    { "1::", DE },
	    { "1::1", NONE },
	    { "1:2:3:4:5:6:7:8", US },
	    { "1:2:3:4:5:6:102:304", DE },
	    { "1:2:3:4:5:6:102:305", NONE } } },
	{ RF_FORMAT_CSV,
	  "first,last,country\r\n\"1.0.0.0\",\"1.0.0.127\",\"CN\"\r\n# none\r\n\r\n"
	  " 2001:db8:: , 2001:db8::1 , de\r\n16777472,16777473,US\r\n1.0.2.0,1.0.2.255,",
	  { { "1.0.0.0", CN },
	    { "1.0.0.127", CN },
	    { "1.0.0.128", SITE },
	    { "2001:db8::", DE },
	    { "2001:db8::1", DE },
	    { "2001:db8::2", NONE },
	    { "1.0.1.0", US },
	    { "1.0.1.1", US },
	    { "1.0.1.2", SITE },
	    { "1.0.2.0", SITE } } },
	/* Plain lines, and among them some with more */
	{ RF_FORMAT_CSV,
	  "1.0.0.0,1.0.0.1,CN\n16777218,16777219,us\n1.0.0.4,1.0.0.5,DE,more\n1.0.0.6,1.0.0.7,??\n"
	  "1.0.0.8,1.0.0.9,\n1.0.0.10,1.0.0.11,\"DE\"\n1.0.0.12,1.0.0.13,A1\r\n\n"
	  "1:2:3:4:5:6:7:abcd,1:2:3:4:5:6:7:EF00,US\n2001:db8::,2001:db8::1.2.3.4,CN",
	  { { "1.0.0.1", CN },
	    { "1.0.0.2", US },
	    { "1.0.0.4", DE },
	    { "1.0.0.6", SITE },
	    { "1.0.0.9", SITE },
	    { "1.0.0.11", DE },
	    { "1.0.0.13", A1 },
	    { "1:2:3:4:5:6:7:abcc", NONE },
	    { "1:2:3:4:5:6:7:abcd", US },
	    { "1:2:3:4:5:6:7:ef00", US },
	    { "2001:db8::102:304", CN },
	    { "2001:db8::102:305", NONE } } },
	{ RF_FORMAT_CSV,
	  "1.0.0.0/25,CN\n1.0.0.129,US\n1.0.1.0/24,??\n2001:db8::/33,DE\n",
	  { { "1.0.0.0", CN },
	    { "1.0.0.127", CN },
	    { "1.0.0.128", SITE },
	    { "1.0.0.129", US },
	    { "1.0.1.0", SITE },
	    { "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", DE },
	    { "2001:db8:8000::", NONE } } },
	{ RF_FORMAT_CSV,
	  "name,network,country,country_code\n\"a \"\"b, c\"\"\",1.0.0.0/24,China,CN\n"
	  "d #1,1.0.1.0/24,,US\n",
	  { { "1.0.0.0", CN }, { "1.0.1.0", US }, { "1.0.2.0", SITE } } },
	{ RF_FORMAT_CSV,
	  "country,end_ip,start_ip\nCN,16777471,16777216\n",
	  { { "1.0.0.0", CN }, { "1.0.0.255", CN }, { "1.0.1.0", SITE } } },
	{ RF_FORMAT_CSV,
	  "end_ip,start_ip,country\n16777471,16777216,CN\n",
	  { { "1.0.0.0", CN }, { "1.0.0.255", CN }, { "1.0.1.0", SITE } } },
	/* IPv6 around IPv4: in two, what it is not about is not in their blocks */
	{ RF_FORMAT_CSV,
	  "::/1,CN\n",
	  { { "::", CN },
	    { "1.0.0.0", SITE },
	    { "::1:0:0:0", CN },
	    { "7fff::", CN },
	    { "8000::", NONE } } },
	{ RF_FORMAT_CSV,
	  "::fffe:0:0/95,CN\n",
	  { { "::fffe:ffff:ffff", CN }, { "::fffd:0:0", NONE }, { "1.0.0.0", SITE } } },
	{ RF_FORMAT_CSV, "", { { "1.0.0.0", SITE }, { "::", NONE } } },
	{ RF_FORMAT_DELEGATED,
	  "2.3|apnic|20260601|5|19830613|20260531|+1000\n"
	  "# comment\n\n|\nx\n"
	  "apnic|*|asn|*|1|summary\n"
	  "apnic|*|ipv4|*|3|summary\n"
	  "apnic|CN|asn|4608|1|20000101|allocated|x\n"
	  "apnic|CN|ipv4|1.0.0.0|384|20110414|allocated|A91|e-stats\n"
	  "apnic||ipv4|1.0.2.0|256||available||\n"
	  "apnic|ZZ|ipv4|1.0.3.0|256||reserved||\n"
	  "iana|ZZ|ipv4|1.0.5.0|1||ietf|x\n"
	  "apnic|DE|ipv6|2001:db8::|33|20110414|assigned|A91\n",
	  { { "1.0.0.0", CN },
	    { "1.0.1.127", CN },
	    { "1.0.1.128", SITE },
	    { "1.0.2.0", NONE },
	    { "1.0.3.0", NONE },
	    { "1.0.4.0", SITE },
	    { "2001:db8::", DE },
	    { "2001:db8:8000::", NONE } } },
	{ RF_FORMAT_GEOFEED,
	  "\xef\xbb\xbf# feed\n1.0.0.0/24,CN,CN-BJ,Beijing,\n1.0.1.0/24,,,,\n1.0.2.0/24,us\n"
	  "1.0.3.1,DE,,\"a, b\",\n2001:db8::/32,DE,,,\n",
	  { { "1.0.0.0", CN },
	    { "1.0.0.255", CN },
	    { "1.0.1.0", SITE },
	    { "1.0.2.0", US },
	    { "1.0.3.0", SITE },
	    { "1.0.3.1", DE },
	    { "1.0.3.2", SITE },
	    { "2001:db8::", DE } } },
	{ RF_FORMAT_AWS,
	  "{ \"syncToken\": \"1\", \"createDate\": \"2026-06-01-00-00-00\", \"prefixes\": [\n"
	  "{\"ip_prefix\": \"1.0.0.0\\/24\", \"region\": \"cn-north-1\", \"service\": \"EC2\"},\n"
	  "{\"region\": \"CN-North-1\", \"ip_prefix\": \"1.0.0.0/25\"},\n"
	  "{\"ip_prefix\": \"1.0.1.0/24\", \"region\": \"GLOBAL\", \"network_border_group\": {}}],\n"
	  "\"ipv6_prefixes\": [{\"ipv6_prefix\": \"2001:db8::/32\", \"region\": "
	  "\"\\u0063n-north-1\"}]}\n",
	  { { "1.0.0.0", BEIJING },
	    { "1.0.0.128", BEIJING },
	    { "1.0.1.0", NONE },
	    { "1.0.2.0", SITE },
	    { "2001:db8::", BEIJING },
	    { "2001:db9::", NONE } } },
	{ RF_FORMAT_GOOGLE,
	  "{\"syncToken\":\"1\",\"creationTime\":\"2026-06-01T00:00:00\",\"prefixes\":["
	  "{\"ipv4Prefix\":\"1.0.0.0/24\",\"service\":\"Google Cloud\",\"scope\":\"asia-east1\"},"
	  "{\"ipv6Prefix\":\"2001:db8::/44\",\"service\":\"Google Cloud\",\"scope\":\"mars\"}]}",
	  { { "1.0.0.0", TAIWAN }, { "1.0.1.0", SITE }, { "2001:db8::", NONE } } },
	{ RF_FORMAT_AZURE,
	  "{\"changeNumber\":1,\"cloud\":\"Public\",\"values\":["
	  "{\"name\":\"A\",\"id\":\"A\",\"properties\":{\"region\":\"\",\"addressPrefixes\":"
	  "[\"1.0.0.0/16\"]}},"
	  "{\"name\":\"A.eastus\",\"properties\":{\"addressPrefixes\":[\"1.0.0.0/24\", "
	  "\"2001:db8::/44\"],\"regionId\":32,\"region\":\"EastUS\",\"networkFeatures\":null}},"
	  "{\"name\":\"B\",\"properties\":{\"region\":\"eastus\",\"addressPrefixes\":[]}}]}",
	  { { "1.0.0.0", EAST },
	    { "1.0.1.0", SITE },
	    { "2001:db8::", EAST },
	    { "2001:db8:10::", NONE } } },
};

static const struct sample refused[] = {
	{ RF_FORMAT_GEOIP, "1,2,ABC\n", {} },
	{ RF_FORMAT_GEOIP, "first,last,CC\n", {} },
	{ RF_FORMAT_GEOIP, "1,2,AU\n3,4,AUS\n", {} },
	{ RF_FORMAT_GEOIP, "1,2,AU\n3,4,A", {} },
	{ RF_FORMAT_GEOIP, "1,2,AU\n4,3,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1,2,AU\n3,::4,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1,2,AU\n3,4g,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1,2,AU\n3,4/32,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1,2,AU\n3 4,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1:2:3:4:5:6:7:8,1:2:3:4:5:6:7:g,AU\n", {} },
	{ RF_FORMAT_GEOIP, "2,1,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1,4294967296,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1,::1,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1:2:3:4:5:6:7,1:2:3:4:5:6:7:8,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1:2:3:4:5:6:7:8:9,1:2:3:4:5:6:7:8:9,AU\n", {} },
	{ RF_FORMAT_GEOIP, "1::2::3,1::2::3,AU\n", {} },
	{ RF_FORMAT_GEOIP, "12345::,12345::,AU\n", {} },
	{ RF_FORMAT_CSV, "a,b,c\nd,e,f\n", {} },
	{ RF_FORMAT_CSV, "network,name\n", {} },
	{ RF_FORMAT_CSV, "start_ip,country\n1.0.0.0,CN\n", {} },
	{ RF_FORMAT_CSV, "1.0.0.0/24,CN\n1.0.1.0,1.0.1.1,CN\n", {} },
	{ RF_FORMAT_CSV, "::,::ffff:0:1,CN\n", {} },
	{ RF_FORMAT_CSV, "1.0.0.0,2001:db8::,CN\n", {} },
	{ RF_FORMAT_CSV, "2001:db8::,1.0.0.0,CN\n", {} },
	{ RF_FORMAT_CSV, "1.0.0.0/24,CN\nfirst,last,CC\n", {} },
	{ RF_FORMAT_CSV, "1.0.0.0/33,CN\n", {} },
	{ RF_FORMAT_CSV, "1.0.0.256,1.0.0.257,CN\n", {} },
	{ RF_FORMAT_CSV, "1.0.0,1.0.0.1,CN\n", {} },
	{ RF_FORMAT_CSV, "2001:db8::/129,CN\n", {} },
	{ RF_FORMAT_CSV, "1.0.0.0\n", {} },
	{ RF_FORMAT_DELEGATED, "a|CN|ipv4|1.0.0.0|0|20110414|allocated\n", {} },
	{ RF_FORMAT_DELEGATED, "a|CN|ipv4|255.255.255.0|257|2011|allocated\n", {} },
	{ RF_FORMAT_DELEGATED, "a|CN|ipv6|2001:db8::|129|2011|allocated\n", {} },
	{ RF_FORMAT_GEOFEED, "CN,1.0.0.0/24\n", {} },
	{ RF_FORMAT_GEOFEED, "1.0.0.0/24,CHN\n", {} },
	{ RF_FORMAT_AWS, "", {} },
	{ RF_FORMAT_AWS, "{", {} },
	{ RF_FORMAT_AWS, "{} {}", {} },
	{ RF_FORMAT_AWS, "{\"a\":\"\\x\"}", {} },
	{ RF_FORMAT_AWS, "{\"ip_prefix\":\"1.0.0.0/24 \",\"region\":\"a\"}", {} },
	{ RF_FORMAT_AWS, "{\"ip_prefix\":7,\"region\":\"a\"}", {} },
	{ RF_FORMAT_AWS, "{\"ip_prefix\":\"1.0.0.0/24\",\"region\":7}", {} },
	{ RF_FORMAT_AWS, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", {} },
	{ RF_FORMAT_MMDB, "not a database", {} },
};

/* A prefix of the policy shows where the source says nothing: it wins there. */
static const struct rf_block site = { RF_ADDR_V4_FIRST | 0x01000000, 96 + 8, SITE };

static rf_addr parse(const char *text)
{
	__u8 bytes[16] = { [10] = 0xff, [11] = 0xff };

	if (inet_pton(AF_INET, text, bytes + 12) != 1 && inet_pton(AF_INET6, text, bytes) != 1)
		fail_msg("%s is no address", text);
	return rf_addr_load(bytes);
}

static int read_bytes(enum rf_format format, const void *data, size_t len,
		      struct rf_reference_world *world, struct rf_fault *fault)
{
	char name[] = "/tmp/rf-read-XXXXXX";
	const char *const path = name;
	const struct rf_reference_source source = { format, &path, 1 };
	const struct rf_reference_input input = { .sources = &source,
						  .source_count = 1,
						  .clouds = &clouds,
						  .blocks = &site,
						  .block_count = 1 };
	int fd = mkstemp(name), error;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	close(fd);
	*fault = (struct rf_fault){ 0 };
	error = rf_reference_world_make(&input, world, fault);
	unlink(name);
	return error;
}

static void expect_rows(struct rf_reference_world *world, const char *what, const struct row *rows)
{
	for (size_t i = 0; i < ROWS && rows[i].addr; i++) {
		unsigned int found = rf_reference_expected(world, parse(rows[i].addr));

		if (found != rows[i].atom)
			fail_msg("%s: %s is %u, not %u", what, rows[i].addr, found, rows[i].atom);
	}
}

static void reads_each_format(void **state)
{
	struct rf_reference_world world;
	struct rf_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const struct sample *sample = &samples[i];

		if (read_bytes(sample->format, sample->text, strlen(sample->text), &world, &fault))
			fail_msg("%s: %s", sample->text, fault.text);
		expect_rows(&world, sample->text, sample->rows);
		rf_reference_world_free(&world);
	}
}

static void refuses_what_is_no_such_format(void **state)
{
	struct rf_reference_world world;
	struct rf_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *text = refused[i].text;

		if (read_bytes(refused[i].format, text, strlen(text), &world, &fault) != -EINVAL)
			fail_msg("%s: is read", text);
		rf_reference_world_free(&world);
		assert_non_null(strstr(fault.text, "reference: /tmp/rf-read-"));
	}
}

/* A NUL must not hide what stands behind it. */
static void refuses_a_nul(void **state)
{
	static const char text[] = "1.0.0.0/24,CN\n\0\n1.0.0.0/24,US\n";
	static const char json[] = "{}\0{}";
	struct rf_reference_world world;
	struct rf_fault fault;

	(void)state;
	assert_int_equal(read_bytes(RF_FORMAT_CSV, text, sizeof(text) - 1, &world, &fault),
			 -EINVAL);
	rf_reference_world_free(&world);
	assert_int_equal(read_bytes(RF_FORMAT_AWS, json, sizeof(json) - 1, &world, &fault),
			 -EINVAL);
	rf_reference_world_free(&world);
}

/* 256 statements over one another are read, more are not. */
static void bounds_the_depth(void **state)
{
	static char text[300 * 32];
	struct rf_reference_world world;
	struct rf_fault fault;
	size_t len = 0;

	(void)state;
	for (int i = 1; i <= 257; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%d,%d,CN\n", i, 1000 + i);
		if (i < 256)
			continue;
		assert_int_equal(read_bytes(RF_FORMAT_CSV, text, len, &world, &fault),
				 i == 256 ? 0 : -E2BIG);
		rf_reference_world_free(&world);
	}
}

/* Files after one another are seldom in order; that is no depth. */
static void takes_any_order(void **state)
{
	static char text[1000 * 32];
	struct rf_reference_world world;
	struct rf_fault fault;
	size_t len = 0;

	(void)state;
	for (int i = 1000; i > 0; i--)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%d,%d,%s\n", 2 * i, 2 * i,
					i & 1 ? "CN" : "US");
	assert_int_equal(read_bytes(RF_FORMAT_CSV, text, len, &world, &fault), 0);
	for (rf_addr i = 1; i <= 1000; i++) {
		assert_int_equal(rf_reference_expected(&world, RF_ADDR_V4_FIRST | 2 * i),
				 i & 1 ? CN : US);
		assert_int_equal(rf_reference_expected(&world, RF_ADDR_V4_FIRST | (2 * i + 1)),
				 NONE);
	}
	rf_reference_world_free(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_format),
		cmocka_unit_test(refuses_what_is_no_such_format),
		cmocka_unit_test(refuses_a_nul),
		cmocka_unit_test(bounds_the_depth),
		cmocka_unit_test(takes_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
