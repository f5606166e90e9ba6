// SPDX-License-Identifier: GPL-2.0
/*
 * diff.c - ringfence diff: what would applying a policy change?
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/command.h"
#include "userspace/cli/source.h"
#include "userspace/lib/policy_diff.h"
#include "userspace/lib/saved.h"

static void print_changes(const struct rf_policy_diff *diff, bool json)
{
	json_t *changes, *change;
	char *text;
	size_t i;

	if (!json) {
		for (i = 0; i < diff->count; i++) {
			text = rf_policy_change_text(&diff->changes[i]);
			printf("%s\n", text ? text : "");
			free(text);
		}
		if (!diff->count)
			printf("No difference.\n");
		return;
	}
	changes = rf_policy_diff_json(diff);
	json_array_foreach(changes, i, change) {
		json_dumpf(change, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
	}
	json_decref(changes);
}

static bool nothing_applied(void)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" RF_SAVED_FILE, rf_places.state_dir);
	return access(path, F_OK) && errno == ENOENT;
}

int rf_diff_run(struct rf_invocation *invocation)
{
	struct rf_policy *old = NULL, *new = NULL;
	struct rf_policy_diff diff = { 0 };
	int code;

	code = rf_source_load("diff", invocation->argv[0], invocation->json, &new);
	if (!code && !nothing_applied())
		code = rf_source_load("diff", NULL, invocation->json, &old);
	if (!code && rf_policy_diff(old, new, &diff)) {
		fprintf(stderr, "ringfence: diff: no memory\n");
		code = RF_EXIT_FAILED;
	}
	if (!code) {
		print_changes(&diff, invocation->json);
		code = diff.count ? RF_EXIT_DENIED : RF_EXIT_OK;
	}
	rf_policy_diff_free(&diff);
	rf_policy_free(old);
	rf_policy_free(new);
	return code;
}
