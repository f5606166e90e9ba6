// SPDX-License-Identifier: GPL-2.0
/*
 * unit.c - a cgroup by its identifier: its path and its systemd unit
 *
 * The identifier is the kernel's file handle of the cgroup's directory, so
 * that the path is found without a walk. Paths are remembered, since an event
 * may be read after its cgroup is gone.
 */
#include "userspace/daemon/unit.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CACHE 256 /* cgroups; a power of two */
#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h; stable since 5.9 */

struct known {
	uint64_t id;
	char path[RF_UNIT_PATH_MAX];
};

struct rf_units {
	int root;
	char root_path[PATH_MAX];
	struct known known[CACHE];
};

struct rf_units *rf_units_new(const char *cgroup_root)
{
	struct rf_units *units = calloc(1, sizeof(*units));

	if (!units)
		return NULL;
	if (!realpath(cgroup_root, units->root_path))
		snprintf(units->root_path, sizeof(units->root_path), "%s", cgroup_root);
	units->root = open(cgroup_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return units;
}

void rf_units_free(struct rf_units *units)
{
	if (!units)
		return;
	if (units->root >= 0)
		close(units->root);
	free(units);
}

static bool resolve(const struct rf_units *units, uint64_t id, char path[RF_UNIT_PATH_MAX])
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + sizeof(uint64_t)];
	} at = { .handle = { .handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS } };
	size_t skip = strlen(units->root_path);
	char link[64], full[PATH_MAX];
	ssize_t n;
	int fd;

	memcpy(at.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(units->root, &at.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, full, sizeof(full) - 1);
	close(fd);
	if (n < (ssize_t)skip || strncmp(full, units->root_path, skip))
		return false;
	full[n] = '\0';
	snprintf(path, RF_UNIT_PATH_MAX, "%.*s", RF_UNIT_PATH_MAX - 1,
		 full[skip] ? full + skip : "/");
	return true;
}

const char *rf_units_path(struct rf_units *units, uint64_t id)
{
	struct known *known = &units->known[id & (CACHE - 1)];

	if (!id)
		return "";
	if (known->id == id)
		return known->path;
	if (!resolve(units, id, known->path)) {
		known->id = 0;
		return "";
	}
	known->id = id;
	return known->path;
}

static bool is_unit(const char *name, size_t len)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount",
						".swap" };
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t n = strlen(suffixes[i]);

		if (len > n && !memcmp(name + len - n, suffixes[i], n))
			return true;
	}
	return false;
}

const char *rf_unit_of(const char *path, char name[256])
{
	const char *end = path + strlen(path);

	name[0] = '\0';
	while (end > path) {
		const char *start = end;

		while (start > path && start[-1] != '/')
			start--;
		if (is_unit(start, (size_t)(end - start)) && end - start < 256) {
			memcpy(name, start, (size_t)(end - start));
			name[end - start] = '\0';
			return name;
		}
		end = start > path ? start - 1 : path;
	}
	return name;
}
