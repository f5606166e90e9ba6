// SPDX-License-Identifier: GPL-2.0
/*
 * growth.c - what becomes of a look-up when there are millions of prefixes
 *
 * Built a second time with tables that hold so many: the product's are as
 * large as the world needs.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/loop.h"
#include "tests/bench/plot.h"
#include "tests/bench/world.h"
#include "userspace/lib/dxr.h"
#include "userspace/lib/poptrie.h"

#define PREFIXES_MAX 4000000

static const size_t counts[] = { 1000, 10000, 100000, 1000000, PREFIXES_MAX };

#define COUNTS (sizeof(counts) / sizeof(*counts))

static int by_first(const void *a, const void *b)
{
	const struct bench_prefix *one = a, *other = b;

	return (one->first > other->first) - (one->first < other->first);
}

/*
 * Prefixes at random places, none in another: /26 of IPv4; /48 of IPv6, in
 * 65536 networks of /32, as providers have them.
 */
static rf_addr random_first(bool v4)
{
	uint64_t bits = bench_random();

	if (v4)
		return RF_ADDR_V4_FIRST | (bits >> 38 << 6);
	return (rf_addr)(0x2000ull << 48 | (bits >> 48) << 40 | (bits >> 32 & 0xffff) << 16) << 64;
}

static struct bench_prefixes random_prefixes(bool v4, size_t count)
{
	struct bench_prefixes prefixes = { malloc(count * sizeof(struct bench_prefix)), 0, count };
	size_t kept = 0;

	if (!prefixes.list)
		bench_die("out of memory");
	for (size_t i = 0; i < count; i++)
		prefixes.list[i] = (struct bench_prefix){ random_first(v4), v4 ? 122 : 48,
							  (uint16_t)(1 + bench_random() % 250) };
	qsort(prefixes.list, count, sizeof(*prefixes.list), by_first);
	for (size_t i = 0; i < count; i++)
		if (!kept || prefixes.list[kept - 1].first != prefixes.list[i].first)
			prefixes.list[kept++] = prefixes.list[i];
	prefixes.count = kept;
	return prefixes;
}

static void flatten(const struct bench_prefixes *prefixes, bool v4, struct rf_segments *segments)
{
	struct rf_range *ranges = malloc(prefixes->count * sizeof(*ranges));
	struct rf_merge merge = { .layer_count = 1 };

	if (!ranges)
		bench_die("out of memory");
	for (size_t i = 0; i < prefixes->count; i++) {
		const struct bench_prefix *prefix = &prefixes->list[i];

		ranges[i] = (struct rf_range){ prefix->first,
					       prefix->first | rf_addr_host_mask(prefix->len),
					       prefix->atom, 0 };
	}
	merge.layers[0] = (struct rf_layer){ .list = ranges, .count = prefixes->count };
	if (rf_merge_segments(v4 ? RF_ADDR_V4_FIRST : 0, v4 ? RF_ADDR_V4_LAST : RF_ADDR_MAX, &merge,
			      segments))
		bench_die("out of memory");
	free(ranges);
}

static void build(struct rf_generation *gen, const struct bench_prefixes *prefixes, bool v4)
{
	struct rf_segments segments;
	struct rf_fault fault = { 0 };
	uint64_t start;
	__u32 used;

	memset(gen, 0, RF_GENERATION_SIZE);
	start = bench_now();
	flatten(prefixes, v4, &segments);
	if (v4 ? rf_dxr_build(&segments, &gen->v4, &used, &fault) :
		 rf_poptrie_build(&segments, &gen->v6, &used, &fault))
		bench_die("%s", fault.text);
	bench_sample((double)(bench_now() - start), "growth%d.%zu.build.ns", v4 ? 4 : 6,
		     prefixes->room);
	bench_sample((double)used, "growth%d.%zu.ours.bytes", v4 ? 4 : 6, prefixes->room);
	rf_segments_free(&segments);
}

static void fill_pool(const struct bench_prefixes *prefixes)
{
	rf_addr *pool = malloc(POOL_MAX * sizeof(*pool));

	if (!pool)
		bench_die("out of memory");
	for (size_t i = 0; i < POOL_MAX; i++) {
		const struct bench_prefix *prefix =
			&prefixes->list[bench_random() % prefixes->count];

		pool[i] = prefix->first | (bench_random() & rf_addr_host_mask(prefix->len));
	}
	bench_loop_fill(pool);
	free(pool);
}

