// SPDX-License-Identifier: GPL-2.0
/*
 * geoip.c - reader of the country files of Debian's tor-geoipdb
 */
#include "userspace/lib/geoip.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* struct line - the line that is being read, without its newline */
struct line {
	const char *at;
	const char *end;
	const char *wrong;
};

static bool wrong(struct line *line, const char *what)
{
	line->wrong = what;
	return false;
}

static bool read_v4(struct line *line, rf_addr *addr)
{
	unsigned long value = 0;
	const char *start = line->at;

	for (; line->at < line->end && *line->at >= '0' && *line->at <= '9'; line->at++) {
		value = value * 10 + (unsigned long)(*line->at - '0');
		if (value > 0xffffffffu)
			return wrong(line, "number above 4294967295");
	}
	if (line->at == start)
		return wrong(line, "expected a decimal number");
	if (*start == '0' && line->at - start > 1)
		return wrong(line, "number with a leading zero");
	*addr = RF_ADDR_V4_FIRST | value;
	return true;
}

static bool read_v6(struct line *line, rf_addr *addr)
{
	char text[INET6_ADDRSTRLEN];
	__u8 bytes[16];
	size_t len = 0;

	for (; line->at < line->end && (isxdigit((unsigned char)*line->at) || *line->at == ':');
	     line->at++) {
		if (len == sizeof(text) - 1)
			return wrong(line, "IPv6 address too long");
		text[len++] = *line->at;
	}
	text[len] = '\0';
	if (inet_pton(AF_INET6, text, bytes) != 1)
		return wrong(line, "expected an IPv6 address");
	*addr = rf_addr_load(bytes);
	return true;
}

static bool read_comma(struct line *line)
{
	if (line->at == line->end || *line->at != ',')
		return wrong(line, "expected a comma");
	line->at++;
	return true;
}

static bool is_code_byte(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

static bool read_code(struct line *line, char code[3])
{
	if (line->end - line->at != 2)
		return wrong(line, "expected a country code of two characters at the end");
	memcpy(code, line->at, 2);
	code[2] = '\0';
	if (strcmp(code, "??") && !(is_code_byte(code[0]) && is_code_byte(code[1])))
		return wrong(line, "country code is not two of A-Z and 0-9");
	return true;
}

static bool read_range(struct line *line, enum rf_geoip_family family, struct rf_geoip_range *range)
{
	bool (*read)(struct line *, rf_addr *) = family == RF_GEOIP_V4 ? read_v4 : read_v6;

	if (!read(line, &range->first) || !read_comma(line) || !read(line, &range->last) ||
	    !read_comma(line) || !read_code(line, range->code))
		return false;
	if (range->last < range->first)
		return wrong(line, "range ends before it starts");
	if (family == RF_GEOIP_V6 && range->first <= RF_ADDR_V4_LAST &&
	    range->last >= RF_ADDR_V4_FIRST)
		return wrong(line, "IPv4-mapped addresses in the IPv6 file");
	return true;
}

static bool is_in_order(struct line *line, const struct rf_geoip_range *before,
			const struct rf_geoip_range *range)
{
	if (range->first > before->last)
		return true;
	if (range->last < before->first)
		return wrong(line, "range out of order");
	return wrong(line, "range overlaps the one before it");
}

int rf_geoip_read(const char *name, enum rf_geoip_family family, const char *text, size_t len,
		  int (*take)(void *ctx, const struct rf_geoip_range *range), void *ctx,
		  struct rf_fault *fault)
{
	struct rf_geoip_range before = { 0 }, range = { 0 };
	const char *end = text + len;
	unsigned long number = 1;
	bool any = false;
	int result;

	for (const char *at = text; at < end; number++) {
		struct line line = { .at = at, .end = memchr(at, '\n', (size_t)(end - at)) };

		if (!line.end)
			return rf_fault_set(fault, -EINVAL,
					    "%s:%lu: last line without newline, file cut short",
					    name, number);
		at = line.end + 1;
		if (memchr(line.at, '\0', (size_t)(line.end - line.at)))
			return rf_fault_set(fault, -EINVAL, "%s:%lu: NUL byte", name, number);
		if (*line.at == '#')
			continue;
		if (!read_range(&line, family, &range) ||
		    (any && !is_in_order(&line, &before, &range)))
			return rf_fault_set(fault, -EINVAL, "%s:%lu: %s", name, number, line.wrong);
		result = take(ctx, &range);
		if (result)
			return result;
		before = range;
		any = true;
	}
	if (!any)
		return rf_fault_set(fault, -EINVAL, "%s:%lu: no ranges", name, number);
	return 0;
}

static unsigned int month_number(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (unsigned int i = 0; i < 12; i++)
		if (!strncmp(names + 3 * i, name, 3))
			return i + 1;
	return 0;
}

/* "Thu, 25 Jun 2026 04:33:59 GMT" */
static bool format_date(const char *text, char date[RF_GEOIP_DATE_LEN])
{
	unsigned int number, day, year, hour, minute, second;
	char month[4], zone[4];

	if (sscanf(text, "%*3[A-Za-z], %2u %3[A-Za-z] %4u %2u:%2u:%2u %3s", &day, month, &year,
		   &hour, &minute, &second, zone) != 7)
		return false;
	number = month_number(month);
	if (!number || strcmp(zone, "GMT") || day < 1 || day > 31 || hour > 23 || minute > 59 ||
	    second > 60)
		return false;
	snprintf(date, RF_GEOIP_DATE_LEN, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000,
		 number % 100, day % 100, hour % 100, minute % 100, second % 100);
	return true;
}

void rf_geoip_date(const char *text, size_t len, char date[RF_GEOIP_DATE_LEN])
{
	static const char key[] = "# Generated: ";
	const char *end = text + len, *newline;
	char line[80];

	date[0] = '\0';
	for (const char *at = text; at < end && *at == '#'; at = newline + 1) {
		size_t size;

		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			return;
		size = (size_t)(newline - at);
		if (size < sizeof(key) || size >= sizeof(line) || memcmp(at, key, sizeof(key) - 1))
			continue;
		memcpy(line, at, size);
		line[size] = '\0';
		if (format_date(line + sizeof(key) - 1, date))
			return;
	}
}
