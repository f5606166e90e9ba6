// SPDX-License-Identifier: GPL-2.0
/*
 * format_row.c - lines of separated fields
 */
#include <string.h>

#include "userspace/lib/format_reader.h"

/* struct line - what of the file is the next line, without its end */
struct line {
	const char *text;
	size_t len;
};

/* Some publishers' editors mark UTF-8 by its first three bytes. */
static void skip_mark(struct rf_reader *reader)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (reader->len >= 3 && !memcmp(reader->data, mark, 3)) {
		reader->data += 3;
		reader->len -= 3;
	}
}

/* 1, 0 at the end of the file, -EINVAL */
static int next_line(struct rf_reader *reader, const struct rf_row_style *style, struct line *line)
{
	const char *newline;

	if (!reader->line)
		skip_mark(reader);
	if (!reader->len)
		return 0;
	reader->line++;
	newline = memchr(reader->data, '\n', reader->len);
	if (!newline && !style->open_end)
		return rf_reader_wrong(reader, "last line without newline, file cut short");
	*line = (struct line){ reader->data,
			       newline ? (size_t)(newline - reader->data) : reader->len };
	reader->data += line->len + (newline ? 1 : 0);
	reader->len -= line->len + (newline ? 1 : 0);
	if (newline && line->len && line->text[line->len - 1] == '\r')
		line->len--;
	return 1;
}

static int check_line(struct rf_reader *reader, const struct line *line)
{
	if (line->len >= RF_ROW_LEN)
		return rf_reader_wrong(reader, "line of more than %d bytes", RF_ROW_LEN - 1);
	for (size_t i = 0; i < line->len; i++)
		if ((unsigned char)line->text[i] < ' ' && line->text[i] != '\t')
			return rf_reader_wrong(reader, "control character 0x%02x",
					       (unsigned char)line->text[i]);
	return 0;
}

static bool is_blank(const struct line *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (line->text[i] != ' ' && line->text[i] != '\t')
			return false;
	return true;
}

/*
 * The field at @at: its text without quotes goes to *@to, with a NUL. Returns
 * where the separator or the end is, or NULL if the quotes are not balanced.
 */
static const char *read_field(const char *at, const char *end, const struct rf_row_style *style,
			      char **to)
{
	bool quoted = style->quotes && at < end && *at == '"';

	for (at += quoted; at < end && (quoted || *at != style->separator); at++) {
		if (*at == '"' && style->quotes) {
			if (!quoted)
				return NULL;
			at++;
			if (at == end || *at != '"') {
				quoted = false;
				break;
			}
		}
		*(*to)++ = *at;
	}
	*(*to)++ = '\0';
	return quoted || (at < end && *at != style->separator) ? NULL : at;
}

/* A field's NUL is never behind its separator, so the text always fits. */
static int split(struct rf_reader *reader, const struct line *line,
		 const struct rf_row_style *style, struct rf_row *row)
{
	const char *at = line->text, *end = line->text + line->len;
	char *to = row->text;

	for (row->count = 0; at <= end; at++) {
		if (row->count == RF_ROW_FIELDS)
			return rf_reader_wrong(reader, "more than %d fields", RF_ROW_FIELDS);
		row->field[row->count++] = to;
		at = read_field(at, end, style, &to);
		if (!at)
			return rf_reader_wrong(reader, "quotes within a field, or not closed");
	}
	return 1;
}

int rf_reader_row(struct rf_reader *reader, const struct rf_row_style *style, struct rf_row *row)
{
	for (;;) {
		struct line line = { 0 };
		int result = next_line(reader, style, &line);

		if (result <= 0)
			return result;
		if (line.len && line.text[0] == '#')
			continue;
		result = check_line(reader, &line);
		if (result)
			return result;
		if (style->blank && is_blank(&line))
			continue;
		return split(reader, &line, style, row);
	}
}
