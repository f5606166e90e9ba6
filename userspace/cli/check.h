/* SPDX-License-Identifier: GPL-2.0 */
/*
 * check.h - a policy checked as far as can be without a host to enforce it on
 */
#ifndef RF_CLI_CHECK_H
#define RF_CLI_CHECK_H

#include "userspace/lib/compiled.h"
#include "userspace/lib/table.h"

/**
 * rf_check_policy - parse, compile, run the tables
 * @diagnostics: findings are added
 * @compiled: set if it got that far, also if a table then failed; the caller
 *	frees it
 *
 * Returns an exit code.
 */
int rf_check_policy(const char *command, const char *path, struct rf_diagnostics *diagnostics,
		    struct rf_compiled **compiled, struct rf_table_result *tables);

#endif /* RF_CLI_CHECK_H */
