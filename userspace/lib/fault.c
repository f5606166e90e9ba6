// SPDX-License-Identifier: GPL-2.0
/*
 * fault.c - what went wrong, for a person
 */
#include "userspace/lib/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/printable.h"

int rf_fault_set(struct rf_fault *fault, int error, const char *format, ...)
{
	char text[sizeof(fault->text)];
	va_list args;

	if (!fault)
		return error;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	rf_printable_copy(fault->text, sizeof(fault->text), text, strlen(text));
	return error;
}
