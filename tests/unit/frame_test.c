// SPDX-License-Identifier: GPL-2.0
/*
 * frame_test.c - framing of the control socket, with what a hostile peer sends
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "userspace/lib/frame.h"

static void feed_frame(struct rf_frame_reader *reader, const char *text)
{
	uint8_t header[RF_FRAME_HEADER];

	rf_frame_header(header, (uint32_t)strlen(text));
	assert_int_equal(rf_frame_feed(reader, header, sizeof(header)), 0);
	assert_int_equal(rf_frame_feed(reader, text, strlen(text)), 0);
}

static void expect(struct rf_frame_reader *reader, const char *text)
{
	const char *payload;
	size_t len;

	assert_int_equal(rf_frame_next(reader, &payload, &len), 1);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(payload, text, len);
	rf_frame_shift(reader);
}

static void test_whole(void **state)
{
	struct rf_frame_reader reader = { 0 };

	(void)state;
	feed_frame(&reader, "{\"do\":\"status\"}");
	feed_frame(&reader, "");
	feed_frame(&reader, "second");
	expect(&reader, "{\"do\":\"status\"}");
	expect(&reader, "");
	expect(&reader, "second");
	rf_frame_reader_free(&reader);
}

static void test_byte_by_byte(void **state)
{
	static const char wire[] = "\0\0\0\3abc";
	struct rf_frame_reader reader = { 0 };
	const char *payload;
	size_t len, i;

	(void)state;
	for (i = 0; i < 6; i++) {
		assert_int_equal(rf_frame_feed(&reader, wire + i, 1), 0);
		assert_int_equal(rf_frame_next(&reader, &payload, &len), 0);
	}
	assert_int_equal(rf_frame_feed(&reader, wire + 6, 1), 0);
	expect(&reader, "abc");
	rf_frame_reader_free(&reader);
}

static void test_announces_too_much(void **state)
{
	static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff };
	static const uint8_t above[] = { 0, 0, 0, 11 };
	struct rf_frame_reader reader = { 0 };
	struct rf_frame_reader small = { .limit = 10 };
	const char *payload;
	size_t len;

	(void)state;
	assert_int_equal(rf_frame_feed(&reader, huge, sizeof(huge)), -EMSGSIZE);
	assert_int_equal(rf_frame_next(&reader, &payload, &len), -EMSGSIZE);
	/* Only what arrived was stored. */
	assert_true(reader.size <= 4096);
	rf_frame_reader_free(&reader);
	assert_int_equal(rf_frame_feed(&small, above, sizeof(above)), -EMSGSIZE);
	rf_frame_reader_free(&small);
}

static void test_shift_of_nothing(void **state)
{
	struct rf_frame_reader reader = { 0 };

	(void)state;
	rf_frame_shift(&reader);
	assert_int_equal(rf_frame_feed(&reader, "", 0), 0);
	assert_int_equal(reader.used, 0);
	rf_frame_reader_free(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_announces_too_much),
		cmocka_unit_test(test_shift_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
