/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table.h - verdict tables, the tests beside a policy
 *
 * One file of lines with four fields separated by single tabs. The first line
 * that is neither blank nor a comment is the header:
 *
 *	classes			address		port	verdict
 *	cn-personal		1.2.4.8		443	allow
 *	cn-personal+eu-health	8.8.8.8		-	deny
 *
 * `#` starts a comment line; classes are joined by `+` (`-` for no label); a
 * port of `-` asks about the address alone; the verdict is allow, deny or
 * audit (denied, but let pass).
 */
#ifndef RF_TABLE_H
#define RF_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "kmod/uapi/ringfence.h"
#include "userspace/lib/diagnostic.h"
#include "userspace/lib/policy.h"

/**
 * struct rf_table_row - one expectation
 * @classes: mask by index into the policy's classes
 * @addr: network byte order; IPv4 as ::ffff:a.b.c.d
 * @text: the address as written
 * @port: host byte order; 0 for none
 * @line, @verdict_column: of the row and of its verdict
 */
struct rf_table_row {
	uint64_t classes;
	uint8_t addr[16];
	char text[64];
	uint16_t port;
	enum rf_verdict verdict;
	uint32_t line;
	uint32_t verdict_column;
};

/** struct rf_table - one file's rows */
struct rf_table {
	char *file;
	struct rf_table_row *rows;
	size_t count;
	size_t capacity;
};

/**
 * typedef rf_table_verdict - what the compiled policy says
 * @classes: mask by index into the policy's classes
 * @reason: set to a short text such as "region US", may be left empty
 *
 * Returns an enum rf_verdict, or a negative errno if it cannot say.
 */
typedef int (*rf_table_verdict)(void *context, uint64_t classes, const uint8_t addr[16],
				uint16_t port, char reason[128]);

/**
 * rf_table_parse - parse one table
 * @table: written only if there was no error; release with rf_table_free()
 *
 * Returns 0, or -EINVAL with at least one new error in @diagnostics.
 */
int rf_table_parse(const struct rf_policy *policy, const struct rf_policy_file *file,
		   struct rf_table *table, struct rf_diagnostics *diagnostics);
void rf_table_free(struct rf_table *table);

/**
 * rf_table_run - ask for each row; each mismatch becomes an error
 *
 * Returns how many rows were not as expected.
 */
size_t rf_table_run(const struct rf_table *table, rf_table_verdict verdict, void *context,
		    struct rf_diagnostics *diagnostics);

/**
 * struct rf_table_result - what rf_table_check() ran
 */
struct rf_table_result {
	size_t tables;
	size_t rows;
	size_t mismatches;
};

/**
 * rf_table_check - parse and run all tables beside a policy
 * @path: the policy's path. For a directory all its *.tsv; for a file all *.tsv
 *	of its directory but those named after another policy file there.
 *
 * Returns 0 if all is as expected, -EINVAL otherwise, with the errors in
 * @diagnostics. No table at all is no error.
 */
int rf_table_check(const char *path, const struct rf_policy *policy, rf_table_verdict verdict,
		   void *context, struct rf_table_result *result,
		   struct rf_diagnostics *diagnostics);

#endif /* RF_TABLE_H */
