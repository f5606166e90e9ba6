// SPDX-License-Identifier: GPL-2.0
/*
 * address.c - addresses as people type them
 */
#include "userspace/cli/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool parse_port(const char *text, uint16_t *port)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	value = strtoul(text, &end, 10);
	if (*end || !value || value > 65535)
		return false;
	*port = (uint16_t)value;
	return true;
}

static bool parse_host(const char *text, size_t len, uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char host[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (!len || len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (inet_pton(AF_INET6, host, bytes) == 1) {
		memcpy(addr, bytes, 16);
		return true;
	}
	if (inet_pton(AF_INET, host, bytes) != 1)
		return false;
	memcpy(addr, mapped, 12);
	memcpy(addr + 12, bytes, 4);
	return true;
}

int rf_address_parse(const char *text, uint8_t addr[16], uint16_t *port)
{
	const char *colon = strchr(text, ':'), *close;
	uint16_t none = 0, value = 0;
	uint8_t parsed[16];
	bool ok;

	if (*text == '[') {
		close = strchr(text, ']');
		ok = close && strchr(text, ':') && strchr(text, ':') < close &&
		     parse_host(text + 1, (size_t)(close - text - 1), parsed) &&
		     (!close[1] || (close[1] == ':' && parse_port(close + 2, &value)));
	} else if (colon && !strchr(colon + 1, ':')) {
		ok = parse_host(text, (size_t)(colon - text), parsed) &&
		     parse_port(colon + 1, &value);
	} else {
		ok = parse_host(text, strlen(text), parsed);
		value = none;
	}
	if (!ok)
		return -EINVAL;
	memcpy(addr, parsed, 16);
	*port = value;
	return 0;
}
