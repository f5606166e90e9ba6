// SPDX-License-Identifier: GPL-2.0
/*
 * noise.c - was the machine quiet enough to tell?
 *
 * Work that never changes is measured in each round: arithmetic, which shows
 * a processor that is shared or changes its clock, and walking through memory,
 * which shows a cache that is.
 */
#include "tests/bench/bench.h"

#include <stdlib.h>

#define ARITHMETIC_STEPS 2000000
#define WALK_WORDS (1u << 20) /* 8 MiB: outside of what a processor has alone */
#define WALK_STEPS 100000

/* What quartiles may differ by before nothing is said. */
#define SPREAD_MAX_CPU 0.05
#define SPREAD_MAX_MEMORY 0.15

static volatile uint64_t sink;

static double arithmetic(void)
{
	uint64_t start = bench_now(), x = 1;

	for (int i = 0; i < ARITHMETIC_STEPS; i++)
		x = x * 6364136223846793005ull + 1442695040888963407ull;
	sink = x;
	return (double)(bench_now() - start);
}

/* Each word names the next; one ring through all of them (Sattolo). */
static uint64_t *make_ring(void)
{
	uint64_t *ring = malloc(WALK_WORDS * sizeof(*ring));

	if (!ring)
		bench_die("out of memory");
	for (uint64_t i = 0; i < WALK_WORDS; i++)
		ring[i] = i;
	for (uint64_t i = WALK_WORDS - 1; i > 0; i--) {
		uint64_t other = bench_random() % i, kept = ring[i];

		ring[i] = ring[other];
		ring[other] = kept;
	}
	return ring;
}

static double walk(void)
{
	static uint64_t *ring;
	uint64_t start, at = 0;

	if (!ring)
		ring = make_ring();
	start = bench_now();
	for (int i = 0; i < WALK_STEPS; i++)
		at = ring[at];
	sink = at;
	return (double)(bench_now() - start);
}

void bench_calibrate(void)
{
	bench_sample(arithmetic(), "noise.cpu.ns");
	bench_sample(walk(), "noise.memory.ns");
}

static bool quiet(const char *name, double limit)
{
	struct bench_summary summary;
	char series[BENCH_NAME_LEN];
	double spread;

	snprintf(series, sizeof(series), "noise.%s.ns", name);
	if (!bench_summary_of(series, &summary))
		return false;
	spread = summary.q3 / summary.q1 - 1;
	bench_sample(spread, "noise.%s.spread", name);
	return spread <= limit;
}

bool bench_noise(void)
{
	bool cpu = quiet("cpu", SPREAD_MAX_CPU);
	bool memory = quiet("memory", SPREAD_MAX_MEMORY);

	bench_sample(cpu && memory, "noise.ok");
	return cpu && memory;
}
