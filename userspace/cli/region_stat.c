// SPDX-License-Identifier: GPL-2.0
/*
 * region_stat.c - ringfence region stat: how much each source says, and how large
 * what it is compiled to
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "userspace/cli/place.h"
#include "userspace/cli/region.h"
#include "userspace/lib/census.h"

#define LINES 10

/* struct place - one country or cloud region of a source */
struct place {
	__u16 atom;
	__u64 v4;
	__u64 v6;
};

static int by_size(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->v4 != b->v4)
		return a->v4 > b->v4 ? -1 : 1;
	return a->v6 > b->v6 ? -1 : a->v6 < b->v6;
}

static size_t sort_places(const struct rf_census *census, struct place *places)
{
	size_t count = 0;

	for (__u16 atom = 1; atom < RF_ATOM_MAX; atom++)
		if (census->size[RF_FAMILY_V4][atom] || census->size[RF_FAMILY_V6][atom])
			places[count++] = (struct place){ atom, census->size[RF_FAMILY_V4][atom],
							  census->size[RF_FAMILY_V6][atom] };
	qsort(places, count, sizeof(*places), by_size);
	return count;
}

static json_t *places_json(const struct rf_region *region, const struct place *places, size_t count)
{
	char name[RF_ATOM_NAME_MAX];
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:I, s:I}", "region",
					rf_place_atom_name(region->world, places[i].atom, name),
					"ipv4_addresses", (json_int_t)places[i].v4, "ipv6_networks",
					(json_int_t)places[i].v6));
	return list;
}

static void print_places(const struct rf_region *region, const struct place *places, size_t count,
			 size_t limit)
{
	char name[RF_ATOM_NAME_MAX], v4[64], v6[64];

	for (size_t i = 0; i < count && (!limit || i < limit); i++)
		printf("  %-20s %26s %40s\n",
		       rf_place_atom_name(region->world, places[i].atom, name),
		       rf_region_size(true, places[i].v4, v4),
		       rf_region_size(false, places[i].v6, v6));
	if (limit && count > limit)
		printf("  ... and %zu smaller ones; --limit 0 shows all\n", count - limit);
}

static void show_source(const struct rf_region *region, const struct rf_world_source *source,
			struct rf_census *census, long limit)
{
	static struct place places[RF_ATOM_MAX];
	size_t count;

	rf_census_take(source, census);
	count = sort_places(census, places);
	if (region->invocation->json) {
		rf_region_print(json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:o}", "source",
					  source->name, "format", rf_format_name(source->format),
					  "date", source->files[0].date, "ipv4_ranges",
					  (json_int_t)census->ranges[RF_FAMILY_V4], "ipv6_ranges",
					  (json_int_t)census->ranges[RF_FAMILY_V6],
					  "contradictions", (json_int_t)census->contradictions,
					  "places", places_json(region, places, count)));
		return;
	}
	printf("%s (%s of %s): %zu IPv4 and %zu IPv6 ranges, %zu places\n", source->name,
	       rf_format_name(source->format),
	       *source->files[0].date ? source->files[0].date : "unknown date",
	       census->ranges[RF_FAMILY_V4], census->ranges[RF_FAMILY_V6], count);
	print_places(region, places, count, (size_t)limit);
}

static void print_report(const struct rf_region *region, const struct rf_generation_report *report,
			 const struct rf_generation_header *value)
{
	if (region->invocation->json) {
		rf_region_print(json_pack(
			"{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "value_bytes",
			(json_int_t)RF_GENERATION_SIZE, "ipv4_table_bytes",
			(json_int_t)value->v4_len, "ipv6_table_bytes", (json_int_t)value->v6_len,
			"read_us", (json_int_t)report->read_us, "build_us",
			(json_int_t)report->build_us, "check_us", (json_int_t)report->check_us,
			"checked", (json_int_t)report->checked));
		return;
	}
	printf("compiled: IPv4 %.1f MiB, IPv6 %.1f MiB of a value of %.1f MiB; read in %.0f ms, "
	       "built in %.0f ms, %zu addresses checked in %.0f ms\n",
	       value->v4_len / 1048576.0, value->v6_len / 1048576.0, RF_GENERATION_SIZE / 1048576.0,
	       report->read_us / 1000.0, report->build_us / 1000.0, report->checked,
	       report->check_us / 1000.0);
}

static int compile(const struct rf_region *region)
{
	struct rf_generation_report report;
	struct rf_fault fault = { .text = "out of memory" };
	void *value = malloc(RF_GENERATION_SIZE);
	int err = value ? rf_region_compile(region, region->world, value, &report, &fault) :
			  -ENOMEM;

	if (!err)
		print_report(region, &report, value);
	free(value);
	return err ? rf_region_fail(&fault) : RF_EXIT_OK;
}

int rf_region_stat(struct rf_region *region)
{
	const struct rf_fault fault = { .text = "out of memory" };
	struct rf_census *census = malloc(sizeof(*census));
	long limit = rf_region_limit(region, LINES);
	int code = limit < 0 ? RF_EXIT_USAGE : RF_EXIT_OK;

	if (!census)
		return rf_region_fail(&fault);
	if (!code)
		code = rf_region_open(region);
	for (size_t i = 0; !code && i < region->world->source_count; i++)
		show_source(region, &region->world->sources[i], census, limit);
	if (!code)
		code = compile(region);
	free(census);
	return code;
}
