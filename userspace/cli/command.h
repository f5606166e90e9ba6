/* SPDX-License-Identifier: GPL-2.0 */
/*
 * command.h - what a command of `ringfence` is: one table drives the parsing,
 * the help, the man pages and the completion
 */
#ifndef RF_COMMAND_H
#define RF_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "userspace/cli/places.h"
#include "userspace/lib/control.h"

#define RF_OPTIONS_MAX 8
#define RF_EXITS_MAX 6
#define RF_EXAMPLES_MAX 4

struct rf_invocation;

/**
 * struct rf_option - one long option
 * @name: without the dashes; NULL ends the list
 * @value: what it takes ("PATH"), NULL for a switch
 * @help: one sentence without its full stop
 */
struct rf_option {
	const char *name;
	const char *value;
	const char *help;
};

struct rf_exit_help {
	int code;
	const char *means;
};

/** struct rf_example - @line as typed, @does a sentence without its full stop */
struct rf_example {
	const char *line;
	const char *does;
};

/**
 * struct rf_command - one command
 * @name: as typed; NULL ends the table
 * @arguments: what follows the options in the synopsis, "" for nothing
 * @summary: one line, starts with a lower-case verb
 * @about: paragraphs separated by blank lines
 * @root: needs root
 * @least, @most: how many arguments; @most is -1 for "and a command line",
 *	where options end at the first argument
 * @run: returns an exit code
 */
struct rf_command {
	const char *name;
	const char *arguments;
	const char *summary;
	const char *about;
	bool root;
	int least;
	int most;
	int (*run)(struct rf_invocation *invocation);
	struct rf_option options[RF_OPTIONS_MAX];
	struct rf_exit_help exits[RF_EXITS_MAX];
	struct rf_example examples[RF_EXAMPLES_MAX];
};

/**
 * struct rf_invocation - a command line taken apart
 * @values: by option; "" for a switch that is set, NULL for what was not given
 * @argv: the arguments after the options, @argc of them, then NULL
 * @json: --json was given
 */
struct rf_invocation {
	const struct rf_command *command;
	const char *values[RF_OPTIONS_MAX];
	int argc;
	char **argv;
	bool json;
};

/* The table, ended by an entry without a name (table.c). */
extern const struct rf_command rf_commands[];

/** rf_command_find - NULL if there is none of that name */
const struct rf_command *rf_command_find(const char *name);

/** rf_command_parse - take a command line apart; an exit code, or -1 to go on */
int rf_command_parse(const struct rf_command *command, int argc, char **argv,
		     struct rf_invocation *invocation);

struct option;

/**
 * rf_option_abbreviated - did getopt_long() take the option from its beginning only?
 * @option: what it has just taken
 */
bool rf_option_abbreviated(char **argv, const struct option *option);

/** rf_option_value - what was given for an option, or NULL */
const char *rf_option_value(const struct rf_invocation *invocation, const char *name);

/* The commands, one per file. */
int rf_doctor_run(struct rf_invocation *invocation);
int rf_check_run(struct rf_invocation *invocation);
int rf_diff_run(struct rf_invocation *invocation);
int rf_apply_run(struct rf_invocation *invocation);
int rf_status_run(struct rf_invocation *invocation);
int rf_run_run(struct rf_invocation *invocation);
int rf_ps_run(struct rf_invocation *invocation);
int rf_label_run(struct rf_invocation *invocation);
int rf_region_run(struct rf_invocation *invocation);
int rf_explain_run(struct rf_invocation *invocation);
int rf_watch_run(struct rf_invocation *invocation);
int rf_disarm_run(struct rf_invocation *invocation);

#endif /* RF_COMMAND_H */
