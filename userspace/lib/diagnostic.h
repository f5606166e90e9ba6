/* SPDX-License-Identifier: GPL-2.0 */
/*
 * diagnostic.h - what is wrong with a policy or a table, and where
 *
 * A list of findings, each with file, line, column, what was expected and,
 * where one is known, a hint. Parsers add and go on, so that a person sees
 * every error of a file at once. The list never loses the fact that there was
 * an error: what could not be stored is still counted.
 */
#ifndef RF_DIAGNOSTIC_H
#define RF_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#define RF_DIAGNOSTICS_MAX 10000 /* stored; more are counted only */

enum rf_severity {
	RF_SEVERITY_ERROR = 0,
	RF_SEVERITY_WARNING,
	RF_SEVERITY_MAX,
};

/* The policy asks for something that is checked, but not enforced yet. */
#define RF_DIAGNOSTIC_NOT_ENFORCED 0x01

/**
 * struct rf_diagnostic - one finding
 * @severity: an error makes the policy or table unusable
 * @flags: RF_DIAGNOSTIC_*
 * @line, @column: from 1; both 0 where the file as a whole is meant. Columns
 *	count characters, not bytes
 * @file: the name as the caller gave it
 * @message: one line, without a final full stop
 * @hint: one line that says what to do, or NULL
 */
struct rf_diagnostic {
	enum rf_severity severity;
	unsigned int flags;
	uint32_t line;
	uint32_t column;
	char *file;
	char *message;
	char *hint;
};

/**
 * struct rf_diagnostics - a list of findings, in the order they were made
 * @errors, @warnings, @not_enforced: exact, whatever was stored
 * @dropped: findings that are counted, but not stored (too many, no memory)
 *
 * Zeroed memory is an empty list.
 */
struct rf_diagnostics {
	struct rf_diagnostic *items;
	size_t count;
	size_t capacity;
	size_t errors;
	size_t warnings;
	size_t not_enforced;
	size_t dropped;
};

/** struct rf_diagnostic_place - where a finding is; file may be NULL */
struct rf_diagnostic_place {
	const char *file;
	uint32_t line;
	uint32_t column;
};

/**
 * rf_diagnostics_add - add a finding
 * @hint: copied; may be NULL
 * @format: the message, as printf. Bytes that are not printable UTF-8 are
 *	shown as \xNN, so that a policy cannot write to a terminal.
 *
 * Cannot fail: without memory the finding is counted in @dropped.
 */
void rf_diagnostics_add(struct rf_diagnostics *diagnostics, enum rf_severity severity,
			unsigned int flags, const struct rf_diagnostic_place *place,
			const char *hint, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/** rf_diagnostics_ok - true if nothing found is an error */
static inline bool rf_diagnostics_ok(const struct rf_diagnostics *diagnostics)
{
	return diagnostics->errors == 0;
}

/** rf_diagnostics_sort - by file, line and column; equal places keep their order */
void rf_diagnostics_sort(struct rf_diagnostics *diagnostics);

/** rf_diagnostics_print - one line each: `file:line:column: error: message; hint` */
void rf_diagnostics_print(const struct rf_diagnostics *diagnostics, FILE *out);

/**
 * rf_diagnostic_json - one finding as a new JSON object with the keys
 * severity, file, line, column, message, hint (null if none), not_enforced
 *
 * Returns a new reference, NULL without memory.
 */
json_t *rf_diagnostic_json(const struct rf_diagnostic *diagnostic);

/** rf_diagnostics_json - all findings as a new JSON array; NULL without memory */
json_t *rf_diagnostics_json(const struct rf_diagnostics *diagnostics);

/** rf_diagnostics_free - release what the list owns and make it empty */
void rf_diagnostics_free(struct rf_diagnostics *diagnostics);

#endif /* RF_DIAGNOSTIC_H */
