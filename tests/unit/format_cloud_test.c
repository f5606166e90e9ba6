// SPDX-License-Identifier: GPL-2.0
/*
 * format_cloud_test.c - the clouds' lists of addresses: what they say, and the
 * entry that is named where they are refused
 */
#include "tests/unit/format_seen.h"

static void amazon(void **state)
{
	static const char file[] =
		"{\"syncToken\":\"1730131989\",\"createDate\":\"2024-10-28-16-13-09\",\"prefixes\":["
		"{\"ip_prefix\":\"3.5.140.0/22\",\"region\":\"ap-northeast-2\",\"service\":\"AMAZON\","
		"\"network_border_group\":\"ap-northeast-2\"},"
		"{\"ip_prefix\":\"15.181.232.0/21\",\"region\":\"us-east-1\",\"service\":\"EC2\","
		"\"network_border_group\":\"us-east-1-iah-1\"},"
		"{\"ip_prefix\":\"52.94.76.1/32\",\"region\":\"GLOBAL\",\"service\":\"AMAZON\"}],"
		"\"ipv6_prefixes\":["
		"{\"ipv6_prefix\":\"2600:1ff8:e000::/40\",\"region\":\"cn-north-1\",\"service\":\"S3\"}]}";
	struct seen seen;

	(void)state;
	expect_seen(RF_FORMAT_AWS, file,
		    "3.5.140.0-3.5.143.255 aws:ap-northeast-2\n"
		    "15.181.232.0-15.181.239.255 aws:us-east-1\n"
		    "52.94.76.1-52.94.76.1 aws:global\n"
		    "2600:1ff8:e000::-2600:1ff8:e0ff:ffff:ffff:ffff:ffff:ffff aws:cn-north-1\n");
	assert_int_equal(read_seen(RF_FORMAT_AWS, file, strlen(file), &seen), 0);
	assert_string_equal(seen.date, "2024-10-28T16:13:09Z");
}

#define AWS(entries) "{\"prefixes\":[" entries "],\"ipv6_prefixes\":[]}"
#define AWS_V6(entries) "{\"prefixes\":[],\"ipv6_prefixes\":[" entries "]}"
#define GOOD "{\"ip_prefix\":\"3.5.140.0/22\",\"region\":\"eu-west-1\"},"

static void amazon_mistakes(void **state)
{
	static const struct mistake mistakes[] = {
		{ "[]", "f: expected an object" },
		{ "{}", "f: prefixes: missing" },
		{ "{\"prefixes\":{}}", "f: prefixes: expected a list" },
		{ AWS(""), "f: says nothing about any address" },
		{ "{\"prefixes\":[" GOOD "{\"ip_prefix\":\"3.5.0.0/24\",\"region\":\"x\"}]}",
		  "f: ipv6_prefixes: missing" },
		{ AWS(GOOD "17"), "f: prefixes[1]: expected an object" },
		{ AWS(GOOD "{\"ip_prefix\":\"3.5.140.0/22\"}"), "f: prefixes[1].region: missing" },
		{ AWS(GOOD "{\"region\":\"x\"}"), "f: prefixes[1].ip_prefix: missing" },
		{ AWS(GOOD "{\"ip_prefix\":\"3.5.140.0/22\",\"region\":null}"),
		  "f: prefixes[1].region: expected a string" },
		{ AWS(GOOD "{\"ip_prefix\":\"3.5.140.0/22\",\"region\":\"\"}"),
		  "f: prefixes[1].region: region is not of letters, digits and hyphens" },
		{ AWS("{\"ip_prefix\":\"3.5.140.0/22\",\"region\":\"a:b\"}"),
		  "f: prefixes[0].region: region is not of letters, digits and hyphens" },
		{ AWS("{\"ip_prefix\":\"3.5.140.0/22\",\"region\":"
		      "\"a-region-whose-name-does-not-fit-into-a-place\"}"),
		  "f: prefixes[0].region: region's name too long" },
		{ AWS(GOOD "{\"ip_prefix\":\"3.5.140.1/22\",\"region\":\"x\"}"),
		  "f: prefixes[1].ip_prefix: prefix with bits set behind its length" },
		{ AWS("{\"ip_prefix\":\"3.5.140.0/33\",\"region\":\"x\"}"),
		  "f: prefixes[0].ip_prefix: prefix length is not a number of 0 to 32, or to 128" },
		{ AWS("{\"ip_prefix\":\"2001:db8::/32\",\"region\":\"x\"}"),
		  "f: prefixes[0].ip_prefix: prefix of the other family" },
		{ AWS_V6("{\"ipv6_prefix\":\"3.5.140.0/24\",\"region\":\"x\"}"),
		  "f: ipv6_prefixes[0].ipv6_prefix: prefix of the other family" },
		{ AWS_V6("{\"ipv6_prefix\":\"::ffff:3.5.140.0/120\",\"region\":\"x\"}"),
		  "f: ipv6_prefixes[0].ipv6_prefix: IPv4 address in the form of IPv6" },
		{ AWS_V6("{\"ip_prefix\":\"3.5.140.0/24\",\"region\":\"x\"}"),
		  "f: ipv6_prefixes[0].ipv6_prefix: missing" },
	};

	(void)state;
	EXPECT_FAULTS(RF_FORMAT_AWS, mistakes);
}

