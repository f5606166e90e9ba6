// SPDX-License-Identifier: GPL-2.0
/*
 * decide_test.c - the kernel's answer is user space's answer: for the whole
 * world, for random questions, and for a value of hostile bytes
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>
#include <sys/mman.h>

#include "decide.skel.h"
#include "tests/bpf/decide.h"
#include "userspace/lib/generation.h"
#include "userspace/lib/world.h"

static const char policy_text[] = "version: 1\n"
				  "regions:\n"
				  "  cn: { countries: [CN] }\n"
				  "  eu: { countries: [DE, FR, NL] }\n"
				  "  site: { prefixes: [10.20.0.0/16, \"2001:db8:20::/48\"] }\n"
				  "  host: { prefixes: [10.20.3.4/32, \"2001:db8:20::7/128\"] }\n"
				  "classes:\n"
				  "  a: { origins: [{ user: root }], allow: [cn, site] }\n"
				  "  b: { origins: [{ user: root }], deny: [cn] }\n"
				  "  c: { origins: [{ user: root }], allow: [eu, host],\n"
				  "       on-violation: audit }\n";

static struct decide_bpf *skel;
static struct question *questions;
static struct rf_generation *gen;
static struct rf_world *world;
static struct rf_policy *policy;
static struct rf_atoms atoms;
static unsigned long asked, allowed;

static int build(void)
{
	const struct rf_policy_file file = { "test.yaml", policy_text, sizeof(policy_text) - 1 };
	struct rf_generation_input input = { .atoms = &atoms, .number = 1 };
	struct rf_diagnostics found = { 0 };
	static const char *const paths[] = { RF_GEOIP_DIR "/geoip", RF_GEOIP_DIR "/geoip6" };
	struct rf_fault fault = { 0 };

	policy = rf_policy_load_files(&file, 1, NULL, &found);
	rf_diagnostics_print(&found, stderr);
	rf_diagnostics_free(&found);
	world = rf_world_new();
	if (!policy || !world || rf_atoms_build(policy, &atoms, &fault) ||
	    rf_world_add(world, "tor", RF_FORMAT_GEOIP, paths, 2, &fault))
		return -1;
	input.world = world;
	if (rf_generation_build(&input, gen, NULL, &fault)) {
		print_error("%s\n", fault.text);
		return -1;
	}
	return 0;
}

static int publish(void)
{
	__u32 zero = 0;

	return bpf_map_update_elem(bpf_map__fd(skel->maps.first), &zero, gen, BPF_ANY);
}

static int setup(void **state)
{
	(void)state;
	gen = aligned_alloc(4096, RF_GENERATION_SIZE);
	skel = decide_bpf__open_and_load();
	if (!gen || !skel || build() || publish())
		return -1;
	questions = mmap(NULL, QUESTIONS_MAX * sizeof(*questions), PROT_READ | PROT_WRITE,
			 MAP_SHARED, bpf_map__fd(skel->maps.questions), 0);
	return questions == MAP_FAILED ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	munmap(questions, QUESTIONS_MAX * sizeof(*questions));
	decide_bpf__destroy(skel);
	rf_atoms_free(&atoms);
	rf_policy_free(policy);
	rf_world_close(world);
	free(gen);
	return 0;
}

/* Let the kernel answer the questions asked so far, and compare. */
static void flush(void)
{
	__u8 packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));

	skel->bss->count = (__u32)asked;
	assert_int_equal(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.answer), &run), 0);
	assert_int_equal(run.retval, asked);
	for (unsigned long i = 0; i < asked; i++) {
		const struct question *question = &questions[i];
		struct rf_decision expected =
			rf_decide(&gen->header, question->label, question->addr);

		allowed += expected.verdict != RF_VERDICT_DENY;
		if (memcmp(&expected, &question->decision, sizeof(expected))) {
			char text[RF_ADDR_TEXT_MAX];

			fail_msg("%s label %llx: kernel %u/%u atom %u, user space %u/%u atom %u",
				 rf_addr_text(rf_addr_load(question->addr), text),
				 (unsigned long long)question->label, question->decision.verdict,
				 question->decision.reason, question->decision.atom,
				 expected.verdict, expected.reason, expected.atom);
		}
	}
	asked = 0;
}

