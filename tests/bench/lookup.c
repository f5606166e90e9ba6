// SPDX-License-Identifier: GPL-2.0
/*
 * lookup.c - looking up where an address is: our tables and an LPM trie
 * inside BPF, an MMDB in user space
 *
 *   cold      a random address of a random segment of the world
 *   hot       16 addresses, over and over
 *   evicted   a random address after the caches were swept
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "build/bench/lookup.skel.h"
#include "tests/bench/bench.h"
#include "tests/bench/lookup.h"
#include "tests/bench/mmdb.h"
#include "tests/bench/plot.h"
#include "tests/bench/world.h"

#define HOT 16
#define SWEEP_BYTES (96u << 20) /* three times what caches have here */

struct alternative {
	const char *name;
	struct bpf_program *many;
	struct bpf_program *single;
};

struct family {
	int number; /* 4 or 6 */
	struct alternative list[3]; /* the empty loop first */
	rf_addr *pool;
};

static struct lookup_bpf *skel;
static struct bench_address *pool;
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
	(void)ctx;
	return atom == RF_ATOM_CODE_FIRST;
}

static int world_trie(enum rf_geoip_family family, bool (*keep)(uint16_t atom, void *ctx))
{
	struct bench_prefixes prefixes;
	int fd;

	bench_prefixes_of(&world.segments[family], keep, NULL, &prefixes);
	if (keep == is_known)
		bench_sample((double)prefixes.count, "lookup%d.prefixes", family ? 6 : 4);
	fd = bench_trie_new(&prefixes, family == RF_GEOIP_V4, NULL);
	bench_prefixes_free(&prefixes);
	return fd;
}

static int generation_map(const void *value)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bench_gen", 4, RF_GENERATION_SIZE, 1, NULL);
	__u32 zero = 0;

	if (fd < 0 || bpf_map_update_elem(fd, &zero, value, BPF_ANY))
		bench_die("a generation: %m");
	return fd;
}

static void put_table(const struct bpf_map *tables, __u32 which, int fd)
{
	if (bpf_map_update_elem(bpf_map__fd(tables), &which, &fd, BPF_ANY))
		bench_die("%s: %m", bpf_map__name(tables));
}

/* The small tables know nothing, which takes the same code. */
static void load_warm_tables(void)
{
	void *nothing = calloc(1, RF_GENERATION_SIZE);

	if (!nothing)
		bench_die("out of memory");
	put_table(skel->maps.generations, TABLE_WARM, generation_map(nothing));
	put_table(skel->maps.tries4, TABLE_WARM, world_trie(RF_GEOIP_V4, is_never));
	put_table(skel->maps.tries6, TABLE_WARM, world_trie(RF_GEOIP_V6, is_never));
	free(nothing);
}

/* The maps of the world, and how much memory they take. */
static void make_maps(void)
{
	uint64_t before = bench_kernel_bytes(), between;

	generation = generation_map(world.value);
	between = bench_kernel_bytes();
	for (int i = 0; i < 2; i++)
		tries[i] = world_trie((enum rf_geoip_family)i, is_known);
	bench_sample((double)(between - before), "memory.ours.bytes");
	bench_sample((double)(bench_kernel_bytes() - between), "memory.lpm.bytes");
	bench_sample((double)bench_map_bytes(generation), "memory.fdinfo.ours.bytes");
	bench_sample((double)(bench_map_bytes(tries[0]) + bench_map_bytes(tries[1])),
		     "memory.fdinfo.lpm.bytes");
}

static void load_tables(void)
{
	skel = lookup_bpf__open();
	if (!skel || bpf_map__reuse_fd(skel->maps.generation, generation) ||
	    bpf_map__reuse_fd(skel->maps.trie4, tries[0]) ||
	    bpf_map__reuse_fd(skel->maps.trie6, tries[1]) || lookup_bpf__load(skel))
		bench_die("the look-up programs cannot be loaded");
	put_table(skel->maps.generations, TABLE_WORLD, generation);
	put_table(skel->maps.tries4, TABLE_WORLD, tries[0]);
	put_table(skel->maps.tries6, TABLE_WORLD, tries[1]);
	load_warm_tables();
	pool = mmap(NULL, POOL_MAX * sizeof(*pool), PROT_READ | PROT_WRITE, MAP_SHARED,
		    bpf_map__fd(skel->maps.pool), 0);
	if (pool == MAP_FAILED)
		bench_die("the addresses: %m");
}

