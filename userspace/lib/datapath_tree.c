// SPDX-License-Identifier: GPL-2.0
/*
 * datapath_tree.c - marking what in a tree has names outside of it
 */
#include "userspace/lib/datapath_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRESS_FILES 4096

struct walk {
	struct rf_datapath *dp;
	const struct rf_mark *mark;
	void (*progress)(void *ctx, unsigned long files);
	void *ctx;
	unsigned long files;
	int fds[RF_INODES_BATCH];
	size_t count;
};

static int flush(struct walk *walk)
{
	struct rf_identified found[RF_INODES_BATCH];
	struct rf_mark mark = *walk->mark;
	int err = 0;

	if (!walk->count)
		return 0;
	mark.flags |= RF_MARK_DERIVED;
	err = rf_request_identify(walk->dp, walk->fds, found, walk->count);
	for (size_t i = 0; !err && i < walk->count; i++)
		err = rf_mark_add(walk->dp, RF_MAP_INODES, &found[i].key, &mark);
	while (walk->count)
		close(walk->fds[--walk->count]);
	return err;
}

/* A file with more names may have one outside the tree. */
static int add_file(struct walk *walk, int dir, const char *name)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	walk->fds[walk->count++] = fd;
	return walk->count == RF_INODES_BATCH ? flush(walk) : 0;
}

static int walk_tree(struct walk *walk, int fd);

static int walk_entry(struct walk *walk, int dir, const char *name)
{
	struct stat status;
	int fd;

	if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (walk->progress && !(++walk->files % PROGRESS_FILES))
		walk->progress(walk->ctx, walk->files);
	if (!S_ISDIR(status.st_mode))
		return status.st_nlink > 1 ? add_file(walk, dir, name) : 0;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	return walk_tree(walk, fd);
}

/* Closes @fd. A directory that cannot be read to its end is an error. */
static int walk_tree(struct walk *walk, int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int err = 0;

	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while (!err) {
		errno = 0;
		entry = readdir(dir);
		if (!entry) {
			err = -errno;
			break;
		}
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			err = walk_entry(walk, dirfd(dir), entry->d_name);
	}
	closedir(dir);
	return err;
}

static int walk_from(struct walk *walk, int fd)
{
	char path[64];
	int dir, err = 0;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		err = walk_tree(walk, dir);
	else if (errno != ENOTDIR)
		err = -errno;
	if (!err)
		err = flush(walk);
	while (walk->count)
		close(walk->fds[--walk->count]);
	return err;
}

int rf_mark_tree(struct rf_datapath *dp, int fd, const struct rf_mark *mark,
		 void (*progress)(void *ctx, unsigned long files), void *ctx)
{
	struct walk walk = {
		.dp = dp,
		.mark = mark,
		.progress = progress,
		.ctx = ctx,
	};
	int err;

	err = rf_datapath_walk_begin(dp);
	if (err)
		return err;
	err = walk_from(&walk, fd);
	rf_datapath_walk_end(dp);
	return err;
}
