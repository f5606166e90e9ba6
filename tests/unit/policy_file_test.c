// SPDX-License-Identifier: GPL-2.0
/*
 * policy_file_test.c - policies on disk: what is read, in which order, and
 * what is refused without waiting for it
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "userspace/lib/policy.h"
#include "userspace/lib/policy_file.h"

#define GOOD "version: 1\nregions: { cn: { countries: [CN] } }\nclasses: { c: { allow: [cn] } }\n"

static char directory[] = "/tmp/rf-policy-XXXXXX";

static char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s%s%s", directory, name[0] ? "/" : "", name);
	return path;
}

static void write_file(const char *name, const void *data, size_t len)
{
	FILE *out = fopen(path_of(name), "w");

	assert_non_null(out);
	assert_int_equal(fwrite(data, 1, len, out), len);
	fclose(out);
}

static void write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static int make_directory(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/rf-policy-XXXXXX");
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

/* Loads @name and wants exactly this one error for @file. */
static void expect_error(const char *name, const char *file, const char *message)
{
	struct rf_diagnostics diagnostics = { 0 };

	assert_null(rf_policy_load(path_of(name), NULL, &diagnostics));
	assert_int_equal(diagnostics.errors, 1);
	assert_string_equal(diagnostics.items[0].message, message);
	assert_string_equal(diagnostics.items[0].file, path_of(file));
	rf_diagnostics_free(&diagnostics);
}

static void a_file_loads(void **state)
{
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy;

	(void)state;
	write_text("p.yaml", GOOD);
	policy = rf_policy_load(path_of("p.yaml"), NULL, &diagnostics);
	assert_non_null(policy);
	assert_int_equal(diagnostics.count, 0);
	assert_string_equal(policy->files[0], path_of("p.yaml"));
	rf_policy_free(policy);
}

static void a_directory_is_merged_in_order(void **state)
{
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy;

	(void)state;
	write_text("20-b.yml", "version: 1\nmanagement: [11.0.0.0/8]\n");
	write_text("10-a.yaml", GOOD "management: [10.0.0.0/8]\n");
	write_text("notes.txt", "not a policy: [");
	write_text(".hidden.yaml", "not a policy: [");
	policy = rf_policy_load(path_of(""), NULL, &diagnostics);
	assert_non_null(policy);
	assert_int_equal(policy->file_count, 2);
	assert_string_equal(policy->files[0], path_of("10-a.yaml"));
	assert_int_equal(policy->management[0].net.addr[12], 10);
	assert_int_equal(policy->management[1].net.addr[12], 11);
	rf_policy_free(policy);
}

static void what_is_missing(void **state)
{
	(void)state;
	expect_error("none.yaml", "none.yaml", "No such file or directory");
	expect_error("", "", "holds no policy file");
}

static void links_are_not_followed(void **state)
{
	(void)state;
	write_text("real", GOOD);
	assert_int_equal(symlink("real", path_of("p.yaml")), 0);
	expect_error("p.yaml", "p.yaml", "is a symbolic link, which is not followed");
	expect_error("", "p.yaml", "is a symbolic link, which is not followed");
}

