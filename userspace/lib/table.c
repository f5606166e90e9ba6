// SPDX-License-Identifier: GPL-2.0
/*
 * table.c - verdict tables: read strictly, then asked row by row
 */
#include "userspace/lib/table.h"
#include "userspace/lib/policy_file.h"
#include "userspace/lib/policy_name.h"
#include "userspace/lib/policy_prefix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 4

static const char *const field_names[FIELDS] = { "classes", "address", "port", "verdict" };
static const char *const verdict_names[RF_VERDICT_MAX] = {
	[RF_VERDICT_DENY] = "deny",
	[RF_VERDICT_ALLOW] = "allow",
	[RF_VERDICT_AUDIT] = "audit",
};

/** struct field - a part of a line, NUL-terminated in place */
struct field {
	char *text;
	uint32_t column;
};

/**
 * struct reader - one table being read
 * @line: from 1
 * @header: the header line was seen
 */
struct reader {
	const struct rf_policy *policy;
	struct rf_table *table;
	struct rf_diagnostics *diagnostics;
	uint32_t line;
	bool header;
};

#define add_error(reader, column, hint, ...)                                                \
	rf_diagnostics_add((reader)->diagnostics, RF_SEVERITY_ERROR, 0,                     \
			   &(const struct rf_diagnostic_place){ (reader)->table->file,      \
								(reader)->line, (column) }, \
			   (hint), __VA_ARGS__)

/* Characters, not bytes: continuation bytes of UTF-8 do not count. */
static uint32_t characters(const char *text, size_t len)
{
	uint32_t count = 0;

	for (; len; len--)
		count += (*text++ & 0xc0) != 0x80;
	return count;
}

/* Splits at every tab; returns how many parts there are, of which FIELDS are kept. */
static size_t split(char *line, struct field fields[FIELDS])
{
	uint32_t column = 1;
	size_t count = 0, len;

	for (;; line += len + 1) {
		bool last;

		len = strcspn(line, "\t");
		last = !line[len];
		if (count < FIELDS)
			fields[count] = (struct field){ line, column };
		count++;
		column += characters(line, len) + 1;
		line[len] = '\0';
		if (last)
			return count;
	}
}

static void read_header(struct reader *reader, const struct field fields[FIELDS], size_t count)
{
	size_t i;

	reader->header = true;
	for (i = 0; i < FIELDS; i++) {
		if (i < count && !strcmp(fields[i].text, field_names[i]))
			continue;
		add_error(reader, i < count ? fields[i].column : 1,
			  "expected classes, address, port, verdict, with one tab between them",
			  "not the header line of a verdict table");
		return;
	}
	if (count > FIELDS)
		add_error(reader, 1, "expected classes, address, port, verdict",
			  "the header has %zu fields", count);
}

static bool read_class(struct reader *reader, const char *name, uint32_t column, uint64_t *classes)
{
	struct rf_name_search search = { .text = name };
	int index = rf_policy_class_find(reader->policy, name);
	char hint[128];
	size_t i;

	if (index >= 0 && *classes & 1ull << index) {
		add_error(reader, column, NULL, "class \"%s\" is named twice", name);
		return false;
	}
	if (index >= 0) {
		*classes |= 1ull << index;
		return true;
	}
	for (i = 0; i < reader->policy->class_count; i++)
		rf_name_consider(&search, reader->policy->classes[i].name);
	if (search.best)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", search.best);
	add_error(reader, column,
		  search.best ? hint : "expected a class of the policy, or - for none",
		  "unknown class \"%s\"", name);
	return false;
}

static bool read_classes(struct reader *reader, const struct field *field, uint64_t *classes)
{
	uint32_t column = field->column;
	char *name = field->text, *plus;
	bool ok = true;

	*classes = 0;
	if (!strcmp(name, "-"))
		return true;
	for (;;) {
		plus = strchr(name, '+');
		if (plus)
			*plus = '\0';
		ok &= read_class(reader, name, column, classes);
		if (!plus)
			return ok;
		column += characters(name, plus - name) + 1;
		name = plus + 1;
	}
}

static bool read_address(struct reader *reader, const struct field *field, struct rf_table_row *row)
{
	if (strlen(field->text) < sizeof(row->text) &&
	    rf_prefix_address_parse(field->text, row->addr)) {
		strcpy(row->text, field->text);
		return true;
	}
	add_error(reader, field->column, "expected one such as 203.0.113.9 or 2001:db8::9",
		  "\"%s\" is not an address", field->text);
	return false;
}

static bool read_port(struct reader *reader, const struct field *field, uint16_t *port)
{
	size_t len = strlen(field->text);
	long value;

	*port = 0;
	if (!strcmp(field->text, "-"))
		return true;
	value = len && len <= 5 && field->text[0] != '0' &&
				strspn(field->text, "0123456789") == len ?
			atol(field->text) :
			0;
	if (value >= 1 && value <= 65535) {
		*port = value;
		return true;
	}
	add_error(reader, field->column, "expected a number from 1 to 65535, or -",
		  "\"%s\" is not a port", field->text);
	return false;
}

static bool read_verdict(struct reader *reader, const struct field *field, struct rf_table_row *row)
{
	size_t i;

	row->verdict_column = field->column;
	for (i = 0; i < RF_VERDICT_MAX; i++)
		if (!strcmp(field->text, verdict_names[i])) {
			row->verdict = i;
			return true;
		}
	add_error(reader, field->column, "expected allow, deny or audit", "unknown verdict \"%s\"",
		  field->text);
	return false;
}

