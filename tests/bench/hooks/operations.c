// SPDX-License-Identifier: GPL-2.0
/*
 * operations.c - instructions per operation, in a VM whose time counts them
 *
 * A line for each operation: title, median of the batches, and the distance
 * between their quartiles, tabs between them; "-" for both if the operation is
 * refused. The first lines say how exact the clocks are.
 */
#include "tests/bench/hooks/operation.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCHES 61
#define CALIBRATION 1000000u

/* Under QEMU's -icount shift=0 the time stamp counter counts instructions. */
static uint64_t counter(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Two instructions a round */
static void work(void)
{
	uint32_t left = CALIBRATION;

	asm volatile("1: dec %0\n\tjnz 1b" : "+r"(left)::"cc");
}

/* What each clock makes of instructions whose number is known. */
static void calibrate(void)
{
	uint64_t best[3] = { UINT64_MAX, UINT64_MAX, UINT64_MAX };

	for (int i = 0; i < 20; i++) {
		uint64_t raw = clock_ns(CLOCK_MONOTONIC_RAW), mono = clock_ns(CLOCK_MONOTONIC);
		uint64_t tsc = counter(), passed[3];

		work();
		passed[0] = counter() - tsc;
		passed[1] = clock_ns(CLOCK_MONOTONIC) - mono;
		passed[2] = clock_ns(CLOCK_MONOTONIC_RAW) - raw;
		for (int k = 0; k < 3; k++)
			if (passed[k] < best[k])
				best[k] = passed[k];
	}
	for (int k = 0; k < 3; k++)
		printf("clock %s\t%.6f\t0\n",
		       (const char *[]){ "counter", "monotonic", "monotonic-raw" }[k],
		       (double)best[k] / (2.0 * CALIBRATION));
}

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static int run_batch(const struct operation *operation, double *each)
{
	uint64_t start = counter();

	for (unsigned int i = 0; i < operation->batch; i++)
		if (operation->once(operation))
			return -1;
	*each = (double)(counter() - start) / operation->batch;
	return 0;
}

static int run(const struct operation *operation, double *samples)
{
	/* Twice for nothing: caches, slabs and the kernel's patched branches */
	for (int i = 0; i < 2; i++)
		if (run_batch(operation, samples))
			return -1;
	for (int i = 0; i < BATCHES; i++)
		if (run_batch(operation, &samples[i]))
			return -1;
	qsort(samples, BATCHES, sizeof(*samples), by_size);
	return 0;
}

static void measure(const struct operation *operation)
{
	double samples[BATCHES];
	int failed = operation->begin ? operation->begin(operation) : 0;

	if (!failed)
		failed = run(operation, samples);
	if (failed) {
		warn("%s", operation->title);
		printf("%s\t-\t-\n", operation->title);
	} else {
		printf("%s\t%.1f\t%.1f\n", operation->title, samples[BATCHES / 2],
		       samples[BATCHES * 3 / 4] - samples[BATCHES / 4]);
	}
	if (operation->end)
		operation->end();
}

static void measure_all(const struct operation *list, size_t count, const char *only)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(list[i].title, only))
			measure(&list[i]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "";

	if (!strcmp(only, BENCH_NOTHING))
		return 0;
	setlinebuf(stdout);
	calibrate();
	measure_all(file_operations, file_operation_count, only);
	measure_all(channel_operations, channel_operation_count, only);
	measure_all(process_operations, process_operation_count, only);
	return 0;
}
