// SPDX-License-Identifier: GPL-2.0
/*
 * region_conflicts.c - ringfence region conflicts, diff: where sources, or two
 * versions of one, do not say the same
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/cli/place.h"
#include "userspace/cli/progress.h"
#include "userspace/cli/region.h"
#include "userspace/lib/difference.h"

#define LINES 20

static const char *name_of(const struct rf_region *region, __u16 atom, char *name)
{
	if (atom >= RF_ATOM_SET_FIRST && region->policy)
		return rf_atoms_name(&region->atoms, atom, name);
	return rf_place_atom_name(region->world, atom, name);
}

/**
 * struct listing - how to show differences
 * @names: of the two sources
 * @outcome: what becomes of the addresses is told too
 */
struct listing {
	const struct rf_region *region;
	const char *names[2];
	bool outcome;
	long limit;
};

static void print_json(const struct listing *listing, const struct rf_difference *difference)
{
	const struct rf_region *region = listing->region;
	char first[RF_ADDR_TEXT_MAX], last[RF_ADDR_TEXT_MAX], name[RF_ATOM_NAME_MAX];
	json_t *said = json_array(), *line;

	for (int i = 0; i < 2; i++)
		json_array_append_new(said,
				      json_pack("{s:s, s:s}", "source", listing->names[i], "region",
						name_of(region, difference->places[i], name)));
	line = json_pack("{s:s, s:s, s:i, s:I, s:o}", "first",
			 rf_addr_text(difference->first, first), "last",
			 rf_addr_text(difference->last, last), "family",
			 rf_addr_is_v4(difference->first) ? 4 : 6, "size",
			 (json_int_t)difference->size, "said", said);
	if (listing->outcome)
		json_object_set_new(line, "outcome",
				    json_string(name_of(region, difference->atom, name)));
	rf_region_print(line);
}

static void print_line(const struct listing *listing, const struct rf_difference *difference)
{
	char first[RF_ADDR_TEXT_MAX], last[RF_ADDR_TEXT_MAX], size[64];
	char name[RF_ATOM_NAME_MAX];

	for (int i = 0; i < 2; i++)
		printf("  %-16s", name_of(listing->region, difference->places[i], name));
	if (listing->outcome)
		printf("  %-16s", name_of(listing->region, difference->atom, name));
	printf("  %s - %s (%s)\n", rf_addr_text(difference->first, first),
	       rf_addr_text(difference->last, last),
	       rf_region_size(rf_addr_is_v4(difference->first), difference->size, size));
}

/* Those of one family. */
static void print_some(const struct listing *listing, const struct rf_difference *list,
		       size_t count)
{
	bool json = listing->region->invocation->json;
	size_t shown = count;

	if (listing->limit && (size_t)listing->limit < shown)
		shown = (size_t)listing->limit;
	for (size_t i = 0; i < shown; i++) {
		if (json)
			print_json(listing, &list[i]);
		else
			print_line(listing, &list[i]);
	}
	if (shown < count && !json)
		printf("  ... and %zu smaller ones; --limit 0 shows all\n", count - shown);
}

static void print_all(const struct listing *listing, const struct rf_differences *differences)
{
	size_t v4 = differences->v4_count;

	if (differences->count && !listing->region->invocation->json)
		printf("  %-16.16s  %-16.16s%s\n", listing->names[0], listing->names[1],
		       listing->outcome ? "  outcome" : "");
	print_some(listing, differences->list, v4);
	print_some(listing, differences->list + v4, differences->count - v4);
}

static void print_head(const struct rf_region *region, const struct rf_differences *differences,
		       const char *what)
{
	char v4[64], v6[64];

	if (!region->invocation->json)
		printf("%s: %zu ranges, %s, %s\n", what, differences->count,
		       rf_region_size(true, differences->size[RF_FAMILY_V4], v4),
		       rf_region_size(false, differences->size[RF_FAMILY_V6], v6));
}

/* One pair of sources; @found counts the ranges. */
static int compare(struct rf_region *region, size_t a, size_t b, long limit, size_t *found)
{
	const struct listing listing = {
		.region = region,
		.names = { region->world->sources[a].name, region->world->sources[b].name },
		.outcome = true,
		.limit = limit,
	};
	const struct rf_fault fault = { .text = "out of memory" };
	struct rf_differences differences;
	char what[256];

	rf_progress_say("comparing the sources");
	if (rf_differences_find(region->world, rf_region_atoms(region), a, b, false, &differences))
		return rf_region_fail(&fault);
	rf_progress_end();
	snprintf(what, sizeof(what), "%s and %s disagree", listing.names[0], listing.names[1]);
	print_head(region, &differences, what);
	print_all(&listing, &differences);
	*found += differences.count;
	rf_differences_free(&differences);
	return RF_EXIT_OK;
}

