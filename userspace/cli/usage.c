// SPDX-License-Identifier: GPL-2.0
/*
 * usage.c - help, rendered from the command table
 */
#include "userspace/cli/usage.h"

#include <string.h>

#define WIDTH 78

const struct rf_option rf_own_options[] = {
	{ "state-dir", "DIR", "the daemon's state, " RF_STATE_DIR },
	{ "run-dir", "DIR", "the daemon's socket, " RF_RUN_DIR },
	{ "pin-dir", "DIR", "the pinned programs, " RF_PIN_DIR },
	{ "geoip-dir", "DIR", "the region data, " RF_GEOIP_DIR },
	{ "sets-dir", "DIR", "the shipped country sets" },
	{ "version", NULL, "print the version" },
	{ "help", NULL, "show a summary" },
	{ NULL },
};

/* Words of @text, wrapped, each line indented; blank lines stay. */
static void wrap(const char *text, int indent, FILE *out)
{
	int column = 0;

	while (*text) {
		size_t len = strcspn(text, " \n");

		if (column && column + 1 + (int)len > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (len && column)
			column += fprintf(out, " %.*s", (int)len, text);
		else if (len)
			column = fprintf(out, "%*s%.*s", indent, "", (int)len, text);
		text += len;
		if (*text == '\n') {
			fputc('\n', out);
			column = 0;
		}
		if (*text)
			text++;
	}
	fputc('\n', out);
}

void rf_usage_synopsis(const struct rf_command *command, FILE *out)
{
	const struct rf_option *option;

	fprintf(out, "ringfence %s", command->name);
	for (option = command->options; option->name; option++)
		fprintf(out, option->value ? " [--%s %s]" : " [--%s]", option->name, option->value);
	if (*command->arguments)
		fprintf(out, " %s", command->arguments);
	fputc('\n', out);
}

static void print_option(const char *name, const char *value, const char *help, FILE *out)
{
	char left[64];

	snprintf(left, sizeof(left), "--%s%s%s", name, value ? " " : "", value ? value : "");
	fprintf(out, "  %-24s %s\n", left, help);
}

void rf_usage_command(const struct rf_command *command, FILE *out)
{
	const struct rf_example *example;
	const struct rf_exit_help *code;
	const struct rf_option *option;

	fprintf(out, "Usage: ");
	rf_usage_synopsis(command, out);
	fprintf(out, "\n  %s\n\n", command->summary);
	wrap(command->about, 0, out);
	if (command->root)
		fprintf(out, "\nNeeds root.\n");
	fprintf(out, "\nOptions:\n");
	for (option = command->options; option->name; option++)
		print_option(option->name, option->value, option->help, out);
	print_option("help", NULL, "show this", out);
	fprintf(out, "\nExit codes:\n");
	for (code = command->exits; code->means; code++)
		fprintf(out, "  %-4d %s\n", code->code, code->means);
	if (command->most < 0)
		fprintf(out, "  else that of the command\n");
	fprintf(out, "\nExamples:\n");
	for (example = command->examples; example->line; example++)
		fprintf(out, "  %s\n      %s\n", example->line, example->does);
}

void rf_usage_print(FILE *out)
{
	const struct rf_command *command;
	const struct rf_option *option;

	fprintf(out, "Usage: ringfence COMMAND [OPTION...] [ARGUMENT...]\n\n"
		     "Keeps regulated data inside the borders that the law draws for it.\n\n"
		     "Commands:\n");
	for (command = rf_commands; command->name; command++)
		fprintf(out, "  %-10s %s\n", command->name, command->summary);
	fprintf(out, "\nOptions (before the command):\n");
	for (option = rf_own_options; option->name; option++)
		print_option(option->name, option->value, option->help, out);
	fprintf(out, "\n`ringfence COMMAND --help` tells more, with examples and exit codes.\n"
		     "Start with `ringfence doctor`.\n");
}
