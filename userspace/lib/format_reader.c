// SPDX-License-Identifier: GPL-2.0
/*
 * format_reader.c - where the readers of region data leave what they read
 */
#include "userspace/lib/format_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int rf_reader_wrong(struct rf_reader *reader, const char *format, ...)
{
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (reader->line)
		return rf_fault_set(reader->fault, -EINVAL, "%s:%lu: %s", reader->name,
				    reader->line, what);
	return rf_fault_set(reader->fault, -EINVAL, "%s: %s", reader->name, what);
}

static int take(struct rf_reader *reader, rf_addr first, rf_addr last, const char *place)
{
	struct rf_statement statement = { .first = first, .last = last };

	snprintf(statement.place, sizeof(statement.place), "%s", place);
	reader->taken++;
	return reader->take(reader->ctx, &statement);
}

int rf_reader_take(struct rf_reader *reader, rf_addr first, rf_addr last, const char *place)
{
	int result = 0;

	if (rf_addr_is_v4(first) || last < RF_ADDR_V4_FIRST || first > RF_ADDR_V4_LAST)
		return take(reader, first, last, place);
	result = take(reader, first, RF_ADDR_V4_FIRST - 1, place);
	if (!result && last > RF_ADDR_V4_LAST)
		result = take(reader, RF_ADDR_V4_LAST + 1, last, place);
	return result;
}

void rf_reader_date(struct rf_reader *reader, __u64 seconds)
{
	static const __u64 year_10000 = 253402300800;
	time_t when = (time_t)seconds;
	struct tm parts;

	if (seconds < year_10000 && gmtime_r(&when, &parts))
		strftime(reader->date, RF_DATE_LEN, "%Y-%m-%dT%H:%M:%SZ", &parts);
}
