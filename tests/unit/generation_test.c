// SPDX-License-Identifier: GPL-2.0
/*
 * generation_test.c - from a policy and region data to verdicts, for a small
 * made world and once for the whole real one
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/decide.h"
#include "userspace/lib/cache.h"
#include "userspace/lib/generation.h"

static const char v4_text[] = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n"
			      "16777216,16777471,CN\n" /* 1.0.0.0/24 */
			      "33554432,33554687,US\n" /* 2.0.0.0/24 */
			      "50331648,50331903,EU\n" /* 3.0.0.0/24 */
			      "67108864,67109119,??\n" /* 4.0.0.0/24 */
			      "83886080,83886335,CS\n" /* 5.0.0.0/24 */
			      "184614912,184680447,US\n"; /* 11.1.0.0/16 */
static const char v6_text[] = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n"
			      "2a0a:db8::,2a0a:db8::ffff,CN\n"
			      "2a0a:db9::,2a0a:db9::ffff,US\n";
static const char policy_text[] =
	"version: 1\n"
	"regions:\n"
	"  china: { countries: [CN] }\n"
	"  usa: { countries: [US] }\n"
	"  continent: { countries: [EU] }\n"
	"  site: { prefixes: [11.0.0.0/8, 11.2.0.0/16, \"2a0a:db9::/112\"] }\n"
	"  lab: { prefixes: [11.2.0.0/16, 11.2.3.0/24] }\n"
	"  all: { include: [china, site] }\n"
	"classes:\n"
	"  to-china: { origins: [{ user: root }], allow: [china] }\n"
	"  to-all: { origins: [{ user: root }], allow: [all] }\n"
	"  not-china: { origins: [{ user: root }], deny: [china] }\n"
	"  to-all-not-lab: { origins: [{ user: root }], allow: [all], deny: [lab] }\n"
	"  to-lab: { origins: [{ user: root }], allow: [lab], on-violation: audit }\n"
	"  nowhere: { origins: [{ user: root }], allow: [] }\n"
	"  to-continent: { origins: [{ user: root }], allow: [continent] }\n";

#define TO_CHINA (1u << 0)
#define TO_ALL (1u << 1)
#define NOT_CHINA (1u << 2)
#define TO_ALL_NOT_LAB (1u << 3)
#define TO_LAB (1u << 4)
#define NOWHERE (1u << 5)
#define TO_CONTINENT (1u << 6)

static char root[] = "/tmp/rf-generation-XXXXXX";
static char v4_path[64], v6_path[64], cache_dir[64];
static struct rf_policy *policy;
static struct rf_atoms atoms;
static struct rf_generation *gen;

static int write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return -1;
	fputs(text, file);
	return fclose(file);
}

static struct rf_policy *load_policy(const char *text)
{
	const struct rf_policy_file file = { "test.yaml", text, strlen(text) };
	struct rf_diagnostics found = { 0 };
	struct rf_policy *loaded = rf_policy_load_files(&file, 1, NULL, &found);

	if (!loaded)
		rf_diagnostics_print(&found, stderr);
	rf_diagnostics_free(&found);
	return loaded;
}

static int setup(void **state)
{
	(void)state;
	gen = malloc(RF_GENERATION_SIZE);
	if (!gen || !mkdtemp(root))
		return -1;
	snprintf(v4_path, sizeof(v4_path), "%s/geoip", root);
	snprintf(v6_path, sizeof(v6_path), "%s/geoip6", root);
	snprintf(cache_dir, sizeof(cache_dir), "%s/cache", root);
	policy = load_policy(policy_text);
	if (!policy || write_file(v4_path, v4_text) || write_file(v6_path, v6_text))
		return -1;
	return rf_atoms_build(policy, &atoms, NULL);
}

static void empty_cache(void)
{
	DIR *list = opendir(cache_dir);
	struct dirent *entry;

	if (!list)
		return;
	while ((entry = readdir(list)))
		unlinkat(dirfd(list), entry->d_name, 0);
	closedir(list);
	rmdir(cache_dir);
}

static int teardown(void **state)
{
	(void)state;
	rf_atoms_free(&atoms);
	rf_policy_free(policy);
	free(gen);
	empty_cache();
	unlink(v4_path);
	unlink(v6_path);
	return rmdir(root);
}

