/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format_reader.h - what the readers of region data share; for format*.c only
 */
#ifndef RF_FORMAT_READER_H
#define RF_FORMAT_READER_H

#include <jansson.h>

#include "userspace/lib/format.h"

#define RF_ROW_LEN 1024 /* bytes of a line, with the NUL */
#define RF_ROW_FIELDS 32

/**
 * struct rf_reader - one reading of one file
 * @line: the line that is being read, from 1; 0 where there are no lines
 * @taken: statements handed on
 */
struct rf_reader {
	const char *name;
	const char *data;
	size_t len;
	int (*take)(void *ctx, const struct rf_statement *statement);
	void *ctx;
	char *date; /* RF_DATE_LEN bytes, empty to begin with */
	struct rf_fault *fault;
	unsigned long line;
	size_t taken;
};

/* One for each format, as rf_format_read() */
int rf_format_read_geoip(struct rf_reader *reader);
int rf_format_read_mmdb(struct rf_reader *reader);
int rf_format_read_csv(struct rf_reader *reader);
int rf_format_read_delegated(struct rf_reader *reader);
int rf_format_read_geofeed(struct rf_reader *reader);
int rf_format_read_aws(struct rf_reader *reader);
int rf_format_read_google(struct rf_reader *reader);
int rf_format_read_azure(struct rf_reader *reader);

/** rf_reader_wrong - -EINVAL, with the file, the line and what is wrong */
int rf_reader_wrong(struct rf_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * rf_reader_take - hand on that first..last are at @place
 * @first, @last: both IPv4, or both IPv6
 *
 * An IPv6 range around ::ffff:0:0/96 does not speak of IPv4: it is handed on
 * as what is before and what is behind.
 */
int rf_reader_take(struct rf_reader *reader, rf_addr first, rf_addr last, const char *place);

/** rf_reader_date - note when the source made the file, from seconds since 1970 */
void rf_reader_date(struct rf_reader *reader, __u64 seconds);

/**
 * struct rf_row_style - how a format writes its lines
 * @separator: between the fields
 * @quotes: fields may stand in "", where "" is a quote
 * @blank: empty lines mean nothing
 * @open_end: the last line may lack its newline
 */
struct rf_row_style {
	char separator;
	bool quotes;
	bool blank;
	bool open_end;
};

/** struct rf_row - the fields of a line, NUL-terminated */
struct rf_row {
	char text[RF_ROW_LEN];
	char *field[RF_ROW_FIELDS];
	unsigned int count;
};

/**
 * rf_reader_row - the next line that is no comment
 *
 * Lines end in LF or CRLF. Returns 1, 0 at the end, or -EINVAL: a line that is
 * too long, cut short, or has control characters or unbalanced quotes.
 */
int rf_reader_row(struct rf_reader *reader, const struct rf_row_style *style, struct rf_row *row);

/*
 * Text to numbers and places. Each returns NULL, or what is wrong with the
 * text; the outputs are written on success only.
 */

/** rf_text_address - IPv4 or IPv6; IPv4 in the clothes of IPv6 is refused */
const char *rf_text_address(const char *text, rf_addr *addr);

/** rf_text_prefix - "192.0.2.0/24"; without a length it is one address */
const char *rf_text_prefix(const char *text, rf_addr *first, rf_addr *last);

/** rf_text_number - decimal, without sign and leading zeros, at most @max */
const char *rf_text_number(const char *text, __u64 max, __u64 *number);

/** rf_text_country - two of A-Z and 0-9; nothing, or "??", is "??" */
const char *rf_text_country(const char *text, char place[RF_PLACE_LEN]);

/** rf_text_region - a cloud's region: "aws" and "GLOBAL" are "aws:global" */
const char *rf_text_region(const char *cloud, const char *text, char place[RF_PLACE_LEN]);

/** rf_json_load - the file as a JSON object; NULL with @reader's fault */
json_t *rf_json_load(struct rf_reader *reader, int *error);

/**
 * rf_json_member - the member @key of @object; borrowed
 * @where: the object's own place for the messages, "prefixes[17]"; empty: the top
 *
 * NULL, with @reader's fault, if there is none, or it is not of @type.
 */
json_t *rf_json_member(struct rf_reader *reader, const char *where, const json_t *object,
		       const char *key, json_type type);

/**
 * rf_json_prefix - hand on that a prefix is at @place
 * @where: "prefixes[17].ip_prefix"
 * @v4: of which family it has to be; NULL: either
 */
int rf_json_prefix(struct rf_reader *reader, const char *where, const json_t *text, const bool *v4,
		   const char *place);

#endif /* RF_FORMAT_READER_H */
