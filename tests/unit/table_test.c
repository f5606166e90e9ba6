// SPDX-License-Identifier: GPL-2.0
/*
 * table_test.c - verdict tables: read strictly, each mismatch told
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "userspace/lib/table.h"

#define HEADER "classes\taddress\tport\tverdict\n"

static struct rf_policy *policy;

static int load_policy(void **state)
{
	static const char text[] =
		"version: 1\nregions: { cn: { countries: [CN] } }\n"
		"classes: { cn-personal: { allow: [cn] }, keys: { deny: [cn] } }\n";
	const struct rf_policy_file file = { "p.yaml", text, strlen(text) };
	struct rf_diagnostics diagnostics = { 0 };

	(void)state;
	policy = rf_policy_load_files(&file, 1, NULL, &diagnostics);
	return policy ? 0 : -1;
}

static int free_policy(void **state)
{
	(void)state;
	rf_policy_free(policy);
	return 0;
}

static int parse(const char *text, size_t len, struct rf_table *table,
		 struct rf_diagnostics *diagnostics)
{
	const struct rf_policy_file file = { "t.tsv", text, len };

	return rf_table_parse(policy, &file, table, diagnostics);
}

static void rows_are_read(void **state)
{
	static const char text[] = "# what must be\n\n" HEADER
				   "cn-personal\t1.2.4.8\t443\tallow\r\n"
				   "  \n"
				   "keys+cn-personal\t2001:db8::1\t-\tdeny\n"
				   "-\t::ffff:8.8.8.8\t53\taudit";
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_table table;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &table, &diagnostics), 0);
	assert_int_equal(table.count, 3);
	assert_int_equal(table.rows[0].classes, 1);
	assert_int_equal(table.rows[0].port, 443);
	assert_int_equal(table.rows[0].line, 4);
	assert_int_equal(table.rows[0].addr[15], 8);
	assert_int_equal(table.rows[0].addr[10], 0xff);
	assert_int_equal(table.rows[1].classes, 3);
	assert_int_equal(table.rows[1].port, 0);
	assert_int_equal(table.rows[1].verdict, RF_VERDICT_DENY);
	assert_int_equal(table.rows[2].classes, 0);
	assert_int_equal(table.rows[2].verdict, RF_VERDICT_AUDIT);
	assert_int_equal(table.rows[2].addr[12], 8);
	rf_table_free(&table);
}

static const struct {
	const char *text;
	uint32_t line, column;
	const char *message;
	const char *hint;
} mistakes[] = {
	{ "", 1, 1, "the table has no header line",
	  "expected classes, address, port, verdict, with tabs between them" },
	{ "cn-personal\t1.2.4.8\t443\tallow\n", 1, 1, "not the header line of a verdict table",
	  "expected classes, address, port, verdict, with one tab between them" },
	{ "classes\taddress\tprt\tverdict\n", 1, 17, "not the header line of a verdict table",
	  "expected classes, address, port, verdict, with one tab between them" },
	{ HEADER "cn-personal 1.2.4.8 443 allow\n", 2, 1, "a row of 1 fields",
	  "expected classes, address, port, verdict, with one tab between them" },
	{ HEADER "cn-personal\t\t1.2.4.8\t443\tallow\n", 2, 1, "a row of 5 fields",
	  "expected classes, address, port, verdict, with one tab between them" },
	{ HEADER "cn-persnal\t1.2.4.8\t443\tallow\n", 2, 1, "unknown class \"cn-persnal\"",
	  "did you mean \"cn-personal\"?" },
	{ HEADER "keys+xx\t1.2.4.8\t443\tallow\n", 2, 6, "unknown class \"xx\"",
	  "expected a class of the policy, or - for none" },
	{ HEADER "keys+keys\t1.2.4.8\t443\tallow\n", 2, 6, "class \"keys\" is named twice", NULL },
	{ HEADER "keys+\t1.2.4.8\t443\tallow\n", 2, 6, "unknown class \"\"",
	  "expected a class of the policy, or - for none" },
	{ HEADER "keys\t1.2.4\t443\tallow\n", 2, 6, "\"1.2.4\" is not an address",
	  "expected one such as 203.0.113.9 or 2001:db8::9" },
	{ HEADER "keys\t1.2.4.8/32\t443\tallow\n", 2, 6, "\"1.2.4.8/32\" is not an address",
	  "expected one such as 203.0.113.9 or 2001:db8::9" },
	{ HEADER "keys\t1.2.4.8\t0\tallow\n", 2, 14, "\"0\" is not a port",
	  "expected a number from 1 to 65535, or -" },
	{ HEADER "keys\t1.2.4.8\t70000\tallow\n", 2, 14, "\"70000\" is not a port",
	  "expected a number from 1 to 65535, or -" },
	{ HEADER "keys\t1.2.4.8\t443\tDENY\n", 2, 18, "unknown verdict \"DENY\"",
	  "expected allow, deny or audit" },
};

static void each_mistake_is_told(void **state)
{
	struct rf_table table;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct rf_diagnostics diagnostics = { 0 };
		const struct rf_diagnostic *said;

		assert_int_equal(parse(mistakes[i].text, strlen(mistakes[i].text), &table,
				       &diagnostics),
				 -EINVAL);
		assert_int_equal(diagnostics.count, 1);
		said = &diagnostics.items[0];
		assert_string_equal(said->message, mistakes[i].message);
		assert_string_equal(said->file, "t.tsv");
		assert_int_equal(said->line, mistakes[i].line);
		assert_int_equal(said->column, mistakes[i].column);
		if (mistakes[i].hint)
			assert_string_equal(said->hint, mistakes[i].hint);
		else
			assert_null(said->hint);
		rf_diagnostics_free(&diagnostics);
	}
}

static void all_mistakes_of_a_row(void **state)
{
	static const char text[] = HEADER "x\ty\tz\tw\n";
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_table table;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &table, &diagnostics), -EINVAL);
	assert_int_equal(diagnostics.errors, 4);
	rf_diagnostics_free(&diagnostics);
}

static void nul_is_refused(void **state)
{
	static const char text[] = HEADER "keys\0\t1.2.4.8\t443\tallow\n";
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_table table;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &table, &diagnostics), -EINVAL);
	assert_int_equal(diagnostics.items[0].column, 5);
	rf_diagnostics_free(&diagnostics);
}

/* Allows 1.2.4.8 to everyone, cannot say anything about port 9. */
static int decide(void *context, uint64_t classes, const uint8_t addr[16], uint16_t port,
		  char reason[128])
{
	(void)classes;
	++*(int *)context;
	if (port == 9)
		return -ENOENT;
	strcpy(reason, "region US");
	return addr[15] == 8 ? RF_VERDICT_ALLOW : RF_VERDICT_DENY;
}

