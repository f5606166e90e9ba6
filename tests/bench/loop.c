// SPDX-License-Identifier: GPL-2.0
/*
 * loop.c - many look-ups inside BPF, each after the answer of the one before
 */
#include <stdint.h>

#include "tests/bench/loop.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>

#include "bpf/generation.h"
#include "lookup.skel.h"
#include "tests/bench/bench.h"

static struct lookup_bpf *skel;
static struct bench_address *pool;
static struct bpf_program *many[FIND_MAX], *single[FIND_MAX];

static void put_table(const struct bpf_map *tables, __u32 which, int fd)
{
	if (bpf_map_update_elem(bpf_map__fd(tables), &which, &fd, BPF_ANY))
		bench_die("%s: %m", bpf_map__name(tables));
}

static void find_programs(void)
{
	many[FIND_NOTHING] = skel->progs.many_nothing;
	many[FIND_OURS] = skel->progs.many_ours;
	many[FIND_TRIE4] = skel->progs.many_trie4;
	many[FIND_TRIE6] = skel->progs.many_trie6;
	single[FIND_NOTHING] = skel->progs.single_nothing;
	single[FIND_OURS] = skel->progs.single_ours;
	single[FIND_TRIE4] = skel->progs.single_trie4;
	single[FIND_TRIE6] = skel->progs.single_trie6;
}

int bench_generation_map(const void *value)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bench_gen", 4, RF_GENERATION_SIZE, 1, NULL);
	__u32 zero = 0;

	if (fd < 0 || bpf_map_update_elem(fd, &zero, value, BPF_ANY))
		bench_die("a generation: %m");
	return fd;
}

void bench_loop_open(int generation, int trie4, int trie6)
{
	skel = lookup_bpf__open();
	if (!skel || bpf_map__reuse_fd(skel->maps.generation, generation) ||
	    bpf_map__reuse_fd(skel->maps.trie4, trie4) ||
	    bpf_map__reuse_fd(skel->maps.trie6, trie6) || lookup_bpf__load(skel))
		bench_die("the look-up programs cannot be loaded");
	find_programs();
	put_table(skel->maps.generations, TABLE_WORLD, generation);
	put_table(skel->maps.tries4, TABLE_WORLD, trie4);
	put_table(skel->maps.tries6, TABLE_WORLD, trie6);
	pool = mmap(NULL, POOL_MAX * sizeof(*pool), PROT_READ | PROT_WRITE, MAP_SHARED,
		    bpf_map__fd(skel->maps.pool), 0);
	if (pool == MAP_FAILED)
		bench_die("the addresses: %m");
}

void bench_loop_close(void)
{
	munmap(pool, POOL_MAX * sizeof(*pool));
	lookup_bpf__destroy(skel);
}

void bench_loop_warm(int generation, int trie4, int trie6)
{
	put_table(skel->maps.generations, TABLE_WARM, generation);
	put_table(skel->maps.tries4, TABLE_WARM, trie4);
	put_table(skel->maps.tries6, TABLE_WARM, trie6);
}

void bench_loop_fill(const rf_addr *addresses)
{
	for (size_t i = 0; i < POOL_MAX; i++)
		rf_addr_store(addresses[i], pool[i].bytes);
}

double bench_loop_run(enum bench_finder finder, uint32_t first, uint32_t count, uint32_t mask)
{
	skel->bss->first = first;
	skel->bss->count = count;
	skel->bss->mask = mask;
	return (double)bench_run_program(bpf_program__fd(many[finder])) / count;
}

uint64_t bench_loop_sum(void)
{
	return skel->bss->sum;
}

double bench_loop_shoot(enum bench_finder finder, uint32_t which)
{
	skel->bss->first = which;
	skel->bss->mask = POOL_MAX - 1;
	bench_run_program(bpf_program__fd(single[finder]));
	return (double)skel->bss->took_ns;
}
