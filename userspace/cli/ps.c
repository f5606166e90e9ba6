// SPDX-License-Identifier: GPL-2.0
/*
 * ps.c - ringfence ps: labelled processes and how each got its label
 */
#include <stdio.h>
#include <string.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"

struct list {
	bool json;
	bool any;
};

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static void print_source(const json_t *source)
{
	json_t *file = json_object_get(source, "file");

	printf("%8s %-10s %-16s   <- %s %s", "", "", "", text(source, "kind"),
	       text(source, "what"));
	if (json_is_string(file))
		printf(" (%s:%lld)", json_string_value(file),
		       (long long)json_integer_value(json_object_get(source, "line")));
	printf(", %s", text(source, "since"));
	printf(" by %s (pid %lld)\n", text(source, "by_comm"),
	       (long long)json_integer_value(json_object_get(source, "by_pid")));
}

static void print_process(void *ctx, const json_t *process)
{
	struct list *list = ctx;
	json_t *source;
	size_t i;

	if (strcmp(text(process, "kind"), "process"))
		return;
	if (list->json) {
		json_t *copy = json_copy((json_t *)process);

		json_object_del(copy, "kind");
		json_dumpf(copy, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		json_decref(copy);
		return;
	}
	if (!list->any)
		printf("%8s %-10s %-16s %s\n", "PID", "USER", "COMMAND", "HOLDS");
	list->any = true;
	printf("%8lld %-10s %-16s %s\n",
	       (long long)json_integer_value(json_object_get(process, "pid")),
	       text(process, "user"), text(process, "comm"), text(process, "label"));
	json_array_foreach(json_object_get(process, "sources"), i, source)
		print_source(source);
}

int rf_ps_run(struct rf_invocation *invocation)
{
	struct list list = { .json = invocation->json };
	json_t *result;
	int err;

	err = rf_ask(json_pack("{s:s}", "do", "ps"), print_process, &list, &result);
	if (err)
		return rf_ask_failed("ps", err);
	if (!list.json && !list.any && !json_integer_value(json_object_get(result, "exit")))
		printf("No process holds regulated data.\n");
	return rf_ask_finish("ps", result);
}
