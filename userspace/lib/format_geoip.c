// SPDX-License-Identifier: GPL-2.0
/*
 * format_geoip.c - the country files of Debian's tor-geoipdb as statements
 */
#include <string.h>

#include "userspace/lib/format_reader.h"
#include "userspace/lib/geoip.h"

_Static_assert(RF_DATE_LEN == RF_GEOIP_DATE_LEN, "the same text");

/* The files do not name their family: the first range tells. */
static enum rf_geoip_family find_family(const struct rf_reader *reader)
{
	const char *at = reader->data, *end = at + reader->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);

		if (*at != '#')
			return memchr(at, ':', len) ? RF_GEOIP_V6 : RF_GEOIP_V4;
		at += len + 1;
	}
	return RF_GEOIP_V4;
}

static int take_range(void *ctx, const struct rf_geoip_range *range)
{
	return rf_reader_take(ctx, range->first, range->last, range->code);
}

int rf_format_read_geoip(struct rf_reader *reader)
{
	rf_geoip_date(reader->data, reader->len, reader->date);
	return rf_geoip_read(reader->name, find_family(reader), reader->data, reader->len,
			     take_range, reader, reader->fault);
}
