// SPDX-License-Identifier: GPL-2.0
/*
 * region_map.c - ringfence region map: IPv4 as a picture, by region
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/map_svg.h"
#include "userspace/cli/place.h"
#include "userspace/cli/region.h"
#include "userspace/cli/shown.h"

#define CELLS 65536
#define CELL_SIZE 65536u /* addresses */

/**
 * struct painter - from pieces of the address space to cells
 * @sizes: by atom: addresses of the cell that is being filled
 * @kinds: by atom: 1 + its kind, or 0 if it has none yet
 */
struct painter {
	const struct rf_region *region;
	struct rf_map_cell cells[CELLS];
	__u32 sizes[RF_ATOM_MAX];
	__u16 kinds[RF_ATOM_MAX];
	char *names[RF_ATOM_MAX];
	uint64_t addresses[RF_ATOM_MAX];
	size_t kind_count;
	__u16 touched[CELL_SIZE];
	size_t touched_count;
};

static __u16 kind_of(struct painter *painter, __u16 atom)
{
	char name[RF_ATOM_NAME_MAX];

	if (!painter->kinds[atom]) {
		if (rf_region_atoms(painter->region))
			rf_atoms_name(rf_region_atoms(painter->region), atom, name);
		else
			rf_place_atom_name(painter->region->world, atom, name);
		painter->names[painter->kind_count++] = strdup(name);
		painter->kinds[atom] = (__u16)painter->kind_count;
	}
	return painter->kinds[atom] - 1;
}

/* The cell is full: it gets the colour of what most of it is. */
static void finish_cell(struct painter *painter, size_t cell)
{
	__u16 best = painter->touched[0];

	for (size_t i = 0; i < painter->touched_count; i++) {
		__u16 atom = painter->touched[i];

		if (painter->sizes[atom] > painter->sizes[best])
			best = atom;
	}
	painter->cells[cell].kind = kind_of(painter, best);
	painter->cells[cell].share = (uint8_t)((painter->sizes[best] * 255ull) / CELL_SIZE);
	for (size_t i = 0; i < painter->touched_count; i++)
		painter->sizes[painter->touched[i]] = 0;
	painter->touched_count = 0;
}

static int paint(void *ctx, const struct rf_merge_piece *piece)
{
	struct painter *painter = ctx;
	__u64 at = (__u32)piece->first, end = (__u64)(__u32)piece->last + 1;

	painter->addresses[kind_of(painter, piece->atom)] += end - at;
	while (at < end) {
		__u64 cell_end = (at / CELL_SIZE + 1) * CELL_SIZE;
		__u64 until = end < cell_end ? end : cell_end;

		if (!painter->sizes[piece->atom])
			painter->touched[painter->touched_count++] = piece->atom;
		painter->sizes[piece->atom] += (__u32)(until - at);
		at = until;
		if (at == cell_end)
			finish_cell(painter, at / CELL_SIZE - 1);
	}
	return 0;
}

static int draw(const struct painter *painter, FILE *out)
{
	const struct rf_world *world = painter->region->world;
	struct rf_map map = {
		.cells = painter->cells,
		.names = (const char *const *)painter->names,
		.addresses = painter->addresses,
		.kind_count = painter->kind_count,
		.title = painter->region->policy ? "IPv4 as the policy sees it" : "IPv4 by country",
	};
	char note[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < world->source_count && used < sizeof(note); i++)
		used += (size_t)snprintf(note + used, sizeof(note) - used, "%s%s%s%.10s",
					 i ? ", " : "", world->sources[i].name,
					 *world->sources[i].files[0].date ? " of " : "",
					 world->sources[i].files[0].date);
	map.note = note;
	return rf_map_svg(out, &map);
}

static int write_map(const struct painter *painter, const char *path)
{
	char shown[RF_SHOWN_MAX];
	FILE *out;
	int err;

	if (!strcmp(path, "-"))
		return draw(painter, stdout) ? RF_EXIT_FAILED : RF_EXIT_OK;
	out = fopen(path, "we");
	err = out ? draw(painter, out) : -errno;
	if (out && fclose(out) && !err)
		err = -errno;
	if (!err)
		return RF_EXIT_OK;
	fprintf(stderr, "ringfence: region map: %s: %s\n", rf_shown(shown, path), strerror(-err));
	return RF_EXIT_FAILED;
}

static int paint_all(struct painter *painter)
{
	struct rf_view view;

	if (rf_world_view(painter->region->world, rf_region_atoms(painter->region), RF_FAMILY_V4,
			  &view))
		return RF_EXIT_FAILED;
	/* Foreign to all comes first: it is the paper. */
	kind_of(painter, RF_ATOM_UNKNOWN);
	rf_merge_walk(view.first, view.last, &view.merge, paint, painter);
	rf_view_free(&view);
	return RF_EXIT_OK;
}

int rf_region_map(struct rf_region *region)
{
	const char *path = rf_option_value(region->invocation, "svg");
	struct painter *painter;
	int code;

	if (!path) {
		fprintf(stderr, "ringfence: region map: say where to draw: --svg FILE\n");
		return RF_EXIT_USAGE;
	}
	code = rf_region_open(region);
	if (code)
		return code;
	painter = calloc(1, sizeof(*painter));
	if (!painter)
		return RF_EXIT_FAILED;
	painter->region = region;
	code = paint_all(painter);
	if (!code)
		code = write_map(painter, path);
	for (size_t i = 0; i < painter->kind_count; i++)
		free(painter->names[i]);
	free(painter);
	return code;
}
