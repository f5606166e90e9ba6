// SPDX-License-Identifier: GPL-2.0
/*
 * policy_diff.c - what changes from one policy to another
 */
#include "userspace/lib/policy_diff.h"
#include "userspace/lib/policy_describe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct comparison - old against new
 * @failed: memory ran out
 */
struct comparison {
	const struct rf_policy *old;
	const struct rf_policy *new;
	struct rf_policy_diff diff;
	bool failed;
};

/** struct object - a region or class on both sides, by index or -1 */
struct object {
	const char *kind;
	const char *name;
	int old;
	int new;
};

typedef void describe_fn(const struct rf_policy *policy, int index, struct rf_texts *texts);

static char *copy(struct comparison *comparison, const char *text)
{
	char *made = text ? strdup(text) : NULL;

	if (text && !made)
		comparison->failed = true;
	return made;
}

static void add_change(struct comparison *comparison, const struct object *object, const char *item,
		       const char *old, const char *new)
{
	struct rf_policy_diff *diff = &comparison->diff;
	size_t capacity = diff->capacity ? diff->capacity * 2 : 16;
	struct rf_policy_change *changes = diff->changes;

	if (diff->count == diff->capacity) {
		changes = reallocarray(changes, capacity, sizeof(*changes));
		if (!changes) {
			comparison->failed = true;
			return;
		}
		diff->changes = changes;
		diff->capacity = capacity;
	}
	changes[diff->count++] = (struct rf_policy_change){
		.kind = !old ? RF_POLICY_ADDED :
			!new ? RF_POLICY_REMOVED :
			       RF_POLICY_CHANGED,
		.object = object->kind,
		.name = copy(comparison, object->name),
		.item = item,
		.old = copy(comparison, old),
		.new = copy(comparison, new),
	};
}

static void compare_scalar(struct comparison *comparison, const struct object *object,
			   const char *item, const char *old, const char *new)
{
	if (old != new && (!old || !new || strcmp(old, new)))
		add_change(comparison, object, item, old, new);
}

/* Both lists are sorted here; equal neighbours count once. */
static void compare_texts(struct comparison *comparison, const struct object *object,
			  const char *item, struct rf_texts *old, struct rf_texts *new)
{
	size_t i = 0, k = 0;
	int order;

	comparison->failed |= old->failed || new->failed;
	rf_texts_sort(old);
	rf_texts_sort(new);
	while (i < old->count || k < new->count) {
		order = i == old->count ? 1 :
			k == new->count ? -1 :
					  strcmp(old->items[i], new->items[k]);
		if (order < 0)
			add_change(comparison, object, item, old->items[i], NULL);
		if (order > 0)
			add_change(comparison, object, item, NULL, new->items[k]);
		i += order <= 0;
		k += order >= 0;
	}
	rf_texts_free(old);
	rf_texts_free(new);
}

static void compare_list(struct comparison *comparison, const struct object *object,
			 const char *item, describe_fn *describe)
{
	struct rf_texts old = { 0 }, new = { 0 };

	describe(comparison->old, object->old, &old);
	describe(comparison->new, object->new, &new);
	compare_texts(comparison, object, item, &old, &new);
}

/* "name what, what" behind what is there; nothing for an empty list. */
static void summarise(const struct rf_policy *policy, int index, const char *word,
		      describe_fn *describe, struct rf_texts *parts)
{
	struct rf_texts texts = { 0 };
	char *line;

	describe(policy, index, &texts);
	rf_texts_sort(&texts);
	line = rf_texts_join(&texts);
	if (!line)
		parts->failed = true;
	else if (texts.count)
		rf_texts_add(parts, "%s%s%s", word, word[0] ? " " : "", line);
	free(line);
	rf_texts_free(&texts);
}

/* A region or class that is new or gone: one change that says what it holds. */
static void add_whole(struct comparison *comparison, const struct object *object,
		      void (*summary)(const struct rf_policy *policy, int index,
				      struct rf_texts *parts))
{
	struct rf_texts parts = { 0 };
	bool added = object->old < 0;
	char *line;

	if (added)
		summary(comparison->new, object->new, &parts);
	else
		summary(comparison->old, object->old, &parts);
	line = rf_texts_join(&parts);
	if (line)
		add_change(comparison, object, "", added ? NULL : line, added ? line : NULL);
	else
		comparison->failed = true;
	free(line);
	rf_texts_free(&parts);
}

static void summarise_region(const struct rf_policy *policy, int index, struct rf_texts *parts)
{
	summarise(policy, index, "", rf_policy_describe_countries, parts);
	summarise(policy, index, "", rf_policy_describe_clouds, parts);
	summarise(policy, index, "", rf_policy_describe_prefixes, parts);
}

static void compare_region(struct comparison *comparison, const struct object *object)
{
	if (object->old < 0 || object->new < 0) {
		add_whole(comparison, object, summarise_region);
		return;
	}
	compare_scalar(comparison, object, "note", comparison->old->regions[object->old].note,
		       comparison->new->regions[object->new].note);
	compare_list(comparison, object, "country", rf_policy_describe_countries);
	compare_list(comparison, object, "cloud", rf_policy_describe_clouds);
	compare_list(comparison, object, "prefix", rf_policy_describe_prefixes);
}

static void describe_violation(const struct rf_policy *policy, int index, struct rf_texts *texts)
{
	rf_texts_add(texts, "%s", rf_policy_violation_name(policy->classes[index].violation));
}

static void summarise_class(const struct rf_policy *policy, int index, struct rf_texts *parts)
{
	if (policy->classes[index].has_allow && !policy->classes[index].allow_count)
		rf_texts_add(parts, "allow nowhere");
	summarise(policy, index, "allow", rf_policy_describe_allow, parts);
	summarise(policy, index, "deny", rf_policy_describe_deny, parts);
	summarise(policy, index, "origins", rf_policy_describe_origins, parts);
	summarise(policy, index, "on-violation", describe_violation, parts);
}

