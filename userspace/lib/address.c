// SPDX-License-Identifier: GPL-2.0
/*
 * address.c - addresses as people write them
 */
#include "userspace/lib/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

const char *rf_addr_text(rf_addr addr, char *text)
{
	__u8 bytes[16];

	rf_addr_store(addr, bytes);
	if (rf_addr_is_v4(addr))
		inet_ntop(AF_INET, bytes + 12, text, RF_ADDR_TEXT_MAX);
	else
		inet_ntop(AF_INET6, bytes, text, RF_ADDR_TEXT_MAX);
	return text;
}

const char *rf_addr_prefix_text(rf_addr addr, unsigned int len, char *text)
{
	size_t used;

	if (rf_addr_is_v4(addr) && len >= 96)
		len -= 96;
	rf_addr_text(addr, text);
	used = strlen(text);
	snprintf(text + used, RF_ADDR_TEXT_MAX - used, "/%u", len);
	return text;
}

unsigned int rf_cidr_length(rf_addr first, rf_addr last)
{
	unsigned int len = 128;

	while (len > 0) {
		rf_addr mask = rf_addr_host_mask(len - 1);

		if ((first & mask) || (first | mask) > last)
			break;
		len--;
	}
	return len;
}

unsigned int rf_cidr_around(rf_addr first, rf_addr last, rf_addr addr)
{
	unsigned int len = 128;

	while (len > 0) {
		rf_addr mask = rf_addr_host_mask(len - 1);

		if ((addr & ~mask) < first || (addr | mask) > last)
			break;
		len--;
	}
	return len;
}
