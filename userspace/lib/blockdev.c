// SPDX-License-Identifier: GPL-2.0
/*
 * blockdev.c - the block devices through which a file system can be read raw
 */
#include "userspace/lib/blockdev.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

struct found {
	__u32 *list;
	size_t count;
	size_t max;
};

static int found_add(struct found *found, __u32 dev, bool *new)
{
	*new = false;
	for (size_t i = 0; i < found->count; i++)
		if (found->list[i] == dev)
			return 0;
	if (found->count == found->max)
		return -E2BIG;
	found->list[found->count++] = dev;
	*new = true;
	return 0;
}

/* Reads "major:minor" from a sysfs file; false if there is none. */
static bool read_number(const char *path, __u32 *dev)
{
	unsigned int major, minor;
	FILE *file = fopen(path, "re");
	bool ok;

	if (!file)
		return false;
	ok = fscanf(file, "%u:%u", &major, &minor) == 2;
	fclose(file);
	if (ok)
		*dev = major << 20 | minor;
	return ok;
}

static int add_below(struct found *found, __u32 dev);

/* A device mapper or RAID device is made of its slaves. */
static int add_slaves(struct found *found, const char *sysfs)
{
	char path[512];
	struct dirent *entry;
	int err = 0;
	__u32 dev;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/slaves", sysfs);
	dir = opendir(path);
	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/slaves/%s/dev", sysfs, entry->d_name);
		if (read_number(path, &dev))
			err = add_below(found, dev);
	}
	closedir(dir);
	return err;
}

static int add_below(struct found *found, __u32 dev)
{
	char sysfs[64], path[128];
	__u32 disk;
	bool new;
	int err;

	err = found_add(found, dev, &new);
	if (err || !new)
		return err;
	snprintf(sysfs, sizeof(sysfs), "/sys/dev/block/%u:%u", dev >> 20, dev & 0xfffff);
	/* Of a partition, ".." is the disk; of a disk it has no number. */
	snprintf(path, sizeof(path), "%s/../dev", sysfs);
	if (read_number(path, &disk)) {
		err = add_below(found, disk);
		if (err)
			return err;
	}
	return add_slaves(found, sysfs);
}

int rf_blockdev_below(__u32 dev, __u32 *list, size_t max)
{
	struct found found = { .list = list, .max = max };
	int err = add_below(&found, dev);

	return err ? err : (int)found.count;
}