static const char *mode(const struct rf_policy_class *class)
{
	return class->has_allow ? "only where allowed" : "wherever not denied";
}

static void compare_class(struct comparison *comparison, const struct object *object)
{
	const struct rf_policy_class *old, *new;

	if (object->old < 0 || object->new < 0) {
		add_whole(comparison, object, summarise_class);
		return;
	}
	old = &comparison->old->classes[object->old];
	new = &comparison->new->classes[object->new];
	compare_scalar(comparison, object, "law", old->law, new->law);
	compare_scalar(comparison, object, "on-violation", rf_policy_violation_name(old->violation),
		       rf_policy_violation_name(new->violation));
	compare_scalar(comparison, object, "rule", mode(old), mode(new));
	compare_list(comparison, object, "allow", rf_policy_describe_allow);
	compare_list(comparison, object, "deny", rf_policy_describe_deny);
	compare_list(comparison, object, "origin", rf_policy_describe_origins);
}

static void compare_part(struct comparison *comparison, const char *item,
			 void (*describe)(const struct rf_policy *policy, struct rf_texts *texts))
{
	const struct object object = { "policy", "", -1, -1 };
	struct rf_texts old = { 0 }, new = { 0 };

	describe(comparison->old, &old);
	describe(comparison->new, &new);
	compare_texts(comparison, &object, item, &old, &new);
}

static const char *audit(const struct rf_policy *policy)
{
	return policy && policy->audit ? "true" : "false";
}

static void compare_policy(struct comparison *comparison)
{
	const struct object object = { "policy", "", -1, -1 };

	compare_scalar(comparison, &object, "audit", audit(comparison->old),
		       audit(comparison->new));
	compare_part(comparison, "management", rf_policy_describe_management);
	compare_part(comparison, "region-data", rf_policy_describe_data);
	compare_part(comparison, "declassifier", rf_policy_describe_declassifiers);
	compare_part(comparison, "exception", rf_policy_describe_exceptions);
}

static void region_names(const struct rf_policy *policy, struct rf_texts *names)
{
	size_t i;

	for (i = 0; policy && i < policy->region_count; i++)
		rf_texts_add(names, "%s", policy->regions[i].name);
}

static void class_names(const struct rf_policy *policy, struct rf_texts *names)
{
	size_t i;

	for (i = 0; policy && i < policy->class_count; i++)
		rf_texts_add(names, "%s", policy->classes[i].name);
}

/* Each name of either side once, in order, with its index on both sides. */
static void for_each(struct comparison *comparison, const char *kind,
		     void (*names_of)(const struct rf_policy *policy, struct rf_texts *names),
		     int (*find)(const struct rf_policy *policy, const char *name),
		     void (*compare)(struct comparison *comparison, const struct object *object))
{
	struct rf_texts names = { 0 };
	struct object object = { .kind = kind };
	size_t i;

	names_of(comparison->old, &names);
	names_of(comparison->new, &names);
	rf_texts_sort(&names);
	for (i = 0; i < names.count; i++) {
		if (i && !strcmp(names.items[i - 1], names.items[i]))
			continue;
		object.name = names.items[i];
		object.old = comparison->old ? find(comparison->old, object.name) : -1;
		object.new = comparison->new ? find(comparison->new, object.name) : -1;
		compare(comparison, &object);
	}
	comparison->failed |= names.failed;
	rf_texts_free(&names);
}

int rf_policy_diff(const struct rf_policy *old, const struct rf_policy *new,
		   struct rf_policy_diff *diff)
{
	struct comparison comparison = { .old = old, .new = new };

	compare_policy(&comparison);
	for_each(&comparison, "region", region_names, rf_policy_region_find, compare_region);
	for_each(&comparison, "class", class_names, rf_policy_class_find, compare_class);
	if (comparison.failed) {
		rf_policy_diff_free(&comparison.diff);
		return -ENOMEM;
	}
	*diff = comparison.diff;
	return 0;
}

void rf_policy_diff_free(struct rf_policy_diff *diff)
{
	size_t i;

	for (i = 0; i < diff->count; i++) {
		free(diff->changes[i].name);
		free(diff->changes[i].old);
		free(diff->changes[i].new);
	}
	free(diff->changes);
	memset(diff, 0, sizeof(*diff));
}

char *rf_policy_change_text(const struct rf_policy_change *change)
{
	static const char signs[] = { '+', '-', '~' };
	const char *gap = change->name[0] ? " " : "", *item = change->item[0] ? " " : "";
	char *line;
	int len;

	if (change->kind == RF_POLICY_CHANGED)
		len = asprintf(&line, "~ %s%s%s%s%s: %s -> %s", change->object, gap, change->name,
			       item, change->item, change->old, change->new);
	else
		len = asprintf(&line, "%c %s%s%s%s%s: %s", signs[change->kind], change->object, gap,
			       change->name, item, change->item,
			       change->new ? change->new : change->old);
	return len < 0 ? NULL : line;
}

static json_t *change_json(const struct rf_policy_change *change)
{
	static const char *const words[] = { "added", "removed", "changed" };

	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?}", "change", words[change->kind],
			 "object", change->object, "name", change->name, "item", change->item,
			 "old", change->old, "new", change->new);
}

json_t *rf_policy_diff_json(const struct rf_policy_diff *diff)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; array && i < diff->count; i++)
		if (json_array_append_new(array, change_json(&diff->changes[i]))) {
			json_decref(array);
			return NULL;
		}
	return array;
}
