// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_hook.c - the programs that are attached for good, and the links that do it
 */
#include "userspace/lib/bpf_hook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "ringfence.skel.h"
#include "userspace/lib/bpf_private.h"

#define PROGRAM_MAPS_MAX 64

/* Hooks */

size_t rf_object_hook_count(const struct rf_object *object)
{
	return object->hook_count;
}

const char *rf_object_hook_name(const struct rf_object *object, size_t hook)
{
	return bpf_program__name(object->hooks[hook]) + strlen("rf_");
}

bool rf_object_hook_wanted(const struct rf_object *object, size_t hook)
{
	return bpf_program__autoload(object->hooks[hook]);
}

void rf_object_hook_leave_out(struct rf_object *object, size_t hook)
{
	bpf_program__set_autoload(object->hooks[hook], false);
}

static struct bpf_link *attach_cgroup(const struct bpf_program *program, const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct bpf_link *link;
	int saved;

	if (fd < 0)
		return NULL;
	link = bpf_program__attach_cgroup(program, fd);
	saved = errno;
	close(fd);
	errno = saved;
	return link;
}

int rf_object_attach(const struct rf_object *object, size_t hook, const char *cgroup_root)
{
	const struct bpf_program *program = object->hooks[hook];
	enum bpf_prog_type type = bpf_program__type(program);
	struct bpf_link *link;
	int fd;

	if (type == BPF_PROG_TYPE_CGROUP_SKB || type == BPF_PROG_TYPE_CGROUP_SYSCTL)
		link = attach_cgroup(program, cgroup_root);
	else
		link = bpf_program__attach(program);
	if (!link)
		return -errno;
	fd = fcntl(bpf_link__fd(link), F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		fd = -errno;
	bpf_link__destroy(link); /* closes its own descriptor */
	return fd;
}

static int link_info(int link, struct bpf_link_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(link, info, &len) ? -errno : 0;
}

static int program_info(int fd, struct bpf_prog_info *info, __u32 *maps)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	info->map_ids = (uintptr_t)maps;
	info->nr_map_ids = PROGRAM_MAPS_MAX;
	return bpf_obj_get_info_by_fd(fd, info, &len) ? -errno : 0;
}

/* Without a system call: a program uses many maps, and there are many programs. */
static bool is_ours(const struct rf_object *object, __u32 id)
{
	for (int map = 0; map < RF_MAP_MAX; map++)
		if (object->map_ids[map] == id)
			return true;
	return false;
}

/* False if map @id holds settings, and others than ours. */
static bool same_settings(const struct rf_object *object, __u32 id)
{
	struct bpf_map_info ours, theirs;
	const void *wanted;
	__u32 zero = 0;
	size_t size;
	char *value;
	bool same;
	int fd;

	wanted = bpf_map__initial_value(object->skel->maps.rodata, &size);
	fd = bpf_map_get_fd_by_id(id);
	if (fd < 0 || rf_map_info(fd, &theirs) ||
	    rf_map_info(bpf_map__fd(object->skel->maps.rodata), &ours)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	same = strcmp(theirs.name, ours.name) != 0;
	if (!same && theirs.value_size == size) {
		value = malloc(size);
		same = value && !bpf_map_lookup_elem(fd, &zero, value) &&
		       !memcmp(value, wanted, size);
		free(value);
	}
	close(fd);
	return same;
}

/* The program behind @link, and the maps that it uses; false if it can't be told. */
static bool program_of(int link, struct bpf_prog_info *program, __u32 *maps)
{
	struct bpf_link_info info;
	int fd, err;

	if (link_info(link, &info))
		return false;
	fd = bpf_prog_get_fd_by_id(info.prog_id);
	if (fd < 0)
		return false;
	err = program_info(fd, program, maps);
	close(fd);
	return !err && program->nr_map_ids <= PROGRAM_MAPS_MAX;
}

bool rf_object_runs(const struct rf_object *object, size_t hook, int link)
{
	__u32 maps[PROGRAM_MAPS_MAX], none[PROGRAM_MAPS_MAX];
	struct bpf_prog_info old, new;

	if (!program_of(link, &old, maps) ||
	    program_info(bpf_program__fd(object->hooks[hook]), &new, none) ||
	    memcmp(old.tag, new.tag, sizeof(old.tag)))
		return false;
	/* The tag does not cover what the read-only data says. */
	for (__u32 i = 0; i < old.nr_map_ids; i++)
		if (!is_ours(object, maps[i]) && !same_settings(object, maps[i]))
			return false;
	return true;
}

/* Has map @id, which is not ours, the name of one of ours? True if that can't be told. */
static bool is_another(__u32 id)
{
	struct bpf_map_info theirs;
	int fd = bpf_map_get_fd_by_id(id);
	int err = fd < 0 ? fd : rf_map_info(fd, &theirs);

	if (fd >= 0)
		close(fd);
	if (err)
		return true;
	for (int map = 0; map < RF_MAP_MAX; map++)
		if (!strcmp(theirs.name, rf_object_map_name(map)))
			return true;
	return false;
}

bool rf_object_shares(const struct rf_object *object, int link)
{
	__u32 maps[PROGRAM_MAPS_MAX];
	struct bpf_prog_info program;

	if (!program_of(link, &program, maps))
		return false;
	for (__u32 i = 0; i < program.nr_map_ids; i++)
		if (!is_ours(object, maps[i]) && is_another(maps[i]))
			return false;
	return true;
}

/* Links */

int rf_link_open(const char *path)
{
	int fd = bpf_obj_get(path);

	return fd < 0 ? -errno : fd;
}

int rf_link_pin(int link, const char *path)
{
	return bpf_obj_pin(link, path) ? -errno : 0;
}

int rf_link_id(int link, __u32 *id)
{
	struct bpf_link_info info;
	int err = link_info(link, &info);

	if (!err)
		*id = info.id;
	return err;
}

bool rf_link_attached(int link)
{
	struct bpf_link_info info;

	if (link_info(link, &info))
		return false;
	return info.type != BPF_LINK_TYPE_CGROUP || info.cgroup.cgroup_id;
}