static void only_regular_files(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(mkfifo(path_of("fifo.yaml"), 0600), 0);
	expect_error("fifo.yaml", "fifo.yaml", "is a FIFO");
	assert_int_equal(mkdir(path_of("d"), 0700), 0);
	assert_int_equal(mkdir(path_of("d/x.yaml"), 0700), 0);
	expect_error("d", "d/x.yaml", "is a directory");
	strcpy(address.sun_path, path_of("socket.yaml"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	expect_error("socket.yaml", "socket.yaml", "is a socket");
	close(fd);
}

static void a_device_is_refused(void **state)
{
	struct rf_diagnostics diagnostics = { 0 };

	(void)state;
	assert_null(rf_policy_load("/dev/zero", NULL, &diagnostics));
	assert_string_equal(diagnostics.items[0].message, "is a device");
	rf_diagnostics_free(&diagnostics);
}

static void sizes(void **state)
{
	char *text = malloc(RF_POLICY_FILE_MAX + 1);
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', RF_POLICY_FILE_MAX + 1);
	memcpy(text, GOOD, strlen(GOOD));
	write_file("p.yaml", text, RF_POLICY_FILE_MAX + 1);
	expect_error("p.yaml", "p.yaml", "is larger than 1 MiB");
	write_file("p.yaml", text, RF_POLICY_FILE_MAX);
	policy = rf_policy_load(path_of("p.yaml"), NULL, &diagnostics);
	assert_non_null(policy);
	rf_policy_free(policy);
	free(text);
	write_text("p.yaml", "");
	expect_error("p.yaml", "p.yaml", "the file is empty");
}

static void binary_is_refused(void **state)
{
	static const char elf[] = "\177ELF\2\1\1\0\0\0\0";

	(void)state;
	write_file("p.yaml", elf, sizeof(elf));
	expect_error("p.yaml", "p.yaml", "a control character; this is not a text file");
}

/* One that cannot be read does not hide the errors of the others. */
static void every_file_is_reported(void **state)
{
	struct rf_diagnostics diagnostics = { 0 };

	(void)state;
	assert_int_equal(mkfifo(path_of("1.yaml"), 0600), 0);
	write_text("2.yaml", "version: 3\n");
	write_text("3.yaml", "version: [\n");
	assert_null(rf_policy_load(path_of(""), NULL, &diagnostics));
	assert_int_equal(diagnostics.errors, 3);
	assert_string_equal(diagnostics.items[0].message, "is a FIFO");
	assert_string_equal(diagnostics.items[1].message, "unknown version \"3\"");
	assert_int_equal(diagnostics.items[2].line, 2);
	rf_diagnostics_free(&diagnostics);
}

static size_t count_tables(const char *path)
{
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy_files files = { 0 };
	size_t count;

	assert_int_equal(rf_policy_tables_read(path_of(path), &files, &diagnostics), 0);
	count = files.count;
	rf_policy_files_free(&files);
	return count;
}

static void tables_beside_a_policy(void **state)
{
	(void)state;
	write_text("a.yaml", GOOD);
	write_text("b.yaml", GOOD);
	write_text("a.tsv", "");
	write_text("b.tsv", "");
	write_text("more.tsv", "");
	assert_int_equal(count_tables(""), 3);
	assert_int_equal(count_tables("a.yaml"), 2); /* a.tsv, more.tsv */
}

/* A set that is wrong is told in its own file, once, and only to who includes it. */
static void a_broken_set(void **state)
{
	struct rf_policy_options options = { .sets_dir = directory };
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy;

	(void)state;
	write_text("bad.yaml", "version: 1\nset: other\nsource: s\ncountries: [EU, XX]\n");
	assert_int_equal(mkdir(path_of("p"), 0700), 0);
	write_text("p/p.yaml",
		   "version: 1\nregions: { a: { include: [bad] }, b: { include: [bad] } }\n");
	assert_null(rf_policy_load(path_of("p"), &options, &diagnostics));
	assert_int_equal(diagnostics.errors, 4);
	assert_string_equal(diagnostics.items[0].file, path_of("bad.yaml"));
	assert_string_equal(diagnostics.items[0].message, "\"date\" is missing in a country set");
	assert_string_equal(diagnostics.items[1].message,
			    "expected \"bad\", as the file is called");
	assert_string_equal(diagnostics.items[2].message, "\"EU\" is no country");
	assert_string_equal(diagnostics.items[3].message, "unknown country code \"XX\"");
	assert_int_equal(diagnostics.items[3].column, 17);
	rf_diagnostics_free(&diagnostics);
	write_text("p/p.yaml", GOOD);
	policy = rf_policy_load(path_of("p"), &options, &diagnostics);
	assert_non_null(policy);
	rf_policy_free(policy);
}

#define test(function) cmocka_unit_test_setup_teardown(function, make_directory, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_file_loads),
		test(a_directory_is_merged_in_order),
		test(what_is_missing),
		test(links_are_not_followed),
		test(only_regular_files),
		test(a_device_is_refused),
		test(sizes),
		test(binary_is_refused),
		test(every_file_is_reported),
		test(tables_beside_a_policy),
		test(a_broken_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