static void json_mistakes(void **state)
{
	static const struct mistake mistakes[] = {
		{ "{\"prefixes\":[\n{\"ip_prefix\":", "f:2:13: unexpected token near end of file" },
		{ "{\"prefixes\":[],\"prefixes\":[]}",
		  "f:1:25: duplicate object key near '\"prefixes\"'" },
		{ AWS(GOOD "{}") "x", "f:1:87: end of file expected near 'x'" },
	};
	static char deep[200001];
	struct seen seen;

	(void)state;
	EXPECT_FAULTS(RF_FORMAT_AWS, mistakes);
	memset(deep, '[', sizeof(deep));
	assert_int_equal(read_seen(RF_FORMAT_AWS, deep, sizeof(deep), &seen), -EINVAL);
	assert_non_null(strstr(seen.fault.text, "maximum parsing depth reached"));
}

/* A date that cannot be read is none. */
static void dates_are_not_worth_a_refusal(void **state)
{
	static const char *const dates[] = { "\"2024-10-28\"", "\"yesterday\"", "17",
					     "\"2024-10-28-16-13-09 \"" };

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		char file[256];
		struct seen seen;

		snprintf(file, sizeof(file),
			 "{\"createDate\":%s,\"prefixes\":[{\"ip_prefix\":\"3.5.140.0/22\","
			 "\"region\":\"x\"}],\"ipv6_prefixes\":[]}",
			 dates[i]);
		assert_int_equal(read_seen(RF_FORMAT_AWS, file, strlen(file), &seen), 0);
		assert_string_equal(seen.date, "");
	}
}

static void google(void **state)
{
	static const char file[] =
		"{\"syncToken\":\"1790733903731\",\"creationTime\":\"2026-09-29T19:05:03.731656\","
		"\"prefixes\":["
		"{\"ipv4Prefix\":\"34.80.0.0/15\",\"service\":\"Google Cloud\",\"scope\":\"asia-east1\"},"
		"{\"ipv6Prefix\":\"2600:1900:4030::/44\",\"service\":\"Google Cloud\","
		"\"scope\":\"asia-east1\"},"
		"{\"ipv4Prefix\":\"34.1.208.0/20\",\"service\":\"Google Cloud\",\"scope\":\"global\"}]}";
	struct seen seen;

	(void)state;
	expect_seen(RF_FORMAT_GOOGLE, file,
		    "34.80.0.0-34.81.255.255 google:asia-east1\n"
		    "2600:1900:4030::-2600:1900:403f:ffff:ffff:ffff:ffff:ffff google:asia-east1\n"
		    "34.1.208.0-34.1.223.255 google:global\n");
	assert_int_equal(read_seen(RF_FORMAT_GOOGLE, file, strlen(file), &seen), 0);
	assert_string_equal(seen.date, "2026-09-30T02:05:03Z");
}

#define GOOGLE(entries) "{\"prefixes\":[" entries "]}"

