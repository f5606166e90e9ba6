// SPDX-License-Identifier: GPL-2.0
/*
 * lookup.c - looking up where an address is: our tables and an LPM trie
 * inside BPF, an MMDB in user space
 *
 *   cold      a random address of a random segment of the world
 *   hot       16 addresses, over and over
 *   evicted   a random address after the caches were swept
 */
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/loop.h"
#include "tests/bench/mmdb.h"
#include "tests/bench/plot.h"
#include "tests/bench/world.h"

#define HOT 16
#define SWEEP_BYTES (96u << 20) /* three times what caches have here */
#define ALTERNATIVES 3

static const char *const names[ALTERNATIVES] = { "empty", "ours", "lpm" };

/* struct family - IPv4 or IPv6 */
struct family {
	int number;
	enum bench_finder finders[ALTERNATIVES]; /* the empty loop first */
	rf_addr *pool;
};

static struct bench_world world;
static struct bench_mmdb *mmdb;
static struct family families[2];
static int tries[2], generation;

static bool is_known(uint16_t atom, void *ctx)
{
	(void)ctx;
	return atom != RF_ATOM_UNKNOWN;
}

static bool is_never(uint16_t atom, void *ctx)
{
	(void)atom;
	(void)ctx;
	return false;
}

static int world_trie(enum rf_family family, bool (*keep)(uint16_t atom, void *ctx))
{
	struct bench_prefixes prefixes;
	int fd;

	bench_prefixes_of(&world.segments[family], keep, NULL, &prefixes);
	if (keep == is_known)
		bench_sample((double)prefixes.count, "lookup%d.prefixes", family ? 6 : 4);
	fd = bench_trie_new(&prefixes, family == RF_FAMILY_V4, NULL);
	bench_prefixes_free(&prefixes);
	return fd;
}

/* The maps of the world, and how much memory they take. */
static void make_maps(void)
{
	uint64_t before = bench_kernel_bytes(), between;

	generation = bench_generation_map(world.value);
	between = bench_kernel_bytes();
	for (int i = 0; i < 2; i++)
		tries[i] = world_trie((enum rf_family)i, is_known);
	bench_sample((double)(between - before), "memory.ours.bytes");
	bench_sample((double)(bench_kernel_bytes() - between), "memory.lpm.bytes");
	bench_sample((double)bench_map_bytes(generation), "memory.fdinfo.ours.bytes");
	bench_sample((double)(bench_map_bytes(tries[0]) + bench_map_bytes(tries[1])),
		     "memory.fdinfo.lpm.bytes");
}

/* The small tables know nothing, which takes the same code. */
static void load_tables(void)
{
	void *nothing = calloc(1, RF_GENERATION_SIZE);

	if (!nothing)
		bench_die("out of memory");
	bench_loop_open(generation, tries[0], tries[1]);
	bench_loop_warm(bench_generation_map(nothing), world_trie(RF_FAMILY_V4, is_never),
			world_trie(RF_FAMILY_V6, is_never));
	free(nothing);
}

static void set_up_family(struct family *family, enum rf_family which)
{
	bool v4 = which == RF_FAMILY_V4;

	*family = (struct family){
		.number = v4 ? 4 : 6,
		.finders = { FIND_NOTHING, FIND_OURS, v4 ? FIND_TRIE4 : FIND_TRIE6 },
		.pool = malloc(POOL_MAX * sizeof(rf_addr)),
	};
	if (!family->pool)
		bench_die("out of memory");
	for (size_t i = 0; i < POOL_MAX; i++)
		family->pool[i] = bench_random_address(&world.segments[which]);
}

/* Both must say the same of every address. */
static void compare_answers(const struct family *family)
{
	uint64_t ours;

	bench_loop_run(family->finders[1], 0, POOL_MAX, POOL_MAX - 1);
	ours = bench_loop_sum();
	bench_loop_run(family->finders[2], 0, POOL_MAX, POOL_MAX - 1);
	if (ours != bench_loop_sum() || !ours)
		bench_die("IPv%d: our table and the LPM trie do not agree", family->number);
}

