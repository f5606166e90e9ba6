// SPDX-License-Identifier: GPL-2.0
/*
 * difference.c - where two sources do not say the same
 */
#include "userspace/lib/difference.h"

#include <errno.h>
#include <stdlib.h>

#include "userspace/lib/census.h"
#include "userspace/lib/grow.h"

struct finder {
	const struct rf_world *world;
	size_t a;
	size_t b;
	bool silence;
	struct rf_differences found;
};

static __u16 place_of(const struct finder *finder, const struct rf_range *range)
{
	__u16 atom = range ? range->atom : RF_ATOM_UNKNOWN;

	return finder->silence ? atom : rf_atom_country(finder->world->clouds, atom);
}

static int add(struct rf_differences *found, const struct rf_difference *difference)
{
	struct rf_difference *before = found->count ? &found->list[found->count - 1] : NULL;
	struct rf_difference *list;

	if (before && before->last + 1 == difference->first &&
	    before->places[0] == difference->places[0] &&
	    before->places[1] == difference->places[1] && before->atom == difference->atom) {
		before->last = difference->last;
		return 0;
	}
	list = rf_grow(found->list, found->count, &found->room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	found->list = list;
	found->list[found->count++] = *difference;
	return 0;
}

static int visit(void *ctx, const struct rf_merge_piece *piece)
{
	struct finder *finder = ctx;
	const struct rf_difference difference = {
		.first = piece->first,
		.last = piece->last,
		.places = { place_of(finder, piece->answers[finder->a]),
			    place_of(finder, piece->answers[finder->b]) },
		.atom = piece->atom,
	};

	if (difference.places[0] == difference.places[1])
		return 0;
	if (!finder->silence && (!difference.places[0] || !difference.places[1]))
		return 0;
	return add(&finder->found, &difference);
}

static int by_size(const void *left, const void *right)
{
	const struct rf_difference *a = left, *b = right;
	bool v4 = rf_addr_is_v4(a->first);

	if (v4 != rf_addr_is_v4(b->first))
		return v4 ? -1 : 1;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static void settle(struct rf_differences *found)
{
	for (size_t i = 0; i < found->count; i++) {
		struct rf_difference *difference = &found->list[i];
		bool v4 = rf_addr_is_v4(difference->first);

		difference->size = rf_census_size(difference->first, difference->last);
		found->v4_count += v4;
		found->size[v4 ? RF_FAMILY_V4 : RF_FAMILY_V6] += difference->size;
	}
	if (found->count)
		qsort(found->list, found->count, sizeof(*found->list), by_size);
}

int rf_differences_find(const struct rf_world *world, const struct rf_atoms *atoms, size_t a,
			size_t b, bool silence, struct rf_differences *out)
{
	struct finder finder = { .world = world, .a = a, .b = b, .silence = silence };
	int error = 0;

	for (int family = 0; !error && family < RF_FAMILY_MAX; family++) {
		struct rf_view view;

		error = rf_world_view(world, atoms, family, &view);
		if (error)
			break;
		view.merge.all = true;
		error = rf_merge_walk(view.first, view.last, &view.merge, visit, &finder);
		rf_view_free(&view);
	}
	if (error) {
		rf_differences_free(&finder.found);
		return error;
	}
	settle(&finder.found);
	*out = finder.found;
	return 0;
}

void rf_differences_free(struct rf_differences *differences)
{
	free(differences->list);
	*differences = (struct rf_differences){ 0 };
}
