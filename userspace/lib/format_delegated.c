// SPDX-License-Identifier: GPL-2.0
/*
 * format_delegated.c - the registries' delegated-extended statistics
 *
 *	2|ripencc|1790287199|243459|19830705|20260924|+0200	version
 *	ripencc|*|ipv4|*|98383|summary				one for each type
 *	ripencc|SE|ipv4|192.0.2.0|256|20100712|allocated|…	records
 *
 * The summaries say how many records there are: a file that was cut short is
 * refused. (The version line's number is not held to it; it is made apart.)
 */
#include <stdio.h>
#include <string.h>

#include "userspace/lib/format_reader.h"

enum type { TYPE_ASN, TYPE_IPV4, TYPE_IPV6, TYPE_MAX };

static const char *const type_names[TYPE_MAX] = { "asn", "ipv4", "ipv6" };

/* struct tally - what was read, and what the summaries say; -1: no summary */
struct tally {
	char registry[16];
	long long read[TYPE_MAX];
	long long said[TYPE_MAX];
};

static int find_type(struct rf_reader *reader, const char *name)
{
	for (int i = 0; i < TYPE_MAX; i++)
		if (!strcmp(name, type_names[i]))
			return i;
	return rf_reader_wrong(reader, "type is none of asn, ipv4 and ipv6");
}

/* "20260924": the day up to which it speaks. Its start: better too old. */
static void read_date(struct rf_reader *reader, const char *day)
{
	if (strlen(day) == 8 && strspn(day, "0123456789") == 8 && memcmp(day, "0000", 4))
		snprintf(reader->date, RF_DATE_LEN, "%.4s-%.2s-%.2sT00:00:00Z", day, day + 4,
			 day + 6);
}

static int read_version(struct rf_reader *reader, const struct rf_row *row, struct tally *tally)
{
	if (row->count != 7 || (strcmp(row->field[0], "2") && strncmp(row->field[0], "2.", 2)))
		return rf_reader_wrong(
			reader, "expected 2|REGISTRY|SERIAL|RECORDS|STARTDATE|ENDDATE|UTCOFFSET");
	if (strlen(row->field[1]) >= sizeof(tally->registry))
		return rf_reader_wrong(reader, "registry's name too long");
	strcpy(tally->registry, row->field[1]);
	read_date(reader, row->field[5]);
	return 0;
}

static bool is_summary(const struct rf_row *row)
{
	return row->count == 6 && !strcmp(row->field[5], "summary");
}

static int read_summary(struct rf_reader *reader, const struct rf_row *row, struct tally *tally)
{
	int type = find_type(reader, row->field[2]);
	const char *wrong;
	__u64 number;

	if (type < 0)
		return type;
	if (strcmp(row->field[1], "*") || strcmp(row->field[3], "*"))
		return rf_reader_wrong(reader, "expected REGISTRY|*|TYPE|*|COUNT|summary");
	if (tally->said[type] >= 0)
		return rf_reader_wrong(reader, "second summary of %s", type_names[type]);
	wrong = rf_text_number(row->field[4], 1u << 30, &number);
	if (wrong)
		return rf_reader_wrong(reader, "%s", wrong);
	tally->said[type] = (long long)number;
	return 0;
}

static const char *read_v4(const struct rf_row *row, rf_addr *first, rf_addr *last)
{
	const char *wrong = rf_text_address(row->field[3], first);
	__u64 count;

	if (!wrong && !rf_addr_is_v4(*first))
		wrong = "expected an IPv4 address";
	if (!wrong)
		wrong = rf_text_number(row->field[4], 1ull << 32, &count);
	if (wrong)
		return wrong;
	if (!count || count - 1 > (__u64)(RF_ADDR_V4_LAST - *first))
		return "no addresses, or more than there are behind the first";
	*last = *first + (count - 1);
	return NULL;
}

static const char *read_v6(const struct rf_row *row, rf_addr *first, rf_addr *last)
{
	const char *wrong = rf_text_address(row->field[3], first);
	rf_addr host_mask;
	__u64 len;

	if (!wrong && rf_addr_is_v4(*first))
		wrong = "expected an IPv6 address";
	if (!wrong)
		wrong = rf_text_number(row->field[4], 128, &len);
	if (wrong)
		return wrong;
	host_mask = rf_addr_host_mask((unsigned int)len);
	*last = *first | host_mask;
	return (*first & host_mask) ? "prefix with bits set behind its length" : NULL;
}

/* Who has it is in the country; what nobody has is nowhere. */
static const char *read_place(const struct rf_row *row, char place[RF_PLACE_LEN])
{
	static const char *const nobody[] = { "available", "reserved", "ietf", "ianapool" };
	const char *status = row->field[6], *wrong = rf_text_country(row->field[1], place);

	if (wrong || !strcmp(status, "allocated") || !strcmp(status, "assigned"))
		return wrong;
	for (size_t i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++)
		if (!strcmp(status, nobody[i])) {
			strcpy(place, "ZZ");
			return NULL;
		}
	return "status is none of allocated, assigned, available and reserved";
}

static int read_record(struct rf_reader *reader, const struct rf_row *row, struct tally *tally)
{
	char place[RF_PLACE_LEN];
	rf_addr first = 0, last = 0;
	const char *wrong;
	int type;

	if (row->count < 7)
		return rf_reader_wrong(
			reader, "expected REGISTRY|CC|TYPE|START|VALUE|DATE|STATUS|OPAQUE-ID");
	type = find_type(reader, row->field[2]);
	if (type < 0)
		return type;
	tally->read[type]++;
	wrong = read_place(row, place);
	if (!wrong && type == TYPE_IPV4)
		wrong = read_v4(row, &first, &last);
	else if (!wrong && type == TYPE_IPV6)
		wrong = read_v6(row, &first, &last);
	if (wrong)
		return rf_reader_wrong(reader, "%s", wrong);
	return type == TYPE_ASN ? 0 : rf_reader_take(reader, first, last, place);
}

static int read_row(struct rf_reader *reader, const struct rf_row *row, struct tally *tally)
{
	if (!tally->registry[0])
		return read_version(reader, row, tally);
	/* The NRO joins the registries' files and leaves their names. */
	if (strcmp(row->field[0], tally->registry) && strcmp(tally->registry, "nro"))
		return rf_reader_wrong(reader, "registry is not %s as in the first line",
				       tally->registry);
	return is_summary(row) ? read_summary(reader, row, tally) : read_record(reader, row, tally);
}

static int check_tally(struct rf_reader *reader, const struct tally *tally)
{
	if (!tally->registry[0])
		return rf_reader_wrong(reader, "no version line");
	for (int i = 0; i < TYPE_MAX; i++) {
		if (tally->said[i] < 0 && tally->read[i])
			return rf_reader_wrong(reader, "no summary of %s", type_names[i]);
		if (tally->said[i] >= 0 && tally->said[i] != tally->read[i])
			return rf_reader_wrong(reader,
					       "%lld records of %s, where the summary says %lld",
					       tally->read[i], type_names[i], tally->said[i]);
	}
	return 0;
}

int rf_format_read_delegated(struct rf_reader *reader)
{
	static const struct rf_row_style style = { .separator = '|', .blank = true };
	struct tally tally = { .said = { -1, -1, -1 } };
	struct rf_row row;
	int result;

	while ((result = rf_reader_row(reader, &style, &row)) > 0) {
		result = read_row(reader, &row, &tally);
		if (result)
			return result;
	}
	reader->line = 0;
	return result ? result : check_tally(reader, &tally);
}
