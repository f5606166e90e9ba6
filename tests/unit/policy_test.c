// SPDX-License-Identifier: GPL-2.0
/*
 * policy_test.c - what a policy means
 *
 * Run from the root of the tree: the shipped country sets are read.
 */
#include "tests/unit/policy_text.h"
#include "userspace/lib/policy_prefix.h"

static const char sketch[] =
	"version: 1\n"
	"regions:\n"
	"  cn:       { countries: [CN] }\n"
	"  cn-sites: { prefixes: [10.20.0.0/16, \"2001:db8:20::/48\"], note: two }\n"
	"  eu:       { include: [eea], countries: [CH] }\n"
	"classes:\n"
	"  cn-personal:\n"
	"    law: PIPL art. 38-40\n"
	"    origins:\n"
	"      - path: /srv/customers/cn/\n"
	"      - unit: crm-cn.service\n"
	"      - cgroup: /system.slice/crm\n"
	"      - program: /usr/bin/crm\n"
	"      - user: crm\n"
	"    allow: [cn, cn-sites]\n"
	"    on-violation: audit\n"
	"  master-keys:\n"
	"    origins: [{ path: /etc/keys }]\n"
	"    deny: [cn]\n"
	"management: [10.0.0.0/24]\n";

static void sketch_is_read(void **state)
{
	struct rf_policy *policy = policy_text_good(sketch);
	const struct rf_policy_class *class = &policy->classes[0];
	char text[RF_PREFIX_TEXT_LEN];

	(void)state;
	assert_int_equal(policy->region_count, 3);
	assert_int_equal(policy->class_count, 2);
	assert_string_equal(policy->regions[1].note, "two");
	assert_string_equal(rf_prefix_format(&policy->regions[1].prefixes[0].net, text),
			    "10.20.0.0/16");
	assert_string_equal(rf_prefix_format(&policy->regions[1].prefixes[1].net, text),
			    "2001:db8:20::/48");
	assert_int_equal(policy->regions[1].prefixes[0].net.len, 112);
	assert_string_equal(class->name, "cn-personal");
	assert_string_equal(class->law, "PIPL art. 38-40");
	assert_int_equal(class->origin_count, 5);
	assert_string_equal(class->origins[0].text, "/srv/customers/cn");
	assert_int_equal(class->origins[4].kind, RF_POLICY_ORIGIN_USER);
	assert_int_equal(class->violation, RF_POLICY_VIOLATION_AUDIT);
	assert_int_equal(policy->management_count, 1);
	rf_policy_free(policy);
}

static void places_are_kept(void **state)
{
	struct rf_policy *policy = policy_text_good(sketch);
	const struct rf_policy_class *class = &policy->classes[0];

	(void)state;
	assert_string_equal(rf_policy_pos_file(policy, &class->pos), "dir/p.yaml");
	assert_int_equal(class->pos.line, 7);
	assert_int_equal(class->pos.column, 3);
	assert_int_equal(class->origins[1].pos.line, 11);
	assert_int_equal(class->origins[1].pos.column, 15);
	assert_int_equal(class->allow[1].pos.line, 15);
	assert_int_equal(class->allow[1].pos.column, 17);
	assert_int_equal(policy->regions[1].prefixes[1].pos.column, 40);
	rf_policy_free(policy);
}

static void members_resolve_includes(void **state)
{
	struct rf_policy *policy = policy_text_good(
		HEAD "regions:\n"
		     "  all: { include: [some, eea], countries: [US], prefixes: [10.0.0.0/8] }\n"
		     "  some: { countries: [CN, DE], prefixes: [9.0.0.0/8, 10.0.0.0/8] }\n"
		     "classes: { c: { allow: [all] } }\n");
	struct rf_policy_members members;
	size_t i, from_set = 0;

	(void)state;
	assert_int_equal(rf_policy_region_members(policy, 0, &members), 0);
	assert_int_equal(members.country_count, 30 + 2); /* DE is in both */
	assert_int_equal(members.prefix_count, 2);
	for (i = 0; i < members.country_count; i++) {
		if (members.countries[i].set == RF_POLICY_NO_SET)
			continue;
		from_set++;
		assert_string_equal(policy->sets[members.countries[i].set].name, "eea");
		assert_int_equal(members.countries[i].pos.line, 3);
	}
	assert_in_range(from_set, 29, 30);
	rf_policy_members_free(&members);
	assert_int_equal(rf_policy_region_members(policy, 2, &members), -22);
	rf_policy_free(policy);
}

