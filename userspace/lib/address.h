/* SPDX-License-Identifier: GPL-2.0 */
/*
 * address.h - addresses as 128-bit numbers, IPv4 as ::ffff:a.b.c.d
 */
#ifndef RF_ADDRESS_H
#define RF_ADDRESS_H

#include <stdbool.h>

#include "kmod/uapi/ringfence.h"

__extension__ typedef unsigned __int128 rf_addr;

#define RF_ADDR_MAX (~(rf_addr)0)
#define RF_ADDR_V4_FIRST ((rf_addr)0xffff << 32)
#define RF_ADDR_V4_LAST (RF_ADDR_V4_FIRST | 0xffffffffu)
#define RF_ADDR_TEXT_MAX 64 /* bytes: an address or a prefix, with the NUL */

/* Network byte order to number and back. */
static inline rf_addr rf_addr_load(const __u8 bytes[16])
{
	rf_addr addr = 0;

	for (int i = 0; i < 16; i++)
		addr = addr << 8 | bytes[i];
	return addr;
}

static inline void rf_addr_store(rf_addr addr, __u8 bytes[16])
{
	for (int i = 15; i >= 0; i--, addr >>= 8)
		bytes[i] = (__u8)addr;
}

static inline bool rf_addr_is_v4(rf_addr addr)
{
	return addr >> 32 == 0xffff;
}

/* The bits that vary within a prefix of @len (0..128) bits. */
static inline rf_addr rf_addr_host_mask(unsigned int len)
{
	return len ? ((rf_addr)1 << (128 - len)) - 1 : RF_ADDR_MAX;
}

/** rf_cidr_length - of the largest CIDR block that starts at @first and ends by @last */
unsigned int rf_cidr_length(rf_addr first, rf_addr last);

/** rf_cidr_around - length of the largest CIDR block in [first, last] that holds @addr */
unsigned int rf_cidr_around(rf_addr first, rf_addr last, rf_addr addr);

/**
 * rf_addr_text - an address as people write it, IPv4 in dotted form
 * @text: RF_ADDR_TEXT_MAX bytes
 *
 * Returns @text.
 */
const char *rf_addr_text(rf_addr addr, char *text);

/** rf_addr_prefix_text - as "ADDRESS/LENGTH", the length of an IPv4 prefix 0..32 */
const char *rf_addr_prefix_text(rf_addr addr, unsigned int len, char *text);

#endif /* RF_ADDRESS_H */
