// SPDX-License-Identifier: GPL-2.0
/*
 * check.c - ringfence check: is a policy valid, and does it do what its tables
 * say?
 */
#include "userspace/cli/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "userspace/cli/command.h"
#include "userspace/cli/places.h"
#include "userspace/cli/shown.h"
#include "userspace/cli/source.h"
#include "userspace/lib/declassifier.h"
#include "userspace/lib/table.h"

/* Where its programs are on this host, they are looked at too. */
static void examine(const struct rf_policy *policy, struct rf_diagnostics *diagnostics)
{
	for (size_t i = 0; i < policy->declassifier_count; i++) {
		const struct rf_policy_declassifier *declassifier = &policy->declassifiers[i];
		int fd = open(declassifier->program, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		if (fd < 0)
			continue;
		rf_declassifier_examine(policy, declassifier, fd, RF_SEVERITY_ERROR, diagnostics);
		close(fd);
	}
}

int rf_check_policy(const char *command, const char *path, struct rf_diagnostics *diagnostics,
		    struct rf_compiled **compiled, struct rf_table_result *tables)
{
	const struct rf_policy_options options = { .sets_dir = rf_places.sets_dir };
	struct rf_policy *policy;
	int code;

	policy = rf_policy_load(path, &options, diagnostics);
	if (!policy)
		return RF_EXIT_DENIED;
	examine(policy, diagnostics);
	code = rf_source_compile(command, policy, compiled);
	if (code) {
		rf_policy_free(policy);
		return code;
	}
	if (rf_table_check(path, (*compiled)->policy, rf_compiled_verdict, *compiled, tables,
			   diagnostics) ||
	    !rf_diagnostics_ok(diagnostics))
		return RF_EXIT_DENIED;
	return RF_EXIT_OK;
}

static void print_summary(const char *path, const struct rf_diagnostics *diagnostics,
			  const struct rf_table_result *tables, int code, bool json)
{
	char shown[RF_SHOWN_MAX];

	if (json) {
		json_t *line = json_pack("{s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "path",
					 rf_shown_json(path), "valid", code == RF_EXIT_OK, "errors",
					 (json_int_t)diagnostics->errors, "warnings",
					 (json_int_t)diagnostics->warnings, "not_enforced",
					 (json_int_t)diagnostics->not_enforced, "tables",
					 (json_int_t)tables->tables, "rows",
					 (json_int_t)tables->rows, "mismatches",
					 (json_int_t)tables->mismatches);

		if (line)
			json_dumpf(line, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		json_decref(line);
		return;
	}
	printf("%s: %s", rf_shown(shown, path), code == RF_EXIT_OK ? "valid" : "invalid");
	if (tables->tables)
		printf(", %zu of %zu table rows as expected", tables->rows - tables->mismatches,
		       tables->rows);
	if (diagnostics->not_enforced)
		printf("; not enforced yet: %zu (see above), so apply would refuse it",
		       diagnostics->not_enforced);
	putchar('\n');
}

int rf_check_run(struct rf_invocation *invocation)
{
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_table_result tables = { 0 };
	struct rf_compiled *compiled = NULL;
	const char *path = invocation->argv[0];
	int code;

	code = rf_check_policy("check", path, &diagnostics, &compiled, &tables);
	rf_source_print(&diagnostics, invocation->json);
	if (code != RF_EXIT_FAILED)
		print_summary(path, &diagnostics, &tables, code, invocation->json);
	rf_compiled_free(compiled);
	rf_diagnostics_free(&diagnostics);
	return code;
}
