// SPDX-License-Identifier: GPL-2.0
/*
 * run.c - ringfence run: label this process, then become the command
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"

static json_t *split(const char *classes)
{
	json_t *list = json_array();
	size_t len;

	for (;; classes += len + 1) {
		len = strcspn(classes, "+");
		json_array_append_new(list, json_stringn(classes, len));
		if (!classes[len])
			return list;
	}
}

int rf_run_run(struct rf_invocation *invocation)
{
	const char *classes = rf_option_value(invocation, "class");
	json_t *result;
	int err;

	if (!classes || !*classes) {
		fprintf(stderr, "ringfence: run: --class is missing\n"
				"Try 'ringfence run --help'.\n");
		return RF_EXIT_USAGE;
	}
	err = rf_ask(json_pack("{s:s, s:o}", "do", "run", "classes", split(classes)), NULL, NULL,
		     &result);
	if (err) {
		rf_ask_failed("run", err);
		return RF_EXIT_CANNOT_RUN;
	}
	if (json_integer_value(json_object_get(result, "exit"))) {
		rf_ask_finish("run", result);
		return RF_EXIT_CANNOT_RUN;
	}
	json_decref(result);
	execvp(invocation->argv[0], invocation->argv);
	fprintf(stderr, "ringfence: run: cannot start %s: %s\n", invocation->argv[0],
		strerror(errno));
	return RF_EXIT_CANNOT_RUN;
}
