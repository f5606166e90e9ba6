/* SPDX-License-Identifier: GPL-2.0 */
/*
 * usage.h - help, man pages and completion, rendered from the command table
 */
#ifndef RF_USAGE_H
#define RF_USAGE_H

#include <stdio.h>

#include "userspace/cli/command.h"

/* What `ringfence` itself takes, before the command; ended by an entry without a name. */
extern const struct rf_option rf_own_options[];

/* Help of `ringfence` and of one command. */
void rf_usage_print(FILE *out);
void rf_usage_command(const struct rf_command *command, FILE *out);

/* The synopsis alone: "ringfence apply [--dry-run] PATH" */
void rf_usage_synopsis(const struct rf_command *command, FILE *out);

/* Man pages in man(7): ringfence.8, or ringfence-NAME.8 */
void rf_man_print(FILE *out);
void rf_man_command(const struct rf_command *command, FILE *out);

/* A completion script for bash */
void rf_completion_print(FILE *out);

#endif /* RF_USAGE_H */
