/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_prefix.h - networks and addresses as text
 */
#ifndef RF_POLICY_PREFIX_H
#define RF_POLICY_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

#include "kmod/uapi/ringfence.h"

#define RF_PREFIX_TEXT_LEN 64 /* with the NUL */

enum rf_prefix_error {
	RF_PREFIX_OK = 0,
	RF_PREFIX_BAD_ADDRESS, /* neither IPv4 nor IPv6 */
	RF_PREFIX_NO_LENGTH, /* an address without /length */
	RF_PREFIX_BAD_LENGTH, /* not a number from 0 to 32 or 128 */
	RF_PREFIX_HOST_BITS, /* bits behind the length are set */
	RF_PREFIX_MAPPED, /* IPv4 written as ::ffff:a.b.c.d */
};

/**
 * rf_prefix_parse - read "10.20.0.0/16" or "2001:db8::/32"
 * @prefix: set if RF_PREFIX_OK; for NO_LENGTH, HOST_BITS and MAPPED to what
 *	was probably meant
 *
 * Strict: decimal without leading zeros, no zone, no space. IPv4 becomes
 * ::ffff:a.b.c.d with 96 more bits; an IPv6 prefix is never of that form,
 * though a shorter one (::/0) may cover it.
 */
enum rf_prefix_error rf_prefix_parse(const char *text, struct rf_prefix *prefix);

/**
 * rf_prefix_address_parse - read an address without a length
 * @addr: network byte order; IPv4 as ::ffff:a.b.c.d. The mapped form itself is
 *	taken too, as the address that it maps.
 */
bool rf_prefix_address_parse(const char *text, __u8 addr[16]);

/** rf_prefix_is_v4 - is it of the form ::ffff:a.b.c.d/96+n? */
bool rf_prefix_is_v4(const struct rf_prefix *prefix);

/** rf_prefix_is_everywhere - is it all of IPv4, or all of IPv6? */
bool rf_prefix_is_everywhere(const struct rf_prefix *prefix);

/** rf_prefix_format - as rf_prefix_parse() reads it; returns @text */
char *rf_prefix_format(const struct rf_prefix *prefix, char text[RF_PREFIX_TEXT_LEN]);

/** rf_prefix_compare - by address, then by length; as memcmp() */
int rf_prefix_compare(const struct rf_prefix *a, const struct rf_prefix *b);

#endif /* RF_POLICY_PREFIX_H */
