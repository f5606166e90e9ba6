// SPDX-License-Identifier: GPL-2.0
/*
 * policy_region.c - the section `regions`
 */
#include "userspace/lib/policy_build.h"
#include "userspace/lib/policy_country.h"

#include <stdio.h>

static void warn_vague(struct rf_policy_build *build, const struct rf_pos *pos, const char *code)
{
	const char *hint = NULL;

	if (!strcmp(code, "EU"))
		hint = "for the members of the European Union write include: [eu-members]";
	rf_policy_warn(build, pos, hint, "\"%s\" is no country: the region data has it for %s",
		       code, rf_country_name(code));
}

static void read_country(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_region *region = into;
	struct rf_policy_country *country;
	char code[3];

	if (!rf_policy_read_country(build, item, code))
		return;
	country = RF_POLICY_ADD(build, region->countries, region->country_count);
	if (!country)
		return;
	memcpy(country->code, code, sizeof(code));
	country->pos = item->pos;
	country->set = RF_POLICY_NO_SET;
	if (rf_country_kind(code) == RF_COUNTRY_VAGUE)
		warn_vague(build, &item->pos, code);
}

static void read_countries(struct rf_policy_build *build, const struct rf_yaml_node *key,
			   const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_country, into);
}

static void read_prefix(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_region *region = into;
	struct rf_policy_prefix *prefix;
	struct rf_prefix net;

	if (!rf_policy_read_prefix(build, item, &net))
		return;
	prefix = RF_POLICY_ADD(build, region->prefixes, region->prefix_count);
	if (prefix)
		*prefix = (struct rf_policy_prefix){ .net = net, .pos = item->pos };
}

static void read_prefixes(struct rf_policy_build *build, const struct rf_yaml_node *key,
			  const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_prefix, into);
}

static void unknown_include(struct rf_policy_build *build, const struct rf_yaml_node *item)
{
	struct rf_name_search search = { .text = item->text };
	char expected[256] = "expected the name of a region or country set", hint[512];
	size_t i;

	for (i = 0; rf_policy_suggests(build) && i < build->policy->region_count; i++)
		rf_name_consider(&search, build->policy->regions[i].name);
	for (i = 0; rf_policy_suggests(build) && i < build->set_name_count; i++)
		rf_name_consider(&search, build->set_names[i]);
	if (!build->set_name_count)
		snprintf(expected, sizeof(expected), "no country sets are installed in %.180s",
			 build->sets_dir);
	rf_policy_error(build, &item->pos, rf_policy_hint(hint, expected, &search),
			"unknown region or country set \"%s\"", item->text);
}

static void add_include(struct rf_policy_build *build, struct rf_policy_region *region,
			enum rf_policy_include_kind kind, int index, const struct rf_pos *pos)
{
	struct rf_policy_include *include;

	if (index < 0)
		return;
	include = RF_POLICY_ADD(build, region->includes, region->include_count);
	if (include)
		*include = (struct rf_policy_include){ .kind = kind, .index = index, .pos = *pos };
}

static void read_include(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	int index;

	if (item->kind != RF_YAML_TEXT || !item->text[0]) {
		rf_policy_error(build, &item->pos, NULL,
				"expected the name of a region or country set, found %s",
				rf_yaml_node_name(item));
		return;
	}
	index = rf_policy_region_find(build->policy, item->text);
	if (index >= 0)
		add_include(build, into, RF_POLICY_INCLUDE_REGION, index, &item->pos);
	else if (rf_policy_has_set(build, item->text))
		add_include(build, into, RF_POLICY_INCLUDE_SET,
			    rf_policy_use_set(build, item->text), &item->pos);
	else
		unknown_include(build, item);
}

static void read_includes(struct rf_policy_build *build, const struct rf_yaml_node *key,
			  const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_include, into);
}

static void read_note(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	(void)key;
	rf_policy_read_text(build, value, "a note", &((struct rf_policy_region *)into)->note);
}

static const struct rf_policy_key keys[] = {
	{ "countries", false, read_countries },
	{ "prefixes", false, read_prefixes },
	{ "clouds", false, rf_policy_read_clouds },
	{ "include", false, read_includes },
	{ "note", false, read_note },
};

static int compare_countries(const void *a, const void *b)
{
	return strcmp(((const struct rf_policy_country *)a)->code,
		      ((const struct rf_policy_country *)b)->code);
}

static int compare_includes(const void *left, const void *right)
{
	const struct rf_policy_include *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static void warn_twice(struct rf_policy_build *build, const struct rf_policy_region *region)
{
	rf_policy_warn_twice(build, region->countries, region->country_count,
			     sizeof(*region->countries), offsetof(struct rf_policy_country, pos),
			     compare_countries, "country");
	rf_policy_warn_twice(build, region->prefixes, region->prefix_count,
			     sizeof(*region->prefixes), offsetof(struct rf_policy_prefix, pos),
			     rf_policy_compare_prefixes, "prefix");
	rf_policy_warn_twice(build, region->includes, region->include_count,
			     sizeof(*region->includes), offsetof(struct rf_policy_include, pos),
			     compare_includes, "include");
}

/* Nothing listed at all; items that were refused count, they have their error. */
static bool is_empty(const struct rf_yaml_node *node)
{
	size_t i;

	if (node->kind != RF_YAML_MAPPING)
		return false;
	for (i = 0; i + 1 < node->item_count; i += 2) {
		const struct rf_yaml_node *key = node->items[i], *value = node->items[i + 1];

		if (key->kind != RF_YAML_TEXT || value->kind != RF_YAML_LIST)
			continue;
		if (strcmp(key->text, "note") && value->item_count)
			return false;
	}
	return true;
}

void rf_policy_read_regions(struct rf_policy_build *build)
{
	char what[RF_CLASS_NAME_MAX + 16];
	size_t i;

	for (i = 0; i < build->policy->region_count; i++) {
		struct rf_policy_region *region = &build->policy->regions[i];
		size_t errors = build->diagnostics->errors;

		snprintf(what, sizeof(what), "region \"%s\"", region->name);
		rf_policy_read_mapping(build, build->regions.items[i].value, what, keys,
				       sizeof(keys) / sizeof(keys[0]), region);
		if (errors == build->diagnostics->errors && is_empty(build->regions.items[i].value))
			rf_policy_error(build, &region->pos,
					"expected countries, prefixes, clouds or include",
					"%s is empty", what);
		warn_twice(build, region);
	}
}

static bool add(struct rf_policy_build *build, char *name, const struct rf_pos *pos)
{
	struct rf_policy *policy = build->policy;
	struct rf_policy_region *region =
		RF_POLICY_ADD(build, policy->regions, policy->region_count);

	if (region)
		*region = (struct rf_policy_region){ .name = name, .pos = *pos };
	return region;
}

void rf_policy_declare_regions(struct rf_policy_build *build, const struct rf_yaml_node *key,
			       const struct rf_yaml_node *value, void *into)
{
	static const struct rf_policy_section section = {
		.noun = "region",
		.example = "write one line for each: name: { countries: [CN] }",
		.most = RF_POLICY_REGIONS_MAX,
		.most_hint = "join some of them",
		.beside_sets = true,
		.add = add,
	};

	(void)into;
	rf_policy_declare(build, &section, &build->regions, key, value);
}
