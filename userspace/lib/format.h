/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format.h - the files in which others publish where addresses are
 *
 * Each format has a reader of its own (format_*.c), strict: what is not
 * exactly the format is fatal, with file, line (or entry) and what was
 * expected. A wrong guess would let data out; a file that cannot be read
 * leaves the last good one in force.
 */
#ifndef RF_FORMAT_H
#define RF_FORMAT_H

#include <stddef.h>

#include "userspace/lib/address.h"
#include "userspace/lib/fault.h"

#define RF_DATE_LEN 21 /* "2026-06-25T04:33:59Z" and NUL */
#define RF_PLACE_LEN 48 /* "CN", or "azure:southcentralusstg", and NUL */

/**
 * enum rf_format - who publishes it so
 * @RF_FORMAT_GEOIP: Debian's tor-geoipdb (IPFire Location), one file per family
 * @RF_FORMAT_MMDB: MaxMind DB; country or city
 * @RF_FORMAT_CSV: FIRST,LAST,CC, or PREFIX,CC
 * @RF_FORMAT_DELEGATED: the registries' delegated-extended statistics
 * @RF_FORMAT_GEOFEED: RFC 8805
 * @RF_FORMAT_AWS: ip-ranges.json
 * @RF_FORMAT_GOOGLE: cloud.json
 * @RF_FORMAT_AZURE: ServiceTags_*.json
 */
enum rf_format {
	RF_FORMAT_GEOIP = 0,
	RF_FORMAT_MMDB,
	RF_FORMAT_CSV,
	RF_FORMAT_DELEGATED,
	RF_FORMAT_GEOFEED,
	RF_FORMAT_AWS,
	RF_FORMAT_GOOGLE,
	RF_FORMAT_AZURE,
	RF_FORMAT_MAX,
};

/**
 * struct rf_statement - one thing that a file says
 * @first, @last: of one family, IPv4 as ::ffff:a.b.c.d; @first <= @last
 * @place: where they are, NUL-terminated: a country code (two of A-Z and 0-9);
 *	a cloud region ("aws:cn-north-1", lower case); "ZZ" if they belong to
 *	nobody (reserved, available); "??" if the file lists them without a place
 */
struct rf_statement {
	rf_addr first;
	rf_addr last;
	char place[RF_PLACE_LEN];
};

/**
 * rf_format_read - hand each statement of a file's content to @take, in the
 * order of the file; they may nest and overlap
 * @name: for the messages
 * @data: @len bytes, already unpacked (unpack.h); need not end in NUL
 * @take: a nonzero return stops the reading and is returned
 * @date: when the source made it, RFC 3339 in UTC, or empty if it does not say
 *
 * Returns 0, -EINVAL with the place and the cause in @fault (a file that says
 * nothing about any address too), -ENOMEM, or what @take returned. @take has
 * seen what stands before the fault. An IPv6 range around ::ffff:0:0/96 comes
 * as two statements, before and behind it; no IPv6 range is within it.
 */
int rf_format_read(enum rf_format format, const char *name, const void *data, size_t len,
		   int (*take)(void *ctx, const struct rf_statement *statement), void *ctx,
		   char date[RF_DATE_LEN], struct rf_fault *fault);

/** rf_format_name - as the policy writes it: "tor-geoipdb", "mmdb", "csv", … */
const char *rf_format_name(enum rf_format format);

/** rf_format_is_of_cloud - its places are cloud regions (cloud.h) */
bool rf_format_is_of_cloud(enum rf_format format);

#endif /* RF_FORMAT_H */
