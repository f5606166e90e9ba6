// SPDX-License-Identifier: GPL-2.0
/*
 * policy_cycle.c - regions that include each other
 */
#include "userspace/lib/policy_build.h"

#include <stdio.h>
#include <stdlib.h>

/**
 * struct walk - a walk along the includes
 * @state: by region: not seen, on the way, done
 * @way: the regions on the way, and how many
 */
struct walk {
	struct rf_policy_build *build;
	enum { UNSEEN = 0, ON_THE_WAY, DONE } * state;
	uint32_t *way;
	size_t depth;
};

/* "a -> b -> a", cut with dots if it is long. */
static void describe(const struct walk *walk, uint32_t again, char text[512])
{
	const struct rf_policy_region *regions = walk->build->policy->regions;
	size_t start = walk->depth, len = 0, i;

	while (walk->way[start - 1] != again)
		start--;
	for (i = start - 1; i < walk->depth && len < 384; i++)
		len += snprintf(text + len, 512 - len, "%s -> ", regions[walk->way[i]].name);
	snprintf(text + len, 512 - len, "%s%s", i < walk->depth ? "... -> " : "",
		 regions[again].name);
}

static void visit(struct walk *walk, uint32_t index)
{
	const struct rf_policy_region *region = &walk->build->policy->regions[index];
	char chain[512];
	size_t i;

	walk->state[index] = ON_THE_WAY;
	walk->way[walk->depth++] = index;
	for (i = 0; i < region->include_count; i++) {
		const struct rf_policy_include *include = &region->includes[i];

		if (include->kind != RF_POLICY_INCLUDE_REGION)
			continue;
		if (walk->state[include->index] == UNSEEN) {
			visit(walk, include->index);
		} else if (walk->state[include->index] == ON_THE_WAY) {
			describe(walk, include->index, chain);
			rf_policy_error(walk->build, &include->pos, "take one include out",
					"regions include each other: %s", chain);
		}
	}
	walk->depth--;
	walk->state[index] = DONE;
}

/* No deeper than RF_POLICY_REGIONS_MAX, with about 700 bytes of stack for each. */
void rf_policy_check_cycles(struct rf_policy_build *build)
{
	size_t count = build->policy->region_count, i;
	struct walk walk = { .build = build };

	walk.state = calloc(count + 1, sizeof(*walk.state));
	walk.way = calloc(count + 1, sizeof(*walk.way));
	if (walk.state && walk.way) {
		for (i = 0; i < count; i++)
			if (walk.state[i] == UNSEEN)
				visit(&walk, i);
	} else {
		rf_policy_no_memory(build);
	}
	free(walk.state);
	free(walk.way);
}
