// SPDX-License-Identifier: GPL-2.0
/*
 * format_csv.c - FIRST,LAST,CC or PREFIX,CC, as many publish it
 *
 * Addresses are text, or decimal numbers for IPv4. IPv6 as numbers is refused:
 * the numbers do not tell the families apart. Without a header there is
 * nothing but these columns; with one, it says where they are.
 */
#include <string.h>

#include "userspace/lib/format_reader.h"

enum column { COLUMN_PREFIX, COLUMN_FIRST, COLUMN_LAST, COLUMN_COUNTRY, COLUMN_MAX };

/* struct columns - where each is, -1 if it is not; and how many a row has */
struct columns {
	int at[COLUMN_MAX];
	unsigned int count;
};

/* What publishers call them; of two names for one column the first is taken. */
static const struct {
	const char *name;
	enum column column;
} names[] = {
	{ "network", COLUMN_PREFIX },	    { "prefix", COLUMN_PREFIX },
	{ "cidr", COLUMN_PREFIX },	    { "ip_prefix", COLUMN_PREFIX },
	{ "start_ip", COLUMN_FIRST },	    { "ip_range_start", COLUMN_FIRST },
	{ "ip_start", COLUMN_FIRST },	    { "first", COLUMN_FIRST },
	{ "end_ip", COLUMN_LAST },	    { "ip_range_end", COLUMN_LAST },
	{ "ip_end", COLUMN_LAST },	    { "last", COLUMN_LAST },
	{ "country_code", COLUMN_COUNTRY }, { "country_iso_code", COLUMN_COUNTRY },
	{ "country", COLUMN_COUNTRY },
};

static bool is_header(const struct rf_row *row)
{
	const char *text = row->field[0];

	return text[strspn(text, "0123456789abcdefABCDEF:./")] ||
	       (*text && !strpbrk(text, "0123456789:"));
}

/* -1: none; -2: two of the same name */
static int find_name(const struct rf_row *row, const char *name)
{
	int found = -1;

	for (unsigned int i = 0; i < row->count; i++)
		if (!strcmp(row->field[i], name))
			found = found == -1 ? (int)i : -2;
	return found;
}

static int read_header(struct rf_reader *reader, const struct rf_row *row, struct columns *columns)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int at = find_name(row, names[i].name);

		if (at == -2)
			return rf_reader_wrong(reader, "two columns named %s", names[i].name);
		if (at >= 0 && columns->at[names[i].column] < 0)
			columns->at[names[i].column] = at;
	}
	if (columns->at[COLUMN_PREFIX] < 0 &&
	    (columns->at[COLUMN_FIRST] < 0 || columns->at[COLUMN_LAST] < 0))
		return rf_reader_wrong(reader, "no column named network, nor start_ip and end_ip");
	if (columns->at[COLUMN_COUNTRY] < 0)
		return rf_reader_wrong(reader, "no column named country_code or country");
	return 0;
}

static int find_columns(struct rf_reader *reader, const struct rf_row *row, struct columns *columns)
{
	*columns = (struct columns){ { -1, -1, -1, -1 }, row->count };
	if (is_header(row))
		return read_header(reader, row, columns);
	if (row->count == 2)
		*columns = (struct columns){ { 0, -1, -1, 1 }, 2 };
	else if (row->count == 3)
		*columns = (struct columns){ { -1, 0, 1, 2 }, 3 };
	else
		return rf_reader_wrong(reader, "expected FIRST,LAST,CC or PREFIX,CC or a header");
	return 0;
}

static const char *read_address(const char *text, rf_addr *addr)
{
	const char *wrong;
	__u64 number;

	if (!*text || text[strspn(text, "0123456789")])
		return rf_text_address(text, addr);
	wrong = rf_text_number(text, 0xffffffffu, &number);
	if (!wrong)
		*addr = RF_ADDR_V4_FIRST | number;
	return wrong;
}

static const char *read_range(const char *first_text, const char *last_text, rf_addr *first,
			      rf_addr *last)
{
	const char *wrong = read_address(first_text, first);

	if (!wrong)
		wrong = read_address(last_text, last);
	if (wrong)
		return wrong;
	if (rf_addr_is_v4(*first) != rf_addr_is_v4(*last))
		return "range from one family into the other";
	return *last < *first ? "range ends before it starts" : NULL;
}

static int read_row(struct rf_reader *reader, const struct columns *columns,
		    const struct rf_row *row)
{
	char place[RF_PLACE_LEN];
	const char *wrong;
	rf_addr first, last;

	if (row->count != columns->count)
		return rf_reader_wrong(reader, "%u columns, where the first line has %u",
				       row->count, columns->count);
	if (columns->at[COLUMN_PREFIX] >= 0)
		wrong = rf_text_prefix(row->field[columns->at[COLUMN_PREFIX]], &first, &last);
	else
		wrong = read_range(row->field[columns->at[COLUMN_FIRST]],
				   row->field[columns->at[COLUMN_LAST]], &first, &last);
	if (!wrong)
		wrong = rf_text_country(row->field[columns->at[COLUMN_COUNTRY]], place);
	if (wrong)
		return rf_reader_wrong(reader, "%s", wrong);
	return rf_reader_take(reader, first, last, place);
}

int rf_format_read_csv(struct rf_reader *reader)
{
	static const struct rf_row_style style = { .separator = ',', .quotes = true };
	struct columns columns = { 0 };
	struct rf_row row;
	int result;

	for (bool first = true; (result = rf_reader_row(reader, &style, &row)) > 0; first = false) {
		result = first ? find_columns(reader, &row, &columns) : 0;
		if (!result && !(first && is_header(&row)))
			result = read_row(reader, &columns, &row);
		if (result)
			break;
	}
	return result;
}
