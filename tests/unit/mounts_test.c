// SPDX-License-Identifier: GPL-2.0
/*
 * mounts_test.c - userspace/lib/mounts.c, in a mount namespace of its own:
 *
 *	ROOT/          tmpfs
 *	  in/          tmpfs          the directory asked about
 *	    a b/       tmpfs
 *	      deep/    tmpfs
 *	    a\nb\\c/   tmpfs
 *	  inner/       tmpfs          begins alike, but is not below
 *	  link -> in
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/mounts.h"

static char root[] = "/tmp/ringfence-mounts-XXXXXX";

static const char *const below[] = { "in/a b", "in/a b/deep", "in/a\nb\\c" };

static void path_of(const char *name, char path[256])
{
	snprintf(path, 256, "%s/%s", root, name);
}

static void mount_at(const char *name)
{
	char path[256];

	path_of(name, path);
	assert_true(!mkdir(path, 0700) || errno == EEXIST);
	assert_int_equal(mount("none", path, "tmpfs", 0, "size=64k"), 0);
}

static int make_mounts(void **state)
{
	char link[256];

	(void)state;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    !mkdtemp(root) || mount("none", root, "tmpfs", 0, "size=64k"))
		return -1;
	mount_at("in");
	mount_at("inner");
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++)
		mount_at(below[i]);
	path_of("link", link);
	return symlink("in", link);
}

static int drop_mounts(void **state)
{
	(void)state;
	umount2(root, MNT_DETACH);
	return rmdir(root);
}

struct seen {
	const char *stop;
	size_t count;
};

static int see(void *ctx, const char *target)
{
	struct seen *seen = ctx;
	char path[256];

	path_of(below[seen->count++], path);
	assert_string_equal(target, path);
	return seen->stop && strstr(target, seen->stop) ? -ECANCELED : 0;
}

static int count_below(const char *name, struct seen *seen)
{
	char path[256];

	path_of(name, path);
	return rf_mounts_below(path, see, seen);
}

static void test_names_each_below(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(count_below("in", &seen), 0);
	assert_int_equal(seen.count, 3);
}

static void test_follows_links(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(count_below("link/", &seen), 0);
	assert_int_equal(seen.count, 3);
}

static void test_stops_when_told(void **state)
{
	struct seen seen = { .stop = "deep" };

	(void)state;
	assert_int_equal(count_below("in", &seen), -ECANCELED);
	assert_int_equal(seen.count, 2);
}

static void test_nothing_below(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(count_below("inner", &seen), 0);
	assert_int_equal(count_below("gone", &seen), 0);
	assert_int_equal(count_below("gone/further", &seen), 0);
	assert_int_equal(seen.count, 0);
}

static int any(void *ctx, const char *target)
{
	(void)ctx;
	return *target == '/' ? 1 : -EINVAL;
}

static void test_below_the_root(void **state)
{
	(void)state;
	assert_int_equal(rf_mounts_below("/", any, NULL), 1);
}

static void test_watch_tells_of_a_mount(void **state)
{
	struct pollfd watch = { .fd = rf_mounts_watch(), .events = POLLPRI };

	(void)state;
	assert_true(watch.fd >= 0);
	assert_int_equal(poll(&watch, 1, 0), 0);
	mount_at("inner");
	assert_int_equal(poll(&watch, 1, 0), 1);
	assert_int_equal(poll(&watch, 1, 0), 0);
	close(watch.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_each_below),
		cmocka_unit_test(test_follows_links),
		cmocka_unit_test(test_stops_when_told),
		cmocka_unit_test(test_nothing_below),
		cmocka_unit_test(test_below_the_root),
		cmocka_unit_test(test_watch_tells_of_a_mount),
	};

	return cmocka_run_group_tests(tests, make_mounts, drop_mounts);
}
