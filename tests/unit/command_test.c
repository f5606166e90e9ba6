// SPDX-License-Identifier: GPL-2.0
/*
 * command_test.c - the command table is whole, and help, man pages and parser
 * follow it
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/address.h"
#include "userspace/cli/label.h"
#include "userspace/cli/shown.h"
#include "userspace/cli/usage.h"
#include "userspace/lib/fault.h"

/* The commands of this version, as the design lists them. */
static const char *const wanted[] = { "doctor", "check",  "diff",    "apply", "status", "run",
				      "ps",	"region", "explain", "watch", "disarm", "label" };

static void test_all_there(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_non_null(rf_command_find(wanted[i]));
	assert_null(rf_commands[i].name);
	assert_null(rf_command_find("appl"));
}

static void test_all_said(void **state)
{
	const struct rf_command *command;

	(void)state;
	for (command = rf_commands; command->name; command++) {
		size_t exits = 0;

		assert_non_null(command->run);
		assert_true(strlen(command->summary) > 10);
		assert_true(strlen(command->about) > 40);
		assert_null(strchr(command->summary, '.'));
		assert_non_null(command->examples[0].line);
		assert_memory_equal(command->examples[0].line, "ringfence ", 10);
		while (command->exits[exits].means)
			exits++;
		assert_true(exits >= 2);
	}
}

static bool has_option(const struct rf_command *command, const char *name)
{
	const struct rf_option *option;

	for (option = command->options; option->name; option++)
		if (!strcmp(option->name, name))
			return true;
	return false;
}

static void test_reading_commands_speak_json(void **state)
{
	const struct rf_command *command;

	(void)state;
	for (command = rf_commands; command->name; command++)
		if (strcmp(command->name, "run") && strcmp(command->name, "disarm"))
			assert_true(has_option(command, "json"));
}

static void test_help_and_man_name_all_options(void **state)
{
	const struct rf_command *command;

	(void)state;
	for (command = rf_commands; command->name; command++) {
		const struct rf_option *option;
		char *help = NULL, *man = NULL;
		size_t len;
		FILE *out;

		out = open_memstream(&help, &len);
		rf_usage_command(command, out);
		fclose(out);
		out = open_memstream(&man, &len);
		rf_man_command(command, out);
		fclose(out);
		for (option = command->options; option->name; option++) {
			assert_non_null(strstr(help, option->name));
			assert_non_null(strstr(help, option->help));
			assert_non_null(strstr(man, option->help[0] ? option->name : ""));
		}
		free(help);
		free(man);
	}
}

static void test_own_options_are_in_help_and_man(void **state)
{
	const struct rf_option *option;
	char *help = NULL, *man = NULL;
	size_t len;
	FILE *out;

	(void)state;
	out = open_memstream(&help, &len);
	rf_usage_print(out);
	fclose(out);
	out = open_memstream(&man, &len);
	rf_man_print(out);
	fclose(out);
	for (option = rf_own_options; option->name; option++) {
		assert_non_null(strstr(help, option->name));
		assert_non_null(strstr(help, option->help));
		assert_non_null(strstr(man, option->value ? option->value : option->name));
	}
	free(help);
	free(man);
}

static int parse(struct rf_invocation *invocation, const char *name, char **words)
{
	static char *argv[16];
	int argc = 0;

	argv[argc++] = (char *)name;
	while (*words)
		argv[argc++] = *words++;
	argv[argc] = NULL;
	return rf_command_parse(rf_command_find(name), argc, argv, invocation);
}

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })

static void test_parse(void **state)
{
	struct rf_invocation invocation;

	(void)state;
	assert_int_equal(parse(&invocation, "apply", WORDS("x", "--dry-run")), -1);
	assert_int_equal(invocation.argc, 1);
	assert_string_equal(invocation.argv[0], "x");
	assert_non_null(rf_option_value(&invocation, "dry-run"));
	assert_false(invocation.json);
	assert_int_equal(parse(&invocation, "run", WORDS("--class", "a", "ls", "--json")), -1);
	assert_string_equal(rf_option_value(&invocation, "class"), "a");
	assert_int_equal(invocation.argc, 2);
	assert_string_equal(invocation.argv[1], "--json");
	assert_int_equal(parse(&invocation, "explain", WORDS("--to=1.2.3.4", "--class=a+b")), -1);
	assert_string_equal(rf_option_value(&invocation, "class"), "a+b");
}

