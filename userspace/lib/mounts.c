// SPDX-License-Identifier: GPL-2.0
/*
 * mounts.c - what is mounted where, in this process's mount namespace
 */
#include "userspace/lib/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "/proc/self/mounts"
/* A path, each byte of which may be written as an octal number, and the rest. */
#define LINE_MAX_BYTES (4 * PATH_MAX + 8192)

int rf_mounts_watch(void)
{
	int fd = open(TABLE, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool is_below(const char *dir, const char *target)
{
	size_t len = strcmp(dir, "/") ? strlen(dir) : 0;

	return !strncmp(target, dir, len) && target[len] == '/' && target[len + 1];
}

static int walk(const char *dir, char *line, int (*fn)(void *, const char *), void *ctx)
{
	FILE *table = setmntent(TABLE, "re");
	struct mntent entry;
	int err = 0;

	if (!table)
		return -errno;
	while (!err && getmntent_r(table, &entry, line, LINE_MAX_BYTES))
		if (is_below(dir, entry.mnt_dir))
			err = fn(ctx, entry.mnt_dir);
	endmntent(table);
	return err;
}

int rf_mounts_below(const char *dir, int (*fn)(void *ctx, const char *target), void *ctx)
{
	char *real = realpath(dir, NULL);
	char *line;
	int err;

	if (!real)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	line = malloc(LINE_MAX_BYTES);
	err = line ? walk(real, line, fn, ctx) : -ENOMEM;
	free(line);
	free(real);
	return err;
}
