// SPDX-License-Identifier: GPL-2.0
/*
 * result.c - samples by name, medians and quartiles, ratios, and how all of
 * them are told
 */
#include "tests/bench/bench.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct series {
	char name[BENCH_NAME_LEN];
	double *values; /* in the order in which they were measured */
	size_t count;
	size_t room;
};

static struct series *all;
static size_t all_count;

static struct series *find(const char *name)
{
	for (size_t i = 0; i < all_count; i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}

static struct series *find_or_make(const char *name)
{
	struct series *series = find(name);

	if (series)
		return series;
	if (!bench_find_name(name))
		bench_die("%s is not in the table of names", name);
	all = reallocarray(all, all_count + 1, sizeof(*all));
	if (!all)
		bench_die("out of memory");
	series = &all[all_count++];
	memset(series, 0, sizeof(*series));
	snprintf(series->name, sizeof(series->name), "%s", name);
	return series;
}

static void add(const char *name, double value)
{
	struct series *series = find_or_make(name);

	if (series->count == series->room) {
		series->room = series->room ? 2 * series->room : 16;
		series->values = reallocarray(series->values, series->room, sizeof(double));
		if (!series->values)
			bench_die("out of memory");
	}
	series->values[series->count++] = value;
}

void bench_sample(double value, const char *format, ...)
{
	char name[BENCH_NAME_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	add(name, value);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Between the two values around the place. */
static double quantile(const double *sorted, size_t count, double part)
{
	double place = part * (double)(count - 1);
	size_t low = (size_t)place;

	if (low + 1 >= count)
		return sorted[count - 1];
	return sorted[low] + (place - (double)low) * (sorted[low + 1] - sorted[low]);
}

struct bench_summary bench_summarize(double *values, size_t count)
{
	struct bench_summary summary = { .count = count };

	if (!count)
		return summary;
	qsort(values, count, sizeof(*values), by_value);
	summary.median = quantile(values, count, 0.5);
	summary.q1 = quantile(values, count, 0.25);
	summary.q3 = quantile(values, count, 0.75);
	return summary;
}

bool bench_summary_of(const char *name, struct bench_summary *out)
{
	const struct series *series = find(name);
	double *copy;

	if (!series)
		return false;
	copy = malloc(series->count * sizeof(*copy));
	if (!copy)
		bench_die("out of memory");
	memcpy(copy, series->values, series->count * sizeof(*copy));
	*out = bench_summarize(copy, series->count);
	free(copy);
	return true;
}

/* "P.a_over_b": the series of P.@part, in whichever unit it was measured. */
static const struct series *operand(const char *prefix, const char *part)
{
	static const char *const units[] = { "ns", "bytes" };
	char name[2 * BENCH_NAME_LEN];

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		const struct series *series;

		snprintf(name, sizeof(name), "%s%s.%s", prefix, part, units[i]);
		series = find(name);
		if (series)
			return series;
	}
	return NULL;
}

static void derive(const char *name, const char *word, bool ratio)
{
	char prefix[BENCH_NAME_LEN], *part, *other, *unit;
	const struct series *a, *b;
	char copy[BENCH_NAME_LEN];

	snprintf(copy, sizeof(copy), "%s", name);
	other = strstr(copy, word);
	*other = 0;
	other += strlen(word);
	unit = strchr(other, '.');
	if (unit)
		*unit = 0;
	part = strrchr(copy, '.') + 1;
	snprintf(prefix, sizeof(prefix), "%.*s", (int)(part - copy), copy);
	a = operand(prefix, part);
	b = operand(prefix, other);
	for (size_t i = 0; a && b && i < a->count && i < b->count; i++) {
		double x = a->values[i], y = b->values[i];

		add(name, ratio ? x / y : x - y);
		/* Adding may have moved them. */
		a = operand(prefix, part);
		b = operand(prefix, other);
	}
}

static void derive_name(const char *name, const struct bench_name *row, void *ctx)
{
	(void)row;
	(void)ctx;
	if (find(name))
		return;
	if (strstr(name, "_over_"))
		derive(name, "_over_", true);
	else if (strstr(name, "_minus_"))
		derive(name, "_minus_", false);
}

void bench_derive(void)
{
	bench_each_name(derive_name, NULL);
}

void bench_write_samples(FILE *file)
{
	for (size_t i = 0; i < all_count; i++)
		for (size_t j = 0; j < all[i].count; j++)
			fprintf(file, "%s %.17g\n", all[i].name, all[i].values[j]);
}

void bench_read_samples(FILE *file)
{
	char name[BENCH_NAME_LEN];
	double value;

	while (fscanf(file, "%95s %lf", name, &value) == 2)
		add(name, value);
}

/* Telling */

/* "met", or by how little */
static const char *judge(const struct bench_name *row, double value)
{
	bool least = row->kind == BENCH_AT_LEAST;

	if (least ? value >= row->goal : value <= row->goal)
		return "met";
	if (least ? value >= row->noisy : value <= row->noisy)
		return "met for a noisy day only";
	return "MISSED";
}

static void print_goal(FILE *file, const struct bench_name *row, double value)
{
	const char *sign = row->kind == BENCH_AT_LEAST ? ">=" : "<=";

	if (row->kind == BENCH_NO_GOAL)
		return;
	fprintf(file, "  goal %s %g", sign, row->goal);
	if (row->noisy != row->goal)
		fprintf(file, " (%g)", row->noisy);
	fprintf(file, ": %s", judge(row, value));
}

/* Four digits, whatever the size */
static void print_number(FILE *file, double value)
{
	int digits = value == 0 ? 0 : 3 - (int)floor(log10(fabs(value)));

	if (digits < 0 || value == floor(value))
		digits = 0;
	fprintf(file, " %14.*f", digits > 6 ? 6 : digits, value);
}

/* struct printing - one group of names at a time: what is before the first dot */
struct printing {
	FILE *file;
	char group[BENCH_NAME_LEN];
	bool begun;
};

static bool is_of_group(const struct printing *printing, const char *name)
{
	size_t length = strlen(printing->group);

	return !strncmp(name, printing->group, length) && name[length] == '.';
}

static void print_name(const char *name, const struct bench_name *row, void *ctx)
{
	struct printing *printing = ctx;
	struct bench_summary summary;
	FILE *file = printing->file;

	if (!is_of_group(printing, name) || !bench_summary_of(name, &summary))
		return;
	if (!printing->begun)
		fprintf(file, "\n%-42s %14s %14s %14s\n", printing->group, "median", "q1", "q3");
	printing->begun = true;
	fprintf(file, "%-42s", name);
	print_number(file, summary.median);
	if (summary.count > 1) {
		print_number(file, summary.q1);
		print_number(file, summary.q3);
	} else if (row->kind != BENCH_NO_GOAL) {
		fprintf(file, " %29s", "");
	}
	print_goal(file, row, summary.median);
	fputc('\n', file);
}

struct groups {
	char list[32][BENCH_NAME_LEN];
	size_t count;
};

static void collect_group(const char *name, const struct bench_name *row, void *ctx)
{
	struct groups *groups = ctx;
	char group[BENCH_NAME_LEN];

	(void)row;
	snprintf(group, sizeof(group), "%.*s", (int)strcspn(name, "."), name);
	for (size_t i = 0; i < groups->count; i++)
		if (!strcmp(groups->list[i], group))
			return;
	if (groups->count < 32)
		strcpy(groups->list[groups->count++], group);
}

void bench_print(FILE *file)
{
	struct groups groups = { .count = 0 };

	bench_each_name(collect_group, &groups);
	for (size_t i = 0; i < groups.count; i++) {
		struct printing printing = { .file = file };

		strcpy(printing.group, groups.list[i]);
		bench_each_name(print_name, &printing);
	}
}

static void help_name(const char *name, const struct bench_name *row, void *ctx)
{
	static const struct bench_name *last;
	FILE *file = ctx;

	if (row != last)
		fprintf(file, "\n%s", row->help);
	if (row != last && row->kind != BENCH_NO_GOAL)
		fprintf(file, "; goal: at %s %g (%g)",
			row->kind == BENCH_AT_LEAST ? "least" : "most", row->goal, row->noisy);
	if (row != last)
		fputc('\n', file);
	last = row;
	fprintf(file, "    %s\n", name);
}

void bench_print_help(FILE *file)
{
	fprintf(file,
		"Names in build/bench/results.json, a flat object. x.a_over_b is a divided by b in the\n"
		"same round, x.a_minus_b their difference; x.ns is in nanoseconds. A name alone is the\n"
		"median of the rounds; where there is more than one, name.q1 and name.q3 are the\n"
		"quartiles. In brackets: what must hold on a noisy day too.\n");
	bench_each_name(help_name, file);
}

struct json {
	FILE *file;
	const char *separator;
};

static void json_name(const char *name, const struct bench_name *row, void *ctx)
{
	struct bench_summary summary;
	struct json *json = ctx;

	(void)row;
	if (!bench_summary_of(name, &summary))
		return;
	fprintf(json->file, "%s\n  \"%s\": %.10g", json->separator, name, summary.median);
	if (summary.count > 1)
		fprintf(json->file, ", \"%s.q1\": %.10g, \"%s.q3\": %.10g", name, summary.q1, name,
			summary.q3);
	json->separator = ",";
}

bool bench_write_json(const char *path)
{
	struct json json = { .separator = "" };
	bool good;

	json.file = fopen(path, "we");
	if (!json.file)
		return false;
	fputc('{', json.file);
	bench_each_name(json_name, &json);
	fputs("\n}\n", json.file);
	good = !ferror(json.file);
	return !fclose(json.file) && good;
}
