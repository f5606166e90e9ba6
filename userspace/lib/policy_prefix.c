// SPDX-License-Identifier: GPL-2.0
/*
 * policy_prefix.c - networks and addresses as text
 */
#include "userspace/lib/policy_prefix.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const __u8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* An address of either family; @v4 tells which way it was written. */
static bool parse_address(const char *text, __u8 addr[16], bool *v4)
{
	*v4 = inet_pton(AF_INET, text, addr + 12) == 1;
	if (*v4) {
		memcpy(addr, mapped, sizeof(mapped));
		return true;
	}
	return inet_pton(AF_INET6, text, addr) == 1;
}

bool rf_prefix_address_parse(const char *text, __u8 addr[16])
{
	bool v4;

	return parse_address(text, addr, &v4);
}

/* -1 if it is not a plain decimal number up to @max. */
static int parse_length(const char *text, int max)
{
	size_t digits = strspn(text, "0123456789");
	int value;

	if (!digits || digits > 3 || text[digits] || (text[0] == '0' && digits > 1))
		return -1;
	value = atoi(text);
	return value <= max ? value : -1;
}

/* Clears what lies behind the length; true if anything was set there. */
static bool clear_host_bits(struct rf_prefix *prefix)
{
	bool any = false;
	unsigned int i;

	for (i = prefix->len; i < 128; i++) {
		__u8 bit = 0x80 >> (i % 8);

		any |= prefix->addr[i / 8] & bit;
		prefix->addr[i / 8] &= ~bit;
	}
	return any;
}

static enum rf_prefix_error parse_parts(const char *address, const char *length,
					struct rf_prefix *prefix)
{
	bool v4, is_mapped;
	int bits;

	if (!parse_address(address, prefix->addr, &v4))
		return RF_PREFIX_BAD_ADDRESS;
	is_mapped = !memcmp(prefix->addr, mapped, sizeof(mapped));
	bits = length ? parse_length(length, v4 ? 32 : 128) : v4 ? 32 : 128;
	if (bits < 0)
		return RF_PREFIX_BAD_LENGTH;
	prefix->len = v4 ? bits + 96 : bits;
	if (!v4 && is_mapped && bits >= 96) {
		clear_host_bits(prefix);
		return RF_PREFIX_MAPPED;
	}
	if (clear_host_bits(prefix))
		return RF_PREFIX_HOST_BITS;
	return length ? RF_PREFIX_OK : RF_PREFIX_NO_LENGTH;
}

enum rf_prefix_error rf_prefix_parse(const char *text, struct rf_prefix *prefix)
{
	const char *slash = strchrnul(text, '/');
	char address[INET6_ADDRSTRLEN];
	size_t len = slash - text;

	memset(prefix, 0, sizeof(*prefix));
	if (len >= sizeof(address))
		return RF_PREFIX_BAD_ADDRESS;
	memcpy(address, text, len);
	address[len] = '\0';
	return parse_parts(address, *slash ? slash + 1 : NULL, prefix);
}

bool rf_prefix_is_v4(const struct rf_prefix *prefix)
{
	return prefix->len >= 96 && !memcmp(prefix->addr, mapped, sizeof(mapped));
}

bool rf_prefix_is_everywhere(const struct rf_prefix *prefix)
{
	return prefix->len == (rf_prefix_is_v4(prefix) ? 96 : 0);
}

char *rf_prefix_format(const struct rf_prefix *prefix, char text[RF_PREFIX_TEXT_LEN])
{
	bool v4 = rf_prefix_is_v4(prefix);
	char address[INET6_ADDRSTRLEN];

	if (v4)
		inet_ntop(AF_INET, prefix->addr + 12, address, sizeof(address));
	else
		inet_ntop(AF_INET6, prefix->addr, address, sizeof(address));
	snprintf(text, RF_PREFIX_TEXT_LEN, "%s/%u", address,
		 v4 ? prefix->len - 96u : (unsigned int)prefix->len);
	return text;
}

int rf_prefix_compare(const struct rf_prefix *a, const struct rf_prefix *b)
{
	int order = memcmp(a->addr, b->addr, sizeof(a->addr));

	return order ? order : (int)a->len - (int)b->len;
}