static void measure(bool v4, size_t count)
{
	const enum bench_finder finders[] = { FIND_NOTHING, FIND_OURS,
					      v4 ? FIND_TRIE4 : FIND_TRIE6 };
	const uint32_t lookups = 1u << 16;
	uint64_t sums[3];
	double ns[3];

	for (int round = 0; round < bench.rounds; round++) {
		uint32_t first = (uint32_t)bench_random();

		for (size_t i = 0; i < 3; i++) {
			bench_loop_run(finders[i], first, lookups / 16, POOL_MAX - 1);
			ns[i] = bench_loop_run(finders[i], first + lookups / 16, lookups,
					       POOL_MAX - 1);
			sums[i] = bench_loop_sum();
		}
		if (sums[1] != sums[2] || !sums[1])
			bench_die("our table and the LPM trie do not agree");
		bench_sample(ns[1] - ns[0], "growth%d.%zu.ours.ns", v4 ? 4 : 6, count);
		bench_sample(ns[2] - ns[0], "growth%d.%zu.lpm.ns", v4 ? 4 : 6, count);
	}
}

static void grow(struct rf_generation *gen, bool v4, size_t count)
{
	struct bench_prefixes prefixes = random_prefixes(v4, count), none = { 0 };
	int generation, trie, empty = bench_trie_new(&none, !v4, NULL);
	uint64_t before, took;

	bench_progress("growth: %zu prefixes of IPv%d", count, v4 ? 4 : 6);
	build(gen, &prefixes, v4);
	generation = bench_generation_map(gen);
	before = bench_kernel_bytes();
	trie = bench_trie_new(&prefixes, v4, NULL);
	took = bench_kernel_bytes();
	if (took > before) /* small ones fit in what the allocator has at hand */
		bench_sample((double)(took - before), "growth%d.%zu.lpm.bytes", v4 ? 4 : 6, count);
	bench_loop_open(generation, v4 ? trie : empty, v4 ? empty : trie);
	fill_pool(&prefixes);
	measure(v4, count);
	bench_loop_close();
	close(generation);
	close(trie);
	close(empty);
	bench_prefixes_free(&prefixes);
}

/* In the program that was built for it. */
void bench_growth_large(void)
{
	struct rf_generation *gen = aligned_alloc(4096, RF_GENERATION_SIZE);

	if (!gen)
		bench_die("out of memory");
	for (size_t i = 0; i < COUNTS; i++) {
		if (bench.quick && counts[i] > 100000)
			break;
		for (int v4 = 0; v4 < 2; v4++)
			grow(gen, v4, counts[i]);
	}
	free(gen);
}

static void plot(void)
{
	static const char *const series[] = { "Ringfence, IPv4", "LPM trie, IPv4",
					      "Ringfence, IPv6", "LPM trie, IPv6" };
	struct bench_summary values[4 * COUNTS] = { 0 };
	double x[COUNTS];
	const struct plot_lines lines = {
		.title = "A look-up among ever more prefixes",
		.x_unit = "prefixes",
		.unit = "nanoseconds per cold look-up (both axes logarithmic)",
		.x = x,
		.point_count = COUNTS,
		.series = series,
		.series_count = 4,
		.values = values,
		.logarithmic = true,
	};

	for (size_t i = 0; i < 4 * COUNTS; i++) {
		size_t line = i / COUNTS, point = i % COUNTS;
		char name[BENCH_NAME_LEN];

		x[point] = (double)counts[point];
		snprintf(name, sizeof(name), "growth%d.%zu.%s.ns", line < 2 ? 4 : 6, counts[point],
			 line & 1 ? "lpm" : "ours");
		bench_summary_of(name, &values[i]);
	}
	plot_lines(&lines, "growth.svg");
}

void bench_growth(void)
{
	char command[1024];
	FILE *other;

	if (!bench.large) {
		fputs("bench: no --large program; growth is not measured\n", stderr);
		return;
	}
	snprintf(command, sizeof(command), "%s --only growth-large --samples --rounds %d%s",
		 bench.large, bench.rounds, bench.quick ? " --quick" : "");
	bench_calibrate();
	other = popen(command, "r");
	if (!other)
		bench_die("%s: %m", command);
	bench_read_samples(other);
	if (pclose(other))
		bench_die("failed: %s", command);
	plot();
}
