// SPDX-License-Identifier: GPL-2.0
/*
 * region_list.c - ringfence region list: the regions of the policy
 */
#include <stdio.h>
#include <unistd.h>

#include "userspace/cli/region.h"
#include "userspace/cli/shown.h"

static json_t *region_json(const struct rf_policy *policy, size_t index,
			   const struct rf_policy_members *members)
{
	const struct rf_policy_region *region = &policy->regions[index];
	json_t *countries = json_array(), *prefixes = json_array(), *clouds = json_array();
	char text[RF_ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < members->country_count; i++)
		json_array_append_new(countries, json_string(members->countries[i].code));
	for (i = 0; i < members->prefix_count; i++) {
		const struct rf_prefix *net = &members->prefixes[i].net;

		rf_addr_prefix_text(rf_addr_load(net->addr), net->len, text);
		json_array_append_new(prefixes, json_string(text));
	}
	for (i = 0; i < members->cloud_count; i++)
		json_array_append_new(clouds,
				      json_string(policy->clouds.list[members->clouds[i]].name));
	return json_pack("{s:s, s:s?, s:o, s:o, s:o, s:o, s:I}", "region", region->name, "note",
			 region->note, "countries", countries, "prefixes", prefixes, "clouds",
			 clouds, "file", rf_shown_json(rf_policy_pos_file(policy, &region->pos)),
			 "line", (json_int_t)region->pos.line);
}

static void print_region(const json_t *region)
{
	static const char *const keys[] = { "countries", "clouds", "prefixes" };
	json_t *item;
	size_t i, k;

	printf("%s:", json_string_value(json_object_get(region, "region")));
	for (k = 0; k < 3; k++)
		json_array_foreach(json_object_get(region, keys[k]), i, item)
			printf(" %s", json_string_value(item));
	printf(" (%s:%lld)\n", json_string_value(json_object_get(region, "file")),
	       (long long)json_integer_value(json_object_get(region, "line")));
}

int rf_region_list(struct rf_region *asked)
{
	const struct rf_policy *policy = asked->policy;
	struct rf_policy_members members;
	json_t *region;
	size_t i;

	if (!policy) {
		fprintf(stderr,
			"ringfence: region list: no policy; give one with --policy PATH%s\n",
			geteuid() ? ", or use sudo to see the one applied last" : "");
		return RF_EXIT_FAILED;
	}
	for (i = 0; i < policy->region_count; i++) {
		if (rf_policy_region_members(policy, i, &members))
			return RF_EXIT_FAILED;
		region = region_json(policy, i, &members);
		rf_policy_members_free(&members);
		if (!asked->invocation->json)
			print_region(region);
		else
			rf_region_print(json_incref(region));
		json_decref(region);
	}
	return RF_EXIT_OK;
}
