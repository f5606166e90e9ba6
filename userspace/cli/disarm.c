// SPDX-License-Identifier: GPL-2.0
/*
 * disarm.c - ringfence disarm: stop enforcing, after asking
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"

static bool confirmed(void)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO)) {
		fprintf(stderr, "ringfence: disarm: nobody to ask; say --yes if that is what you "
				"want\n");
		return false;
	}
	fprintf(stderr, "After this, regulated data may go anywhere. It is written to syslog that "
			"you did it.\nStop enforcing? Type yes: ");
	return fgets(answer, sizeof(answer), stdin) && !strcmp(answer, "yes\n");
}

int rf_disarm_run(struct rf_invocation *invocation)
{
	json_t *result;
	int err;

	if (!rf_option_value(invocation, "yes") && !confirmed()) {
		fprintf(stderr, "ringfence: disarm: not done\n");
		return RF_EXIT_FAILED;
	}
	err = rf_ask(json_pack("{s:s}", "do", "disarm"), NULL, NULL, &result);
	if (err)
		return rf_ask_failed("disarm", err);
	return rf_ask_finish("disarm", result);
}
