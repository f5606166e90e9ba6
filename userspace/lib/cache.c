// SPDX-License-Identifier: GPL-2.0
/*
 * cache.c - what was compiled once, kept under the hash of what it was made
 * from
 */
#include "userspace/lib/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kmod/uapi/ringfence.h"

#define CACHE_MAGIC 0x52464331u /* "RFC1" */
#define NAME_LEN (2 * RF_CACHE_KEY_LEN)

/* struct head - the first bytes of a file; the data follows */
struct head {
	uint32_t magic;
	uint32_t abi;
	uint64_t len;
	unsigned char key[RF_CACHE_KEY_LEN];
	unsigned char checksum[SHA256_DIGEST_LENGTH];
};

_Static_assert(sizeof(struct head) == 80, "the head has no holes");

static void key_name(const unsigned char *key, char name[NAME_LEN + 1])
{
	for (int i = 0; i < RF_CACHE_KEY_LEN; i++)
		snprintf(name + 2 * i, 3, "%02x", key[i]);
}

static struct head make_head(const unsigned char *key, const void *data, size_t len)
{
	struct head head = { .magic = CACHE_MAGIC, .abi = RF_ABI_VERSION, .len = len };

	memcpy(head.key, key, sizeof(head.key));
	SHA256(data, len, head.checksum);
	return head;
}

static int read_exactly(int fd, void *data, size_t len)
{
	char *at = data;

	while (len) {
		ssize_t got = read(fd, at, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -ENOENT;
		at += got;
		len -= (size_t)got;
	}
	return 0;
}

static int write_exactly(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t put = write(fd, at, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		at += put;
		len -= (size_t)put;
	}
	return 0;
}

/* Only what this user, and nobody else, could have written. */
static bool is_ours(int fd, mode_t type)
{
	struct stat status;

	return !fstat(fd, &status) && (status.st_mode & S_IFMT) == type &&
	       status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH));
}

static int open_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (is_ours(fd, S_IFDIR))
		return fd;
	close(fd);
	return -EPERM;
}

static int load_from(int fd, const unsigned char *key, void *data, size_t len)
{
	struct head found, expected;
	struct stat status;
	void *copy;
	int error;

	if (!is_ours(fd, S_IFREG) || fstat(fd, &status) ||
	    (uint64_t)status.st_size != sizeof(found) + len)
		return -ENOENT;
	copy = malloc(len);
	if (!copy)
		return -ENOENT;
	error = read_exactly(fd, &found, sizeof(found));
	if (!error)
		error = read_exactly(fd, copy, len);
	if (!error) {
		expected = make_head(key, copy, len);
		if (memcmp(&found, &expected, sizeof(found)))
			error = -ENOENT;
		else
			memcpy(data, copy, len);
	}
	free(copy);
	return error;
}

int rf_cache_load(const char *dir, const unsigned char key[RF_CACHE_KEY_LEN], void *data,
		  size_t len)
{
	char name[NAME_LEN + 1];
	int dir_fd, fd, error = -ENOENT;

	dir_fd = open_dir(dir);
	if (dir_fd < 0)
		return -ENOENT;
	key_name(key, name);
	fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		error = load_from(fd, key, data, len);
		close(fd);
	}
	close(dir_fd);
	return error;
}

static int store_to(int fd, const unsigned char *key, const void *data, size_t len)
{
	struct head head = make_head(key, data, len);
	int error = write_exactly(fd, &head, sizeof(head));

	if (!error)
		error = write_exactly(fd, data, len);
	if (!error && fsync(fd))
		error = -errno;
	return error;
}

/* Write aside and rename; nobody sees half a file. */
static int replace_file(int dir_fd, const char *name, const unsigned char *key, const void *data,
			size_t len)
{
	char aside[NAME_LEN + 32];
	int fd, error;

	snprintf(aside, sizeof(aside), ".%s.%ld", name, (long)getpid());
	unlinkat(dir_fd, aside, 0);
	fd = openat(dir_fd, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	error = store_to(fd, key, data, len);
	close(fd);
	if (!error && renameat(dir_fd, aside, dir_fd, name))
		error = -errno;
	if (!error && fsync(dir_fd))
		error = -errno;
	if (error)
		unlinkat(dir_fd, aside, 0);
	return error;
}

/* The oldest of the cache's own files; how many there are. */
static size_t find_oldest(DIR *list, int dir_fd, char oldest[NAME_LEN + 1])
{
	struct timespec least = { 0 };
	struct dirent *entry;
	size_t count = 0;

	rewinddir(list);
	while ((entry = readdir(list))) {
		struct stat status;

		if (strlen(entry->d_name) != NAME_LEN ||
		    strspn(entry->d_name, "0123456789abcdef") != NAME_LEN ||
		    fstatat(dir_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW))
			continue;
		if (!count++ || status.st_mtim.tv_sec < least.tv_sec ||
		    (status.st_mtim.tv_sec == least.tv_sec &&
		     status.st_mtim.tv_nsec < least.tv_nsec)) {
			least = status.st_mtim;
			memcpy(oldest, entry->d_name, NAME_LEN + 1);
		}
	}
	return count;
}

static void prune(const char *dir, int dir_fd)
{
	char oldest[NAME_LEN + 1];
	DIR *list = opendir(dir);

	if (!list)
		return;
	while (find_oldest(list, dir_fd, oldest) > RF_CACHE_KEEP)
		if (unlinkat(dir_fd, oldest, 0))
			break;
	closedir(list);
}

int rf_cache_store(const char *dir, const unsigned char key[RF_CACHE_KEY_LEN], const void *data,
		   size_t len, struct rf_fault *fault)
{
	char name[NAME_LEN + 1];
	int dir_fd, error;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return rf_fault_set(fault, -errno, "%s: %s", dir, strerror(errno));
	dir_fd = open_dir(dir);
	if (dir_fd < 0)
		return rf_fault_set(fault, dir_fd, "%s: %s", dir, strerror(-dir_fd));
	key_name(key, name);
	error = replace_file(dir_fd, name, key, data, len);
	if (!error)
		prune(dir, dir_fd);
	close(dir_fd);
	if (error)
		rf_fault_set(fault, error, "%s: %s", dir, strerror(-error));
	return error;
}