static void add_row(struct reader *reader, const struct rf_table_row *row)
{
	struct rf_table *table = reader->table;
	size_t capacity = table->capacity ? table->capacity * 2 : 32;
	struct rf_table_row *rows;

	if (table->count == table->capacity) {
		rows = reallocarray(table->rows, capacity, sizeof(*rows));
		if (!rows) {
			add_error(reader, 1, NULL, "out of memory");
			return;
		}
		table->rows = rows;
		table->capacity = capacity;
	}
	table->rows[table->count++] = *row;
}

static void read_row(struct reader *reader, const struct field fields[FIELDS], size_t count)
{
	struct rf_table_row row = { .line = reader->line };
	bool ok;

	if (count != FIELDS) {
		add_error(reader, 1,
			  "expected classes, address, port, verdict, with one tab between them",
			  "a row of %zu fields", count);
		return;
	}
	ok = read_classes(reader, &fields[0], &row.classes);
	ok &= read_address(reader, &fields[1], &row);
	ok &= read_port(reader, &fields[2], &row.port);
	ok &= read_verdict(reader, &fields[3], &row);
	if (ok)
		add_row(reader, &row);
}

static void read_line(struct reader *reader, char *line)
{
	size_t len = strlen(line), count;
	struct field fields[FIELDS];

	if (len && line[len - 1] == '\r')
		line[--len] = '\0';
	if (line[0] == '#' || !line[strspn(line, " \t")])
		return;
	count = split(line, fields);
	if (reader->header)
		read_row(reader, fields, count);
	else
		read_header(reader, fields, count);
}

static void read_lines(struct reader *reader, char *text, size_t len)
{
	char *end = text + len, *newline;

	for (reader->line = 1; text < end; text = newline + 1, reader->line++) {
		newline = memchr(text, '\n', end - text);
		newline = newline ? newline : end;
		*newline = '\0';
		if (strlen(text) != (size_t)(newline - text)) {
			add_error(reader, characters(text, strlen(text)) + 1, NULL,
				  "a NUL character; this is not a text file");
			return;
		}
		read_line(reader, text);
	}
	if (!reader->header) {
		reader->line = 1;
		add_error(reader, 1,
			  "expected classes, address, port, verdict, with tabs between them",
			  "the table has no header line");
	}
}

int rf_table_parse(const struct rf_policy *policy, const struct rf_policy_file *file,
		   struct rf_table *table, struct rf_diagnostics *diagnostics)
{
	struct rf_table made = { .file = strdup(file->name) };
	struct reader reader = { .policy = policy, .table = &made, .diagnostics = diagnostics };
	size_t errors = diagnostics->errors, mark = rf_policy_file_mark(file);
	char *text = malloc(file->len + 1);

	if (text && made.file) {
		memcpy(text, file->data, file->len);
		text[file->len] = '\0';
		read_lines(&reader, text + mark, file->len - mark);
	} else {
		add_error(&reader, 0, NULL, "out of memory");
	}
	free(text);
	if (errors != diagnostics->errors) {
		rf_table_free(&made);
		return -EINVAL;
	}
	*table = made;
	return 0;
}

void rf_table_free(struct rf_table *table)
{
	free(table->file);
	free(table->rows);
	memset(table, 0, sizeof(*table));
}

/* True if the row came out as expected; says so otherwise. */
static bool run_row(const struct rf_table *table, const struct rf_table_row *row,
		    rf_table_verdict verdict, void *context, struct rf_diagnostics *diagnostics)
{
	const struct rf_diagnostic_place place = { table->file, row->line, row->verdict_column };
	char reason[128] = "";
	int got = verdict(context, row->classes, row->addr, row->port, reason);

	if (got == (int)row->verdict)
		return true;
	reason[sizeof(reason) - 1] = '\0';
	if (got < 0 || got >= RF_VERDICT_MAX)
		rf_diagnostics_add(diagnostics, RF_SEVERITY_ERROR, 0, &place,
				   reason[0] ? reason : NULL, "%s cannot be decided: %s", row->text,
				   got < 0 ? strerror(-got) : "unknown verdict");
	else
		rf_diagnostics_add(diagnostics, RF_SEVERITY_ERROR, 0, &place,
				   reason[0] ? reason : NULL, "%s: expected %s, the policy says %s",
				   row->text, verdict_names[row->verdict], verdict_names[got]);
	return false;
}

size_t rf_table_run(const struct rf_table *table, rf_table_verdict verdict, void *context,
		    struct rf_diagnostics *diagnostics)
{
	size_t mismatches = 0, i;

	for (i = 0; i < table->count; i++)
		mismatches += !run_row(table, &table->rows[i], verdict, context, diagnostics);
	return mismatches;
}

int rf_table_check(const char *path, const struct rf_policy *policy, rf_table_verdict verdict,
		   void *context, struct rf_table_result *result,
		   struct rf_diagnostics *diagnostics)
{
	struct rf_policy_files files = { 0 };
	size_t errors = diagnostics->errors, i;
	struct rf_table table;

	memset(result, 0, sizeof(*result));
	rf_policy_tables_read(path, &files, diagnostics);
	for (i = 0; i < files.count; i++) {
		result->tables++;
		if (rf_table_parse(policy, &files.items[i], &table, diagnostics))
			continue;
		result->rows += table.count;
		result->mismatches += rf_table_run(&table, verdict, context, diagnostics);
		rf_table_free(&table);
	}
	rf_policy_files_free(&files);
	return errors == diagnostics->errors ? 0 : -EINVAL;
}
