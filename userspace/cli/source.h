/* SPDX-License-Identifier: GPL-2.0 */
/*
 * source.h - the policy that a command works on: a path, or what was applied
 * last; and its compiled form
 */
#ifndef RF_CLI_SOURCE_H
#define RF_CLI_SOURCE_H

#include <stdbool.h>

#include "userspace/lib/compiled.h"
#include "userspace/lib/diagnostic.h"

/**
 * rf_source_load - load a policy
 * @path: NULL for the policy applied last
 *
 * On failure says why on stderr, findings as @json or in words (findings to
 * stdout, if @json), and returns the command's exit code; 0 with a policy.
 */
int rf_source_load(const char *command, const char *path, bool json, struct rf_policy **policy);

/** rf_source_compile - compile it, taking it over on success; as above */
int rf_source_compile(const char *command, struct rf_policy *policy, struct rf_compiled **compiled);

/** rf_source_print - findings: JSON lines on stdout, or words on stderr */
void rf_source_print(const struct rf_diagnostics *diagnostics, bool json);

#endif /* RF_CLI_SOURCE_H */
