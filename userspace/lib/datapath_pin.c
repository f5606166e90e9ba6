// SPDX-License-Identifier: GPL-2.0
/*
 * datapath_pin.c - the pins that hold maps and links when the daemon is gone
 */
#include "userspace/lib/datapath_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRS 3

static const char *const dirs[DIRS] = { "", "/maps", "/links" };

void rf_pin_path(const struct rf_datapath *dp, const char *kind, const char *name, char *path)
{
	snprintf(path, RF_PIN_PATH_LEN, "%s/%s/%s", dp->pin_dir, kind, name);
}

static void set_unlocked(struct rf_datapath *dp, __u64 holder)
{
	__atomic_store_n(&rf_object_state(dp->object)->unlocked, holder, __ATOMIC_SEQ_CST);
}

int rf_pin_unlock(struct rf_datapath *dp)
{
	struct rf_process self;
	int err;

	err = rf_datapath_process(dp, getpid(), &self);
	if (!err)
		set_unlocked(dp, self.holder);
	return err;
}

void rf_pin_lock(struct rf_datapath *dp)
{
	set_unlocked(dp, 0);
}

bool rf_pin_exists(const struct rf_datapath *dp)
{
	char path[RF_PIN_PATH_LEN];

	rf_pin_path(dp, "maps", rf_object_map_name(RF_MAP_STATE), path);
	return !access(path, F_OK);
}

int rf_pin_make_dirs(struct rf_datapath *dp)
{
	char path[RF_PIN_PATH_LEN];

	for (size_t i = 0; i < DIRS; i++) {
		snprintf(path, sizeof(path), "%s%s", dp->pin_dir, dirs[i]);
		if (mkdir(path, 0700) && errno != EEXIST) {
			int err = -errno;

			return rf_datapath_fail(dp, err, "%s: %s", path, strerror(-err));
		}
	}
	return 0;
}

int rf_pin_maps(struct rf_datapath *dp, bool adopted)
{
	char path[RF_PIN_PATH_LEN];
	int err, count = 0;

	for (int map = 0; map < RF_MAP_MAX; map++) {
		rf_pin_path(dp, "maps", rf_object_map_name(map), path);
		if (!access(path, F_OK)) {
			if (adopted)
				continue;
			unlink(path);
		}
		err = rf_object_map_pin(dp->object, map, path);
		if (err)
			return rf_datapath_fail(dp, err, "%s: %s", path, strerror(-err));
		count++;
	}
	return count;
}

static int identify_dirs(struct rf_datapath *dp, struct rf_identified *found)
{
	char path[RF_PIN_PATH_LEN];
	int fds[DIRS] = { -1, -1, -1 };
	int err = 0;

	for (int i = 0; !err && i < DIRS; i++) {
		snprintf(path, sizeof(path), "%s%s", dp->pin_dir, dirs[i]);
		fds[i] = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fds[i] < 0)
			err = -errno;
	}
	if (err)
		rf_datapath_fail(dp, err, "%s: %s", path, strerror(-err));
	else
		err = rf_request_identify(dp, fds, found, DIRS);
	for (int i = 0; i < DIRS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return err;
}

int rf_pin_guard(struct rf_datapath *dp)
{
	struct rf_mark mark = { .flags = RF_MARK_PINS };
	struct rf_state *state = rf_object_state(dp->object);
	struct rf_identified dirs_found[DIRS];
	struct stat ns;
	int err;

	if (stat("/proc/self/ns/mnt", &ns))
		return rf_datapath_fail(dp, -errno, "/proc/self/ns/mnt: %s", strerror(errno));
	err = identify_dirs(dp, dirs_found);
	for (int i = 0; !err && i < DIRS; i++)
		err = rf_mark_add(dp, RF_MAP_INODES, &dirs_found[i].key, &mark);
	if (err)
		return err;
	__atomic_store_n(&state->pin_ns, (__u32)ns.st_ino, __ATOMIC_SEQ_CST);
	__atomic_store_n(&state->pin_dev, dirs_found[0].key.dev, __ATOMIC_SEQ_CST);
	return 0;
}

static int clear_entries(DIR *dir)
{
	struct dirent *entry;
	int err = 0;

	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) && errno != ENOENT && !err)
			err = -errno;
	}
	return err;
}

int rf_pin_clear(const struct rf_datapath *dp, const char *kind)
{
	char path[RF_PIN_PATH_LEN];
	DIR *dir;
	int err;

	snprintf(path, sizeof(path), "%s/%s", dp->pin_dir, kind);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	err = clear_entries(dir);
	closedir(dir);
	return err;
}

void rf_pin_remove_dirs(const struct rf_datapath *dp)
{
	char path[RF_PIN_PATH_LEN];

	for (size_t i = DIRS; i-- > 0;) {
		snprintf(path, sizeof(path), "%s%s", dp->pin_dir, dirs[i]);
		rmdir(path);
	}
}