static void ask(rf_addr addr, __u64 label)
{
	struct question *question = &questions[asked++];

	question->label = label;
	rf_addr_store(addr, question->addr);
	memset(&question->decision, 0xee, sizeof(question->decision));
	if (asked == QUESTIONS_MAX)
		flush();
}

static rf_addr random_bits(void)
{
	rf_addr bits = 0;

	for (int i = 0; i < 9; i++)
		bits = bits << 15 ^ (rf_addr)(rand() & 0x7fff);
	return bits;
}

/* Mostly known classes; none, and unknown ones, now and then. */
static __u64 random_label(void)
{
	return rand() % 64 ? (__u64)(rand() % 8) : (__u64)random_bits();
}

static rf_addr random_addr(void)
{
	switch (rand() % 4) {
	case 0: return random_bits();
	case 1: return ((rf_addr)0x2 << 124 | random_bits() >> 4);
	default: return RF_ADDR_V4_FIRST | (random_bits() >> 96);
	}
}

static void agrees_on_every_boundary(void **state)
{
	(void)state;
	srand(1);
	for (int family = 0; family < 2; family++) {
		const struct rf_layer *layer = &world->sources[0].layers[family];

		for (size_t i = 0; i < layer->count; i++) {
			ask(layer->list[i].first - 1, random_label());
			ask(layer->list[i].first, random_label());
			ask(layer->list[i].last, random_label());
			ask(layer->list[i].last + 1, random_label());
		}
	}
	for (size_t i = 0; i < atoms.block_count; i++) {
		rf_addr first = atoms.blocks[i].first;
		rf_addr last = first | rf_addr_host_mask(atoms.blocks[i].len);

		for (__u64 label = 0; label < 8; label++) {
			ask(first - 1, label);
			ask(first, label);
			ask(last, label);
			ask(last + 1, label);
		}
	}
	flush();
	assert_true(allowed > 100000);
}

static void agrees_on_random_questions(void **state)
{
	(void)state;
	srand(2);
	for (int i = 0; i < 100000; i++)
		ask(random_addr(), random_label());
	flush();
}

static void agrees_on_hostile_bytes(void **state)
{
	unsigned char *bytes = (unsigned char *)gen;
	unsigned char *saved = malloc(RF_GENERATION_SIZE);

	(void)state;
	assert_non_null(saved);
	memcpy(saved, gen, RF_GENERATION_SIZE);
	srand(3);
	for (int round = 0; round < 3; round++) {
		for (size_t i = sizeof(gen->header); i < RF_GENERATION_SIZE; i++)
			if (round || rand() % 8 == 0)
				bytes[i] = (unsigned char)(rand() >> 7);
		for (size_t i = 0; round == 2 && i < RF_V6_ROOTS; i++)
			gen->v6.root[i] %= RF_V6_NODES;
		for (size_t i = 0; round == 2 && i < RF_V6_NODES; i++)
			gen->v6.node[i].child_base %= RF_V6_NODES;
		assert_int_equal(publish(), 0);
		for (int i = 0; i < 100000; i++)
			ask(random_addr(), random_label());
		flush();
	}
	memcpy(gen, saved, RF_GENERATION_SIZE);
	free(saved);
	assert_int_equal(publish(), 0);
}

static __u32 send_packet(rf_addr to, __u64 label)
{
	__u8 packet[14 + 40 + 8] = { [12] = 0x86, [13] = 0xdd, [14] = 0x60, [20] = 59 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));

	rf_addr_store(to, packet + 14 + 24);
	questions[0].label = label;
	assert_int_equal(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.packet), &run), 0);
	return run.retval;
}

/* As a cgroup program: the verdict on a packet by its destination. */
static void decides_on_packets(void **state)
{
	const rf_addr site = (rf_addr)0x20010db800200000ull << 64;

	(void)state;
	assert_int_equal(send_packet(site + 8, 1), 1);
	assert_int_equal(send_packet(site + 8, 1 | 2), 1);
	assert_int_equal(send_packet(site + 7, 1), 0);
	assert_int_equal(send_packet(site + 7, 0), 1);
	assert_int_equal(send_packet(site + 7, 4), 1);
	assert_int_equal(send_packet(site + ((rf_addr)1 << 80), 1), 0);
	assert_int_equal(send_packet(1, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_on_every_boundary),
		cmocka_unit_test(agrees_on_random_questions),
		cmocka_unit_test(agrees_on_hostile_bytes),
		cmocka_unit_test(decides_on_packets),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