static struct rf_world *open_world(void)
{
	const char *const paths[] = { v4_path, v6_path };
	struct rf_world *world = rf_world_new();

	assert_non_null(world);
	assert_int_equal(rf_world_add(world, "test", RF_FORMAT_GEOIP, paths, 2, NULL), 0);
	return world;
}

static void build(const uint8_t *bits)
{
	struct rf_world *world = open_world();
	struct rf_generation_input input = {
		.atoms = &atoms, .world = world, .bits = bits, .number = 12
	};
	struct rf_fault fault = { 0 };

	assert_int_equal(rf_generation_build(&input, gen, NULL, &fault), 0);
	rf_world_close(world);
}

static void parse(const char *text, __u8 addr[16])
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(addr, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, addr + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
}

static const struct {
	const char *addr;
	__u64 may; /* the classes that may go there */
	const char *name;
} rows[] = {
	{ "1.0.0.0", TO_CHINA | TO_ALL | TO_ALL_NOT_LAB, "CN" },
	{ "1.0.0.255", TO_CHINA | TO_ALL | TO_ALL_NOT_LAB, "CN" },
	{ "1.0.1.0", 0, "unknown" },
	{ "2.0.0.1", NOT_CHINA, "US" },
	/* Not a country: absence from a deny is not enough. */
	{ "3.0.0.1", TO_CONTINENT, "EU" },
	{ "5.0.0.1", 0, "CS" },
	/* The source does not know. */
	{ "4.0.0.1", 0, "unknown" },
	{ "11.0.0.1", TO_ALL | NOT_CHINA | TO_ALL_NOT_LAB, "site" },
	/* The data is more specific than the policy's /8. */
	{ "11.1.0.1", NOT_CHINA, "US" },
	/* Two regions name the same prefix. */
	{ "11.2.0.1", TO_ALL | NOT_CHINA | TO_LAB, "site+lab" },
	/* The more specific prefix is in its own region only. */
	{ "11.2.3.4", NOT_CHINA | TO_LAB, "lab" },
	{ "2a0a:db8::ffff", TO_CHINA | TO_ALL | TO_ALL_NOT_LAB, "CN" },
	{ "2a0a:db8::1:0", 0, "unknown" },
	/* At equal length the policy's. */
	{ "2a0a:db9::1", TO_ALL | NOT_CHINA | TO_ALL_NOT_LAB, "site" },
	/* The IPv4 address that is carried decides, if it may be carried there. */
	{ "64:ff9b::1.0.0.1", TO_CHINA | TO_ALL | TO_ALL_NOT_LAB, "CN" },
	{ "2002:200:1::1", NOT_CHINA, "US" },
	{ "2001::fdff:fffe", NOT_CHINA, "US" },
	{ "64:ff9b::10.0.0.1", 0, "unknown" },
	{ "64:ff9b::1:0:0:1", 0, "unknown" },
	/* Forms that are not in use carry nothing. */
	{ "::1.0.0.1", 0, "unknown" },
	{ "::ffff:0:1.0.0.1", 0, "unknown" },
};

static void decides_for_each_class(void **state)
{
	(void)state;
	build(NULL);
	assert_int_equal(gen->header.classes, 0x7f);
	assert_int_equal(gen->header.audit, TO_LAB);
	assert_int_equal(gen->header.number, 12);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[RF_ATOM_NAME_MAX];
		__u8 addr[16];
		__u64 may = 0;

		parse(rows[i].addr, addr);
		for (int class = 0; class < 7; class ++)
			if (rf_decide(&gen->header, 1ull << class, addr).verdict ==
			    RF_VERDICT_ALLOW)
				may |= 1ull << class;
		rf_atoms_name(&atoms, rf_region_atom(&gen->header, addr), name);
		if (may != rows[i].may || strcmp(name, rows[i].name))
			fail_msg("%s: classes %llx, in %s", rows[i].addr, (unsigned long long)may,
				 name);
	}
}