static void shipped_sets(void **state)
{
	struct rf_policy *policy = policy_text_good(HEAD
						    "regions: { r: { include: [eea, eu-members, "
						    "gdpr-adequate] } }\n"
						    "classes: { c: { allow: [r] } }\n");
	size_t i;

	(void)state;
	assert_int_equal(policy->set_count, 3);
	assert_int_equal(policy->sets[0].code_count, 30);
	assert_int_equal(policy->sets[1].code_count, 27);
	for (i = 0; i < policy->sets[2].code_count; i++)
		assert_string_not_equal(policy->sets[2].codes[i], "US");
	for (i = 0; i < 3; i++) {
		assert_non_null(policy->sets[i].source);
		assert_string_equal(policy->sets[i].date, "2026-11-24");
	}
	rf_policy_free(policy);
}

/* Two regions: 0 and 1. @mask: those that hold the address. */
static bool allows(const struct rf_policy *policy, unsigned int mask, uint32_t line)
{
	uint32_t regions[2], count = 0, i;
	struct rf_pos rule;
	bool answer;

	for (i = 0; i < 2; i++)
		if (mask & 1u << i)
			regions[count++] = i;
	answer = rf_policy_class_allows(policy, 0, regions, count, &rule);
	assert_int_equal(rule.line, line);
	return answer;
}

static void allow_only(void **state)
{
	struct rf_policy *policy = policy_text_good(CN "classes:\n  c:\n    allow:\n      - cn\n");

	(void)state;
	assert_true(allows(policy, 1, 6));
	assert_true(allows(policy, 3, 6));
	assert_false(allows(policy, 2, 5));
	assert_false(allows(policy, 0, 5));
	rf_policy_free(policy);
}

static void deny_only(void **state)
{
	struct rf_policy *policy = policy_text_good(CN "classes:\n  c:\n    deny:\n      - cn\n");

	(void)state;
	assert_false(allows(policy, 1, 6));
	assert_false(allows(policy, 3, 6));
	assert_true(allows(policy, 2, 5));
	assert_true(allows(policy, 0, 5));
	rf_policy_free(policy);
}

static void allow_and_deny(void **state)
{
	struct rf_policy *policy =
		policy_text_good(CN "classes:\n  c:\n    allow: [cn]\n    deny:\n      - us\n");

	(void)state;
	assert_true(allows(policy, 1, 5));
	assert_false(allows(policy, 3, 7));
	assert_false(allows(policy, 2, 7));
	assert_false(allows(policy, 0, 5));
	rf_policy_free(policy);
}

static void empty_allow_goes_nowhere(void **state)
{
	struct rf_policy *policy = policy_text_good(CN "classes:\n  c:\n    allow: []\n");
	const uint32_t region = 0;

	(void)state;
	assert_false(allows(policy, 0, 5));
	assert_false(allows(policy, 3, 5));
	assert_false(rf_policy_class_allows(policy, 1, &region, 1, NULL));
	rf_policy_free(policy);
}