static void print_contradictions(const struct rf_region *region)
{
	for (size_t i = 0; i < region->world->source_count && !region->invocation->json; i++) {
		const struct rf_world_source *source = &region->world->sources[i];
		size_t count = source->layers[RF_FAMILY_V4].contradictions +
			       source->layers[RF_FAMILY_V6].contradictions;

		if (count)
			printf("%s contradicts itself about %zu prefixes; they are foreign\n",
			       source->name, count);
	}
}

int rf_region_conflicts(struct rf_region *region)
{
	long limit = rf_region_limit(region, LINES);
	size_t found = 0;
	int code = limit < 0 ? RF_EXIT_USAGE : rf_region_open(region);

	for (size_t a = 0; !code && a < region->world->source_count; a++)
		for (size_t b = a + 1; !code && b < region->world->source_count; b++)
			code = compare(region, a, b, limit, &found);
	if (code)
		return code;
	print_contradictions(region);
	if (region->world->source_count < 2 && !region->invocation->json)
		printf("there is one source only: %s\n",
		       region->world->source_count ? region->world->sources[0].name : "none");
	return RF_EXIT_OK;
}

/* A directory holds tor-geoipdb; a file is in the format that is given. */
static int add(struct rf_world *world, const char *name, const char *path, enum rf_format format,
	       struct rf_fault *fault)
{
	char v4[4096], v6[4096];
	const char *const both[] = { v4, v6 };
	struct stat status;

	if (stat(path, &status) || !S_ISDIR(status.st_mode))
		return rf_world_add(world, name, format, &path, 1, fault);
	snprintf(v4, sizeof(v4), "%s/geoip", path);
	snprintf(v6, sizeof(v6), "%s/geoip6", path);
	return rf_world_add(world, name, RF_FORMAT_GEOIP, both, 2, fault);
}

static int read_format(const struct rf_region *region, enum rf_format *format)
{
	const char *given = rf_option_value(region->invocation, "format");

	*format = RF_FORMAT_GEOIP;
	if (!given)
		return RF_EXIT_OK;
	for (int i = 0; i < RF_FORMAT_MAX; i++) {
		if (!strcmp(given, rf_format_name(i))) {
			*format = i;
			return RF_EXIT_OK;
		}
	}
	fprintf(stderr, "ringfence: region diff: --format takes one of");
	for (int i = 0; i < RF_FORMAT_MAX; i++)
		fprintf(stderr, " %s", rf_format_name(i));
	fputc('\n', stderr);
	return RF_EXIT_USAGE;
}

/* Without the table of the clouds all of their regions would be the same. */
static int read_clouds(struct rf_region *region, struct rf_clouds *clouds, struct rf_fault *fault)
{
	char installed[4000], path[PATH_MAX];
	int err;

	if (region->policy && region->policy->clouds.count) {
		region->world->clouds = &region->policy->clouds;
		return 0;
	}
	rf_policy_sets_dir(installed, sizeof(installed));
	snprintf(path, sizeof(path), "%s/" RF_CLOUDS_FILE,
		 rf_places.sets_dir ? rf_places.sets_dir : installed);
	err = rf_clouds_read(path, clouds, fault);
	if (!err)
		region->world->clouds = clouds;
	return err;
}

static int open_both(struct rf_region *region, enum rf_format format, struct rf_clouds *clouds)
{
	char **argv = region->invocation->argv;
	struct rf_fault fault = { .text = "out of memory" };
	int err = 0;

	region->world = rf_world_new();
	if (!region->world)
		return rf_region_fail(&fault);
	if (rf_format_is_of_cloud(format))
		err = read_clouds(region, clouds, &fault);
	rf_progress_say("reading the region data");
	if (!err)
		err = add(region->world, "old", argv[1], format, &fault);
	if (!err)
		err = add(region->world, "new", argv[2], format, &fault);
	if (!err)
		err = rf_world_parse(region->world, &fault);
	rf_progress_end();
	return err ? rf_region_fail(&fault) : RF_EXIT_OK;
}

static int diff(struct rf_region *region, long limit)
{
	struct listing listing = { .region = region, .names = { "old", "new" } };
	const struct rf_fault fault = { .text = "out of memory" };
	struct rf_differences differences;
	size_t count;

	if (rf_differences_find(region->world, rf_region_atoms(region), 0, 1, true, &differences))
		return rf_region_fail(&fault);
	print_head(region, &differences, "moved");
	listing.limit = limit;
	print_all(&listing, &differences);
	count = differences.count;
	rf_differences_free(&differences);
	return count ? RF_EXIT_DENIED : RF_EXIT_OK;
}

int rf_region_diff(struct rf_region *region)
{
	long limit = rf_region_limit(region, LINES);
	struct rf_clouds clouds = { 0 };
	enum rf_format format;
	int code = limit < 0 ? RF_EXIT_USAGE : read_format(region, &format);

	if (!code)
		code = open_both(region, format, &clouds);
	if (!code)
		code = diff(region, limit);
	rf_clouds_free(&clouds);
	return code;
}