/* The bits of classes are the caller's to give. */
static void uses_the_bits_that_it_is_given(void **state)
{
	static const uint8_t bits[] = { 63, 0, 7, 8, 9, 10, 11 };
	__u8 addr[16];

	(void)state;
	build(bits);
	assert_true(gen->header.classes == (1ull << 63 | 1 | 0xf80));
	assert_int_equal(gen->header.audit, 1 << 9);
	parse("1.0.0.1", addr);
	assert_int_equal(rf_decide(&gen->header, 1ull << 63, addr).verdict, RF_VERDICT_ALLOW);
	assert_int_equal(rf_decide(&gen->header, 1ull << 7, addr).verdict, RF_VERDICT_DENY);
}

static void tells_who_says_so(void **state)
{
	static const struct {
		const char *addr, *prefix, *name;
		bool is_policy;
		int winner;
	} cases[] = {
		{ "1.0.0.7", "1.0.0.0/24", "CN", false, 0 },
		{ "4.0.0.7", "4.0.0.0/24", "unknown", false, -1 },
		{ "9.0.0.7", "9.0.0.7/32", "unknown", false, -1 },
		{ "11.0.0.1", "11.0.0.0/8", "site", true, -1 },
		{ "11.1.0.1", "11.1.0.0/16", "US", false, 0 },
		{ "11.2.3.4", "11.2.3.0/24", "lab", true, -1 },
		{ "2a0a:db9::1", "2a0a:db9::/112", "site", true, -1 },
		{ "2a0a:db8::1", "2a0a:db8::/112", "CN", false, 0 },
		{ "3000::", "3000::/128", "unknown", false, -1 },
		{ "172.16.0.1", "172.16.0.0/12", "unknown", false, -1 },
		{ "64:ff9b::101:101", "1.1.1.1/32", "unknown", false, -1 },
		{ "64:ff9b::100:7", "1.0.0.0/24", "CN", false, 0 },
		{ "2002:100:7::1", "1.0.0.0/24", "CN", false, 0 },
		{ "2001::feff:fff8", "1.0.0.0/24", "CN", false, 0 },
	};
	struct rf_world *world = open_world();

	(void)state;
	assert_int_equal(rf_world_parse(world, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char prefix[RF_ADDR_TEXT_MAX], name[RF_ATOM_NAME_MAX];
		struct rf_world_answer answer;
		__u8 addr[16];

		parse(cases[i].addr, addr);
		assert_int_equal(rf_world_lookup(world, &atoms, addr, &answer), 0);
		assert_string_equal(rf_addr_prefix_text(answer.first, answer.len, prefix),
				    cases[i].prefix);
		assert_string_equal(rf_atoms_name(&atoms, answer.atom, name), cases[i].name);
		assert_int_equal(answer.piece.by_block, cases[i].is_policy);
		if (!cases[i].is_policy)
			assert_int_equal(answer.piece.winner, cases[i].winner);
	}
	assert_string_equal(rf_world_date(world), "2026-06-25T04:33:59Z");
	rf_world_close(world);
}

static void takes_checked_tables_from_the_cache(void **state)
{
	struct rf_world *world = open_world();
	struct rf_generation_input input = {
		.atoms = &atoms, .world = world, .number = 1, .cache_dir = cache_dir
	};
	struct rf_generation_report report;
	void *first = malloc(RF_GENERATION_SIZE);

	(void)state;
	assert_non_null(first);
	assert_int_equal(rf_generation_build(&input, first, &report, NULL), 0);
	assert_false(report.cached);
	assert_true(report.checked > 0);
	assert_string_equal(report.cache_fault.text, "");
	rf_world_close(world);

	world = open_world();
	input.world = world;
	assert_int_equal(rf_generation_build(&input, gen, &report, NULL), 0);
	assert_true(report.cached);
	assert_false(world->parsed);
	assert_memory_equal(first, gen, RF_GENERATION_SIZE);

	/* Other prefixes, or other data, are another key. */
	atoms.blocks[0].atom++;
	assert_int_equal(rf_generation_build(&input, gen, &report, NULL), 0);
	assert_false(report.cached);
	atoms.blocks[0].atom--;
	world->sources[0].files[1].hash[0] ^= 1;
	assert_int_equal(rf_generation_build(&input, gen, &report, NULL), 0);
	assert_false(report.cached);
	rf_world_close(world);
	free(first);
}

static void refuses_data_that_changed_meanwhile(void **state)
{
	struct rf_world *world = open_world();
	struct rf_generation_input input = { .atoms = &atoms, .world = world };
	struct rf_fault fault;

	(void)state;
	assert_int_equal(write_file(v4_path, "1,2,US\n"), 0);
	assert_int_equal(rf_generation_build(&input, gen, NULL, &fault), -ESTALE);
	assert_int_equal(gen->header.magic, 0);
	assert_int_equal(write_file(v4_path, v4_text), 0);
	rf_world_close(world);
}

static void names_the_line_of_bad_data(void **state)
{
	struct rf_generation_input input = { .atoms = &atoms };
	struct rf_fault fault;
	struct rf_world *world;

	(void)state;
	assert_int_equal(write_file(v4_path, "1,2,US\n2,3,CN\n"), 0);
	world = open_world();
	input.world = world;
	assert_int_equal(rf_generation_build(&input, gen, NULL, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, "/geoip:2: range overlaps the one before it"));
	assert_int_equal(gen->header.magic, 0);
	rf_world_close(world);
	assert_int_equal(write_file(v4_path, v4_text), 0);
}

static void refuses_what_is_no_file(void **state)
{
	static const struct {
		const char *path;
		int error;
	} cases[] = { { "/nonexistent", -ENOENT }, { "/dev/zero", -EINVAL }, { root, -EINVAL } };
	struct rf_world *world = rf_world_new();
	struct rf_fault fault;

	(void)state;
	assert_non_null(world);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(rf_world_add(world, "test", RF_FORMAT_GEOIP, &cases[i].path, 1,
					      &fault),
				 cases[i].error);
		assert_non_null(strstr(fault.text, cases[i].path));
		assert_int_equal(world->source_count, 0);
	}
	rf_world_close(world);
}

