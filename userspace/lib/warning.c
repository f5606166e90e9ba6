// SPDX-License-Identifier: GPL-2.0
/*
 * warning.c - what a library said last
 */
#include "userspace/lib/warning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __thread char last[480];

void rf_warning_forget(void)
{
	last[0] = 0;
}

void rf_warning_keep(const char *format, va_list args)
{
	char *text;
	int length = vasprintf(&text, format, args);
	int most = sizeof(last) - 1;

	if (length < 0)
		return;
	if (strstr(text, "LOG --") || !last[0])
		snprintf(last, sizeof(last), "%s", text + (length > most ? length - most : 0));
	free(text);
	for (char *end; (end = strchr(last, '\n'));)
		*end = '|';
}

const char *rf_warning_last(void)
{
	return last;
}
