// SPDX-License-Identifier: GPL-2.0
/*
 * store.c - files of the state directory: read whole, replaced whole
 */
#include "userspace/lib/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static int read_whole(int fd, size_t size, char **data, size_t *len)
{
	char *buffer = malloc(size + 1);
	size_t at = 0;

	if (!buffer)
		return -ENOMEM;
	while (at < size) {
		ssize_t n = read(fd, buffer + at, size - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int err = -errno;

			free(buffer);
			return err;
		}
		if (!n)
			break;
		at += (size_t)n;
	}
	buffer[at] = '\0';
	*data = buffer;
	if (len)
		*len = at;
	return 0;
}

int rf_store_read(const char *path, char **data, size_t *len)
{
	struct stat st;
	int fd, err;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else if (st.st_size > RF_STORE_MAX)
		err = -EFBIG;
	else
		err = read_whole(fd, (size_t)st.st_size, data, len);
	close(fd);
	return err;
}

static int write_whole(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) ? -errno : 0;
}

/* The rename is on the disk only when its directory is. */
static int sync_directory(const char *path)
{
	char copy[PATH_MAX];
	int fd, err = 0;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

int rf_store_write(const char *path, const char *data, size_t len)
{
	char aside[PATH_MAX];
	int fd, err;

	if (snprintf(aside, sizeof(aside), "%s.new", path) >= (int)sizeof(aside))
		return -ENAMETOOLONG;
	if (unlink(aside) && errno != ENOENT)
		return -errno;
	fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	err = write_whole(fd, data, len);
	close(fd);
	if (!err && rename(aside, path))
		err = -errno;
	if (err) {
		unlink(aside);
		return err;
	}
	return sync_directory(path);
}

int rf_store_read_json(const char *path, json_t **out)
{
	size_t len;
	json_t *json;
	char *data;
	int err;

	err = rf_store_read(path, &data, &len);
	if (err)
		return err;
	json = json_loadb(data, len, JSON_REJECT_DUPLICATES, NULL);
	free(data);
	if (!json_is_object(json)) {
		json_decref(json);
		return -EBADMSG;
	}
	*out = json;
	return 0;
}

int rf_store_write_json(const char *path, const json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);
	int err;

	if (!text)
		return -ENOMEM;
	err = rf_store_write(path, text, strlen(text));
	free(text);
	return err;
}

int rf_store_boot_id(char id[37])
{
	ssize_t n;
	int fd;

	fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, id, 36);
	close(fd);
	if (n != 36)
		return -EIO;
	id[36] = '\0';
	return 0;
}
