/* SPDX-License-Identifier: GPL-2.0 */
/*
 * geoip.h - reader of the country files of Debian's tor-geoipdb
 *
 * The format: comment lines that start with '#', then one range per line,
 * "FIRST,LAST,CC": decimal numbers for IPv4, address text for IPv6, and a code
 * of two characters, or "??" where the source does not know.
 *
 * Everything that is not exactly this is fatal, with file and line: a range
 * that ends before it starts, starts at or before the end of the one above,
 * or is not of the file's family (IPv4-mapped addresses in the IPv6 file
 * included, since they would never be found there); a code that is not two of
 * A-Z and 0-9; leading zeros, white space, carriage returns, empty lines, NUL
 * bytes; a last line without its newline (the file was cut short); a file
 * without ranges. A wrong guess here would let data out, and a file that
 * cannot be read leaves the last generation in force.
 *
 * Not fatal: a missing or unreadable date in the comments.
 */
#ifndef RF_GEOIP_H
#define RF_GEOIP_H

#include <stddef.h>

#include "userspace/lib/address.h"
#include "userspace/lib/fault.h"

#define RF_GEOIP_DATE_LEN 21 /* "2026-06-25T04:33:59Z" and NUL */

enum rf_geoip_family { RF_GEOIP_V4, RF_GEOIP_V6 };

/**
 * struct rf_geoip_range - one line
 * @code: as in the file, NUL-terminated; "??" says nothing
 */
struct rf_geoip_range {
	rf_addr first;
	rf_addr last;
	char code[3];
};

/**
 * rf_geoip_read - hand each range of a file's text to @take, in ascending order
 * @name: for the messages
 * @text: @len bytes, need not end in NUL
 * @take: a nonzero return stops the reading and is returned
 *
 * Returns 0, -EINVAL with the place and the cause in @fault, or what @take
 * returned. @take has seen the ranges before the fault.
 */
int rf_geoip_read(const char *name, enum rf_geoip_family family, const char *text, size_t len,
		  int (*take)(void *ctx, const struct rf_geoip_range *range), void *ctx,
		  struct rf_fault *fault);

/**
 * rf_geoip_date - when the source made the data, from the leading comments
 * @date: RFC 3339 in UTC, or empty if the comments do not say
 */
void rf_geoip_date(const char *text, size_t len, char date[RF_GEOIP_DATE_LEN]);

#endif /* RF_GEOIP_H */