static void google_mistakes(void **state)
{
	static const struct mistake mistakes[] = {
		{ "{\"prefixes\":7}", "f: prefixes: expected a list" },
		{ GOOGLE("7"), "f: prefixes[0]: expected an object" },
		{ GOOGLE("{\"ipv4Prefix\":\"8.8.4.0/24\"}"), "f: prefixes[0].scope: missing" },
		{ GOOGLE("{\"scope\":\"x\"}"),
		  "f: prefixes[0]: expected either ipv4Prefix or ipv6Prefix" },
		{ GOOGLE("{\"scope\":\"x\",\"ipv4Prefix\":\"8.8.4.0/24\","
			 "\"ipv6Prefix\":\"2001:db8::/32\"}"),
		  "f: prefixes[0]: expected either ipv4Prefix or ipv6Prefix" },
		{ GOOGLE("{\"scope\":\"x\",\"ipv4Prefix\":7}"),
		  "f: prefixes[0].ipv4Prefix: expected a string" },
		{ GOOGLE("{\"scope\":\"x\",\"ipv6Prefix\":\"8.8.4.0/24\"}"),
		  "f: prefixes[0].ipv6Prefix: prefix of the other family" },
		{ GOOGLE("{\"scope\":\"x y\",\"ipv4Prefix\":\"8.8.4.0/24\"}"),
		  "f: prefixes[0].scope: region is not of letters, digits and hyphens" },
		{ GOOGLE("{\"scope\":\"x\",\"ipv4Prefix\":\"8.8.4.4/24\"}"),
		  "f: prefixes[0].ipv4Prefix: prefix with bits set behind its length" },
	};

	(void)state;
	EXPECT_FAULTS(RF_FORMAT_GOOGLE, mistakes);
}

static void azure(void **state)
{
	static const char file[] =
		"{\"changeNumber\":291,\"cloud\":\"China\",\"values\":["
		"{\"name\":\"AzureCloud\",\"id\":\"AzureCloud\",\"properties\":{\"changeNumber\":7,"
		"\"region\":\"\",\"regionId\":0,\"platform\":\"Azure\",\"systemService\":\"\","
		"\"addressPrefixes\":[\"40.72.0.0/18\",\"2406:e500:4010::/46\"],"
		"\"networkFeatures\":null}},"
		"{\"name\":\"AzureCloud.chinaeast\",\"id\":\"AzureCloud.chinaeast\",\"properties\":{"
		"\"changeNumber\":7,\"region\":\"chinaeast\",\"regionId\":41,\"platform\":\"Azure\","
		"\"systemService\":\"\",\"addressPrefixes\":[\"40.72.0.0/18\","
		"\"2406:e500:4010::/46\"],\"networkFeatures\":null}}]}";
	struct seen seen;

	(void)state;
	expect_seen(RF_FORMAT_AZURE, file,
		    "40.72.0.0-40.72.63.255 azure:chinaeast\n"
		    "2406:e500:4010::-2406:e500:4013:ffff:ffff:ffff:ffff:ffff azure:chinaeast\n");
	assert_int_equal(read_seen(RF_FORMAT_AZURE, file, strlen(file), &seen), 0);
	assert_string_equal(seen.date, "");
}

#define AZURE(properties) "{\"values\":[{\"name\":\"x\",\"properties\":" properties "}]}"

static void azure_mistakes(void **state)
{
	static const struct mistake mistakes[] = {
		{ "{\"cloud\":\"Public\"}", "f: values: missing" },
		{ "{\"values\":[\"x\"]}", "f: values[0]: expected an object" },
		{ "{\"values\":[{}]}", "f: values[0].properties: missing" },
		{ AZURE("[]"), "f: values[0].properties: expected an object" },
		{ AZURE("{\"addressPrefixes\":[]}"), "f: values[0].properties.region: missing" },
		{ AZURE("{\"region\":\"x\"}"), "f: values[0].properties.addressPrefixes: missing" },
		{ AZURE("{\"region\":\"\",\"addressPrefixes\":{}}"),
		  "f: values[0].properties.addressPrefixes: expected a list" },
		{ AZURE("{\"region\":\"\",\"addressPrefixes\":[\"1.0.0.0/24\"]}"),
		  "f: says nothing about any address" },
		{ AZURE("{\"region\":\"x/y\",\"addressPrefixes\":[]}"),
		  "f: values[0].properties.region: region is not of letters, digits and hyphens" },
		{ AZURE("{\"region\":\"x\",\"addressPrefixes\":[\"1.0.0.0/24\",7]}"),
		  "f: values[0].properties.addressPrefixes[1]: expected a string" },
		{ AZURE("{\"region\":\"x\",\"addressPrefixes\":[\"1.0.0.0/24\",\"1.0.0.1/24\"]}"),
		  "f: values[0].properties.addressPrefixes[1]: "
		  "prefix with bits set behind its length" },
	};

	(void)state;
	EXPECT_FAULTS(RF_FORMAT_AZURE, mistakes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amazon),	 cmocka_unit_test(amazon_mistakes),
		cmocka_unit_test(json_mistakes), cmocka_unit_test(dates_are_not_worth_a_refusal),
		cmocka_unit_test(google),	 cmocka_unit_test(google_mistakes),
		cmocka_unit_test(azure),	 cmocka_unit_test(azure_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
