// SPDX-License-Identifier: GPL-2.0
/*
 * cache_test.c - what is kept comes back whole, or not at all
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/cache.h"

static char root[] = "/tmp/rf-cache-XXXXXX";
static char dir[64];
static char file[160];
static const unsigned char key[RF_CACHE_KEY_LEN] = { 0xab, 1 };
static const char data[100] = "compiled";

static int empty_dir(void)
{
	DIR *list = opendir(dir);
	struct dirent *entry;

	if (!list)
		return 0;
	while ((entry = readdir(list)))
		unlinkat(dirfd(list), entry->d_name, 0);
	closedir(list);
	return rmdir(dir);
}

static int make_root(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	snprintf(dir, sizeof(dir), "%s/cache", root);
	snprintf(file, sizeof(file), "%s/ab01%060d", dir, 0);
	return 0;
}

static int remove_root(void **state)
{
	(void)state;
	empty_dir();
	return rmdir(root);
}

static void store(void)
{
	empty_dir();
	assert_int_equal(rf_cache_store(dir, key, data, sizeof(data), NULL), 0);
}

static int load(void)
{
	char got[sizeof(data)] = "untouched";
	int error = rf_cache_load(dir, key, got, sizeof(got));

	assert_string_equal(got, error ? "untouched" : "compiled");
	return error;
}

static void gives_back_what_was_kept(void **state)
{
	unsigned char other[RF_CACHE_KEY_LEN] = { 0xab, 2 };
	char got[sizeof(data)];
	struct stat status;

	(void)state;
	empty_dir();
	assert_int_equal(load(), -ENOENT);
	store();
	assert_int_equal(load(), 0);
	assert_int_equal(rf_cache_load(dir, other, got, sizeof(got)), -ENOENT);
	assert_int_equal(rf_cache_load(dir, key, got, sizeof(got) - 1), -ENOENT);
	assert_int_equal(stat(file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(stat(dir, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
}

static void ignores_each_changed_byte(void **state)
{
	struct stat status;

	(void)state;
	store();
	assert_int_equal(stat(file, &status), 0);
	for (off_t i = 0; i < status.st_size; i++) {
		int fd = open(file, O_RDWR);
		unsigned char byte;

		assert_int_equal(pread(fd, &byte, 1, i), 1);
		byte ^= 0x10;
		assert_int_equal(pwrite(fd, &byte, 1, i), 1);
		assert_int_equal(load(), -ENOENT);
		byte ^= 0x10;
		assert_int_equal(pwrite(fd, &byte, 1, i), 1);
		close(fd);
	}
	assert_int_equal(load(), 0);
}

static void ignores_what_was_cut_or_grew(void **state)
{
	struct stat status;

	(void)state;
	store();
	assert_int_equal(stat(file, &status), 0);
	assert_int_equal(truncate(file, status.st_size - 1), 0);
	assert_int_equal(load(), -ENOENT);
	assert_int_equal(truncate(file, status.st_size + 1), 0);
	assert_int_equal(load(), -ENOENT);
	assert_int_equal(truncate(file, 0), 0);
	assert_int_equal(load(), -ENOENT);
	store();
	assert_int_equal(load(), 0);
}

/* A file kept under one key must not be taken for another's. */
static void ignores_a_file_under_another_name(void **state)
{
	unsigned char other[RF_CACHE_KEY_LEN] = { 0xab, 2 };
	char moved[160], got[sizeof(data)];

	(void)state;
	store();
	snprintf(moved, sizeof(moved), "%s/ab02%060d", dir, 0);
	assert_int_equal(rename(file, moved), 0);
	assert_int_equal(rf_cache_load(dir, other, got, sizeof(got)), -ENOENT);
}

static void ignores_what_others_could_write(void **state)
{
	char elsewhere[160];

	(void)state;
	store();
	assert_int_equal(chmod(file, 0620), 0);
	assert_int_equal(load(), -ENOENT);
	assert_int_equal(chmod(file, 0600), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(load(), -ENOENT);
	assert_int_equal(rf_cache_store(dir, key, data, sizeof(data), NULL), -EPERM);
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(load(), 0);

	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", dir);
	assert_int_equal(rename(file, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, file), 0);
	assert_int_equal(load(), -ENOENT);
}

static void does_not_wait_for_a_fifo(void **state)
{
	(void)state;
	store();
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(load(), -ENOENT);
	assert_int_equal(rf_cache_store(dir, key, data, sizeof(data), NULL), 0);
	assert_int_equal(load(), 0);
}

static void keeps_a_few(void **state)
{
	unsigned char each[RF_CACHE_KEY_LEN] = { 0 };
	char got[sizeof(data)];
	int kept = 0;

	(void)state;
	empty_dir();
	for (int i = 0; i < 2 * RF_CACHE_KEEP; i++) {
		each[5] = (unsigned char)i;
		assert_int_equal(rf_cache_store(dir, each, data, sizeof(data), NULL), 0);
		usleep(10000);
	}
	assert_int_equal(rf_cache_load(dir, each, got, sizeof(got)), 0);
	for (int i = 0; i < 2 * RF_CACHE_KEEP; i++) {
		each[5] = (unsigned char)i;
		kept += !rf_cache_load(dir, each, got, sizeof(got));
	}
	assert_int_equal(kept, RF_CACHE_KEEP);
}

static void says_why_it_could_not_keep(void **state)
{
	struct rf_fault fault = { 0 };

	(void)state;
	assert_int_equal(rf_cache_store("/nonexistent/cache", key, data, sizeof(data), &fault),
			 -ENOENT);
	assert_string_equal(fault.text, "/nonexistent/cache: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_was_kept),
		cmocka_unit_test(ignores_each_changed_byte),
		cmocka_unit_test(ignores_what_was_cut_or_grew),
		cmocka_unit_test(ignores_a_file_under_another_name),
		cmocka_unit_test(ignores_what_others_could_write),
		cmocka_unit_test(does_not_wait_for_a_fifo),
		cmocka_unit_test(keeps_a_few),
		cmocka_unit_test(says_why_it_could_not_keep),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
