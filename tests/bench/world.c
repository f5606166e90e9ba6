// SPDX-License-Identifier: GPL-2.0
/*
 * world.c - the world that is measured: the installed region data, as the
 * library compiles it
 */
#include "tests/bench/world.h"

#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "userspace/lib/compiled.h"

const char bench_policy_small[] =
	"version: 1\n"
	"regions:\n"
	"  cn: { countries: [CN] }\n"
	"  private: { prefixes: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16] }\n"
	"classes:\n"
	"  a: { origins: [{ user: root }], allow: [cn, private] }\n";

static const char countries[][3] = { "CN", "DE", "FR", "NL", "IT", "ES", "PL", "SE", "US", "CA",
				     "BR", "IN", "JP", "KR", "AU", "NZ", "ZA", "GB", "IE", "CH" };

#define COUNTRIES (sizeof(countries) / sizeof(*countries))
#define REGIONS 200
#define CLASSES 64

static void write_regions(FILE *file)
{
	fputs("version: 1\nregions:\n", file);
	for (unsigned int i = 0; i < REGIONS; i++)
		fprintf(file,
			"  r%u: { countries: [%s, %s, %s], prefixes: [10.%u.0.0/16, \"2001:db8:%x::/48\"] }\n",
			i, countries[i % COUNTRIES], countries[(i * 7 + 3) % COUNTRIES],
			countries[(i * 3 + 1) % COUNTRIES], i, i);
}

char *bench_policy_large(void)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		bench_die("out of memory");
	write_regions(file);
	fputs("classes:\n", file);
	for (unsigned int i = 0; i < CLASSES; i++)
		fprintf(file, "  c%u: { origins: [{ user: root }], allow: [r%u, r%u, r%u] }\n", i,
			i, i + 64, (i * 5 + 11) % REGIONS);
	fclose(file);
	return text;
}

static struct rf_policy *load_policy(const char *text)
{
	const struct rf_policy_file file = { "bench.yaml", text, strlen(text) };
	struct rf_diagnostics found = { 0 };
	struct rf_policy *policy = rf_policy_load_files(&file, 1, NULL, &found);

	if (!policy)
		rf_diagnostics_print(&found, stderr);
	rf_diagnostics_free(&found);
	if (!policy)
		bench_die("the policy of the bench is not valid");
	return policy;
}

void bench_world_segments(const struct bench_world *world, enum rf_family family,
			  struct rf_segments *out)
{
	struct rf_view view;

	if (rf_world_view(world->files, &world->atoms, family, &view) ||
	    rf_merge_segments(view.first, view.last, &view.merge, out))
		bench_die("out of memory");
	rf_view_free(&view);
}

struct rf_world *bench_world_read(void)
{
	static const struct rf_places places = RF_PLACES_DEFAULT;
	struct rf_fault fault = { 0 };
	struct rf_world *files;

	if (rf_compiled_world(NULL, &places, &files, &fault) || rf_world_parse(files, &fault))
		bench_die("%s", fault.text);
	return files;
}

void bench_world_open(struct bench_world *world, const char *text)
{
	struct rf_generation_input input = { .atoms = &world->atoms, .number = 1 };
	struct rf_fault fault = { 0 };

	memset(world, 0, sizeof(*world));
	world->policy = load_policy(text);
	world->value = aligned_alloc(4096, RF_GENERATION_SIZE);
	if (!world->value)
		bench_die("out of memory");
	if (rf_atoms_build(world->policy, &world->atoms, &fault))
		bench_die("%s", fault.text);
	world->files = bench_world_read();
	input.world = world->files;
	if (rf_generation_build(&input, world->value, &world->report, &fault))
		bench_die("%s", fault.text);
	bench_world_segments(world, RF_FAMILY_V4, &world->segments[RF_FAMILY_V4]);
	bench_world_segments(world, RF_FAMILY_V6, &world->segments[RF_FAMILY_V6]);
}

void bench_world_close(struct bench_world *world)
{
	rf_segments_free(&world->segments[RF_FAMILY_V4]);
	rf_segments_free(&world->segments[RF_FAMILY_V6]);
	free(world->value);
	rf_world_close(world->files);
	rf_atoms_free(&world->atoms);
	rf_policy_free(world->policy);
}

static rf_addr segment_last(const struct rf_segments *segments, size_t i)
{
	return i + 1 < segments->count ? segments->list[i + 1].first - 1 : segments->last;
}

/* Not of those that carry an IPv4 address: a trie does not look into them. */
static size_t random_segment(const struct rf_segments *segments)
{
	size_t i;

	do
		i = bench_random() % segments->count;
	while (segments->list[i].atom >= RF_ATOM_EMBED_FIRST);
	return i;
}

rf_addr bench_random_address(const struct rf_segments *segments)
{
	size_t i = random_segment(segments);
	rf_addr first = segments->list[i].first, span = segment_last(segments, i) - first;
	rf_addr offset = (rf_addr)bench_random() << 64 | bench_random();

	return first + (span == RF_ADDR_MAX ? offset : offset % (span + 1));
}
