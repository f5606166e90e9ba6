// SPDX-License-Identifier: GPL-2.0
/*
 * build.c - making a generation of the world for a large policy, and replacing
 * the one that is enforced
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/plot.h"
#include "tests/bench/product.h"
#include "tests/bench/world.h"
#include "userspace/lib/dxr.h"
#include "userspace/lib/poptrie.h"

static struct bench_world world;

/* Both files: read and parsed as by rf_generation_build() */
static double read_world(void)
{
	uint64_t start = bench_now();
	struct rf_world *files = bench_world_read();
	double took;

	took = (double)(bench_now() - start);
	rf_world_close(files);
	return took;
}

/*
 * The tables, from ranges in memory: what the library does, without reading
 * and without the check.
 */
static void build_tables(struct rf_generation *gen)
{
	struct rf_segments segments[2];
	struct rf_fault fault = { 0 };

	memset(gen, 0, RF_GENERATION_SIZE);
	for (int i = 0; i < 2; i++)
		bench_world_segments(&world, i, &segments[i]);
	if (rf_dxr_build(&segments[RF_FAMILY_V4], &gen->v4, &gen->header.v4_len, &fault) ||
	    rf_poptrie_build(&segments[RF_FAMILY_V6], &gen->v6, &gen->header.v6_len, &fault))
		bench_die("%s", fault.text);
	for (int i = 0; i < 2; i++)
		rf_segments_free(&segments[i]);
	memcpy(&gen->header, world.value, sizeof(gen->header));
}

static double time_tables(struct rf_generation *gen)
{
	uint64_t start = bench_now();

	build_tables(gen);
	return (double)(bench_now() - start);
}

/* Into the kernel, not published */
static double load(const void *value)
{
	uint64_t start = bench_now();
	int fd = rf_object_array_new("bench_gen", value, RF_GENERATION_SIZE);
	double took = (double)(bench_now() - start);

	if (fd < 0)
		bench_die("a generation: %s", strerror(-fd));
	close(fd);
	return took;
}

/* One that is loaded already is made the enforced one: waits for all readers. */
static double grace(const void *value)
{
	int fd = rf_object_array_new("bench_gen", value, RF_GENERATION_SIZE);
	uint64_t start;
	__u32 zero = 0;
	double took;

	start = bench_now();
	if (fd < 0 || rf_object_put(bench_product_object(), RF_MAP_GENERATIONS, &zero, &fd, 0))
		bench_die("a generation cannot be published");
	took = (double)(bench_now() - start);
	close(fd);
	return took;
}

/* From ranges in memory to the enforced generation */
static void replace(struct rf_generation *gen)
{
	double start = (double)bench_now(), built, replaced, waited;

	build_tables(gen);
	built = (double)bench_now() - start;
	bench_product_publish(gen);
	replaced = (double)bench_now() - start;
	waited = grace(gen);
	bench_sample(built, "replace.build.ns");
	bench_sample(replaced, "replace.ours.ns");
	bench_sample(waited, "replace.grace.ns");
	bench_sample(replaced > built + waited ? replaced - waited : built, "replace.ungraced.ns");
}

static bool is_known(uint16_t atom, void *ctx)
{
	(void)ctx;
	return atom != RF_ATOM_UNKNOWN;
}

static double load_tries(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < 2; i++) {
		struct bench_prefixes prefixes;
		uint64_t took;

		bench_prefixes_of(&world.segments[i], is_known, NULL, &prefixes);
		close(bench_trie_new(&prefixes, i == RF_FAMILY_V4, &took));
		bench_prefixes_free(&prefixes);
		sum += took;
	}
	return (double)sum;
}

/* Reading, building and checking, as a daemon without a cache does it. */
static void whole(void)
{
	struct rf_generation_input input = { .atoms = &world.atoms, .number = 1 };
	struct rf_generation_report report;
	struct rf_fault fault = { 0 };
	uint64_t start = bench_now();

	input.world = bench_world_read();
	if (rf_generation_build(&input, world.value, &report, &fault))
		bench_die("%s", fault.text);
	bench_sample((double)(bench_now() - start), "build.whole.ns");
	bench_sample((double)report.check_us * 1000, "build.check.ns");
	rf_world_close(input.world);
}

static void measure(struct rf_generation *gen)
{
	bench_sample(read_world(), "build.read.ns");
	whole();
	bench_sample(time_tables(gen), "build.tables.ns");
	bench_sample(load(gen), "load.ours.ns");
	bench_sample(load_tries(), "load.lpm.ns");
	replace(gen);
}

static void plot(void)
{
	static const char *const groups[] = { "read, parse", "build",	     "check",  "load",
					      "LPM: load",   "grace period", "replace" };
	static const char *const names[] = { "build.read.ns",  "build.tables.ns",
					     "build.check.ns", "load.ours.ns",
					     "load.lpm.ns",    "replace.grace.ns",
					     "replace.ours.ns" };
	static const char *const series[] = { "the world, 64 classes, 200 regions" };
	struct bench_summary values[7] = { 0 };
	const struct plot_bars bars = {
		.title = "Making and replacing a generation",
		.unit = "nanoseconds (logarithmic; whiskers: quartiles)",
		.groups = groups,
		.group_count = 7,
		.series = series,
		.series_count = 1,
		.values = values,
		.logarithmic = true,
	};

	for (size_t i = 0; i < 7; i++)
		bench_summary_of(names[i], &values[i]);
	plot_bars(&bars, "build.svg");
}

void bench_build(void)
{
	struct rf_generation *gen = aligned_alloc(4096, RF_GENERATION_SIZE);
	char *text = bench_policy_large();

	if (!gen)
		bench_die("out of memory");
	bench_progress("build: setting up");
	bench_world_open(&world, text);
	bench_product_open();
	for (int round = 0; round < bench.rounds; round++) {
		bench_progress("build: round %d of %d", round + 1, bench.rounds);
		bench_calibrate();
		measure(gen);
	}
	plot();
	bench_world_close(&world);
	free(text);
	free(gen);
}
