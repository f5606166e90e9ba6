// SPDX-License-Identifier: GPL-2.0
/*
 * diagnostic.c - a list of findings, printed for people and as JSON
 */
#include "userspace/lib/diagnostic.h"
#include "userspace/lib/printable.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const severity_names[RF_SEVERITY_MAX] = {
	[RF_SEVERITY_ERROR] = "error",
	[RF_SEVERITY_WARNING] = "warning",
};

/* A copy with everything unprintable as \xNN; NULL without memory. */
static char *escaped(const char *text)
{
	size_t len = strlen(text), size = len * 4 + 1;
	char *copy = malloc(size);

	if (copy)
		rf_printable_copy(copy, size, text, len);
	return copy;
}

static char *escaped_format(const char *format, va_list args)
{
	char *raw, *text;

	if (vasprintf(&raw, format, args) < 0)
		return NULL;
	text = escaped(raw);
	free(raw);
	return text;
}

static void release(struct rf_diagnostic *item)
{
	free(item->file);
	free(item->message);
	free(item->hint);
}

static struct rf_diagnostic *next_item(struct rf_diagnostics *list)
{
	size_t capacity = list->capacity ? list->capacity * 2 : 16;
	struct rf_diagnostic *items;

	if (list->count >= RF_DIAGNOSTICS_MAX)
		return NULL;
	if (list->count < list->capacity)
		return &list->items[list->count];
	items = reallocarray(list->items, capacity, sizeof(*items));
	if (!items)
		return NULL;
	list->items = items;
	list->capacity = capacity;
	return &items[list->count];
}

/* Stores the finding; false if that is not possible. Counting is the caller's. */
static bool store(struct rf_diagnostics *list, const struct rf_diagnostic *what,
		  const struct rf_diagnostic_place *place, const char *hint, char *message)
{
	struct rf_diagnostic *item = message ? next_item(list) : NULL;

	if (!item)
		return false;
	*item = *what;
	item->file = escaped(place && place->file ? place->file : "");
	item->hint = hint ? escaped(hint) : NULL;
	if (!item->file || (hint && !item->hint)) {
		free(item->file);
		free(item->hint);
		return false;
	}
	item->line = place ? place->line : 0;
	item->column = place ? place->column : 0;
	item->message = message;
	list->count++;
	return true;
}

void rf_diagnostics_add(struct rf_diagnostics *diagnostics, enum rf_severity severity,
			unsigned int flags, const struct rf_diagnostic_place *place,
			const char *hint, const char *format, ...)
{
	struct rf_diagnostic what = { .severity = severity, .flags = flags };
	char *message;
	va_list args;

	if (severity == RF_SEVERITY_WARNING)
		diagnostics->warnings++;
	else
		diagnostics->errors++;
	if (flags & RF_DIAGNOSTIC_NOT_ENFORCED)
		diagnostics->not_enforced++;

	va_start(args, format);
	message = escaped_format(format, args);
	va_end(args);
	if (!store(diagnostics, &what, place, hint, message)) {
		free(message);
		diagnostics->dropped++;
	}
}

static int compare(const void *left, const void *right)
{
	const struct rf_diagnostic *a = left, *b = right;
	int order = strcmp(a->file, b->file);

	if (order)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return 0;
}

/* glibc's qsort() is not stable when it lacks memory: merge insertion is. */
static void merge(struct rf_diagnostic *items, struct rf_diagnostic *spare, size_t count)
{
	size_t half = count / 2, left = 0, right = half, out = 0;

	if (count < 2)
		return;
	merge(items, spare, half);
	merge(items + half, spare, count - half);
	while (left < half || right < count) {
		bool take = right == count ||
			    (left < half && compare(&items[left], &items[right]) <= 0);

		spare[out++] = take ? items[left++] : items[right++];
	}
	memcpy(items, spare, count * sizeof(*items));
}

void rf_diagnostics_sort(struct rf_diagnostics *diagnostics)
{
	struct rf_diagnostic *spare = calloc(diagnostics->count + 1, sizeof(*spare));

	/* Without memory the order stays that of the findings, which is fine. */
	if (spare)
		merge(diagnostics->items, spare, diagnostics->count);
	free(spare);
}

static void print_one(const struct rf_diagnostic *item, FILE *out)
{
	if (item->file[0])
		fprintf(out, "%s:", item->file);
	if (item->line)
		fprintf(out, "%u:%u:", item->line, item->column);
	fprintf(out, "%s%s: %s", item->file[0] || item->line ? " " : "",
		severity_names[item->severity], item->message);
	if (item->hint)
		fprintf(out, "; %s", item->hint);
	fputc('\n', out);
}

void rf_diagnostics_print(const struct rf_diagnostics *diagnostics, FILE *out)
{
	size_t i;

	for (i = 0; i < diagnostics->count; i++)
		print_one(&diagnostics->items[i], out);
	if (diagnostics->dropped)
		fprintf(out, "%zu more findings are not shown\n", diagnostics->dropped);
}

json_t *rf_diagnostic_json(const struct rf_diagnostic *diagnostic)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:s, s:s?, s:b}", "severity",
			 severity_names[diagnostic->severity], "file", diagnostic->file, "line",
			 (json_int_t)diagnostic->line, "column", (json_int_t)diagnostic->column,
			 "message", diagnostic->message, "hint", diagnostic->hint, "not_enforced",
			 (int)(diagnostic->flags & RF_DIAGNOSTIC_NOT_ENFORCED));
}

json_t *rf_diagnostics_json(const struct rf_diagnostics *diagnostics)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; array && i < diagnostics->count; i++) {
		if (json_array_append_new(array, rf_diagnostic_json(&diagnostics->items[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

void rf_diagnostics_free(struct rf_diagnostics *diagnostics)
{
	size_t i;

	for (i = 0; i < diagnostics->count; i++)
		release(&diagnostics->items[i]);
	free(diagnostics->items);
	memset(diagnostics, 0, sizeof(*diagnostics));
}
