// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - ringfence: find the command and run it
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/command.h"
#include "userspace/cli/shown.h"
#include "userspace/cli/usage.h"
#include "userspace/lib/policy_name.h"

#ifndef RF_VERSION
#define RF_VERSION "0.1"
#endif

enum {
	OPT_STATE = 1,
	OPT_RUN,
	OPT_PIN,
	OPT_GEOIP,
	OPT_SETS,
	OPT_VERSION,
	OPT_HELP,
	OPT_MAN,
	OPT_COMPLETION
};

/* The last two are for the build and not shown. */
static const struct option options[] = {
	{ "state-dir", required_argument, NULL, OPT_STATE },
	{ "run-dir", required_argument, NULL, OPT_RUN },
	{ "pin-dir", required_argument, NULL, OPT_PIN },
	{ "geoip-dir", required_argument, NULL, OPT_GEOIP },
	{ "sets-dir", required_argument, NULL, OPT_SETS },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "dump-man", required_argument, NULL, OPT_MAN },
	{ "dump-completion", no_argument, NULL, OPT_COMPLETION },
	{ 0 },
};

static int hint(void)
{
	fprintf(stderr, "Try 'ringfence --help'.\n");
	return RF_EXIT_USAGE;
}

static int dump_man(const char *name)
{
	const struct rf_command *command;

	if (!strcmp(name, "ringfence")) {
		rf_man_print(stdout);
		return RF_EXIT_OK;
	}
	command = strncmp(name, "ringfence-", 10) ? NULL : rf_command_find(name + 10);
	if (!command)
		return hint();
	rf_man_command(command, stdout);
	return RF_EXIT_OK;
}

/* An exit code, or -1 to go on. */
static int take_option(int got)
{
	switch (got) {
	case OPT_STATE: rf_places.state_dir = optarg; return -1;
	case OPT_RUN: rf_places.run_dir = optarg; return -1;
	case OPT_PIN: rf_places.pin_dir = optarg; return -1;
	case OPT_GEOIP: rf_places.geoip_dir = optarg; return -1;
	case OPT_SETS: rf_places.sets_dir = optarg; return -1;
	case OPT_VERSION: printf("ringfence %s\n", RF_VERSION); return RF_EXIT_OK;
	case OPT_HELP: rf_usage_print(stdout); return RF_EXIT_OK;
	case OPT_MAN: return dump_man(optarg);
	case OPT_COMPLETION: rf_completion_print(stdout); return RF_EXIT_OK;
	default: return hint();
	}
}

static int run_command(const struct rf_command *command, int argc, char **argv)
{
	struct rf_invocation invocation;
	int code;

	code = rf_command_parse(command, argc, argv, &invocation);
	if (code >= 0)
		return code;
	if (command->root && geteuid() != 0) {
		fprintf(stderr, "ringfence: %s needs root; try: sudo ringfence %s\n", command->name,
			command->name);
		/* 1 would be taken for the exit of what run was to run. */
		return command->run == rf_run_run ? RF_EXIT_CANNOT_RUN : RF_EXIT_FAILED;
	}
	return command->run(&invocation);
}

static int unknown_command(const char *name)
{
	struct rf_name_search search = { .text = name };
	const struct rf_command *command;
	char shown[RF_SHOWN_MAX];

	for (command = rf_commands; command->name; command++)
		rf_name_consider(&search, command->name);
	fprintf(stderr, "ringfence: there is no command '%s'%s%s%s\n", rf_shown(shown, name),
		search.best ? "; did you mean '" : "", search.best ? search.best : "",
		search.best ? "'?" : "");
	return hint();
}

int main(int argc, char **argv)
{
	const struct rf_command *command;
	int got, index = 0, code;

	if (argc)
		argv[0] = (char *)"ringfence"; /* getopt begins its errors with it */
	while ((got = getopt_long(argc, argv, "+", options, &index)) != -1) {
		if (got != '?' && rf_option_abbreviated(argv, &options[index])) {
			fprintf(stderr, "ringfence: write --%s in full\n", options[index].name);
			return hint();
		}
		code = take_option(got);
		if (code >= 0)
			return code;
	}
	if (optind >= argc) {
		rf_usage_print(stderr);
		return RF_EXIT_USAGE;
	}
	command = rf_command_find(argv[optind]);
	if (!command)
		return unknown_command(argv[optind]);
	code = run_command(command, argc - optind, argv + optind);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "ringfence: cannot write the output\n");
		return code ? code : RF_EXIT_FAILED;
	}
	return code;
}
