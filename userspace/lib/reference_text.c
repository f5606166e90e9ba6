// SPDX-License-Identifier: GPL-2.0
/*
 * reference_text.c - the reference's reader of the formats that have a
 * statement on each line: tor-geoipdb, CSV, geofeeds, delegated-extended
 *
 * It walks the text with pointers; the NUL behind it ends every walk.
 */
#include "userspace/lib/reference_private.h"

#include <errno.h>
#include <string.h>

#define FIELDS 7 /* those of a line that matter */

/* struct field - without blanks and quotes around it */
struct field {
	const char *text;
	size_t len;
};

struct line {
	struct field field[FIELDS];
	size_t count;
};

static bool scan_number(const char **at, __u64 max, __u64 *number)
{
	const char *c = *at;
	__u64 value = 0;

	for (; *c >= '0' && *c <= '9'; c++) {
		value = value * 10 + (__u64)(*c - '0');
		if (value > max)
			return false;
	}
	if (c == *at)
		return false;
	*at = c;
	*number = value;
	return true;
}

/* Four parts with dots between, or all in one number. */
static bool scan_v4(const char **at, rf_addr *addr)
{
	const char *c = *at;
	__u64 whole, part;

	if (!scan_number(&c, 0xffffffffu, &whole))
		return false;
	if (*c == '.') {
		if (whole > 255)
			return false;
		for (int i = 0; i < 3; i++) {
			if (*c++ != '.' || !scan_number(&c, 255, &part))
				return false;
			whole = whole << 8 | part;
		}
	}
	*at = c;
	*addr = (rf_addr)0xffff << 32 | whole;
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 16 bits, or 32 where IPv4's notation ends the address: how many, or 0. */
static unsigned int scan_group(const char **at, __u32 *group)
{
	const char *c = *at;
	rf_addr v4;

	*group = 0;
	for (; hex(*c) >= 0 && c < *at + 4; c++)
		*group = *group << 4 | (__u32)hex(*c);
	if (*c == '.' && scan_v4(at, &v4)) {
		*group = (__u32)v4;
		return 32;
	}
	if (c == *at || hex(*c) >= 0)
		return 0;
	*at = c;
	return 16;
}

/* Groups are pushed in from the right; what stood before "::" is moved back left. */
static bool scan_v6(const char **at, rf_addr *addr)
{
	unsigned int bits = 0, gap = 0, more;
	bool has_gap = false;
	rf_addr all = 0;
	__u32 group;
	const char *c = *at;

	for (;;) {
		if (c[0] == ':' && c[1] == ':') {
			if (has_gap)
				return false;
			has_gap = true;
			gap = bits;
			c += 2;
			if (hex(*c) < 0)
				break;
		} else if (bits && *c == ':') {
			c++;
		} else if (bits) {
			break;
		}
		more = scan_group(&c, &group);
		bits += more;
		if (!more || bits > 128)
			return false;
		all = all << more | group;
	}
	if (has_gap ? bits > 112 : bits != 128)
		return false;
	if (has_gap && gap) {
		rf_addr low = all & (((rf_addr)1 << (bits - gap)) - 1);

		all = (all >> (bits - gap)) << (128 - gap) | low;
	}
	*at = c;
	*addr = all;
	return true;
}

bool rf_reference_scan_addr(const char **at, rf_addr *addr)
{
	const char *c = *at;

	while (hex(*c) >= 0)
		c++;
	return *c == ':' ? scan_v6(at, addr) : scan_v4(at, addr);
}

bool rf_reference_scan_prefix(const char **at, rf_addr *first, rf_addr *last)
{
	unsigned int width;
	__u64 len;
	rf_addr addr, below;

	if (!rf_reference_scan_addr(at, &addr))
		return false;
	width = rf_addr_is_v4(addr) ? 32 : 128;
	len = width;
	if (**at == '/') {
		++*at;
		if (!scan_number(at, width, &len))
			return false;
	}
	below = width - len == 128 ? ~(rf_addr)0 : ((rf_addr)1 << (width - len)) - 1;
	*first = addr & ~below;
	*last = addr | below;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The end of the line is a newline, or the NUL behind the last one. */
static bool is_end(char c)
{
	return c == '\n' || c == '\0';
}

/* A field ends before the separator, the end of the line, a comment. */
static bool is_stop(char c, char separator)
{
	return c == separator || c == '#' || is_end(c);
}

/* The next field; a quoted one may hold the separator. Returns where it ends. */
static const char *cut_field(const char *at, char separator, struct field *field)
{
	const char *end;

	while (is_blank(*at))
		at++;
	field->text = at;
	if (*at == '"') {
		field->text = ++at;
		while (*at != '"' && !is_end(*at))
			at++;
		field->len = (size_t)(at - field->text);
		while (!is_stop(*at, separator))
			at++;
		return at;
	}
	while (!is_stop(*at, separator))
		at++;
	for (end = at; end > field->text && is_blank(end[-1]); end--)
		;
	field->len = (size_t)(end - field->text);
	return at;
}

/* The fields that matter; returns where the line ends. */
static const char *cut_line(const char *at, char separator, struct line *line)
{
	line->count = 0;
	do {
		at = cut_field(at + (line->count != 0), separator, &line->field[line->count]);
		line->count++;
	} while (*at == separator && line->count < FIELDS);
	while (!is_end(*at))
		at++;
	return at;
}

static bool is_text(const struct field *field, const char *text)
{
	return field->len == strlen(text) && !memcmp(field->text, text, field->len);
}

/* "??" and what others write for it. */
static int place_of(const struct field *field)
{
	if (field->len == 0 || is_text(field, "??") || is_text(field, "-"))
		return RF_REFERENCE_NOWHERE;
	return rf_reference_code(field->text, field->len);
}

static bool addr_of(const struct field *field, rf_addr *addr)
{
	const char *at = field->text;

	return rf_reference_scan_addr(&at, addr) && at == field->text + field->len;
}

static bool prefix_of(const struct field *field, rf_addr *first, rf_addr *last)
{
	const char *at = field->text;

	return rf_reference_scan_prefix(&at, first, last) && at == field->text + field->len;
}

static int take(struct rf_reference_reader *reader, rf_addr first, rf_addr last, int place)
{
	return place < 0 ? -EINVAL : rf_reference_take(reader, first, last, (__u16)place);
}

/* FIRST,LAST,CC or PREFIX,CC */
static int read_csv(struct rf_reference_reader *reader, const struct line *line)
{
	const struct field *field = line->field;
	rf_addr first, last;

	if (line->count < 2)
		return -EINVAL;
	if (line->count > 2 && addr_of(&field[0], &first) && addr_of(&field[1], &last))
		return take(reader, first, last, place_of(&field[2]));
	if (prefix_of(&field[0], &first, &last))
		return take(reader, first, last, place_of(&field[1]));
	return -EINVAL;
}

/* PREFIX,CC,REGION,CITY,POSTCODE; all but the prefix may be absent */
static int read_geofeed(struct rf_reference_reader *reader, const struct line *line)
{
	const struct field *field = line->field;
	rf_addr first, last;

	if (!prefix_of(&field[0], &first, &last))
		return -EINVAL;
	return take(reader, first, last,
		    line->count > 1 ? place_of(&field[1]) : RF_REFERENCE_NOWHERE);
}

/* REGISTRY|CC|TYPE|START|VALUE|DATE|STATUS|…; the value is how many, or a length */
static int read_delegated(struct rf_reference_reader *reader, const struct line *line)
{
	const struct field *field = line->field, *status = &field[6];
	bool v4 = line->count > 2 && is_text(&field[2], "ipv4");
	int place = place_of(&field[1]);
	rf_addr first, last;
	const char *at;
	__u64 value;

	if (line->count < 7)
		return 0; /* the version, the sums */
	if (!v4 && !is_text(&field[2], "ipv6"))
		return 0;
	at = field[4].text;
	if (!addr_of(&field[3], &first) || !scan_number(&at, 1ull << 32, &value))
		return -EINVAL;
	if (is_text(status, "available") || is_text(status, "reserved"))
		place = RF_REFERENCE_NOBODY;
	if (!v4 && (value == 0 || value > 128))
		return -EINVAL;
	last = first + ((v4 ? (rf_addr)value : (rf_addr)1 << (128 - value)) - 1);
	return take(reader, first, last, place);
}

static int read_line(struct rf_reference_reader *reader, const struct line *line)
{
	switch (reader->format) {
	case RF_FORMAT_GEOFEED: return read_geofeed(reader, line);
	case RF_FORMAT_DELEGATED: return read_delegated(reader, line);
	default: return read_csv(reader, line);
	}
}

/* A first line of a CSV that starts with a word and not with an address names the columns. */
static bool is_header(const struct rf_reference_reader *reader, const struct line *line)
{
	const char *at = line->field[0].text;
	rf_addr addr;

	return reader->format == RF_FORMAT_CSV && !(*at >= '0' && *at <= '9') &&
	       !rf_reference_scan_addr(&at, &addr);
}

/* One that has something in it. */
static int read_any(struct rf_reference_reader *reader, const struct line *line, bool *begun)
{
	bool header = !*begun && is_header(reader, line);

	if (line->count == 1 && line->field[0].len == 0)
		return 0;
	*begun = true;
	return header ? 0 : read_line(reader, line);
}

int rf_reference_read_text(struct rf_reference_reader *reader)
{
	char separator = reader->format == RF_FORMAT_DELEGATED ? '|' : ',';
	const char *end = reader->data + reader->len;
	bool begun = false;
	struct line line;

	if (!strncmp(reader->at, "\xef\xbb\xbf", 3))
		reader->at += 3;
	while (reader->at < end) {
		const char *next = cut_line(reader->at, separator, &line);
		int error = *next == '\0' && next < end ? -EINVAL : read_any(reader, &line, &begun);

		if (error)
			return error;
		reader->at = next + 1;
	}
	return 0;
}