/* IPv4 is not in ::/0, nor does 0.0.0.0/0 reach into IPv6. */
static void keeps_the_families_apart(void **state)
{
	static const char text[] = "version: 1\n"
				   "regions:\n"
				   "  six: { prefixes: [\"::/0\"] }\n"
				   "  four: { prefixes: [0.0.0.0/0] }\n"
				   "classes:\n"
				   "  a: { origins: [{ user: root }], allow: [six] }\n"
				   "  b: { origins: [{ user: root }], allow: [four] }\n";
	struct rf_policy *both = load_policy(text);
	struct rf_world *world = open_world();
	struct rf_generation_input input = { .world = world };
	struct rf_fault fault = { 0 };
	struct rf_atoms own;
	__u8 addr[16];

	(void)state;
	assert_non_null(both);
	assert_int_equal(rf_atoms_build(both, &own, NULL), 0);
	input.atoms = &own;
	assert_int_equal(rf_generation_build(&input, gen, NULL, &fault), 0);
	parse("9.9.9.9", addr);
	assert_int_equal(rf_decide(&gen->header, 1, addr).verdict, RF_VERDICT_DENY);
	assert_int_equal(rf_decide(&gen->header, 2, addr).verdict, RF_VERDICT_ALLOW);
	parse("9::9", addr);
	assert_int_equal(rf_decide(&gen->header, 1, addr).verdict, RF_VERDICT_ALLOW);
	assert_int_equal(rf_decide(&gen->header, 2, addr).verdict, RF_VERDICT_DENY);
	rf_atoms_free(&own);
	rf_policy_free(both);
	rf_world_close(world);
}

/* Every boundary of the real world, as the tables and as the data have it. */
static void compare_layer(const struct rf_world *world, const struct rf_layer *layer)
{
	assert_true(layer->count > 100000);
	/* A look-up in the data is slow: one of a dozen will do here. */
	for (size_t i = 0; i < layer->count; i += 12) {
		struct rf_world_answer answer;
		__u8 addr[16];

		rf_addr_store(layer->list[i].last, addr);
		assert_int_equal(rf_world_lookup(world, &atoms, addr, &answer), 0);
		assert_int_equal(rf_region_atom(&gen->header, addr), answer.atom);
	}
}

