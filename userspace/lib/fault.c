// SPDX-License-Identifier: GPL-2.0
/*
 * fault.c - what went wrong, for a person
 */
#include "userspace/lib/fault.h"

#include <stdarg.h>
#include <stdio.h>

int rf_fault_set(struct rf_fault *fault, int error, const char *format, ...)
{
	va_list args;

	if (!fault)
		return error;
	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	return error;
}
