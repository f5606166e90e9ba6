// SPDX-License-Identifier: GPL-2.0
/*
 * policy_declassifier.c - the section `declassifiers`: programs that may take
 * a class off. Checked, not enforced yet.
 */
#include "userspace/lib/policy_build.h"

static void read_program(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_path(build, value, key->text,
			    &((struct rf_policy_declassifier *)into)->program);
}

static void read_removed(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	int index = rf_policy_read_class_name(build, item);

	if (index >= 0)
		((struct rf_policy_declassifier *)into)->removes |= 1ull << index;
}

static void read_removes(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_removed, into);
	if (value->kind == RF_YAML_LIST && !value->item_count)
		rf_policy_error(build, &value->pos, "expected the names of classes",
				"a declassifier that removes nothing");
}

static void read_reason(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_text(build, value, key->text,
			    &((struct rf_policy_declassifier *)into)->reason);
}

static void read_declassifier(struct rf_policy_build *build, const struct rf_yaml_node *item,
			      void *into)
{
	static const struct rf_policy_key keys[] = {
		{ "program", true, read_program },
		{ "removes", true, read_removes },
		{ "reason", true, read_reason },
	};
	struct rf_policy *policy = build->policy;
	struct rf_policy_declassifier *declassifier;

	(void)into;
	declassifier = RF_POLICY_ADD(build, policy->declassifiers, policy->declassifier_count);
	if (!declassifier)
		return;
	declassifier->pos = item->pos;
	rf_policy_read_mapping(build, item, "a declassifier", keys, 3, declassifier);
	rf_policy_not_enforced(build, &item->pos, "a declassifier");
}

void rf_policy_read_declassifiers(struct rf_policy_build *build, const struct rf_yaml_node *key,
				  const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_declassifier, into);
}
