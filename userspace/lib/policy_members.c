// SPDX-License-Identifier: GPL-2.0
/*
 * policy_members.c - a region with its includes resolved
 */
#include "userspace/lib/policy.h"
#include "userspace/lib/policy_prefix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct walk - over a region and all that it includes
 * @queue: regions found, each once, so that even a cycle would end
 * @count: of those
 */
struct walk {
	const struct rf_policy *policy;
	struct rf_policy_members *members;
	uint32_t *queue;
	bool *found;
	size_t count;
};

/* Arrays double whenever the count reaches a power of two. */
static void *grow(void *items, size_t count, size_t size)
{
	return count & (count - 1) ? items : reallocarray(items, count ? count * 2 : 1, size);
}

static int add_country(struct rf_policy_members *members, const struct rf_policy_country *country)
{
	struct rf_policy_country *more =
		grow(members->countries, members->country_count, sizeof(*more));

	if (!more)
		return -ENOMEM;
	members->countries = more;
	more[members->country_count++] = *country;
	return 0;
}

static int add_prefix(struct rf_policy_members *members, const struct rf_policy_prefix *prefix)
{
	struct rf_policy_prefix *more =
		grow(members->prefixes, members->prefix_count, sizeof(*more));

	if (!more)
		return -ENOMEM;
	members->prefixes = more;
	more[members->prefix_count++] = *prefix;
	return 0;
}

static int add_cloud(struct rf_policy_members *members, const struct rf_policy_cloud *cloud)
{
	uint32_t *more = grow(members->clouds, members->cloud_count, sizeof(*more));

	if (!more)
		return -ENOMEM;
	members->clouds = more;
	more[members->cloud_count++] = cloud->index;
	return 0;
}

static int add_set(struct walk *walk, const struct rf_policy_include *include)
{
	const struct rf_policy_set *set = &walk->policy->sets[include->index];
	struct rf_policy_country country = { .pos = include->pos, .set = include->index };
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < set->code_count; i++) {
		memcpy(country.code, set->codes[i], sizeof(country.code));
		ret = add_country(walk->members, &country);
	}
	return ret;
}

static void enqueue(struct walk *walk, uint32_t region)
{
	if (walk->found[region])
		return;
	walk->found[region] = true;
	walk->queue[walk->count++] = region;
}

static int add_includes(struct walk *walk, const struct rf_policy_region *region)
{
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < region->include_count; i++) {
		if (region->includes[i].kind == RF_POLICY_INCLUDE_SET)
			ret = add_set(walk, &region->includes[i]);
		else
			enqueue(walk, region->includes[i].index);
	}
	return ret;
}

static int add_region(struct walk *walk, const struct rf_policy_region *region)
{
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < region->country_count; i++)
		ret = add_country(walk->members, &region->countries[i]);
	for (i = 0; !ret && i < region->prefix_count; i++)
		ret = add_prefix(walk->members, &region->prefixes[i]);
	for (i = 0; !ret && i < region->cloud_count; i++)
		ret = add_cloud(walk->members, &region->clouds[i]);
	return ret ? ret : add_includes(walk, region);
}

static int pos_order(const struct rf_pos *a, const struct rf_pos *b)
{
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

static int by_country(const void *left, const void *right)
{
	const struct rf_policy_country *a = left, *b = right;
	int order = strcmp(a->code, b->code);

	return order ? order : pos_order(&a->pos, &b->pos);
}

static int by_prefix(const void *left, const void *right)
{
	const struct rf_policy_prefix *a = left, *b = right;
	int order = rf_prefix_compare(&a->net, &b->net);

	return order ? order : pos_order(&a->pos, &b->pos);
}

static int by_index(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static void settle_clouds(struct rf_policy_members *members)
{
	size_t kept = 0;

	if (members->cloud_count)
		qsort(members->clouds, members->cloud_count, sizeof(*members->clouds), by_index);
	for (size_t i = 0; i < members->cloud_count; i++)
		if (!kept || members->clouds[kept - 1] != members->clouds[i])
			members->clouds[kept++] = members->clouds[i];
	members->cloud_count = kept;
}

/* Sorts, and keeps the first place of what is given several times. */
static void settle(struct rf_policy_members *members)
{
	struct rf_policy_country *countries = members->countries;
	struct rf_policy_prefix *prefixes = members->prefixes;
	size_t i, kept = 0;

	if (members->country_count)
		qsort(countries, members->country_count, sizeof(*countries), by_country);
	for (i = 0; i < members->country_count; i++)
		if (!kept || strcmp(countries[kept - 1].code, countries[i].code))
			countries[kept++] = countries[i];
	members->country_count = kept;

	if (members->prefix_count)
		qsort(prefixes, members->prefix_count, sizeof(*prefixes), by_prefix);
	for (kept = i = 0; i < members->prefix_count; i++)
		if (!kept || rf_prefix_compare(&prefixes[kept - 1].net, &prefixes[i].net))
			prefixes[kept++] = prefixes[i];
	members->prefix_count = kept;
	settle_clouds(members);
}

static int walk_all(struct walk *walk)
{
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < walk->count; i++)
		ret = add_region(walk, &walk->policy->regions[walk->queue[i]]);
	return ret;
}

int rf_policy_region_members(const struct rf_policy *policy, size_t region,
			     struct rf_policy_members *members)
{
	struct rf_policy_members found = { 0 };
	struct walk walk = { .policy = policy, .members = &found };
	int ret = -ENOMEM;

	if (region >= policy->region_count)
		return -EINVAL;
	walk.queue = calloc(policy->region_count, sizeof(*walk.queue));
	walk.found = calloc(policy->region_count, sizeof(*walk.found));
	if (walk.queue && walk.found) {
		enqueue(&walk, region);
		ret = walk_all(&walk);
	}
	free(walk.queue);
	free(walk.found);
	if (ret) {
		rf_policy_members_free(&found);
		return ret;
	}
	settle(&found);
	*members = found;
	return 0;
}

void rf_policy_members_free(struct rf_policy_members *members)
{
	free(members->countries);
	free(members->prefixes);
	free(members->clouds);
	memset(members, 0, sizeof(*members));
}
