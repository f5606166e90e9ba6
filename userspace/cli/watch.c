// SPDX-License-Identifier: GPL-2.0
/*
 * watch.c - ringfence watch: verdicts and labels as they happen
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"

static void print_json(const json_t *answer)
{
	json_dumpf(answer, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
}

static void print_answer(void *ctx, const json_t *answer)
{
	const struct rf_invocation *invocation = ctx;
	const char *kind = json_string_value(json_object_get(answer, "kind"));
	const char *time = json_string_value(json_object_get(answer, "time"));
	const char *line = json_string_value(json_object_get(answer, "text"));

	if (invocation->json)
		print_json(answer);
	else if (!strcmp(kind, "lost"))
		printf("... %lld events were lost, the counters of status have them\n",
		       (long long)json_integer_value(json_object_get(answer, "count")));
	else
		printf("%s  %s\n", time ? time : "", line ? line : "");
	if (fflush(stdout))
		exit(RF_EXIT_FAILED);
}

static void stop(int signal)
{
	(void)signal;
	_exit(RF_EXIT_OK);
}

int rf_watch_run(struct rf_invocation *invocation)
{
	struct sigaction action = { .sa_handler = stop };
	json_t *result;
	int err;

	/* Every line is flushed as it is printed: nothing is lost by this. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	err = rf_ask(json_pack("{s:s}", "do", "watch"), print_answer, invocation, &result);
	if (err)
		return rf_ask_failed("watch", err);
	return rf_ask_finish("watch", result);
}
