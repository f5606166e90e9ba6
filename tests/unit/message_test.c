// SPDX-License-Identifier: GPL-2.0
/*
 * message_test.c - syslog messages: the form of RFC 5424, and values that try
 * to break out of it
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "userspace/daemon/syslog.h"
#include "userspace/lib/printable.h"
#include "userspace/lib/timestamp.h"

#define NOON 1795521600000000000ull /* 2026-11-24T12:00:00Z */

static void format(const struct rf_syslog_message *message, enum rf_syslog_form form,
		   char out[RF_SYSLOG_MAX])
{
	rf_syslog_format(message, form, "host", 12, out);
}

static void test_form(void **state)
{
	struct rf_syslog_message message;
	char out[RF_SYSLOG_MAX];

	(void)state;
	rf_syslog_begin(&message, RF_SYSLOG_WARNING, "DENY", NOON);
	rf_syslog_param(&message, "class", "cn-personal");
	rf_syslog_number(&message, "port", 443);
	rf_syslog_param(&message, "unit", "");
	rf_syslog_text(&message, "denied: %s", "curl");
	format(&message, RF_SYSLOG_FORM_5424, out);
	assert_string_equal(out,
			    "<84>1 2026-11-24T12:00:00.000000Z host ringfenced 12 DENY "
			    "[ringfence@32473 class=\"cn-personal\" port=\"443\"] denied: curl");
	format(&message, RF_SYSLOG_FORM_LOCAL, out);
	assert_string_equal(out, "<84>ringfenced[12]: [ringfence@32473 class=\"cn-personal\" "
				 "port=\"443\"] denied: curl");
}

static void expect_escaped(const char *value, const char *escaped)
{
	struct rf_syslog_message message;

	rf_syslog_begin(&message, RF_SYSLOG_NOTICE, "LABEL", NOON);
	rf_syslog_param(&message, "exe", value);
	assert_memory_equal(message.data, " exe=\"", 6);
	assert_int_equal(strlen(message.data), 6 + strlen(escaped) + 1);
	assert_memory_equal(message.data + 6, escaped, strlen(escaped));
}

static void test_escapes(void **state)
{
	(void)state;
	expect_escaped("a\"] x=\"b", "a\\\"\\] x=\\\"b");
	expect_escaped("back\\slash", "back\\\\slash");
	expect_escaped("new\nline", "new\\\\x0aline");
	expect_escaped("bad\xff\xc3", "bad\\\\xff\\\\xc3");
	expect_escaped("z\xc3\xbcrich", "z\xc3\xbcrich");
	expect_escaped("\xe2\x80\xae"
		       "evil",
		       "\\\\xe2\\\\x80\\\\xae"
		       "evil");
	expect_escaped("\xc0\x80", "\\\\xc0\\\\x80"); /* an overlong NUL */
	expect_escaped("\xed\xa0\x80", "\\\\xed\\\\xa0\\\\x80"); /* a surrogate */
	expect_escaped("\x7f\x1b[2J", "\\\\x7f\\\\x1b[2J");
}

static void test_long_values(void **state)
{
	struct rf_syslog_message message;
	char value[5000], out[RF_SYSLOG_MAX];
	int i;

	(void)state;
	memset(value, ']', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	rf_syslog_begin(&message, RF_SYSLOG_WARNING, "DENY", NOON);
	for (i = 0; i < 100; i++)
		rf_syslog_param(&message, "exe", value);
	rf_syslog_text(&message, "%s", value);
	format(&message, RF_SYSLOG_FORM_5424, out);
	assert_true(strlen(out) < RF_SYSLOG_MAX);
	/* Whatever was cut, the structured data is closed and the text is there. */
	assert_non_null(strstr(out, "...\"] ]"));
	assert_null(strstr(out, "\\...")); /* no escape was cut in two */
}

static void test_printable(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(rf_printable_copy(out, sizeof(out), "ab\ncdefgh", 9), 7);
	assert_string_equal(out, "ab\\x0ac");
	assert_int_equal(rf_printable_copy(out, 4, "a\xe2\x82\xac", 4), 1);
	assert_string_equal(out, "a");
	assert_int_equal(rf_printable_copy(out, sizeof(out), "ab\0cd", 5), 2);
	assert_int_equal(rf_printable_copy(out, 0, "ab", 2), 0);
}

static void test_timestamp(void **state)
{
	char text[RF_TIMESTAMP_LEN];

	(void)state;
	rf_timestamp_format(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
	rf_timestamp_format(NOON + 123456789, text);
	assert_string_equal(text, "2026-11-24T12:00:00.123456Z");
	rf_timestamp_format(UINT64_MAX, text);
	assert_int_equal(strlen(text), RF_TIMESTAMP_LEN - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),	    cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_long_values), cmocka_unit_test(test_printable),
		cmocka_unit_test(test_timestamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