static void files_are_merged(void **state)
{
	static const char one[] = HEAD
		"classes: { c: { allow: [cn] } }\nmanagement: [10.0.0.0/8]\n";
	static const char two[] = HEAD "regions: { cn: { countries: [CN] } }\n"
				       "management: [11.0.0.0/8]\n";
	const struct rf_policy_file files[] = { { "1.yaml", one, strlen(one) },
						{ "2.yaml", two, strlen(two) } };
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy =
		rf_policy_load_files(files, 2, &policy_text_options, &diagnostics);

	(void)state;
	assert_non_null(policy);
	assert_int_equal(policy->management_count, 2);
	assert_int_equal(policy->regions[0].pos.file, 1);
	rf_policy_free(policy);
	rf_diagnostics_free(&diagnostics);
}

static void defined_in_two_files(void **state)
{
	static const char one[] = HEAD "regions: { cn: { countries: [CN] } }\n"
				       "classes: { c: { allow: [cn] } }\n";
	const struct rf_policy_file files[] = { { "1.yaml", one, strlen(one) },
						{ "2.yaml", one, strlen(one) } };
	struct rf_diagnostics diagnostics = { 0 };

	(void)state;
	assert_null(rf_policy_load_files(files, 2, &policy_text_options, &diagnostics));
	assert_int_equal(diagnostics.count, 2);
	assert_string_equal(diagnostics.items[0].file, "2.yaml");
	assert_string_equal(diagnostics.items[0].message,
			    "region \"cn\" is defined twice, first in 1.yaml:2:12");
	assert_string_equal(diagnostics.items[1].message,
			    "class \"c\" is defined twice, first in 1.yaml:3:12");
	rf_diagnostics_free(&diagnostics);
}

static void hash_follows_contents(void **state)
{
	struct rf_policy *a = policy_text_good(CLASS), *b = policy_text_good(CLASS),
			 *c = policy_text_good(CLASS "#\n");

	(void)state;
	assert_memory_equal(rf_policy_hash(a), rf_policy_hash(b), RF_POLICY_HASH_LEN);
	assert_memory_not_equal(rf_policy_hash(a), rf_policy_hash(c), RF_POLICY_HASH_LEN);
	rf_policy_free(a);
	rf_policy_free(b);
	rf_policy_free(c);
}

/* Without a warning: they are models for others. */
static void shipped_policies(void **state)
{
	static const char *const paths[] = { "policy/cn-personal",
					     "policy/eu-personal/eu-personal.yaml" };
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		policy = rf_policy_load(paths[i], &policy_text_options, &diagnostics);
		assert_int_equal(diagnostics.count, 0);
		assert_non_null(policy);
		assert_int_equal(policy->class_count, 1);
		assert_non_null(policy->classes[0].law);
		rf_policy_free(policy);
	}
}

/* To be copied beside a policy: that there is no class is all that is said of them. */
static void shipped_declassifiers(void **state)
{
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy;
	size_t i;

	(void)state;
	policy = rf_policy_load("policy/declassifiers", &policy_text_options, &diagnostics);
	assert_non_null(policy);
	assert_int_equal(diagnostics.count, 1);
	assert_int_equal(policy->class_count, 0);
	assert_int_equal(policy->declassifier_count, 3);
	for (i = 0; i < policy->declassifier_count; i++) {
		assert_true(policy->declassifiers[i].holds_all);
		assert_int_equal(policy->declassifiers[i].removes, 0);
		assert_non_null(policy->declassifiers[i].reason);
	}
	rf_policy_free(policy);
	rf_diagnostics_free(&diagnostics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sketch_is_read),
		cmocka_unit_test(places_are_kept),
		cmocka_unit_test(members_resolve_includes),
		cmocka_unit_test(shipped_sets),
		cmocka_unit_test(allow_only),
		cmocka_unit_test(deny_only),
		cmocka_unit_test(allow_and_deny),
		cmocka_unit_test(empty_allow_goes_nowhere),
		cmocka_unit_test(files_are_merged),
		cmocka_unit_test(defined_in_two_files),
		cmocka_unit_test(hash_follows_contents),
		cmocka_unit_test(shipped_policies),
		cmocka_unit_test(shipped_declassifiers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
