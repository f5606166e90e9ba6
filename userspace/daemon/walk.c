// SPDX-License-Identifier: GPL-2.0
/*
 * walk.c - the regular files of a tree, some at a time
 *
 * A position is the names on the way to the last file, in hexadecimal, with a
 * "/" between two: names may be any bytes.
 */
#include "userspace/daemon/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One directory on the way; the names are sorted. */
struct level {
	int fd;
	char **names;
	size_t count;
	size_t next;
};

/**
 * struct rf_walk
 * @file: the one file, if the top is no directory; -1
 * @ahead: names of the position that the walk has not come to yet
 */
struct rf_walk {
	int file;
	struct level *levels;
	size_t depth;
	size_t room;
	char **ahead;
	size_t ahead_count;
	size_t ahead_at;
};

static void free_names(char **names, size_t count)
{
	while (count)
		free(names[--count]);
	free(names);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_name(char ***names, size_t *count, const char *name)
{
	char **grown;

	/* Whenever it is a power of two. */
	if (!(*count & (*count - 1))) {
		grown = realloc(*names, (*count ? 2 * *count : 1) * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		*names = grown;
	}
	(*names)[*count] = strdup(name);
	if (!(*names)[*count])
		return -ENOMEM;
	++*count;
	return 0;
}

static int read_names(int fd, struct level *level)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	struct dirent *entry;
	DIR *dir;

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		err = -errno;
		if (copy >= 0)
			close(copy);
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
			err = add_name(&level->names, &level->count, entry->d_name);
	}
	closedir(dir);
	if (level->count)
		qsort(level->names, level->count, sizeof(*level->names), by_bytes);
	return err;
}

/* What lies before the position was done. */
static void skip(struct rf_walk *walk, struct level *level)
{
	const char *name;

	if (walk->ahead_at >= walk->ahead_count)
		return;
	name = walk->ahead[walk->ahead_at++];
	while (level->next < level->count && strcmp(level->names[level->next], name) < 0)
		level->next++;
	/* Another has taken its place: nothing below is behind us. */
	if (level->next == level->count || strcmp(level->names[level->next], name))
		walk->ahead_at = walk->ahead_count;
}

/* Takes over @fd. */
static int push(struct rf_walk *walk, int fd)
{
	struct level level = { .fd = fd };
	struct level *grown;
	int err;

	err = read_names(fd, &level);
	if (!err && walk->depth == walk->room) {
		grown = realloc(walk->levels, (2 * walk->room + 8) * sizeof(*grown));
		if (!grown) {
			err = -ENOMEM;
		} else {
			walk->levels = grown;
			walk->room = 2 * walk->room + 8;
		}
	}
	if (err) {
		free_names(level.names, level.count);
		close(fd);
		return err;
	}
	skip(walk, &level);
	walk->levels[walk->depth++] = level;
	return 0;
}

static void pop(struct rf_walk *walk)
{
	struct level *level = &walk->levels[--walk->depth];

	free_names(level->names, level->count);
	close(level->fd);
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c);

	return c && at ? (int)(at - digits) : -1;
}

static int parse(struct rf_walk *walk, const char *position)
{
	char name[NAME_MAX + 1];
	size_t len = 0;
	int err = 0;

	for (; !err; position++) {
		if (!*position || *position == '/') {
			name[len] = '\0';
			if (len)
				err = add_name(&walk->ahead, &walk->ahead_count, name);
			len = 0;
			if (!*position)
				return err;
			continue;
		}
		if (digit(position[0]) < 0 || digit(position[1]) < 0 || len == NAME_MAX)
			return -EINVAL;
		name[len++] = (char)(digit(position[0]) << 4 | digit(position[1]));
		position++;
	}
	return err;
}

int rf_walk_new(int top, const char *position, struct rf_walk **out)
{
	struct rf_walk *walk = calloc(1, sizeof(*walk));
	struct stat st;
	int fd, err;

	if (!walk)
		return -ENOMEM;
	walk->file = -1;
	err = position ? parse(walk, position) : 0;
	if (!err && fstat(top, &st))
		err = -errno;
	if (!err) {
		fd = fcntl(top, F_DUPFD_CLOEXEC, 0);
		if (fd < 0)
			err = -errno;
		else if (S_ISDIR(st.st_mode))
			err = push(walk, fd);
		else
			walk->file = fd;
	}
	if (err)
		rf_walk_free(walk);
	else
		*out = walk;
	return err;
}

void rf_walk_free(struct rf_walk *walk)
{
	if (!walk)
		return;
	while (walk->depth)
		pop(walk);
	free(walk->levels);
	free_names(walk->ahead, walk->ahead_count);
	if (walk->file >= 0)
		close(walk->file);
	free(walk);
}

/* A file or directory; 0, or a negative errno for what is there and can't be had. */
static int take(struct rf_walk *walk, struct rf_walk_batch *batch, int dir, const char *name)
{
	struct stat st;
	int fd;

	snprintf(batch->last, sizeof(batch->last), "%s", name);
	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st)) {
		close(fd);
		return -EIO;
	}
	if (S_ISDIR(st.st_mode))
		return push(walk, fd);
	if (S_ISREG(st.st_mode))
		batch->fds[batch->count++] = fd;
	else
		close(fd);
	return 0;
}

int rf_walk_next(struct rf_walk *walk, struct rf_walk_batch *batch)
{
	memset(batch, 0, sizeof(*batch));
	if (walk->file >= 0) {
		batch->fds[batch->count++] = walk->file;
		walk->file = -1;
		return 0;
	}
	for (int looked = 0; walk->depth && looked < RF_INODES_BATCH && !batch->failed; looked++) {
		struct level *level = &walk->levels[walk->depth - 1];
		const char *name;
		size_t depth;

		if (level->next == level->count) {
			pop(walk);
			continue;
		}
		name = level->names[level->next++];
		depth = walk->depth;
		batch->failed = take(walk, batch, level->fd, name);
		/* The position's next name is of what is below this, or of nothing. */
		if (walk->depth == depth)
			walk->ahead_at = walk->ahead_count;
	}
	return walk->depth > 0;
}

void rf_walk_batch_end(struct rf_walk_batch *batch)
{
	while (batch->count)
		close(batch->fds[--batch->count]);
}

int rf_walk_position(const struct rf_walk *walk, char *text, size_t size)
{
	size_t used = 0;

	if (!size)
		return -ENAMETOOLONG;
	text[0] = '\0';
	for (size_t i = 0; i < walk->depth && walk->levels[i].next; i++) {
		const struct level *level = &walk->levels[i];

		for (const char *at = level->names[level->next - 1]; *at; at++) {
			if (used + 4 > size)
				return -ENAMETOOLONG;
			used += (size_t)sprintf(text + used, "%02x", (unsigned char)*at);
		}
		text[used++] = '/';
		text[used] = '\0';
	}
	return 0;
}
