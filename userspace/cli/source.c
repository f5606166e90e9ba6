// SPDX-License-Identifier: GPL-2.0
/*
 * source.c - the policy that a command works on
 */
#include "userspace/cli/source.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/places.h"
#include "userspace/cli/progress.h"
#include "userspace/cli/shown.h"
#include "userspace/lib/control.h"
#include "userspace/lib/saved.h"

void rf_source_print(const struct rf_diagnostics *diagnostics, bool json)
{
	json_t *finding;
	size_t i;

	if (!json) {
		rf_diagnostics_print(diagnostics, stderr);
		return;
	}
	for (i = 0; i < diagnostics->count; i++) {
		finding = rf_diagnostic_json(&diagnostics->items[i]);
		json_dumpf(finding, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		json_decref(finding);
	}
}

static struct rf_policy *load_saved(const char *command, struct rf_diagnostics *diagnostics,
				    int *code)
{
	const struct rf_policy_options options = { .sets_dir = rf_places.sets_dir };
	struct rf_policy *policy;
	struct rf_saved saved;
	char path[PATH_MAX], shown[RF_SHOWN_MAX];
	int err;

	snprintf(path, sizeof(path), "%s/" RF_SAVED_FILE, rf_places.state_dir);
	err = rf_saved_load(path, &saved);
	if (err) {
		*code = RF_EXIT_FAILED;
		if (err == -EACCES)
			fprintf(stderr,
				"ringfence: %s: only root can read the policy applied last; "
				"use sudo, or --policy PATH\n",
				command);
		else if (err == -ENOENT)
			fprintf(stderr,
				"ringfence: %s: no policy has been applied yet; use --policy "
				"PATH, or: ringfence apply PATH\n",
				command);
		else
			fprintf(stderr, "ringfence: %s: cannot read %s: %s\n", command,
				rf_shown(shown, path),
				err == -EBADMSG ? "it is damaged" : strerror(-err));
		return NULL;
	}
	policy = rf_policy_load_files(saved.files, saved.count, &options, diagnostics);
	rf_saved_free(&saved);
	return policy;
}

int rf_source_load(const char *command, const char *path, bool json, struct rf_policy **policy)
{
	const struct rf_policy_options options = { .sets_dir = rf_places.sets_dir };
	struct rf_diagnostics diagnostics = { 0 };
	int code = RF_EXIT_DENIED;

	if (path)
		*policy = rf_policy_load(path, &options, &diagnostics);
	else
		*policy = load_saved(command, &diagnostics, &code);
	if (!*policy)
		rf_source_print(&diagnostics, json);
	rf_diagnostics_free(&diagnostics);
	return *policy ? RF_EXIT_OK : code;
}

int rf_source_compile(const char *command, struct rf_policy *policy, struct rf_compiled **compiled)
{
	struct rf_fault fault = { 0 };
	char cache[PATH_MAX];
	struct rf_compiled_input input = {
		.policy = policy,
		.number = 1,
		.places = &rf_places,
	};
	int err;

	/* The cache is root's: for others it would be one that root must not trust. */
	snprintf(cache, sizeof(cache), "%s/cache", rf_places.state_dir);
	if (geteuid() == 0)
		input.cache_dir = cache;
	rf_progress_say("compiling, and checking every table against the region data");
	err = rf_compiled_new(&input, compiled, &fault);
	rf_progress_end();
	if (!err)
		return RF_EXIT_OK;
	fprintf(stderr, "ringfence: %s: cannot compile: %s\n", command, fault.text);
	if (err == -ENOENT)
		fprintf(stderr, "The region data is in Debian's package tor-geoipdb: apt install "
				"tor-geoipdb\n");
	/* More than the tables hold: that is the policy's fault. */
	return err == -E2BIG ? RF_EXIT_DENIED : RF_EXIT_FAILED;
}