static void set_up_family(struct family *family, enum rf_geoip_family which)
{
	bool v4 = which == RF_GEOIP_V4;

	*family = (struct family){
		.number = v4 ? 4 : 6,
		.list = { { "empty", skel->progs.many_nothing, skel->progs.single_nothing },
			  { "ours", skel->progs.many_ours, skel->progs.single_ours },
			  { "lpm", v4 ? skel->progs.many_trie4 : skel->progs.many_trie6,
			    v4 ? skel->progs.single_trie4 : skel->progs.single_trie6 } },
		.pool = malloc(POOL_MAX * sizeof(rf_addr)),
	};
	if (!family->pool)
		bench_die("out of memory");
	for (size_t i = 0; i < POOL_MAX; i++)
		family->pool[i] = bench_random_address(&world.segments[which]);
}

static void fill_pool(const struct family *family)
{
	for (size_t i = 0; i < POOL_MAX; i++)
		rf_addr_store(family->pool[i], pool[i].bytes);
}

/* Nanoseconds for each of @count look-ups among the first @mask + 1 addresses. */
static double run_many(const struct alternative *alternative, __u32 first, __u32 count, __u32 mask)
{
	skel->bss->first = first;
	skel->bss->count = count;
	skel->bss->mask = mask;
	return (double)bench_run_program(bpf_program__fd(alternative->many)) / count;
}

/* Both must say the same of every address. */
static void compare_answers(const struct family *family)
{
	__u64 ours;

	run_many(&family->list[1], 0, POOL_MAX, POOL_MAX - 1);
	ours = skel->bss->sum;
	run_many(&family->list[2], 0, POOL_MAX, POOL_MAX - 1);
	if (ours != skel->bss->sum || !ours)
		bench_die("IPv%d: our table and the LPM trie do not agree", family->number);
}

static void measure(const struct family *family, const char *kind, __u32 first, __u32 count,
		    __u32 mask)
{
	double loop = 0;

	for (size_t i = 0; i < 3; i++) {
		double ns;

		run_many(&family->list[i], first, count / 16, mask);
		ns = run_many(&family->list[i], first + count / 16, count, mask);
		if (!i)
			loop = ns;
		bench_sample(i ? ns - loop : ns, "lookup%d.%s.%s.ns", family->number, kind,
			     family->list[i].name);
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

static double shoot(const struct alternative *alternative, int shots)
{
	double *took = calloc((size_t)shots, sizeof(*took)), median;

	if (!took)
		bench_die("out of memory");
	skel->bss->mask = POOL_MAX - 1;
	for (int i = 0; i < shots; i++) {
		skel->bss->first = (__u32)bench_random();
		sweep();
		bench_run_program(bpf_program__fd(alternative->single));
		took[i] = (double)skel->bss->took_ns;
	}
	median = bench_summarize(took, (size_t)shots).median;
	free(took);
	return median;
}

static void measure_evicted(const struct family *family)
{
	double clock = 0;

	for (size_t i = 0; i < 3; i++) {
		double ns = shoot(&family->list[i], bench.quick ? 15 : 41);

		if (!i)
			clock = ns;
		bench_sample(i ? ns - clock : ns, "lookup%d.evicted.%s.ns", family->number,
			     family->list[i].name);
	}
}

static void plot(void)
{
	static const char *const groups[] = { "IPv4 hot", "IPv4 cold", "IPv4 evicted",
					      "IPv6 hot", "IPv6 cold", "IPv6 evicted" };
	static const char *const names[] = { "ours", "lpm", "mmdb" };
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
				 kinds[group % 3], names[i]);
			bench_summary_of(name, &values[group * bars.series_count + i]);
		}
	bars.values = values;
	plot_bars(&bars, "lookup.svg");
}

void bench_lookup(void)
{
	const __u32 count = bench.quick ? 1u << 16 : 1u << 18;

	bench_progress("lookup: compiling the world, filling the LPM tries");
	bench_world_open(&world, bench_policy_small);
	make_maps();
	load_tables();
	mmdb = bench.mmdb ? bench_mmdb_open(bench.mmdb) : NULL;
	for (int i = 0; i < 2; i++)
		set_up_family(&families[i], (enum rf_geoip_family)i);
	for (int round = 0; round < bench.rounds; round++) {
		bench_calibrate();
		for (int i = 0; i < 2; i++) {
			bench_progress("lookup: round %d of %d, IPv%d", round + 1, bench.rounds,
				       families[i].number);
			fill_pool(&families[i]);
			if (!round)
				compare_answers(&families[i]);
			measure(&families[i], "cold", (__u32)bench_random(), count, POOL_MAX - 1);
			measure(&families[i], "hot", 0, count, HOT - 1);
			measure_evicted(&families[i]);
		}
	}
	plot();
	munmap(pool, POOL_MAX * sizeof(*pool));
	lookup_bpf__destroy(skel);
	bench_world_close(&world);
	bench_mmdb_close(mmdb);
	for (int i = 0; i < 2; i++)
		free(families[i].pool);
}