/* The reference passes it; and the tables agree with the plain lookup. */
static void builds_the_real_world(void **state)
{
	static const char *const paths[] = { RF_GEOIP_DIR "/geoip", RF_GEOIP_DIR "/geoip6" };
	struct rf_generation_input input = { .atoms = &atoms, .number = 1 };
	struct rf_generation_report report;
	struct rf_fault fault = { 0 };
	struct rf_world *world = rf_world_new();

	(void)state;
	assert_non_null(world);
	if (access(paths[0], R_OK)) {
		print_message("%s is not installed\n", paths[0]);
		rf_world_close(world);
		skip();
	}
	assert_int_equal(rf_world_add(world, "tor", RF_FORMAT_GEOIP, paths, 2, &fault), 0);
	assert_int_equal(rf_world_date(world)[10], 'T');
	input.world = world;
	if (rf_generation_build(&input, gen, &report, &fault))
		fail_msg("%s", fault.text);
	print_message("%zu addresses checked, IPv4 %u bytes, IPv6 %u bytes\n", report.checked,
		      gen->header.v4_len, gen->header.v6_len);
	/* At least one for each range of the data, and both ends of most pieces of the tables. */
	assert_true(report.checked > 1000000);
	for (int family = 0; family < RF_FAMILY_MAX; family++)
		compare_layer(world, &world->sources[0].layers[family]);
	rf_world_close(world);
}

static struct rf_policy *large_policy(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct rf_policy *large;

	assert_non_null(out);
	fputs("version: 1\nregions:\n", out);
	for (int i = 0; i < 200; i++)
		fprintf(out,
			"  r%d: { countries: [%s], prefixes: [10.%d.0.0/16, \"fd00:%x::/32\"] }\n",
			i, i % 2 ? "CN" : "DE", i, i);
	fputs("classes:\n", out);
	for (int i = 0; i < RF_CLASS_MAX; i++)
		fprintf(out, "  c%d: { origins: [{ user: root }], allow: [r%d, r%d] }\n", i, i,
			i + 2);
	fclose(out);
	large = load_policy(text);
	free(text);
	return large;
}

/* As many classes as there can be, and the whole world, in one value. */
static void holds_a_large_policy(void **state)
{
	static const char *const paths[] = { RF_GEOIP_DIR "/geoip", RF_GEOIP_DIR "/geoip6" };
	struct rf_policy *large = large_policy();
	struct rf_generation_input input = { .number = 1, .world = rf_world_new() };
	struct rf_fault fault = { 0 };
	struct rf_atoms own;
	__u8 addr[16];

	(void)state;
	assert_non_null(large);
	assert_non_null(input.world);
	assert_int_equal(rf_atoms_build(large, &own, NULL), 0);
	input.atoms = &own;
	if (access(paths[0], R_OK))
		skip();
	assert_int_equal(rf_world_add(input.world, "tor", RF_FORMAT_GEOIP, paths, 2, &fault), 0);
	if (rf_generation_build(&input, gen, NULL, &fault))
		fail_msg("%s", fault.text);
	assert_true(RF_GENERATION_SIZE <= 16u << 20);
	assert_true(gen->header.classes == ~0ull);
	parse("10.63.0.1", addr);
	assert_int_equal(rf_decide(&gen->header, 1ull << 63, addr).verdict, RF_VERDICT_ALLOW);
	assert_int_equal(rf_decide(&gen->header, 1ull << 62, addr).verdict, RF_VERDICT_DENY);
	assert_int_equal(rf_decide(&gen->header, 1ull << 63 | 1, addr).verdict, RF_VERDICT_DENY);
	parse("1.2.4.8", addr); /* CN: the odd classes */
	assert_true(rf_decide(&gen->header, ~0ull, addr).classes == 0x5555555555555555ull);
	rf_world_close(input.world);
	rf_atoms_free(&own);
	rf_policy_free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_for_each_class),
		cmocka_unit_test(uses_the_bits_that_it_is_given),
		cmocka_unit_test(tells_who_says_so),
		cmocka_unit_test(takes_checked_tables_from_the_cache),
		cmocka_unit_test(refuses_data_that_changed_meanwhile),
		cmocka_unit_test(names_the_line_of_bad_data),
		cmocka_unit_test(refuses_what_is_no_file),
		cmocka_unit_test(keeps_the_families_apart),
		cmocka_unit_test(builds_the_real_world),
		cmocka_unit_test(holds_a_large_policy),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
