// SPDX-License-Identifier: GPL-2.0
/*
 * diff.c - ringfence diff: what would applying a policy change, and which live
 * connections would it cut?
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"
#include "userspace/cli/label.h"
#include "userspace/cli/source.h"
#include "userspace/lib/policy_diff.h"
#include "userspace/lib/policy_prefix.h"
#include "userspace/lib/saved.h"
#include "userspace/lib/word.h"

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

struct cutting {
	const struct rf_compiled *compiled;
	bool json;
};

static const char *text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

static void print_cut(const json_t *flow, const struct rf_decision *decision)
{
	json_t *class;
	size_t i;

	printf("! cut %s %s port %lld -> %s port %lld, pid %lld %s, holds ", text(flow, "protocol"),
	       text(flow, "source"),
	       (long long)json_integer_value(json_object_get(flow, "source_port")),
	       text(flow, "address"), (long long)json_integer_value(json_object_get(flow, "port")),
	       (long long)json_integer_value(json_object_get(flow, "pid")), text(flow, "comm"));
	json_array_foreach(json_object_get(flow, "classes"), i, class)
		printf("%s%s", i ? "+" : "", json_string_value(class));
	printf(": %s\n", rf_word_because(decision->reason, decision->verdict));
}

static void judge_flow(void *ctx, const json_t *flow)
{
	const struct cutting *cutting = ctx;
	struct rf_decision decision;
	uint64_t label;
	uint8_t addr[16];
	json_t *copy;

	if (strcmp(text(flow, "kind"), "flow") ||
	    !rf_prefix_address_parse(text(flow, "address"), addr))
		return;
	decision =
		rf_label_decide(cutting->compiled, json_object_get(flow, "classes"), addr, &label);
	if (decision.verdict != RF_VERDICT_DENY)
		return;
	if (!cutting->json) {
		print_cut(flow, &decision);
		return;
	}
	copy = json_copy((json_t *)flow);
	json_object_del(copy, "kind");
	json_object_set_new(copy, "change", json_string("cut"));
	json_object_set_new(copy, "reason", json_string(rf_word_reason(decision.reason)));
	json_dumpf(copy, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(copy);
}

/* Takes @new over on success. */
static int print_cuts(struct rf_policy **new, bool json)
{
	struct cutting cutting = { .json = json };
	struct rf_compiled *compiled;
	json_t *result;
	int err;

	err = rf_source_compile("diff", *new, &compiled);
	if (err)
		return err;
	*new = NULL;
	cutting.compiled = compiled;
	err = rf_ask(json_pack("{s:s}", "do", "flows"), judge_flow, &cutting, &result);
	rf_compiled_free(compiled);
	if (!err)
		return rf_ask_finish("diff", result);
	fprintf(stderr,
		"ringfence: diff: ringfenced cannot be asked (%s): which live connections "
		"would be cut is not known\n",
		strerror(-err));
	return RF_EXIT_OK;
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
	if (!code)
		print_changes(&diff, invocation->json);
	if (!code && diff.count) {
		code = print_cuts(&new, invocation->json);
		code = code ? code : RF_EXIT_DENIED;
	}
	rf_policy_diff_free(&diff);
	rf_policy_free(old);
	rf_policy_free(new);
	return code;
}
