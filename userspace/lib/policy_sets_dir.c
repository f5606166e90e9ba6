// SPDX-License-Identifier: GPL-2.0
/*
 * policy_sets_dir.c - where the shipped country sets are
 *
 * Beside the program, wherever it was installed or built; the compiled-in
 * place only if they are in neither.
 */
#include "userspace/lib/policy_build.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef RF_SETS_DIR
#define RF_SETS_DIR "/usr/share/ringfence/sets"
#endif

static bool beside(const char *program, const char *below, char *dir, size_t size)
{
	if ((size_t)snprintf(dir, size, "%s/%s", program, below) >= size)
		return false;
	return !access(dir, R_OK | X_OK);
}

void rf_policy_sets_dir(char *dir, size_t size)
{
	char program[4096];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *slash;

	if (len > 0) {
		program[len] = 0;
		slash = strrchr(program, '/');
		if (slash)
			*slash = 0;
		if (beside(program, "../share/ringfence/sets", dir, size) ||
		    beside(program, "../policy/sets", dir, size))
			return;
	}
	snprintf(dir, size, "%s", RF_SETS_DIR);
}