static void test_usage_errors(void **state)
{
	struct rf_invocation invocation;

	(void)state;
	assert_int_equal(parse(&invocation, "apply", WORDS("--dry")), RF_EXIT_USAGE);
	assert_int_equal(parse(&invocation, "apply", WORDS("--confirm", "5", "x")), RF_EXIT_USAGE);
	assert_int_equal(parse(&invocation, "apply", WORDS("a", "b")), RF_EXIT_USAGE);
	assert_int_equal(parse(&invocation, "check", WORDS("--json")), RF_EXIT_USAGE);
	assert_int_equal(parse(&invocation, "explain", WORDS("--to")), RF_EXIT_USAGE);
	assert_int_equal(parse(&invocation, "status", WORDS("x")), RF_EXIT_USAGE);
}

static void test_address(void **state)
{
	static const char *const wrong[] = {
		"",	"1.2.3",  "1.2.3.4:0",	 "1.2.3.4:65536", "1.2.3.4:x",	 "[::1]x",
		"[::1", "::1]:3", "example.org", "1.2.3.4:",	  "[1.2.3.4]:5", "1.2.3.4:+5",
		"[]:5"
	};
	uint8_t addr[16];
	uint16_t port;
	size_t i;

	(void)state;
	assert_int_equal(rf_address_parse("1.2.3.4:443", addr, &port), 0);
	assert_int_equal(port, 443);
	assert_memory_equal(addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4", 16);
	assert_int_equal(rf_address_parse("[2001:db8::1]:53", addr, &port), 0);
	assert_int_equal(port, 53);
	assert_int_equal(rf_address_parse("2001:db8::1", addr, &port), 0);
	assert_int_equal(port, 0);
	assert_int_equal(rf_address_parse("::ffff:1.2.3.4", addr, &port), 0);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(rf_address_parse(wrong[i], addr, &port), -EINVAL);
}

/* A name left out would make a label that allows more. */
static void test_label(void **state)
{
	static const char *const wrong[] = { "",    "+", "a+",	 "+a",	   "a++b",    "A",
					     "a b", "-", "\xff", "a+\xff", "\x1b[31m" };
	json_t *names;
	size_t i;

	(void)state;
	names = rf_label_names("run", "a+cn-personal");
	assert_int_equal(json_array_size(names), 2);
	assert_string_equal(json_string_value(json_array_get(names, 0)), "a");
	assert_string_equal(json_string_value(json_array_get(names, 1)), "cn-personal");
	json_decref(names);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(rf_label_names("run", wrong[i]));
}

/* JSON and terminals get names that people chose. */
static void test_shown(void **state)
{
	char shown[RF_SHOWN_MAX];
	json_t *json = rf_shown_json("a\xff\x1b[31m");

	(void)state;
	assert_string_equal(json_string_value(json), "a\\xff\\x1b[31m");
	assert_string_equal(rf_shown(shown, "a\nb"), "a\\x0ab");
	json_decref(json);
	json = rf_shown_json(NULL);
	assert_true(json_is_null(json));
	json_decref(json);
}

static void test_fault_is_printable(void **state)
{
	struct rf_fault fault;

	(void)state;
	assert_int_equal(rf_fault_set(&fault, -ENOENT, "%s: gone", "x\xff\n"), -ENOENT);
	assert_string_equal(fault.text, "x\\xff\\x0a: gone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_there),
		cmocka_unit_test(test_all_said),
		cmocka_unit_test(test_reading_commands_speak_json),
		cmocka_unit_test(test_help_and_man_name_all_options),
		cmocka_unit_test(test_own_options_are_in_help_and_man),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_usage_errors),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_fault_is_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
