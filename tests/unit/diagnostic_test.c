// SPDX-License-Identifier: GPL-2.0
/*
 * diagnostic_test.c - findings: counted, escaped, ordered, printed, as JSON;
 * and the names that their hints suggest
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "userspace/lib/diagnostic.h"
#include "userspace/lib/policy_country.h"
#include "userspace/lib/policy_name.h"
#include "userspace/lib/policy_prefix.h"

static void add(struct rf_diagnostics *list, const char *file, uint32_t line, uint32_t column,
		const char *message)
{
	const struct rf_diagnostic_place place = { file, line, column };

	rf_diagnostics_add(list, RF_SEVERITY_ERROR, 0, &place, NULL, "%s", message);
}

static char *printed(const struct rf_diagnostics *list)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	rf_diagnostics_print(list, out);
	fclose(out);
	return text;
}

static void sorted_and_printed(void **state)
{
	struct rf_diagnostics list = { 0 };
	char *text;

	(void)state;
	assert_true(rf_diagnostics_ok(&list));
	add(&list, "b", 1, 1, "five");
	add(&list, "a", 2, 3, "three");
	add(&list, "a", 2, 3, "four");
	add(&list, "a", 2, 1, "two");
	add(&list, "a", 0, 0, "one");
	rf_diagnostics_add(&list, RF_SEVERITY_WARNING, RF_DIAGNOSTIC_NOT_ENFORCED, NULL, "hint",
			   "zero");
	assert_false(rf_diagnostics_ok(&list));
	assert_int_equal(list.errors, 5);
	assert_int_equal(list.warnings, 1);
	assert_int_equal(list.not_enforced, 1);
	rf_diagnostics_sort(&list);
	text = printed(&list);
	assert_string_equal(text, "warning: zero; hint\na: error: one\na:2:1: error: two\n"
				  "a:2:3: error: three\na:2:3: error: four\nb:1:1: error: five\n");
	free(text);
	rf_diagnostics_free(&list);
	assert_int_equal(list.count, 0);
}

static void terminals_are_safe(void **state)
{
	struct rf_diagnostics list = { 0 };
	char *text;

	(void)state;
	add(&list, "a\n", 1, 1, "x\x1b[2Jy \xc3\xa4 \xff");
	text = printed(&list);
	assert_string_equal(text, "a\\x0a:1:1: error: x\\x1b[2Jy \xc3\xa4 \\xff\n");
	free(text);
	rf_diagnostics_free(&list);
}

static void json(void **state)
{
	struct rf_diagnostics list = { 0 };
	json_t *array;
	char *text;

	(void)state;
	add(&list, "a", 2, 3, "m");
	array = rf_diagnostics_json(&list);
	text = json_dumps(array, JSON_COMPACT);
	assert_string_equal(text, "[{\"severity\":\"error\",\"file\":\"a\",\"line\":2,\"column\":3,"
				  "\"message\":\"m\",\"hint\":null,\"not_enforced\":false}]");
	free(text);
	json_decref(array);
	rf_diagnostics_free(&list);
}

static void too_many_are_counted(void **state)
{
	struct rf_diagnostics list = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < RF_DIAGNOSTICS_MAX + 5; i++)
		add(&list, "a", 1, 1, "m");
	assert_int_equal(list.count, RF_DIAGNOSTICS_MAX);
	assert_int_equal(list.errors, RF_DIAGNOSTICS_MAX + 5);
	assert_int_equal(list.dropped, 5);
	rf_diagnostics_free(&list);
}

static void distances(void **state)
{
	char longer[80];

	(void)state;
	memset(longer, 'a', sizeof(longer));
	longer[79] = '\0';
	assert_int_equal(rf_name_distance("allow", "allow"), 0);
	assert_int_equal(rf_name_distance("alow", "allow"), 1);
	assert_int_equal(rf_name_distance("lalow", "allow"), 1);
	assert_int_equal(rf_name_distance("ALLOW", "allow"), 0);
	assert_int_equal(rf_name_distance("", "abc"), 3);
	assert_int_equal(rf_name_distance("kitten", "sitting"), 3);
	assert_int_equal(rf_name_distance(longer, "a"), SIZE_MAX);
}

static void names(void **state)
{
	char text[65];

	(void)state;
	memset(text, 'a', 64);
	text[64] = '\0';
	assert_false(rf_name_valid(text));
	text[63] = '\0';
	assert_true(rf_name_valid(text));
	assert_true(rf_name_valid("cn-personal"));
	assert_true(rf_name_valid("9"));
	assert_false(rf_name_valid(""));
	assert_false(rf_name_valid("-"));
	assert_false(rf_name_valid("-a"));
	assert_false(rf_name_valid("a b"));
	assert_false(rf_name_valid("A"));
	assert_false(rf_name_valid("a+b"));
}

static void countries(void **state)
{
	(void)state;
	assert_int_equal(rf_country_kind("CN"), RF_COUNTRY_ASSIGNED);
	assert_int_equal(rf_country_kind("EU"), RF_COUNTRY_VAGUE);
	assert_int_equal(rf_country_kind("AP"), RF_COUNTRY_VAGUE);
	assert_int_equal(rf_country_kind("UK"), RF_COUNTRY_NONE);
	assert_int_equal(rf_country_kind("cn"), RF_COUNTRY_NONE);
	assert_int_equal(rf_country_kind(""), RF_COUNTRY_NONE);
	assert_string_equal(rf_country_name("CN"), "China");
	assert_string_equal(rf_country_suggest("CHN"), "CN");
	assert_string_equal(rf_country_suggest("china"), "CN");
	assert_string_equal(rf_country_suggest("Germny"), "DE");
	assert_string_equal(rf_country_suggest("usa"), "US");
	assert_null(rf_country_suggest("Atlantis-by-the-Sea"));
}

static void expect_prefix(const char *text, enum rf_prefix_error error, const char *meant)
{
	char formatted[RF_PREFIX_TEXT_LEN];
	struct rf_prefix prefix;

	assert_int_equal(rf_prefix_parse(text, &prefix), error);
	if (meant)
		assert_string_equal(rf_prefix_format(&prefix, formatted), meant);
}

static void prefixes(void **state)
{
	(void)state;
	expect_prefix("10.0.0.0/8", RF_PREFIX_OK, "10.0.0.0/8");
	expect_prefix("0.0.0.0/0", RF_PREFIX_OK, "0.0.0.0/0");
	expect_prefix("255.255.255.255/32", RF_PREFIX_OK, "255.255.255.255/32");
	expect_prefix("::/0", RF_PREFIX_OK, "::/0");
	expect_prefix("2001:DB8::/32", RF_PREFIX_OK, "2001:db8::/32");
	expect_prefix("10.0.0.1/8", RF_PREFIX_HOST_BITS, "10.0.0.0/8");
	expect_prefix("2001:db8::1/127", RF_PREFIX_HOST_BITS, "2001:db8::/127");
	expect_prefix("10.0.0.1", RF_PREFIX_NO_LENGTH, "10.0.0.1/32");
	expect_prefix("2001:db8::1", RF_PREFIX_NO_LENGTH, "2001:db8::1/128");
	expect_prefix("::ffff:10.0.0.0/104", RF_PREFIX_MAPPED, "10.0.0.0/8");
	expect_prefix("10.0.0.0/33", RF_PREFIX_BAD_LENGTH, NULL);
	expect_prefix("10.0.0.0/08", RF_PREFIX_BAD_LENGTH, NULL);
	expect_prefix("10.0.0.0/", RF_PREFIX_BAD_LENGTH, NULL);
	expect_prefix("10.0.0.0/-1", RF_PREFIX_BAD_LENGTH, NULL);
	expect_prefix("::/129", RF_PREFIX_BAD_LENGTH, NULL);
	expect_prefix("010.0.0.0/8", RF_PREFIX_BAD_ADDRESS, NULL);
	expect_prefix("10.0.0/8", RF_PREFIX_BAD_ADDRESS, NULL);
	expect_prefix("fe80::1%eth0/64", RF_PREFIX_BAD_ADDRESS, NULL);
	expect_prefix("", RF_PREFIX_BAD_ADDRESS, NULL);
	expect_prefix("/8", RF_PREFIX_BAD_ADDRESS, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_and_printed),
		cmocka_unit_test(terminals_are_safe),
		cmocka_unit_test(json),
		cmocka_unit_test(too_many_are_counted),
		cmocka_unit_test(distances),
		cmocka_unit_test(names),
		cmocka_unit_test(countries),
		cmocka_unit_test(prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
