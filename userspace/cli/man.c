// SPDX-License-Identifier: GPL-2.0
/*
 * man.c - man pages and completion, rendered from the command table
 */
#include "userspace/cli/usage.h"

#include <ctype.h>
#include <string.h>

/* roff: a backslash is doubled, a dash stays a dash, no request at line start. */
static void escape(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else if (text[0] == '\n' && text[1] == '\n')
			fputs("\n.PP", out);
		else
			fputc(*text, out);
	}
}

static void line(const char *text, FILE *out)
{
	escape(text, out);
	fputc('\n', out);
}

static void heading(const char *name, const char *summary, FILE *out)
{
	const char *p;

	fputs(".TH ", out);
	for (p = name; *p; p++)
		fputc(toupper((unsigned char)*p), out);
	fprintf(out, " 8 \"\" Ringfence \"System administration\"\n.SH NAME\n");
	escape(name, out);
	fputs(" \\- ", out);
	line(summary, out);
}

static void tagged(const char *tag, const char *value, const char *text, FILE *out)
{
	fputs(".TP\n.B ", out);
	escape(tag, out);
	if (value) {
		fputs(" \\fI", out);
		escape(value, out);
		fputs("\\fR", out);
	}
	fputc('\n', out);
	line(text, out);
}

static void options(const struct rf_option *option, FILE *out)
{
	char tag[64];

	fprintf(out, ".SH OPTIONS\n");
	for (; option->name; option++) {
		snprintf(tag, sizeof(tag), "--%s", option->name);
		tagged(tag, option->value, option->help, out);
	}
}

static void exits(const struct rf_command *command, FILE *out)
{
	const struct rf_exit_help *code;
	char tag[16];

	fprintf(out, ".SH EXIT STATUS\n");
	for (code = command->exits; code->means; code++) {
		snprintf(tag, sizeof(tag), "%d", code->code);
		tagged(tag, NULL, code->means, out);
	}
	if (command->most < 0)
		tagged("else", NULL, "that of the command", out);
}

void rf_man_command(const struct rf_command *command, FILE *out)
{
	const struct rf_example *example;
	char name[64];

	snprintf(name, sizeof(name), "ringfence-%s", command->name);
	heading(name, command->summary, out);
	fprintf(out, ".SH SYNOPSIS\n.nf\n");
	rf_usage_synopsis(command, out);
	fprintf(out, ".fi\n.SH DESCRIPTION\n");
	line(command->about, out);
	if (command->root)
		fprintf(out, ".PP\nNeeds root.\n");
	options(command->options, out);
	tagged("--help", NULL, "show a summary", out);
	exits(command, out);
	fprintf(out, ".SH EXAMPLES\n");
	for (example = command->examples; example->line; example++)
		tagged(example->line, NULL, example->does, out);
	fprintf(out, ".SH SEE ALSO\n.BR ringfence (8)\n");
}

void rf_man_print(FILE *out)
{
	const struct rf_command *command;
	char name[64];

	heading("ringfence", "keep regulated data inside its borders", out);
	fprintf(out, ".SH SYNOPSIS\n.B ringfence\n.I COMMAND\n[\\fIOPTION\\fR...] "
		     "[\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n");
	line("Says what is enforced and changes it. Start with ringfence doctor; check a policy, "
	     "then apply it. Most commands ask ringfenced(8).",
	     out);
	fprintf(out, ".SH COMMANDS\n");
	for (command = rf_commands; command->name; command++) {
		snprintf(name, sizeof(name), "ringfence-%s(8)", command->name);
		tagged(name, NULL, command->summary, out);
	}
	options(rf_own_options, out);
	fprintf(out, ".PP\nThey go before the command.\n.SH FILES\n");
	tagged(RF_STATE_DIR, NULL, "the policy applied last, and what class bits mean", out);
	tagged(RF_RUN_DIR "/" RF_CONTROL_NAME, NULL, "the daemon's socket, for root", out);
	fprintf(out, ".SH SEE ALSO\n.BR ringfenced (8)\n");
}

static void complete_command(const struct rf_command *command, FILE *out)
{
	const struct rf_option *option;

	fprintf(out, "\t%s) words=\"--help", command->name);
	for (option = command->options; option->name; option++)
		fprintf(out, " --%s", option->name);
	if (!strcmp(command->name, "region"))
		fprintf(out, " lookup list");
	if (!strcmp(command->name, "label"))
		fprintf(out, " get set clear scan");
	fprintf(out, "\" ;;\n");
}

void rf_completion_print(FILE *out)
{
	const struct rf_command *command;

	fprintf(out, "# bash completion for ringfence; made from its command table\n"
		     "_ringfence() {\n\tlocal word=${COMP_WORDS[COMP_CWORD]} words\n"
		     "\tcase ${COMP_WORDS[1]} in\n");
	for (command = rf_commands; command->name; command++)
		complete_command(command, out);
	fprintf(out, "\t*) words=\"--help --version");
	for (command = rf_commands; command->name; command++)
		fprintf(out, " %s", command->name);
	fprintf(out, "\" ;;\n\tesac\n"
		     "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
		     "complete -o default -F _ringfence ringfence\n");
}
