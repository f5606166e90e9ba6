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
#include "userspace/cli/label.h"
#include "userspace/cli/shown.h"

int rf_run_run(struct rf_invocation *invocation)
{
	const char *classes = rf_option_value(invocation, "class");
	char shown[RF_SHOWN_MAX];
	json_t *names, *result;
	int err;

	if (!classes || !*classes) {
		fprintf(stderr, "ringfence: run: --class is missing\n"
				"Try 'ringfence run --help'.\n");
		return RF_EXIT_USAGE;
	}
	names = rf_label_names("run", classes);
	if (!names)
		return RF_EXIT_USAGE;
	err = rf_ask(json_pack("{s:s, s:o}", "do", "run", "classes", names), NULL, NULL, &result);
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
	err = errno;
	fprintf(stderr, "ringfence: run: cannot start %s: %s\n",
		rf_shown(shown, invocation->argv[0]), strerror(err));
	return RF_EXIT_CANNOT_RUN;
}
