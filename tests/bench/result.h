/* SPDX-License-Identifier: GPL-2.0 */
/*
 * result.h - samples by name, what they come to, and the goals
 *
 * Only names of the table in names.c can be recorded: it is also the help.
 */
#ifndef BENCH_RESULT_H
#define BENCH_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define BENCH_NAME_LEN 96

enum bench_goal_kind { BENCH_NO_GOAL = 0, BENCH_AT_LEAST, BENCH_AT_MOST };

/**
 * struct bench_name - one row of the table of names
 * @pattern: a name; "{a,b}" stands for each of the words in turn
 * @help: what it is
 * @goal: what the median shall be; @noisy: what must hold on a noisy day too
 */
struct bench_name {
	const char *pattern;
	const char *help;
	enum bench_goal_kind kind;
	double goal;
	double noisy;
};

extern const struct bench_name bench_names[];

/* Calls @fn with each name that the table stands for, in its order. */
void bench_each_name(void (*fn)(const char *name, const struct bench_name *row, void *ctx),
		     void *ctx);

/* The row of a name; NULL if the table does not have it. */
const struct bench_name *bench_find_name(const char *name);

/* Adds one sample; ends the bench if the name is not in the table. */
__attribute__((format(printf, 2, 3))) void bench_sample(double value, const char *format, ...);

/**
 * struct bench_summary - what the samples of one name come to
 */
struct bench_summary {
	double median;
	double q1;
	double q3;
	size_t count;
};

/* Sorts @values. @count may be 0: all is zero then. */
struct bench_summary bench_summarize(double *values, size_t count);

/* False if there is no sample of that name. */
bool bench_summary_of(const char *name, struct bench_summary *out);

/*
 * Fill in the names that are made of others, sample by sample: P.a_over_b is
 * P.a over P.b and P.a_minus_b their difference, in the same unit (.ns or
 * .bytes). Once, after all else.
 */
void bench_derive(void);

/* All raw samples as "name value" lines, and back. */
void bench_write_samples(FILE *file);
void bench_read_samples(FILE *file);

void bench_print(FILE *file);
void bench_print_help(FILE *file);
/* One flat JSON object. False if it cannot be written. */
bool bench_write_json(const char *path);

#endif /* BENCH_RESULT_H */
