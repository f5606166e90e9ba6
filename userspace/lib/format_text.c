// SPDX-License-Identifier: GPL-2.0
/*
 * format_text.c - addresses, numbers and places as text
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/format_reader.h"
#include "userspace/lib/policy_prefix.h"

static const char is_mapped[] = "IPv4 address in the form of IPv6";

const char *rf_text_address(const char *text, rf_addr *addr)
{
	__u8 bytes[16];
	rf_addr value;

	if (!rf_prefix_address_parse(text, bytes))
		return "expected an address";
	value = rf_addr_load(bytes);
	if (rf_addr_is_v4(value) && strchr(text, ':'))
		return is_mapped;
	*addr = value;
	return NULL;
}

const char *rf_text_prefix(const char *text, rf_addr *first, rf_addr *last)
{
	struct rf_prefix prefix;

	switch (rf_prefix_parse(text, &prefix)) {
	case RF_PREFIX_OK:
	case RF_PREFIX_NO_LENGTH: break;
	case RF_PREFIX_BAD_ADDRESS: return "expected an address or a prefix";
	case RF_PREFIX_BAD_LENGTH: return "prefix length is not a number of 0 to 32, or to 128";
	case RF_PREFIX_HOST_BITS: return "prefix with bits set behind its length";
	case RF_PREFIX_MAPPED: return is_mapped;
	}
	*first = rf_addr_load(prefix.addr);
	*last = *first | rf_addr_host_mask(prefix.len);
	return NULL;
}

const char *rf_text_number(const char *text, __u64 max, __u64 *number)
{
	__u64 value = 0;

	if (!*text || text[strspn(text, "0123456789")])
		return "expected a decimal number";
	if (*text == '0' && text[1])
		return "number with a leading zero";
	for (; *text; text++) {
		__u64 digit = (__u64)(*text - '0');

		if (value > (max - digit) / 10)
			return "number too large";
		value = value * 10 + digit;
	}
	*number = value;
	return NULL;
}

static bool is_code_byte(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

const char *rf_text_country(const char *text, char place[RF_PLACE_LEN])
{
	if (!*text || !strcmp(text, "??")) {
		memcpy(place, "??", 3);
		return NULL;
	}
	if (strlen(text) != 2 || !is_code_byte(text[0]) || !is_code_byte(text[1]))
		return "country code is not two of A-Z and 0-9";
	memcpy(place, text, 3);
	return NULL;
}

const char *rf_text_region(const char *cloud, const char *text, char place[RF_PLACE_LEN])
{
	static const char known[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
	int len;

	if (!*text || text[strspn(text, known)])
		return "region is not of letters, digits and hyphens";
	if (strlen(cloud) + 1 + strlen(text) >= RF_PLACE_LEN)
		return "region's name too long";
	len = snprintf(place, RF_PLACE_LEN, "%s:%s", cloud, text);
	for (int i = 0; i < len; i++)
		place[i] = (char)tolower((unsigned char)place[i]);
	return NULL;
}
