// SPDX-License-Identifier: GPL-2.0
/*
 * apply.c - ringfence apply: check here, then hand the files to the daemon
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/check.h"
#include "userspace/cli/command.h"
#include "userspace/cli/shown.h"
#include "userspace/cli/source.h"
#include "userspace/lib/store.h"

/* The name under which the policy's places are shown from now on. */
static json_t *name_of(const char *path)
{
	char absolute[PATH_MAX];

	return rf_shown_json(realpath(path, absolute) ? absolute : path);
}

static int add_file(json_t *files, const char *path)
{
	json_t *name, *content, *file;
	char shown[RF_SHOWN_MAX];
	size_t len;
	char *data;
	int err;

	rf_shown(shown, path);
	err = rf_store_read(path, &data, &len);
	if (err) {
		fprintf(stderr, "ringfence: apply: cannot read %s: %s\n", shown, strerror(-err));
		return err;
	}
	name = name_of(path);
	content = json_stringn(data, len);
	free(data);
	file = name && content ? json_pack("{s:o, s:o}", "name", name, "content", content) : NULL;
	if (file)
		return json_array_append_new(files, file) ? -ENOMEM : 0;
	json_decref(name);
	json_decref(content);
	fprintf(stderr, "ringfence: apply: %s: its content is not UTF-8 text\n", shown);
	return -EINVAL;
}

/* The files that were checked, read again; the daemon checks what it gets. */
static json_t *read_files(const struct rf_policy *policy)
{
	json_t *files = json_array();
	size_t i;

	for (i = 0; i < policy->file_count; i++) {
		if (!add_file(files, policy->files[i]))
			continue;
		json_decref(files);
		return NULL;
	}
	return files;
}

static void print_finding(const json_t *answer)
{
	const char *file = json_string_value(json_object_get(answer, "file"));
	const char *hint = json_string_value(json_object_get(answer, "hint"));

	fprintf(stderr, "%s:%lld:%lld: %s: %s%s%s\n", file ? file : "",
		(long long)json_integer_value(json_object_get(answer, "line")),
		(long long)json_integer_value(json_object_get(answer, "column")),
		json_string_value(json_object_get(answer, "severity")),
		json_string_value(json_object_get(answer, "message")), hint ? "; " : "",
		hint ? hint : "");
}

static void print_answer(void *ctx, const json_t *answer)
{
	const struct rf_invocation *invocation = ctx;
	const char *kind = json_string_value(json_object_get(answer, "kind"));

	if (invocation->json) {
		json_dumpf(answer, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
	} else if (!strcmp(kind, "diagnostic")) {
		print_finding(answer);
	} else if (!strcmp(kind, "change")) {
		printf("%s\n", json_string_value(json_object_get(answer, "text")));
	}
}

static int finish(json_t *result, bool json)
{
	int code = (int)json_integer_value(json_object_get(result, "exit"));

	if (!json)
		return rf_ask_finish("apply", result);
	json_dumpf(result, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(result);
	return code;
}

static int send_policy(struct rf_invocation *invocation, const struct rf_policy *policy)
{
	bool dry_run = rf_option_value(invocation, "dry-run");
	json_t *files = read_files(policy);
	json_t *result;
	int err;

	if (!files)
		return RF_EXIT_FAILED;
	err = rf_ask(json_pack("{s:s, s:o, s:b}", "do", "apply", "files", files, "dry_run",
			       dry_run),
		     print_answer, invocation, &result);
	return err ? rf_ask_failed("apply", err) : finish(result, invocation->json);
}

/* What the daemon was not even asked for, in the form of its own answers. */
static void refuse_json(const struct rf_diagnostics *diagnostics, int code, const char *message)
{
	json_t *line;
	size_t i;

	for (i = 0; i < diagnostics->count; i++) {
		line = rf_diagnostic_json(&diagnostics->items[i]);
		json_object_set_new(line, "kind", json_string("diagnostic"));
		json_dumpf(line, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		json_decref(line);
	}
	finish(json_pack("{s:s, s:i, s:s}", "kind", "result", "exit", code, "message", message),
	       true);
}

static void refuse(const struct rf_diagnostics *diagnostics, int code, bool json)
{
	const char *message =
		diagnostics->errors || code == RF_EXIT_FAILED ?
			"nothing was applied; what ran before still runs" :
			"the policy asks for what this version does not enforce yet; what ran "
			"before still runs";

	if (json) {
		refuse_json(diagnostics, code, message);
		return;
	}
	rf_source_print(diagnostics, false);
	fprintf(stderr, "ringfence: apply: %s\n", message);
}

int rf_apply_run(struct rf_invocation *invocation)
{
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_table_result tables = { 0 };
	struct rf_compiled *compiled = NULL;
	int code;

	code = rf_check_policy("apply", invocation->argv[0], &diagnostics, &compiled, &tables);
	if (!code && diagnostics.not_enforced)
		code = RF_EXIT_DENIED;
	if (code) {
		refuse(&diagnostics, code, invocation->json);
	} else {
		/* Warnings come again, with the daemon's findings. */
		code = send_policy(invocation, compiled->policy);
	}
	rf_compiled_free(compiled);
	rf_diagnostics_free(&diagnostics);
	return code;
}