static void mismatches_are_told(void **state)
{
	static const char text[] = HEADER "keys\t1.2.4.8\t443\tallow\n"
					  "keys\t1.2.4.9\t443\tallow\n"
					  "keys\t1.2.4.9\t443\tdeny\n"
					  "keys\t1.2.4.8\t-\tdeny\n"
					  "keys\t1.2.4.8\t9\tallow\n";
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_table table;
	int asked = 0;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &table, &diagnostics), 0);
	assert_int_equal(rf_table_run(&table, decide, &asked, &diagnostics), 3);
	assert_int_equal(asked, 5);
	assert_int_equal(diagnostics.errors, 3);
	assert_string_equal(diagnostics.items[0].message,
			    "1.2.4.9: expected allow, the policy says deny");
	assert_string_equal(diagnostics.items[0].hint, "region US");
	assert_int_equal(diagnostics.items[0].line, 3);
	assert_int_equal(diagnostics.items[0].column, 18);
	assert_string_equal(diagnostics.items[1].message,
			    "1.2.4.8: expected deny, the policy says allow");
	assert_string_equal(diagnostics.items[2].message,
			    "1.2.4.8 cannot be decided: No such file or directory");
	rf_table_free(&table);
	rf_diagnostics_free(&diagnostics);
}

static int cannot_say(void *context, uint64_t classes, const uint8_t addr[16], uint16_t port,
		      char reason[128])
{
	(void)context;
	(void)classes;
	(void)addr;
	(void)port;
	(void)reason;
	return -ENOENT;
}

/* Their verdicts need the region data; here they are read, and all rows asked. */
static void shipped_tables_are_read(void **state)
{
	static const struct rf_policy_options options = { .sets_dir = "policy/sets" };
	static const char *const paths[] = { "policy/cn-personal",
					     "policy/eu-personal/eu-personal.yaml" };
	struct rf_table_result result;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct rf_diagnostics diagnostics = { 0 };
		struct rf_policy *shipped = rf_policy_load(paths[i], &options, &diagnostics);

		assert_non_null(shipped);
		assert_int_equal(rf_table_check(paths[i], shipped, cannot_say, NULL, &result,
						&diagnostics),
				 -EINVAL);
		assert_int_equal(result.tables, 1);
		assert_true(result.rows > 20);
		assert_int_equal(result.mismatches, result.rows);
		assert_int_equal(diagnostics.errors, result.rows);
		rf_policy_free(shipped);
		rf_diagnostics_free(&diagnostics);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read),	 cmocka_unit_test(each_mistake_is_told),
		cmocka_unit_test(all_mistakes_of_a_row), cmocka_unit_test(nul_is_refused),
		cmocka_unit_test(mismatches_are_told),	 cmocka_unit_test(shipped_tables_are_read),
	};

	return cmocka_run_group_tests(tests, load_policy, free_policy);
}
