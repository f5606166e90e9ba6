// SPDX-License-Identifier: GPL-2.0
/*
 * cloud_test.c - the table of the clouds' regions: what it may say, and what
 * the shipped one does
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "userspace/lib/cloud.h"

static int read_text(const char *text, struct rf_clouds *clouds, struct rf_fault *fault)
{
	int fd = memfd_create("clouds", MFD_CLOEXEC), result;
	char path[32];

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	result = rf_clouds_read(path, clouds, fault);
	close(fd);
	return result;
}

static void regions_are_found_by_name(void **state)
{
	static const char text[] =
		"# c\n\naws:us-east-1\tUS\ngoogle:global\tZZ\naws:cn-north-1\tCN\n";
	struct rf_clouds clouds;
	unsigned char hash[32];

	(void)state;
	assert_int_equal(read_text(text, &clouds, NULL), 0);
	assert_int_equal(clouds.count, 3);
	assert_string_equal(clouds.list[0].name, "aws:cn-north-1");
	assert_string_equal(clouds.list[0].code, "CN");
	assert_int_equal(rf_clouds_find(&clouds, "aws:cn-north-1"), 0);
	assert_int_equal(rf_clouds_find(&clouds, "aws:us-east-1"), 1);
	assert_int_equal(rf_clouds_find(&clouds, "google:global"), 2);
	assert_int_equal(rf_clouds_find(&clouds, "aws:us-east-2"), -1);
	assert_int_equal(rf_clouds_find(&clouds, "CN"), -1);
	assert_int_equal(rf_clouds_find(&clouds, ""), -1);
	assert_int_equal(rf_clouds_find(&clouds,
					"aws:a-name-that-is-longer-than-any-place-can-be-here"),
			 -1);
	SHA256((const unsigned char *)text, strlen(text), hash);
	assert_memory_equal(clouds.hash, hash, sizeof(hash));
	rf_clouds_free(&clouds);
	assert_int_equal(rf_clouds_find(&clouds, "aws:cn-north-1"), -1);
}

static void an_empty_table_has_no_region(void **state)
{
	struct rf_clouds clouds;

	(void)state;
	assert_int_equal(read_text("# nothing yet\n", &clouds, NULL), 0);
	assert_int_equal(clouds.count, 0);
	assert_int_equal(rf_clouds_find(&clouds, "aws:cn-north-1"), -1);
	rf_clouds_free(&clouds);
}

static void mistakes_have_their_line(void **state)
{
	static const struct {
		const char *text;
		const char *fault;
	} mistakes[] = {
		{ "aws:a\tUS\naws:b\tUS", ":2: last line without newline, file cut short" },
		{ "aws:a US\n", ":1: expected PROVIDER:REGION<tab>CC" },
		{ "aws:a\tUS\tx\n", ":1: expected PROVIDER:REGION<tab>CC" },
		{ "us-east-1\tUS\n", ":1: expected PROVIDER:REGION<tab>CC" },
		{ ":us-east-1\tUS\n", ":1: expected PROVIDER:REGION<tab>CC" },
		{ "AWS:us-east-1\tUS\n", ":1: expected PROVIDER:REGION<tab>CC" },
		{ "aws:\tUS\n", ":1: region is not of letters, digits and hyphens" },
		{ "aws:us_east\tUS\n", ":1: region is not of letters, digits and hyphens" },
		{ "aws:us-east-1 \tUS\n", ":1: region is not of letters, digits and hyphens" },
		{ "aws:US-east-1\tUS\n", ":1: region in upper case" },
		{ "aws:a-region-whose-name-does-not-fit-into-a-place\tUS\n",
		  ":1: region's name too long" },
		{ "aws:a\tus\n", ":1: neither a country's code nor ZZ" },
		{ "aws:a\tUSA\n", ":1: neither a country's code nor ZZ" },
		{ "aws:a\tUK\n", ":1: neither a country's code nor ZZ" },
		{ "aws:a\tEU\n", ":1: neither a country's code nor ZZ" },
		{ "aws:a\t\n", ":1: neither a country's code nor ZZ" },
		{ "aws:a\t??\n", ":1: neither a country's code nor ZZ" },
		{ "aws:a\tUS\n#\naws:a\tUS\n", ":3: aws:a a second time" },
	};
	struct rf_clouds clouds = { .count = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct rf_fault fault = { 0 };
		const char *colon;

		assert_int_equal(read_text(mistakes[i].text, &clouds, &fault), -EINVAL);
		assert_int_equal(clouds.count, 77);
		colon = strchr(fault.text, ':');
		assert_non_null(colon);
		assert_string_equal(colon, mistakes[i].fault);
	}
}

static void there_is_a_limit(void **state)
{
	static char text[(RF_CLOUDS_MAX + 1) * 16];
	struct rf_clouds clouds;
	struct rf_fault fault;
	size_t len = 0;

	(void)state;
	for (int i = 0; i < RF_CLOUDS_MAX; i++)
		len += (size_t)sprintf(text + len, "aws:r%d\tUS\n", i);
	assert_int_equal(read_text(text, &clouds, &fault), 0);
	assert_int_equal(clouds.count, RF_CLOUDS_MAX);
	rf_clouds_free(&clouds);
	strcpy(text + len, "aws:more\tUS\n");
	assert_int_equal(read_text(text, &clouds, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, ":513: more than 512 regions"));
}

static void a_table_that_is_not_there(void **state)
{
	struct rf_clouds clouds;
	struct rf_fault fault;

	(void)state;
	assert_int_equal(rf_clouds_read("policy/no-such-clouds.tsv", &clouds, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "policy/no-such-clouds.tsv"));
}

static const char *find_code(const struct rf_clouds *clouds, const char *name)
{
	int index = rf_clouds_find(clouds, name);

	return index < 0 ? "" : clouds->list[index].code;
}

static void the_shipped_table(void **state)
{
	static const struct {
		const char *name;
		const char *code;
	} some[] = {
		{ "aws:cn-north-1", "CN" },	 { "aws:cn-northwest-1", "CN" },
		{ "aws:us-gov-west-1", "US" },	 { "aws:ap-east-1", "HK" },
		{ "aws:eusc-de-east-1", "DE" },	 { "aws:global", "ZZ" },
		{ "google:asia-east1", "TW" },	 { "google:asia-east2", "HK" },
		{ "google:europe-west6", "CH" }, { "google:global", "ZZ" },
		{ "azure:chinanorth3", "CN" },	 { "azure:chinaeast", "CN" },
		{ "azure:eastasia", "HK" },	 { "azure:southeastasia", "SG" },
		{ "azure:northeurope", "IE" },	 { "azure:westeurope", "NL" },
		{ "azure:usgovvirginia", "US" }, { "azure:switzerlandn", "CH" },
	};
	struct rf_fault fault = { 0 };
	struct rf_clouds clouds;

	(void)state;
	if (rf_clouds_read("policy/sets/clouds.tsv", &clouds, &fault))
		fail_msg("%s", fault.text);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		assert_string_equal(find_code(&clouds, some[i].name), some[i].code);
	/* not said where they are */
	assert_string_equal(find_code(&clouds, "aws:me-west-1"), "");
	assert_string_equal(find_code(&clouds, "azure:northeurope2"), "");
	rf_clouds_free(&clouds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_are_found_by_name),
		cmocka_unit_test(an_empty_table_has_no_region),
		cmocka_unit_test(mistakes_have_their_line),
		cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(a_table_that_is_not_there),
		cmocka_unit_test(the_shipped_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
