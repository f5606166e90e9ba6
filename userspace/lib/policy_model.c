// SPDX-License-Identifier: GPL-2.0
/*
 * policy_model.c - a policy's model: questions to it, and its end
 */
#include "userspace/lib/policy.h"

#include <stdlib.h>
#include <string.h>

int rf_policy_region_find(const struct rf_policy *policy, const char *name)
{
	size_t i;

	for (i = 0; i < policy->region_count; i++)
		if (!strcmp(policy->regions[i].name, name))
			return i;
	return -1;
}

int rf_policy_class_find(const struct rf_policy *policy, const char *name)
{
	size_t i;

	for (i = 0; i < policy->class_count; i++)
		if (!strcmp(policy->classes[i].name, name))
			return i;
	return -1;
}

const char *rf_policy_pos_file(const struct rf_policy *policy, const struct rf_pos *pos)
{
	return pos->file < policy->file_count ? policy->files[pos->file] : "";
}

/* The first rule that names one of the regions, NULL if none does. */
static const struct rf_policy_rule *find_rule(const struct rf_policy_rule *rules, size_t count,
					      const uint32_t *regions, size_t region_count)
{
	size_t i, k;

	for (i = 0; i < count; i++)
		for (k = 0; k < region_count; k++)
			if (rules[i].region == regions[k])
				return &rules[i];
	return NULL;
}

bool rf_policy_class_allows(const struct rf_policy *policy, size_t class, const uint32_t *regions,
			    size_t region_count, struct rf_pos *rule)
{
	const struct rf_policy_class *asked;
	const struct rf_policy_rule *hit;
	struct rf_pos unused;

	rule = rule ? rule : &unused;
	*rule = (struct rf_pos){ 0 };
	if (class >= policy->class_count)
		return false;
	asked = &policy->classes[class];
	hit = find_rule(asked->deny, asked->deny_count, regions, region_count);
	if (hit) {
		*rule = hit->pos;
		return false;
	}
	*rule = asked->has_allow ? asked->allow_pos : asked->deny_pos;
	if (!asked->has_allow)
		return asked->deny_count;
	hit = find_rule(asked->allow, asked->allow_count, regions, region_count);
	if (hit)
		*rule = hit->pos;
	return hit;
}

size_t rf_policy_source_count(const struct rf_policy *policy)
{
	return policy && policy->data.source_count ? policy->data.source_count : 1;
}

const struct rf_policy_source *rf_policy_source(const struct rf_policy *policy, size_t rank)
{
	return policy && policy->data.source_count ? &policy->data.sources[rank] : NULL;
}

static void free_regions(struct rf_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->region_count; i++) {
		struct rf_policy_region *region = &policy->regions[i];

		free(region->name);
		free(region->note);
		free(region->countries);
		free(region->prefixes);
		free(region->clouds);
		free(region->includes);
	}
	free(policy->regions);
}

static void free_data(struct rf_policy *policy)
{
	struct rf_policy_data *data = &policy->data;

	for (size_t i = 0; i < data->source_count; i++) {
		struct rf_policy_source *source = &data->sources[i];

		for (size_t k = 0; k < source->path_count; k++)
			free(source->paths[k]);
		free(source->name);
		free(source->paths);
		free(source->sums);
		free(source->signature);
		free(source->key);
	}
	free(data->sources);
	free(data->marks);
	rf_clouds_free(&policy->clouds);
}

static void free_sets(struct rf_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->set_count; i++) {
		free(policy->sets[i].name);
		free(policy->sets[i].source);
		free(policy->sets[i].date);
		free(policy->sets[i].codes);
	}
	free(policy->sets);
}

static void free_classes(struct rf_policy *policy)
{
	size_t i, k;

	for (i = 0; i < policy->class_count; i++) {
		struct rf_policy_class *class = &policy->classes[i];

		for (k = 0; k < class->origin_count; k++)
			free(class->origins[k].text);
		free(class->name);
		free(class->law);
		free(class->origins);
		free(class->allow);
		free(class->deny);
	}
	free(policy->classes);
}

static void free_exemptions(struct rf_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->declassifier_count; i++) {
		free(policy->declassifiers[i].program);
		free(policy->declassifiers[i].reason);
	}
	free(policy->declassifiers);
	for (i = 0; i < policy->exception_count; i++) {
		free(policy->exceptions[i].prefixes);
		free(policy->exceptions[i].regions);
		free(policy->exceptions[i].approved_by);
		free(policy->exceptions[i].reason);
	}
	free(policy->exceptions);
}

void rf_policy_free(struct rf_policy *policy)
{
	size_t i;

	if (!policy)
		return;
	free_regions(policy);
	free_sets(policy);
	free_data(policy);
	free_classes(policy);
	free_exemptions(policy);
	free(policy->management);
	for (i = 0; i < policy->file_count; i++)
		free(policy->files[i]);
	free(policy->files);
	free(policy);
}
