// SPDX-License-Identifier: GPL-2.0
/*
 * policy_exception.c - the section `exceptions`: rules with a reason, an
 * approver and an end. Checked, not enforced yet.
 */
#include "userspace/lib/policy_build.h"

static void read_class(struct rf_policy_build *build, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value, void *into)
{
	int index = rf_policy_read_class_name(build, value);

	(void)key;
	if (index >= 0)
		((struct rf_policy_exception *)into)->class_index = index;
}

/* What has a slash, dot or colon is meant as a prefix, anything else as a region. */
static void read_target(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_exception *exception = into;
	struct rf_policy_prefix *prefix;
	struct rf_policy_rule *rule;
	struct rf_prefix net;
	int region;

	if (item->kind == RF_YAML_TEXT && strpbrk(item->text, "/.:")) {
		if (!rf_policy_read_prefix(build, item, &net))
			return;
		prefix = RF_POLICY_ADD(build, exception->prefixes, exception->prefix_count);
		if (prefix)
			*prefix = (struct rf_policy_prefix){ .net = net, .pos = item->pos };
		return;
	}
	region = rf_policy_read_region_name(build, item);
	if (region < 0)
		return;
	rule = RF_POLICY_ADD(build, exception->regions, exception->region_count);
	if (rule)
		*rule = (struct rf_policy_rule){ .region = region, .pos = item->pos };
}

static void read_to(struct rf_policy_build *build, const struct rf_yaml_node *key,
		    const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_target, into);
	if (value->kind == RF_YAML_LIST && !value->item_count)
		rf_policy_error(build, &value->pos, "expected prefixes or regions",
				"an exception to nowhere");
}

static void read_until(struct rf_policy_build *build, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_exception *exception = into;

	(void)key;
	if (rf_policy_read_date(build, value, exception->until) &&
	    strcmp(exception->until, build->today) < 0)
		rf_policy_warn(build, &value->pos, "take the exception out",
			       "the exception ended on %s", exception->until);
}

static void read_approver(struct rf_policy_build *build, const struct rf_yaml_node *key,
			  const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_text(build, value, key->text,
			    &((struct rf_policy_exception *)into)->approved_by);
}

static void read_reason(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_text(build, value, key->text, &((struct rf_policy_exception *)into)->reason);
}

static void read_exception(struct rf_policy_build *build, const struct rf_yaml_node *item,
			   void *into)
{
	static const struct rf_policy_key keys[] = {
		{ "class", true, read_class },	 { "to", true, read_to },
		{ "until", true, read_until },	 { "approved-by", true, read_approver },
		{ "reason", true, read_reason },
	};
	struct rf_policy *policy = build->policy;
	struct rf_policy_exception *exception;

	(void)into;
	exception = RF_POLICY_ADD(build, policy->exceptions, policy->exception_count);
	if (!exception)
		return;
	exception->pos = item->pos;
	rf_policy_read_mapping(build, item, "an exception", keys, 5, exception);
	rf_policy_not_enforced(build, &item->pos, "an exception");
}

void rf_policy_read_exceptions(struct rf_policy_build *build, const struct rf_yaml_node *key,
			       const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_exception, into);
}
