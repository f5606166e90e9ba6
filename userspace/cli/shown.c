// SPDX-License-Identifier: GPL-2.0
/*
 * shown.c - words and paths from the command line, made safe to show
 */
#include "userspace/cli/shown.h"

#include <string.h>

#include "userspace/lib/printable.h"

const char *rf_shown(char buffer[RF_SHOWN_MAX], const char *text)
{
	rf_printable_copy(buffer, RF_SHOWN_MAX, text, strlen(text));
	return buffer;
}

json_t *rf_shown_json(const char *text)
{
	char shown[RF_SHOWN_MAX];

	return text ? json_string(rf_shown(shown, text)) : json_null();
}
