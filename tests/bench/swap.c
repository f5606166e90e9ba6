// SPDX-License-Identifier: GPL-2.0
/*
 * swap.c - replacing the policy over and over, while probes and real packets
 * look for an answer that is of neither generation
 *
 * The two differ in everything: the second has other numbers for all places,
 * other rules for them and another class in audit. A packet that was judged by
 * the tables of one and the rules of the other would get an answer that both
 * deny to have given. Of the packets that are sent, both allow each.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "swap.skel.h"
#include "tests/bench/bench.h"
#include "tests/bench/filter.h"
#include "tests/bench/net.h"
#include "tests/bench/product.h"
#include "tests/bench/swap.h"
#include "tests/bench/world.h"
#include "userspace/lib/dxr.h"
#include "userspace/lib/poptrie.h"

#define PROBES_AT_ONCE 1000
#define PACKETS_AT_ONCE 100
#define RENUMBER 700 /* added to each atom in the second generation */

static struct swap_bpf *skel;
static struct rf_generation *generations[2], *mixture;
static struct sockaddr_in destinations[64];
static size_t destination_count;
static bool over;
static unsigned long swaps;

/* Random rules; as many allow as deny. */
static void make_rules(struct rf_generation_header *header, unsigned int which)
{
	header->magic = RF_GENERATION_MAGIC;
	header->abi = RF_ABI_VERSION;
	header->number = which + 1;
	header->classes = SWAP_LABEL;
	header->audit = which;
	for (size_t i = 1; i < RF_ATOM_MAX; i++)
		header->allow[i] = bench_random() & 1 ? SWAP_LABEL : bench_random() & SWAP_LABEL;
}

/* Places alone: those that carry an IPv4 address are the same everywhere. */
static void renumber(__u16 *atom)
{
	if (*atom != RF_ATOM_UNKNOWN && *atom < RF_ATOM_EMBED_FIRST)
		*atom += RENUMBER;
}

static void make_generation(struct bench_world *world, unsigned int which)
{
	struct rf_generation *gen = aligned_alloc(4096, RF_GENERATION_SIZE);
	struct rf_fault fault = { 0 };

	if (!gen)
		bench_die("out of memory");
	memset(gen, 0, RF_GENERATION_SIZE);
	for (size_t i = 0; which && i < 2; i++)
		for (size_t j = 0; j < world->segments[i].count; j++)
			renumber(&world->segments[i].list[j].atom);
	if (rf_dxr_build(&world->segments[0], &gen->v4, &gen->header.v4_len, &fault) ||
	    rf_poptrie_build(&world->segments[1], &gen->v6, &gen->header.v6_len, &fault))
		bench_die("%s", fault.text);
	make_rules(&gen->header, which);
	generations[which] = gen;
}

static struct rf_decision ask(const struct rf_generation *gen, struct rf_words addr)
{
	return rf_decide_words(&gen->header, SWAP_LABEL, addr);
}

/* Both allow it, and what mixes them does not. */
static void consider_destination(struct rf_words addr, const struct swap_probe *probe)
{
	if (destination_count == 64 || addr.high || addr.low >> 32 != 0xffff)
		return;
	if (probe->answer[0].verdict == RF_VERDICT_ALLOW &&
	    probe->answer[1].verdict == RF_VERDICT_ALLOW &&
	    ask(mixture, addr).verdict == RF_VERDICT_DENY)
		destinations[destination_count++] = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_port = htons(BENCH_PORT_DROPPED),
			.sin_addr.s_addr = htonl((__u32)addr.low),
		};
}

static void make_probes(const struct bench_world *world)
{
	struct swap_probe *probes = mmap(NULL, SWAP_ADDRESSES * sizeof(*probes),
					 PROT_READ | PROT_WRITE, MAP_SHARED,
					 bpf_map__fd(skel->maps.probes), 0);

	if (probes == MAP_FAILED)
		bench_die("the probes: %m");
	for (size_t i = 0; i < SWAP_ADDRESSES; i++) {
		__u8 bytes[16];

		rf_addr_store(bench_random_address(&world->segments[i & 1]), bytes);
		probes[i].addr = rf_words_load(bytes);
		for (int j = 0; j < 2; j++)
			probes[i].answer[j] = ask(generations[j], probes[i].addr);
		consider_destination(probes[i].addr, &probes[i]);
	}
	munmap(probes, SWAP_ADDRESSES * sizeof(*probes));
	if (destination_count < 64)
		bench_die("too few addresses that both generations allow");
}

