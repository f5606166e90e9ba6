// SPDX-License-Identifier: GPL-2.0
/*
 * policy_cloud.c - cloud regions in a region: `clouds: [aws:cn-north-1]`
 *
 * The table of them is read when a policy needs it, so that one that names
 * none does without.
 */
#include "userspace/lib/policy_build.h"

#include <limits.h>
#include <stdio.h>

bool rf_policy_use_clouds(struct rf_policy_build *build, const struct rf_pos *pos)
{
	struct rf_fault fault = { 0 };
	char path[PATH_MAX];

	if (build->clouds_read)
		return build->policy->clouds.count;
	build->clouds_read = true;
	snprintf(path, sizeof(path), "%s/" RF_CLOUDS_FILE, build->sets_dir);
	if (!rf_clouds_read(path, &build->policy->clouds, &fault))
		return true;
	rf_policy_error(build, pos, "make install puts it there",
			"the table of cloud regions cannot be read: %s", fault.text);
	return false;
}

static void unknown_cloud(struct rf_policy_build *build, const struct rf_yaml_node *item)
{
	struct rf_name_search search = { .text = item->text };
	char hint[512];

	for (size_t i = 0; rf_policy_suggests(build) && i < build->policy->clouds.count; i++)
		rf_name_consider(&search, build->policy->clouds.list[i].name);
	rf_policy_error(build, &item->pos,
			rf_policy_hint(hint, "expected one such as aws:eu-central-1", &search),
			"unknown cloud region \"%s\"", item->text);
}

static void read_cloud(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	const struct rf_clouds *clouds = &build->policy->clouds;
	struct rf_policy_region *region = into;
	struct rf_policy_cloud *cloud;
	int index;

	if (item->kind != RF_YAML_TEXT || !item->text[0]) {
		rf_policy_error(build, &item->pos, NULL,
				"expected the name of a cloud region, found %s",
				rf_yaml_node_name(item));
		return;
	}
	if (!rf_policy_use_clouds(build, &item->pos))
		return;
	index = rf_clouds_find(clouds, item->text);
	if (index < 0) {
		unknown_cloud(build, item);
		return;
	}
	if (!strcmp(clouds->list[index].code, "ZZ")) {
		rf_policy_error(build, &item->pos, "name its prefixes, if it must be",
				"\"%s\" is everywhere: no region can hold it", item->text);
		return;
	}
	cloud = RF_POLICY_ADD(build, region->clouds, region->cloud_count);
	if (cloud)
		*cloud = (struct rf_policy_cloud){ .index = index, .pos = item->pos };
}

void rf_policy_read_clouds(struct rf_policy_build *build, const struct rf_yaml_node *key,
			   const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_cloud, into);
}
