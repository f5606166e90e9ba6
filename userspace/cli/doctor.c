// SPDX-License-Identifier: GPL-2.0
/*
 * doctor.c - ringfence doctor: what this host supports, what is missing, what
 * to do
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "userspace/cli/command.h"
#include "userspace/cli/doctor.h"

void rf_doctor_say(struct rf_doctor *doctor, enum rf_finding finding, const char *what,
		   const char *todo, const char *format, ...)
{
	static const char *const words[] = { "ok", "missing", "note" };
	char found[512];
	va_list args;
	json_t *line;

	va_start(args, format);
	vsnprintf(found, sizeof(found), format, args);
	va_end(args);
	doctor->missing += finding == RF_FINDING_MISSING;
	if (!doctor->json) {
		printf("%-8s %-14s %s\n", words[finding], what, found);
		if (todo && finding != RF_FINDING_OK)
			printf("%-8s %-14s -> %s\n", "", "", todo);
		return;
	}
	line = json_pack("{s:s, s:s, s:s, s:s?}", "check", what, "result", words[finding], "found",
			 found, "todo", finding == RF_FINDING_OK ? NULL : todo);
	if (line)
		json_dumpf(line, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(line);
}

int rf_doctor_run(struct rf_invocation *invocation)
{
	struct rf_doctor doctor = { .json = invocation->json };

	rf_doctor_kernel(&doctor);
	rf_doctor_module(&doctor);
	rf_doctor_host(&doctor);
	if (!doctor.json)
		printf("%s\n", doctor.missing ? "Something is missing; the arrows say what to do." :
						"All well.");
	return doctor.missing ? RF_EXIT_FAILED : RF_EXIT_OK;
}
