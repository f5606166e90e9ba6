// SPDX-License-Identifier: GPL-2.0
/*
 * policy_declassifier.c - the section `declassifiers`: programs that may hold
 * a class without passing it on, or take it off
 */
#include "userspace/lib/policy_build.h"

static void read_program(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_declassifier *declassifier = into;

	if (rf_policy_read_path(build, value, key->text, &declassifier->program))
		declassifier->pos = value->pos;
}

static void read_class(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	int index = rf_policy_read_class_name(build, item);

	if (index >= 0)
		*(uint64_t *)into |= 1ull << index;
}

static void read_classes(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, uint64_t *classes)
{
	rf_policy_read_list(build, value, key->text, read_class, classes);
	if (value->kind == RF_YAML_LIST && !value->item_count)
		rf_policy_error(build, &value->pos, "expected the names of classes",
				"a declassifier that %s nothing", key->text);
}

static void read_holds(struct rf_policy_build *build, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_declassifier *declassifier = into;

	if (value->kind == RF_YAML_TEXT && !strcmp(value->text, "all"))
		declassifier->holds_all = true;
	else
		read_classes(build, key, value, &declassifier->holds);
}

static void read_removes(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	read_classes(build, key, value, &((struct rf_policy_declassifier *)into)->removes);
}

static void read_reason(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_text(build, value, key->text,
			    &((struct rf_policy_declassifier *)into)->reason);
}

static void read_digest(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_declassifier *declassifier = into;

	(void)key;
	declassifier->has_digest = rf_policy_read_digest(build, value, declassifier->digest);
}

/* Two entries would have two reasons, and powers that nobody wrote down. */
static void check_once(struct rf_policy_build *build,
		       const struct rf_policy_declassifier *declassifier)
{
	const struct rf_policy_declassifier *other = build->policy->declassifiers;

	for (; declassifier->program && other < declassifier; other++) {
		if (!other->program || strcmp(other->program, declassifier->program))
			continue;
		rf_policy_error(build, &declassifier->pos, "write one entry for it",
				"declassifier \"%s\" is given twice, first in %s:%u",
				other->program, rf_policy_pos_file(build->policy, &other->pos),
				other->pos.line);
		return;
	}
}

/* Its exec labels it, and who is labelled at exec is no declassifier. */
static void check_not_origin(struct rf_policy_build *build,
			     const struct rf_policy_declassifier *declassifier)
{
	const struct rf_policy *policy = build->policy;
	size_t i, k;

	for (i = 0; declassifier->program && i < policy->class_count; i++)
		for (k = 0; k < policy->classes[i].origin_count; k++) {
			const struct rf_policy_origin *origin = &policy->classes[i].origins[k];

			if (origin->kind != RF_POLICY_ORIGIN_PROGRAM || !origin->text ||
			    strcmp(origin->text, declassifier->program))
				continue;
			rf_policy_error(build, &declassifier->pos,
					"name the data that it reads as an origin",
					"declassifier \"%s\" is an origin of class \"%s\": "
					"what is labelled when it starts declassifies nothing",
					declassifier->program, policy->classes[i].name);
		}
}

static void read_declassifier(struct rf_policy_build *build, const struct rf_yaml_node *item,
			      void *into)
{
	static const struct rf_policy_key keys[] = {
		{ "program", true, read_program },  { "holds", false, read_holds },
		{ "removes", false, read_removes }, { "reason", true, read_reason },
		{ "digest", false, read_digest },
	};
	struct rf_policy *policy = build->policy;
	struct rf_policy_declassifier *declassifier;

	(void)into;
	if (policy->declassifier_count == RF_POLICY_DECLASSIFIERS_MAX) {
		rf_policy_error(build, &item->pos, NULL, "more than %d declassifiers",
				RF_POLICY_DECLASSIFIERS_MAX);
		return;
	}
	declassifier = RF_POLICY_ADD(build, policy->declassifiers, policy->declassifier_count);
	if (!declassifier)
		return;
	declassifier->pos = item->pos;
	rf_policy_read_mapping(build, item, "a declassifier", keys, 5, declassifier);
	if (item->kind == RF_YAML_MAPPING && !rf_policy_has_key(item, "holds") &&
	    !rf_policy_has_key(item, "removes"))
		rf_policy_error(build, &item->pos, "expected holds, removes or both",
				"a declassifier that neither holds nor removes anything");
	check_once(build, declassifier);
	check_not_origin(build, declassifier);
}

void rf_policy_read_declassifiers(struct rf_policy_build *build, const struct rf_yaml_node *key,
				  const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_declassifier, into);
}