static void set_up(void)
{
	struct bench_world world;
	int fd;

	bench_world_open(&world, bench_policy_small);
	for (unsigned int i = 0; i < 2; i++)
		make_generation(&world, i);
	mixture = aligned_alloc(4096, RF_GENERATION_SIZE);
	if (!mixture)
		bench_die("out of memory");
	memcpy(mixture, generations[0], RF_GENERATION_SIZE);
	mixture->header = generations[1]->header;
	skel = swap_bpf__open();
	fd = bench_product_map("generations");
	if (!skel || bpf_map__reuse_fd(skel->maps.generations, fd) || swap_bpf__load(skel))
		bench_die("the probing program cannot be loaded");
	close(fd);
	make_probes(&world);
	bench_world_close(&world);
	bench_product_publish(generations[0]);
}

/* On another processor, as fast as it goes */
static void *swap(void *unused)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	for (unsigned int i = 1; !__atomic_load_n(&over, __ATOMIC_RELAXED); i++) {
		/* What must be seen: first the rules, then the tables. */
		if (bench.unsafe_swap && i & 1)
			bench_product_publish(mixture);
		bench_product_publish(generations[i & 1]);
		__atomic_add_fetch(&swaps, 1, __ATOMIC_RELAXED);
	}
	return unused;
}

/* Returns how many were not sent. */
static unsigned long send_packets(int fd)
{
	unsigned long refused = 0;

	for (size_t i = 0; i < PACKETS_AT_ONCE; i++) {
		const struct sockaddr_in *to = &destinations[i % 64];

		if (sendto(fd, "", 1, 0, (const struct sockaddr *)to, sizeof(*to)) == 1)
			continue;
		if (errno != EPERM)
			bench_die("a packet was not sent: %m");
		refused++;
	}
	return refused;
}

static unsigned long probe(int fd, unsigned long wanted, unsigned long wanted_swaps)
{
	unsigned long probes = 0, packets = 0, wrong = 0;

	skel->bss->count = PROBES_AT_ONCE;
	while (probes + packets < wanted ||
	       __atomic_load_n(&swaps, __ATOMIC_RELAXED) < wanted_swaps) {
		bench_progress("swap: %lu of %lu probes, %lu swaps", probes + packets, wanted,
			       __atomic_load_n(&swaps, __ATOMIC_RELAXED));
		skel->bss->first = (__u32)bench_random();
		bench_run_program(bpf_program__fd(skel->progs.probe_many));
		probes += PROBES_AT_ONCE;
		wrong += send_packets(fd);
		packets += PACKETS_AT_ONCE;
	}
	bench_sample((double)(probes + packets), "swap.probes");
	bench_sample((double)packets, "swap.packets");
	return wrong + skel->bss->wrong;
}

void bench_swap(void)
{
	unsigned long wrong;
	pthread_t thread;
	int link, fd;

	bench_progress("swap: setting up");
	bench_filters_open();
	bench_cgroup_enter();
	set_up();
	link = bench_product_attach();
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bench_product_label(fd, SWAP_LABEL);
	if (pthread_create(&thread, NULL, swap, NULL))
		bench_die("a thread: %m");
	for (int i = 0; i < bench.rounds; i++)
		bench_calibrate();
	wrong = probe(fd, bench.quick ? 1000000 : 10000000, bench.quick ? 20 : 200);
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	if (!skel->bss->seen[0] || !skel->bss->seen[1])
		bench_die("only one of the generations was seen");
	bench_sample((double)wrong, "swap.wrong_verdicts");
	bench_sample((double)swaps, "swap.swaps");
	close(fd);
	close(link);
	swap_bpf__destroy(skel);
}
