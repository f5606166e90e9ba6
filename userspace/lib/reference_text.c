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

#define FIELDS 32 /* of a line; there may be more, but none that matters */

/* struct field - without blanks and quotes around it */
struct field {
	const char *text;
	size_t len;
};

struct line {
	struct field field[FIELDS];
	size_t count;
};

/* struct columns - of a CSV, where what matters is; FIELDS: nowhere */
struct columns {
	size_t prefix;
	size_t first;
	size_t last;
	size_t country;
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

/* The value of a hexadecimal digit, or -1. */
static inline int hex(char c)
{
	unsigned int decimal = (unsigned int)c - '0', letter = ((unsigned int)c | 0x20) - 'a';

	if (decimal < 10)
		return (int)decimal;
	return letter < 6 ? (int)letter + 10 : -1;
}

/* 16 bits, or 32 where IPv4's notation ends the address: how many, or 0. */
static unsigned int scan_group(const char **at, __u32 *group)
{
	const char *c = *at;
	rf_addr v4;
	int digit;

	*group = 0;
	for (; c < *at + 4 && (digit = hex(*c)) >= 0; c++)
		*group = *group << 4 | (__u32)digit;
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
		all = (more == 32 ? all << 32 : all << 16) | group;
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

/* What is in quotes from @at on, where two of them stand for one. Returns where it ends. */
static const char *cut_quoted(const char *at, struct field *field)
{
	field->text = at;
	while (!is_end(*at) && (*at != '"' || at[1] == '"'))
		at += *at == '"' ? 2 : 1;
	field->len = (size_t)(at - field->text);
	return at;
}

/* The next field, up to @separator. Returns where it ends. */
static const char *cut_field(const char *at, char separator, struct field *field)
{
	bool quoted;

	while (is_blank(*at))
		at++;
	quoted = *at == '"';
	field->text = at;
	if (quoted)
		at = cut_quoted(at + 1, field);
	while (*at != separator && !is_end(*at))
		at++;
	if (quoted)
		return at;
	field->len = (size_t)(at - field->text);
	while (field->len && is_blank(field->text[field->len - 1]))
		field->len--;
	return at;
}

/* The fields. Returns where the line ends. */
static const char *cut_line(const char *at, char separator, struct line *line)
{
	line->count = 0;
	at = cut_field(at, separator, &line->field[line->count++]);
	while (*at == separator && line->count < FIELDS)
		at = cut_field(at + 1, separator, &line->field[line->count++]);
	while (!is_end(*at))
		at++;
	return at;
}

static bool is_text(const struct field *field, const char *text)
{
	return field->len == strlen(text) && !memcmp(field->text, text, field->len);
}

static int place_of(const struct field *field)
{
	if (field->len == 0 || is_text(field, "??"))
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

/* FIRST,LAST,CC or PREFIX,CC, unless a header says otherwise */
static const struct columns range_columns = { FIELDS, 0, 1, 2 };
static const struct columns prefix_columns = { 0, FIELDS, FIELDS, 1 };

static const struct columns *default_columns(const struct line *line)
{
	return line->count == 2 ? &prefix_columns : &range_columns;
}

/*
 * FIRST,LAST,CC with nothing more, as nearly all lines of the large files are:
 * what read_csv() would make of the fields. False if it is another line.
 */
static bool scan_range(const char **at, rf_addr *first, rf_addr *last, int *place)
{
	const char *c = *at;

	if (!rf_reference_scan_addr(&c, first) || *c++ != ',')
		return false;
	if (!rf_reference_scan_addr(&c, last) || *c++ != ',')
		return false;
	*place = c[0] ? rf_reference_code(c, 2) : -1;
	if (*place < 0 || c[2] != '\n')
		return false;
	*at = c + 2;
	return true;
}

static int read_csv(struct rf_reference_reader *reader, const struct line *line,
		    const struct columns *columns)
{
	const struct field *field = line->field;
	rf_addr first, last;
	bool good;

	if (line->count <= columns->country)
		return -EINVAL;
	if (columns->prefix < line->count)
		good = prefix_of(&field[columns->prefix], &first, &last);
	else
		good = columns->first < line->count && columns->last < line->count &&
		       addr_of(&field[columns->first], &first) &&
		       addr_of(&field[columns->last], &last);
	if (!good)
		return -EINVAL;
	return take(reader, first, last, place_of(&field[columns->country]));
}

/* The column that has one of these names, the better ones first. */
static size_t find_column(const struct line *line, const char *const *names)
{
	for (; *names; names++)
		for (size_t i = 0; i < line->count; i++)
			if (is_text(&line->field[i], *names))
				return i;
	return FIELDS;
}

static int read_header(const struct line *line, struct columns *columns)
{
	static const char *const prefix[] = { "network", "prefix", "cidr", "ip_prefix", NULL };
	static const char *const first[] = { "start_ip", "ip_range_start", "ip_start", "first",
					     NULL };
	static const char *const last[] = { "end_ip", "ip_range_end", "ip_end", "last", NULL };
	static const char *const country[] = { "country_code", "country_iso_code", "country",
					       NULL };

	columns->prefix = find_column(line, prefix);
	columns->first = find_column(line, first);
	columns->last = find_column(line, last);
	columns->country = find_column(line, country);
	return columns->country == FIELDS ? -EINVAL : 0;
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
	const struct field *field = line->field;
	const char *at;
	rf_addr first, last;
	__u64 value;
	bool v4;

	if (line->count < 7)
		return 0; /* the version, the sums */
	at = field[4].text;
	v4 = is_text(&field[2], "ipv4");
	if (!v4 && !is_text(&field[2], "ipv6"))
		return 0;
	if (!addr_of(&field[3], &first) || rf_addr_is_v4(first) != v4 ||
	    !scan_number(&at, 1ull << 32, &value) || at != field[4].text + field[4].len)
		return -EINVAL;
	if (!v4 && value > 128)
		return -EINVAL;
	if (v4)
		last = first + (value - 1);
	else
		last = first | (value ? ((rf_addr)1 << (128 - value)) - 1 : RF_ADDR_MAX);
	if (!is_text(&field[6], "allocated") && !is_text(&field[6], "assigned"))
		return take(reader, first, last, RF_REFERENCE_NOBODY);
	return take(reader, first, last, place_of(&field[1]));
}

/* A first line of a CSV that starts with a word and not with an address names the columns. */
static bool is_header(const struct line *line)
{
	const char *at = line->field[0].text;
	rf_addr addr;

	return !(*at >= '0' && *at <= '9') && !rf_reference_scan_addr(&at, &addr);
}

/*
 * One that has something in it.
 * @columns: of the header, if there is one; NULL before the first such line
 */
static int read_line(struct rf_reference_reader *reader, const struct line *line,
		     const struct columns **columns, struct columns *header)
{
	if (reader->format == RF_FORMAT_GEOFEED)
		return read_geofeed(reader, line);
	if (reader->format == RF_FORMAT_DELEGATED)
		return read_delegated(reader, line);
	if (!*columns && reader->format == RF_FORMAT_CSV && is_header(line)) {
		*columns = header;
		return read_header(line, header);
	}
	if (!*columns)
		*columns = default_columns(line);
	return read_csv(reader, line, *columns);
}

/* The line at reader->at, which is no comment. */
static int read_any(struct rf_reference_reader *reader, const struct columns **columns,
		    struct columns *header, const char **next)
{
	char separator = reader->format == RF_FORMAT_DELEGATED ? '|' : ',';
	rf_addr first, last;
	struct line line;
	int place;

	*next = reader->at;
	if (*columns == &range_columns && scan_range(next, &first, &last, &place))
		return rf_reference_take(reader, first, last, (__u16)place);
	*next = cut_line(reader->at, separator, &line);
	if (**next == '\0' && *next < reader->data + reader->len)
		return -EINVAL;
	if (line.count == 1 && !line.field[0].len)
		return 0;
	return read_line(reader, &line, columns, header);
}

int rf_reference_read_text(struct rf_reference_reader *reader)
{
	const char *end = reader->data + reader->len, *next;
	const struct columns *columns = NULL;
	struct columns header;

	if (!strncmp(reader->at, "\xef\xbb\xbf", 3)) /* the mark of UTF-8 */
		reader->at += 3;
	for (; reader->at < end; reader->at = next + 1) {
		int error = 0;

		if (*reader->at == '#') {
			next = memchr(reader->at, '\n', (size_t)(end - reader->at));
			if (!next)
				break;
			continue;
		}
		error = read_any(reader, &columns, &header, &next);
		if (error)
			return error;
	}
	return 0;
}
