/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format_seen.h - what a reader of region data hands over, as text, for the
 * tests: one line for each statement, "192.0.2.0-192.0.2.255 CN"
 */
#ifndef RF_TEST_FORMAT_SEEN_H
#define RF_TEST_FORMAT_SEEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "userspace/lib/format.h"

struct seen {
	char text[4096];
	char date[RF_DATE_LEN];
	struct rf_fault fault;
};

static inline int see(void *ctx, const struct rf_statement *statement)
{
	struct seen *seen = ctx;
	char first[RF_ADDR_TEXT_MAX], last[RF_ADDR_TEXT_MAX];
	size_t used = strlen(seen->text);

	assert_true(statement->first <= statement->last);
	assert_true(rf_addr_is_v4(statement->first) == rf_addr_is_v4(statement->last));
	snprintf(seen->text + used, sizeof(seen->text) - used, "%s-%s %s\n",
		 rf_addr_text(statement->first, first), rf_addr_text(statement->last, last),
		 statement->place);
	return 0;
}

/* From an exactly sized copy: a read past the end is caught by ASan. */
static inline int read_seen(enum rf_format format, const void *data, size_t len, struct seen *seen)
{
	void *copy = malloc(len ? len : 1);
	int result;

	assert_non_null(copy);
	memcpy(copy, data, len);
	memset(seen, 0, sizeof(*seen));
	result = rf_format_read(format, "f", copy, len, see, seen, seen->date, &seen->fault);
	free(copy);
	return result;
}

static inline void expect_seen(enum rf_format format, const char *text, const char *expected)
{
	struct seen seen;

	if (read_seen(format, text, strlen(text), &seen))
		fail_msg("\"%s\" is refused: %s", text, seen.fault.text);
	assert_string_equal(seen.text, expected);
}

static inline void expect_fault(enum rf_format format, const char *text, const char *expected)
{
	struct seen seen;

	if (read_seen(format, text, strlen(text), &seen) != -EINVAL)
		fail_msg("\"%s\" is not refused", text);
	if (strcmp(seen.fault.text, expected))
		fail_msg("\"%s\": \"%s\" instead of \"%s\"", text, seen.fault.text, expected);
}

/* struct mistake - a text and how it is refused */
struct mistake {
	const char *text;
	const char *fault;
};

static inline void expect_faults(enum rf_format format, const struct mistake *mistakes,
				 size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect_fault(format, mistakes[i].text, mistakes[i].fault);
}

#define EXPECT_FAULTS(format, mistakes) \
	expect_faults(format, mistakes, sizeof(mistakes) / sizeof((mistakes)[0]))

#endif /* RF_TEST_FORMAT_SEEN_H */
