// SPDX-License-Identifier: GPL-2.0
/*
 * policy_fuzz.c - any bytes as a policy and, behind a NUL, as a verdict table
 *
 * Beyond memory errors it holds the parser to its word: a policy comes out if
 * and only if no error was found, and one that came out is sound.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/policy.h"
#include "userspace/lib/policy_diff.h"
#include "userspace/lib/table.h"

#ifndef RF_TEST_SETS
#define RF_TEST_SETS "policy/sets"
#endif

static void demand(bool truth)
{
	if (!truth)
		abort();
}

static void check_rules(const struct rf_policy *policy, const struct rf_policy_class *class)
{
	size_t i;

	demand(class->has_allow || class->deny_count);
	for (i = 0; i < class->allow_count; i++)
		demand(class->allow[i].region < policy->region_count);
	for (i = 0; i < class->deny_count; i++)
		demand(class->deny[i].region < policy->region_count);
	for (i = 0; i < class->origin_count; i++)
		demand(class->origins[i].text ||
		       class->origins[i].kind == RF_POLICY_ORIGIN_SERVICE);
}

static void check_policy(const struct rf_policy *policy)
{
	struct rf_policy_members members;
	struct rf_policy_diff diff;
	size_t i;

	demand(policy->class_count <= RF_CLASS_MAX);
	demand(policy->management_count <= RF_MANAGEMENT_MAX);
	for (i = 0; i < policy->class_count; i++)
		check_rules(policy, &policy->classes[i]);
	for (i = 0; i < policy->region_count; i++) {
		demand(!rf_policy_region_members(policy, i, &members));
		demand(members.country_count + members.prefix_count);
		rf_policy_members_free(&members);
	}
	demand(!rf_policy_diff(policy, policy, &diff));
	demand(!diff.count);
	demand(!rf_policy_diff(NULL, policy, &diff));
	json_decref(rf_policy_diff_json(&diff));
	rf_policy_diff_free(&diff);
}

static int decide(void *context, uint64_t classes, const uint8_t addr[16], uint16_t port,
		  char reason[128])
{
	const struct rf_policy *policy = context;

	(void)addr;
	(void)port;
	(void)reason;
	demand(policy->class_count == RF_CLASS_MAX || !(classes >> policy->class_count));
	return RF_VERDICT_DENY;
}

static void run_table(const struct rf_policy *policy, const char *data, size_t len,
		      struct rf_diagnostics *diagnostics)
{
	const struct rf_policy_file file = { "t.tsv", data, len };
	struct rf_table table;

	if (rf_table_parse(policy, &file, &table, diagnostics))
		return;
	rf_table_run(&table, decide, (void *)policy, diagnostics);
	rf_table_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rf_policy_options options = { RF_TEST_SETS, "2026-11-24" };
	const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
	size_t len = nul ? (size_t)(nul - data) : size;
	const struct rf_policy_file file = { "p.yaml", (const char *)data, len };
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy = rf_policy_load_files(&file, 1, &options, &diagnostics);
	json_t *json;

	demand((policy != NULL) == rf_diagnostics_ok(&diagnostics));
	if (policy) {
		check_policy(policy);
		if (nul)
			run_table(policy, (const char *)nul + 1, size - len - 1, &diagnostics);
	}
	/* jansson takes valid UTF-8 only: what is printed must be that. */
	json = rf_diagnostics_json(&diagnostics);
	demand(json != NULL);
	json_decref(json);
	rf_policy_free(policy);
	rf_diagnostics_free(&diagnostics);
	return 0;
}
