// SPDX-License-Identifier: GPL-2.0
/*
 * parse.c - a command line taken apart by the command table
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/command.h"
#include "userspace/cli/shown.h"
#include "userspace/cli/usage.h"

#define HELP 256

const struct rf_command *rf_command_find(const char *name)
{
	const struct rf_command *command;

	for (command = rf_commands; command->name; command++)
		if (!strcmp(command->name, name))
			return command;
	return NULL;
}

const char *rf_option_value(const struct rf_invocation *invocation, const char *name)
{
	const struct rf_option *option = invocation->command->options;
	size_t i;

	for (i = 0; option[i].name; i++)
		if (!strcmp(option[i].name, name))
			return invocation->values[i];
	return NULL;
}

static int usage_error(const struct rf_command *command)
{
	fprintf(stderr, "Usage: ");
	rf_usage_synopsis(command, stderr);
	fprintf(stderr, "Try 'ringfence %s --help'.\n", command->name);
	return RF_EXIT_USAGE;
}

/* getopt accepts any unambiguous beginning; a policy tool should not guess. */
static bool abbreviated(const char *word, const char *name)
{
	size_t len = strcspn(word, "=");

	return strncmp(word, "--", 2) || strlen(name) != len - 2 ||
	       strncmp(word + 2, name, len - 2);
}

static void fill(const struct rf_command *command, struct option *options)
{
	size_t i;

	for (i = 0; command->options[i].name; i++) {
		options[i].name = command->options[i].name;
		options[i].has_arg = command->options[i].value ? required_argument : no_argument;
		options[i].val = (int)i;
	}
	options[i].name = "help";
	options[i].val = HELP;
}

bool rf_option_abbreviated(char **argv, const struct option *option)
{
	bool apart = option->has_arg && optarg == argv[optind - 1];

	return abbreviated(argv[optind - (apart ? 2 : 1)], option->name);
}

static int take_options(const struct rf_command *command, int argc, char **argv,
			struct rf_invocation *invocation)
{
	struct option options[RF_OPTIONS_MAX + 2] = { 0 };
	int index = 0, got;

	fill(command, options);
	argv[0] = (char *)"ringfence"; /* getopt begins its errors with it */
	optind = 0;
	while ((got = getopt_long(argc, argv, command->most < 0 ? "+" : "", options, &index)) !=
	       -1) {
		if (got == '?')
			return usage_error(command);
		if (rf_option_abbreviated(argv, &options[index])) {
			fprintf(stderr, "ringfence: %s: write --%s in full\n", command->name,
				options[index].name);
			return usage_error(command);
		}
		if (got == HELP) {
			rf_usage_command(command, stdout);
			return RF_EXIT_OK;
		}
		invocation->values[got] = optarg ? optarg : "";
	}
	return -1;
}

int rf_command_parse(const struct rf_command *command, int argc, char **argv,
		     struct rf_invocation *invocation)
{
	char shown[RF_SHOWN_MAX];
	int code;

	memset(invocation, 0, sizeof(*invocation));
	invocation->command = command;
	code = take_options(command, argc, argv, invocation);
	if (code >= 0)
		return code;
	invocation->argc = argc - optind;
	invocation->argv = argv + optind;
	invocation->json = rf_option_value(invocation, "json");
	if (invocation->argc < command->least) {
		fprintf(stderr, "ringfence: %s: an argument is missing\n", command->name);
		return usage_error(command);
	}
	if (command->most >= 0 && invocation->argc > command->most) {
		fprintf(stderr, "ringfence: %s: unexpected argument '%s'\n", command->name,
			rf_shown(shown, invocation->argv[command->most]));
		return usage_error(command);
	}
	return -1;
}
