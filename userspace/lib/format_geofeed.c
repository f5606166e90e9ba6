// SPDX-License-Identifier: GPL-2.0
/*
 * format_geofeed.c - RFC 8805: PREFIX,COUNTRY,REGION,CITY,POSTAL
 *
 * The RFC has consumers skip entries that they cannot read. Here such a file
 * is refused: what a skipped entry would have said is then said by a wider one
 * or by a less trusted source, and that may be the wrong country.
 */
#include <ctype.h>

#include "userspace/lib/format_reader.h"

#define GEOFEED_COLUMNS 5

/* "Parsers SHOULD treat this field case-insensitively" */
static void to_upper(char *text)
{
	for (; *text; text++)
		*text = (char)toupper((unsigned char)*text);
}

static int read_row(struct rf_reader *reader, const struct rf_row *row)
{
	char place[RF_PLACE_LEN];
	const char *wrong;
	rf_addr first, last;

	if (row->count < 2 || row->count > GEOFEED_COLUMNS)
		return rf_reader_wrong(reader, "expected PREFIX,COUNTRY,REGION,CITY,POSTAL");
	to_upper(row->field[1]);
	wrong = rf_text_prefix(row->field[0], &first, &last);
	if (!wrong)
		wrong = rf_text_country(row->field[1], place);
	if (wrong)
		return rf_reader_wrong(reader, "%s", wrong);
	return rf_reader_take(reader, first, last, place);
}

int rf_format_read_geofeed(struct rf_reader *reader)
{
	/* RFC 4180 has the last line's end optional, and publishers leave it out. */
	static const struct rf_row_style style = {
		.separator = ',', .quotes = true, .blank = true, .open_end = true
	};
	struct rf_row row;
	int result;

	while ((result = rf_reader_row(reader, &style, &row)) > 0) {
		result = read_row(reader, &row);
		if (result)
			break;
	}
	return result;
}