static void measure(const struct family *family, const char *kind, uint32_t first, uint32_t count,
		    uint32_t mask)
{
	double loop = 0;

	for (size_t i = 0; i < ALTERNATIVES; i++) {
		double ns;

		bench_loop_run(family->finders[i], first, count / 16, mask);
		ns = bench_loop_run(family->finders[i], first + count / 16, count, mask);
		if (!i)
			loop = ns;
		bench_sample(i ? ns - loop : ns, "lookup%d.%s.%s.ns", family->number, kind,
			     names[i]);
	}
	if (!mmdb)
		return;
	bench_sample(bench_mmdb_run(mmdb, family->pool, family->number == 4, first, count, mask),
		     "lookup%d.%s.mmdb.ns", family->number, kind);
}

static void sweep(void)
{
	static unsigned char *memory;
	static unsigned char value;

	if (!memory)
		memory = malloc(SWEEP_BYTES);
	if (!memory)
		bench_die("out of memory");
	value++;
	for (size_t i = 0; i < SWEEP_BYTES; i += 64)
		memory[i] = value;
}

static double shoot(enum bench_finder finder, int shots)
{
	double *took = calloc((size_t)shots, sizeof(*took)), median;

	if (!took)
		bench_die("out of memory");
	for (int i = 0; i < shots; i++) {
		sweep();
		took[i] = bench_loop_shoot(finder, (uint32_t)bench_random());
	}
	median = bench_summarize(took, (size_t)shots).median;
	free(took);
	return median;
}

static void measure_evicted(const struct family *family)
{
	double clock = 0;

	for (size_t i = 0; i < ALTERNATIVES; i++) {
		double ns = shoot(family->finders[i], bench.quick ? 15 : 41);

		if (!i)
			clock = ns;
		bench_sample(i ? ns - clock : ns, "lookup%d.evicted.%s.ns", family->number,
			     names[i]);
	}
}

static void plot(void)
{
	static const char *const groups[] = { "IPv4 hot", "IPv4 cold", "IPv4 evicted",
					      "IPv6 hot", "IPv6 cold", "IPv6 evicted" };
	static const char *const bars_of[] = { "ours", "lpm", "mmdb" };
	static const char *const labels[] = { "Ringfence, in BPF", "LPM trie, in BPF",
					      "libmaxminddb, user space" };
	static const char *const kinds[] = { "hot", "cold", "evicted" };
	struct plot_bars bars = {
		.title = "Looking up where an address is",
		.unit = "nanoseconds per look-up (logarithmic; whiskers: quartiles)",
		.groups = groups,
		.group_count = 6,
		.series = labels,
		.series_count = mmdb ? 3 : 2,
		.logarithmic = true,
	};
	struct bench_summary values[6 * 3] = { 0 };

	for (size_t group = 0; group < 6; group++)
		for (size_t i = 0; i < bars.series_count; i++) {
			char name[BENCH_NAME_LEN];

			snprintf(name, sizeof(name), "lookup%d.%s.%s.ns", group < 3 ? 4 : 6,
				 kinds[group % 3], bars_of[i]);
			bench_summary_of(name, &values[group * bars.series_count + i]);
		}
	bars.values = values;
	plot_bars(&bars, "lookup.svg");
}

void bench_lookup(void)
{
	const uint32_t count = bench.quick ? 1u << 16 : 1u << 18;

	bench_progress("lookup: compiling the world, filling the LPM tries");
	bench_world_open(&world, bench_policy_small);
	make_maps();
	load_tables();
	mmdb = bench.mmdb ? bench_mmdb_open(bench.mmdb) : NULL;
	for (int i = 0; i < 2; i++)
		set_up_family(&families[i], (enum rf_family)i);
	for (int round = 0; round < bench.rounds; round++) {
		bench_calibrate();
		for (int i = 0; i < 2; i++) {
			bench_progress("lookup: round %d of %d, IPv%d", round + 1, bench.rounds,
				       families[i].number);
			bench_loop_fill(families[i].pool);
			if (!round)
				compare_answers(&families[i]);
			measure(&families[i], "cold", (uint32_t)bench_random(), count,
				POOL_MAX - 1);
			measure(&families[i], "hot", 0, count, HOT - 1);
			measure_evicted(&families[i]);
		}
	}
	plot();
	bench_loop_close();
	bench_world_close(&world);
	bench_mmdb_close(mmdb);
	for (int i = 0; i < 2; i++)
		free(families[i].pool);
}
