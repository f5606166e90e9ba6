// SPDX-License-Identifier: GPL-2.0
/*
 * policy_class.c - the section `classes`: what is regulated and where it may go
 */
#include "userspace/lib/policy_build.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const violation_names[RF_POLICY_VIOLATION_MAX] = {
	[RF_POLICY_VIOLATION_DENY] = "deny",
	[RF_POLICY_VIOLATION_AUDIT] = "audit",
	[RF_POLICY_VIOLATION_KILL] = "kill",
};

const char *rf_policy_violation_name(enum rf_policy_violation violation)
{
	return (unsigned int)violation < RF_POLICY_VIOLATION_MAX ? violation_names[violation] : "?";
}

static void read_law(struct rf_policy_build *build, const struct rf_yaml_node *key,
		     const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_text(build, value, key->text, &((struct rf_policy_class *)into)->law);
}

static void read_allowed(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_class *class = into;
	int region = rf_policy_read_region_name(build, item);
	struct rf_policy_rule *rule;

	if (region < 0)
		return;
	rule = RF_POLICY_ADD(build, class->allow, class->allow_count);
	if (rule)
		*rule = (struct rf_policy_rule){ .region = region, .pos = item->pos };
}

static void read_allow(struct rf_policy_build *build, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_class *class = into;

	class->has_allow = true;
	class->allow_pos = key->pos;
	rf_policy_read_list(build, value, key->text, read_allowed, class);
}

static void read_denied(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_class *class = into;
	int region = rf_policy_read_region_name(build, item);
	struct rf_policy_rule *rule;

	if (region < 0)
		return;
	rule = RF_POLICY_ADD(build, class->deny, class->deny_count);
	if (rule)
		*rule = (struct rf_policy_rule){ .region = region, .pos = item->pos };
}

static void read_deny(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_class *class = into;

	class->deny_pos = key->pos;
	rf_policy_read_list(build, value, key->text, read_denied, class);
}

static void read_violation(struct rf_policy_build *build, const struct rf_yaml_node *key,
			   const struct rf_yaml_node *value, void *into)
{
	int index = rf_policy_read_word(build, value, key->text, violation_names,
					RF_POLICY_VIOLATION_MAX);

	if (index < 0)
		return;
	((struct rf_policy_class *)into)->violation = index;
	if (index == RF_POLICY_VIOLATION_KILL)
		rf_policy_not_enforced(build, &value->pos, "on-violation: kill");
}

static const struct rf_policy_key keys[] = {
	{ "law", false, read_law },
	{ "origins", false, rf_policy_read_origins },
	{ "allow", false, read_allow },
	{ "deny", false, read_deny },
	{ "on-violation", false, read_violation },
};

static int compare_rules(const void *left, const void *right)
{
	const struct rf_policy_rule *a = left, *b = right;

	return (a->region > b->region) - (a->region < b->region);
}

/* A region in both lists contradicts itself, whichever would win. */
static void check_contradiction(struct rf_policy_build *build, const struct rf_policy_class *class)
{
	const struct rf_policy_region *regions = build->policy->regions;
	struct rf_pos *allowed = calloc(build->policy->region_count + 1, sizeof(*allowed));
	size_t i;

	if (!allowed) {
		rf_policy_no_memory(build);
		return;
	}
	for (i = 0; i < class->allow_count; i++)
		allowed[class->allow[i].region] = class->allow[i].pos;
	for (i = 0; i < class->deny_count; i++) {
		const struct rf_pos *other = &allowed[class->deny[i].region];

		if (other->line)
			rf_policy_error(build, &class->deny[i].pos, "take it out of one of them",
					"region \"%s\" is denied here and allowed in line %u",
					regions[class->deny[i].region].name, other->line);
	}
	free(allowed);
}

static void check_rules(struct rf_policy_build *build, const struct rf_policy_class *class)
{
	rf_policy_warn_twice(build, class->allow, class->allow_count, sizeof(*class->allow),
			     offsetof(struct rf_policy_rule, pos), compare_rules, "region");
	rf_policy_warn_twice(build, class->deny, class->deny_count, sizeof(*class->deny),
			     offsetof(struct rf_policy_rule, pos), compare_rules, "region");
	check_contradiction(build, class);
}

/* Only if its lists had no error, which would make it look empty. */
static void check_has_rule(struct rf_policy_build *build, const struct rf_policy_class *class)
{
	if (class->has_allow || class->deny_count)
		return;
	if (class->deny_pos.line)
		rf_policy_error(build, &class->deny_pos,
				"name a region, or write allow: [] for none",
				"class \"%s\" denies nothing: it could go everywhere", class->name);
	else
		rf_policy_error(build, &class->pos, "expected allow or deny",
				"class \"%s\" has no rule", class->name);
}

void rf_policy_read_classes(struct rf_policy_build *build)
{
	char what[RF_CLASS_NAME_MAX + 16];
	size_t i;

	for (i = 0; i < build->policy->class_count; i++) {
		struct rf_policy_class *class = &build->policy->classes[i];
		size_t errors = build->diagnostics->errors;

		snprintf(what, sizeof(what), "class \"%s\"", class->name);
		rf_policy_read_mapping(build, build->classes.items[i].value, what, keys,
				       sizeof(keys) / sizeof(keys[0]), class);
		check_rules(build, class);
		if (errors == build->diagnostics->errors)
			check_has_rule(build, class);
	}
}

static bool add(struct rf_policy_build *build, char *name, const struct rf_pos *pos)
{
	struct rf_policy *policy = build->policy;
	struct rf_policy_class *class = RF_POLICY_ADD(build, policy->classes, policy->class_count);

	if (class)
		*class = (struct rf_policy_class){ .name = name, .pos = *pos };
	return class;
}

void rf_policy_declare_classes(struct rf_policy_build *build, const struct rf_yaml_node *key,
			       const struct rf_yaml_node *value, void *into)
{
	static const struct rf_policy_section section = {
		.noun = "class",
		.example = "write one for each: name: { allow: [cn] }",
		.most = RF_CLASS_MAX,
		.most_hint = "a label is a mask of 64 bits",
		.add = add,
	};

	(void)into;
	rf_policy_declare(build, &section, &build->classes, key, value);
}
