// SPDX-License-Identifier: GPL-2.0
/*
 * ps.c - ringfence ps: labelled processes and how each got its label
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"
#include "userspace/cli/why.h"

struct list {
	bool json;
	bool why;
	bool any;
};

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static long long pid_of(const json_t *process)
{
	return (long long)json_integer_value(json_object_get(process, "pid"));
}

static void print_json(const json_t *process)
{
	json_t *copy = json_copy((json_t *)process);

	json_object_del(copy, "kind");
	json_dumpf(copy, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(copy);
}

static void print_line(const struct list *list, const json_t *process)
{
	if (!list->any)
		printf("%8s %-10s %-16s %-20s %s\n", "PID", "USER", "COMMAND", "HOLDS", "BY");
	printf("%8lld %-10s %-16s %-20s %s\n", pid_of(process), text(process, "user"),
	       text(process, "comm"), text(process, "label"), rf_why_last(process));
}

static void print_why(const json_t *process)
{
	char ends[256];

	if (!*text(process, "label")) {
		printf("%s (pid %lld, %s) holds no regulated data.\n", text(process, "comm"),
		       pid_of(process), text(process, "user"));
		return;
	}
	printf("%s (pid %lld, %s) holds %s\n", text(process, "comm"), pid_of(process),
	       text(process, "user"), text(process, "label"));
	snprintf(ends, sizeof(ends), "%s (pid %lld) has it", text(process, "comm"),
		 pid_of(process));
	rf_why_print(process, ends);
}

static void print_process(void *ctx, const json_t *process)
{
	struct list *list = ctx;

	if (strcmp(text(process, "kind"), "process"))
		return;
	if (list->json)
		print_json(process);
	else if (list->why)
		print_why(process);
	else
		print_line(list, process);
	list->any = true;
}

int rf_ps_run(struct rf_invocation *invocation)
{
	const char *why = rf_option_value(invocation, "why");
	struct list list = { .json = invocation->json, .why = why };
	json_t *request, *result;
	long pid = 0;
	char *end;
	int err;

	if (why) {
		pid = strtol(why, &end, 10);
		if (*why < '0' || *why > '9' || *end || pid <= 0 || pid > INT_MAX) {
			fprintf(stderr, "ringfence: ps: --why takes the number of a process\n"
					"Try 'ringfence ps --help'.\n");
			return RF_EXIT_USAGE;
		}
	}
	request = json_pack("{s:s, s:I}", "do", "ps", "pid", (json_int_t)pid);
	err = rf_ask(request, print_process, &list, &result);
	if (err)
		return rf_ask_failed("ps", err);
	if (!list.json && !list.any && !json_integer_value(json_object_get(result, "exit")))
		printf("No process holds regulated data.\n");
	return rf_ask_finish("ps", result);
}
