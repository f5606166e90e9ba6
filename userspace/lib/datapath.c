// SPDX-License-Identifier: GPL-2.0
/*
 * datapath.c - the loaded BPF programs and their maps
 *
 * The only file of user space that includes libbpf.
 */
#include "userspace/lib/datapath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "ringfence.skel.h"
#include "userspace/lib/blockdev.h"

#define HOOKS_MAX 48
#define IDENTIFY_BATCH 256
#define PATH_LEN 512

/* One program. @link is NULL while it is not attached. */
struct hook {
	struct bpf_program *program;
	struct bpf_link *link;
	const char *name;
	bool wanted;
	bool iterator;
};

struct rf_datapath {
	struct ringfence_bpf *skel;
	struct ring_buffer *events;
	struct hook hooks[HOOKS_MAX];
	size_t hook_count;
	char pin_dir[256];
	char cgroup_root[256];
	char error[512];
	bool adopted;
	void (*event_fn)(void *ctx, const struct rf_event *event);
	void *event_ctx;
};

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

__attribute__((format(printf, 3, 4))) static int fail(struct rf_datapath *dp, int err,
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(dp->error, sizeof(dp->error), format, args);
	va_end(args);
	return err;
}

const char *rf_datapath_error(const struct rf_datapath *dp)
{
	return dp->error;
}

bool rf_datapath_adopted(const struct rf_datapath *dp)
{
	return dp->adopted;
}

static int map_fd(const struct bpf_map *map)
{
	return bpf_map__fd(map);
}

/* Finding out what to load */

/* The parts of a comma-separated list: is "KIND:NAME" among them? */
static bool disabled(const char *list, const char *kind, const char *name)
{
	char part[64];
	const char *at = list;
	size_t len;

	snprintf(part, sizeof(part), "%s:%s", kind, name);
	len = strlen(part);
	while (at && *at) {
		if (!strncmp(at, part, len) && (!at[len] || at[len] == ','))
			return true;
		at = strchr(at, ',');
		at = at ? at + 1 : NULL;
	}
	return false;
}

/* Kernels that lack the function that a program hooks do not need it. */
static bool needed(const struct bpf_program *program, const struct btf *kernel)
{
	const char *section = bpf_program__section_name(program);

	if (strncmp(section, "fentry/", 7))
		return true;
	return btf__find_by_name_kind(kernel, section + 7, BTF_KIND_FUNC) > 0;
}

static int list_hooks(struct rf_datapath *dp, const char *disable)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	struct bpf_program *program;
	struct hook *hook;

	if (!kernel)
		return fail(dp, -errno, "this kernel has no BTF: %s", strerror(errno));
	bpf_object__for_each_program(program, dp->skel->obj) {
		if (dp->hook_count == HOOKS_MAX)
			break;
		hook = &dp->hooks[dp->hook_count++];
		hook->program = program;
		hook->name = bpf_program__name(program) + strlen("rf_");
		hook->iterator = !strncmp(bpf_program__section_name(program), "iter/", 5);
		hook->wanted = !disabled(disable, "hook", hook->name) && needed(program, kernel);
		bpf_program__set_autoload(program, hook->wanted);
	}
	btf__free(kernel);
	return 0;
}

/* As many records as the kernel allows threads, within reason. */
static __u32 threads_max(void)
{
	FILE *file = fopen("/proc/sys/kernel/threads-max", "re");
	unsigned long max = RF_TASKS_MAX;

	if (file && fscanf(file, "%lu", &max) != 1)
		max = RF_TASKS_MAX;
	if (file)
		fclose(file);
	if (max < RF_TASKS_MAX)
		max = RF_TASKS_MAX;
	return max > (1u << 22) ? 1u << 22 : max;
}

static void size_maps(struct rf_datapath *dp)
{
	__u32 max = threads_max();

	bpf_map__set_max_entries(dp->skel->maps.tasks, max);
	bpf_map__set_max_entries(dp->skel->maps.holders, max);
	bpf_map__set_max_entries(dp->skel->maps.sources, max);
	bpf_map__set_max_entries(dp->skel->maps.groups, max);
}

/* Pins */

static void pin_path(const struct rf_datapath *dp, const char *kind, const char *name, char *path)
{
	snprintf(path, PATH_LEN, "%s/%s/%s", dp->pin_dir, kind, name);
}

static int set_unlocked(struct rf_datapath *dp, bool unlocked)
{
	struct rf_state state;
	__u32 zero = 0;
	int fd = map_fd(dp->skel->maps.state);

	if (bpf_map_lookup_elem(fd, &zero, &state))
		return -errno;
	state.unlocked = unlocked;
	return bpf_map_update_elem(fd, &zero, &state, 0) ? -errno : 0;
}

static int make_dirs(struct rf_datapath *dp)
{
	static const char *const kinds[] = { "", "/maps", "/links" };
	char path[PATH_LEN];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		snprintf(path, sizeof(path), "%s%s", dp->pin_dir, kinds[i]);
		if (mkdir(path, 0700) && errno != EEXIST)
			return fail(dp, -errno, "%s: %s", path, strerror(errno));
	}
	return 0;
}

static int link_info(int fd, struct bpf_link_info *info)
{
	__u32 size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &size) ? -errno : 0;
}

static bool pinned_at(const char *path, const struct bpf_link *link)
{
	struct bpf_link_info pinned, ours;
	int fd = bpf_obj_get(path);
	bool same;

	if (fd < 0)
		return false;
	same = !link_info(fd, &pinned) && !link_info(bpf_link__fd(link), &ours) &&
	       pinned.id == ours.id;
	close(fd);
	return same;
}

/*
 * Pins a hook's link in the place of another (an older build's, one that was
 * detached) by a rename: at every moment one of them is pinned. Returns 1, 0
 * if it was pinned already, or a negative errno.
 */
static int pin_link(struct rf_datapath *dp, const struct hook *hook)
{
	char path[PATH_LEN], next[PATH_LEN + sizeof("_next")];
	int err;

	pin_path(dp, "links", hook->name, path);
	if (pinned_at(path, hook->link))
		return 0;
	snprintf(next, sizeof(next), "%s_next", path);
	err = set_unlocked(dp, true);
	if (err)
		return fail(dp, err, "%s: %s", path, strerror(-err));
	unlink(next); /* of a daemon that died here */
	if (bpf_obj_pin(bpf_link__fd(hook->link), next) || rename(next, path))
		err = fail(dp, -errno, "%s: %s", path, strerror(errno));
	set_unlocked(dp, false);
	return err ? err : 1;
}

/* Pins what is not pinned. Returns how many were, or a negative errno. */
static int pin_all(struct rf_datapath *dp)
{
	struct bpf_map *map;
	char path[PATH_LEN];
	int err, count = 0;

	err = make_dirs(dp);
	if (err)
		return err;
	bpf_object__for_each_map(map, dp->skel->obj) {
		if (bpf_map__is_internal(map))
			continue;
		pin_path(dp, "maps", bpf_map__name(map), path);
		if (!access(path, F_OK))
			continue;
		if (bpf_obj_pin(map_fd(map), path))
			return fail(dp, -errno, "%s: %s", path, strerror(errno));
		count++;
	}
	for (size_t i = 0; i < dp->hook_count; i++) {
		if (!dp->hooks[i].link)
			continue;
		err = pin_link(dp, &dp->hooks[i]);
		if (err < 0)
			return err;
		count += err;
	}
	return count;
}

static void unpin_dir(const struct rf_datapath *dp, const char *kind)
{
	char path[PATH_LEN];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", dp->pin_dir, kind);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	closedir(dir);
	rmdir(path);
}

/* Loading and attaching */

static int adopt_maps(struct rf_datapath *dp)
{
	struct bpf_map *map;
	char path[PATH_LEN];
	int fd, err;

	bpf_object__for_each_map(map, dp->skel->obj) {
		if (bpf_map__is_internal(map))
			continue;
		pin_path(dp, "maps", bpf_map__name(map), path);
		fd = bpf_obj_get(path);
		if (fd < 0)
			return fail(dp, -errno, "%s: %s", path, strerror(errno));
		err = bpf_map__reuse_fd(map, fd);
		close(fd);
		if (err)
			return fail(dp, err, "%s: %s", path, strerror(-err));
	}
	return 0;
}

static int prog_tag(int fd, __u8 *tag)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	memcpy(tag, info.tag, BPF_TAG_SIZE);
	return 0;
}

/* Copies the frozen settings of a program; -ENOENT if it has none. */
static int prog_settings(int fd, struct ringfence_bpf__rodata *settings)
{
	struct bpf_prog_info info = {};
	struct bpf_map_info map = {};
	__u32 ids[64], zero = 0, len = sizeof(info);
	int err = -ENOENT;

	info.nr_map_ids = sizeof(ids) / sizeof(*ids);
	info.map_ids = (unsigned long)ids;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	for (__u32 i = 0; err == -ENOENT && i < info.nr_map_ids && i < 64; i++) {
		int map_by_id = bpf_map_get_fd_by_id(ids[i]);

		len = sizeof(map);
		if (map_by_id >= 0 && !bpf_obj_get_info_by_fd(map_by_id, &map, &len) &&
		    strstr(map.name, ".rodata") && map.value_size == sizeof(*settings))
			err = bpf_map_lookup_elem(map_by_id, &zero, settings) ? -errno : 0;
		if (map_by_id >= 0)
			close(map_by_id);
	}
	return err;
}

/* The settings are no part of a program's tag. */
static bool same_settings(int old_fd, int new_fd)
{
	struct ringfence_bpf__rodata old = {}, new = {};

	return prog_settings(old_fd, &old) == prog_settings(new_fd, &new) &&
	       !memcmp(&old, &new, sizeof(old));
}

/* True if the link runs the very program that this build has loaded. */
static bool same_program(int link_fd, int program_fd)
{
	__u8 old[BPF_TAG_SIZE], new[BPF_TAG_SIZE];
	struct bpf_link_info info;
	bool same;
	int fd;

	if (link_info(link_fd, &info))
		return false;
	fd = bpf_prog_get_fd_by_id(info.prog_id);
	if (fd < 0)
		return false;
	same = !prog_tag(fd, old) && !prog_tag(program_fd, new) && !memcmp(old, new, sizeof(old)) &&
	       same_settings(fd, program_fd);
	close(fd);
	return same;
}

static bool attached(int link_fd)
{
	struct bpf_link_info info;

	if (link_info(link_fd, &info))
		return false;
	return info.type != BPF_LINK_TYPE_CGROUP || info.cgroup.cgroup_id;
}

static int guard_link(struct rf_datapath *dp, int link_fd)
{
	struct bpf_link_info info;
	__u32 one = 1;
	int err;

	err = link_info(link_fd, &info);
	if (err)
		return err;
	if (bpf_map_update_elem(map_fd(dp->skel->maps.links), &info.id, &one, 0))
		return -errno;
	return 0;
}

static struct bpf_link *attach_program(struct rf_datapath *dp, struct hook *hook)
{
	struct bpf_link *link;
	int fd;

	if (bpf_program__type(hook->program) != BPF_PROG_TYPE_CGROUP_SKB)
		return bpf_program__attach(hook->program);
	fd = open(dp->cgroup_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	link = bpf_program__attach_cgroup(hook->program, fd);
	close(fd);
	return link;
}

/* Close our descriptor of a link that its pin keeps. */
static void let_go(struct bpf_link *link)
{
	if (!link)
		return;
	bpf_link__disconnect(link);
	bpf_link__destroy(link);
}

/*
 * Keep the pinned link if it is attached and runs this program; otherwise
 * attach ours beside it. The old one stays pinned until pin_link() puts ours
 * in its place, so that a load which fails later takes nothing away.
 */
static int attach_hook(struct rf_datapath *dp, struct hook *hook)
{
	struct bpf_link *old, *link;
	char path[PATH_LEN];
	int err;

	pin_path(dp, "links", hook->name, path);
	old = bpf_link__open(path);
	if (old && attached(bpf_link__fd(old)) &&
	    same_program(bpf_link__fd(old), bpf_program__fd(hook->program))) {
		hook->link = old;
		return guard_link(dp, bpf_link__fd(old));
	}
	link = attach_program(dp, hook);
	err = -errno;
	let_go(old);
	if (!link)
		return fail(dp, err, "hook %s: %s", hook->name, strerror(-err));
	hook->link = link;
	return guard_link(dp, bpf_link__fd(link));
}

static int attach_all(struct rf_datapath *dp)
{
	int err;

	for (size_t i = 0; i < dp->hook_count; i++) {
		if (!dp->hooks[i].wanted || dp->hooks[i].iterator)
			continue;
		err = attach_hook(dp, &dp->hooks[i]);
		if (err)
			return err;
	}
	return 0;
}

/* Asking the iterators */

static int write_request(struct rf_datapath *dp, const struct rf_request *ask)
{
	__u32 zero = 0;

	return bpf_map_update_elem(map_fd(dp->skel->maps.request), &zero, ask, 0) ? -errno : 0;
}

static int read_answer(struct rf_datapath *dp, struct rf_request *ask)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(map_fd(dp->skel->maps.request), &zero, ask) ? -errno : 0;
}

/* Reads an iterator to its end; @fn gets each @size bytes of it. */
static int read_iterator(int fd, size_t size, int (*fn)(void *, const void *), void *ctx)
{
	char buffer[16384];
	size_t have = 0, used;
	ssize_t n;
	int err = 0;

	while ((n = read(fd, buffer + have, sizeof(buffer) - have)) > 0 ||
	       (n < 0 && (errno == EAGAIN || errno == EINTR))) {
		if (n < 0)
			continue;
		have += n;
		for (used = 0; !err && fn && have - used >= size; used += size)
			err = fn(ctx, buffer + used);
		if (!fn)
			used = have;
		memmove(buffer, buffer + used, have - used);
		have -= used;
		if (err)
			return err;
	}
	return n < 0 ? -errno : 0;
}

/* Runs one iterator over all tasks, or over process @tgid only. */
static int iterate(struct rf_datapath *dp, struct bpf_program *program, pid_t tgid, size_t size,
		   int (*fn)(void *, const void *), void *ctx)
{
	union bpf_iter_link_info info = { .task.pid = tgid };
	LIBBPF_OPTS(bpf_iter_attach_opts, options);
	struct bpf_link *link;
	int fd, err;

	if (tgid) {
		options.link_info = &info;
		options.link_info_len = sizeof(info);
	}
	link = bpf_program__attach_iter(program, &options);
	if (!link)
		return fail(dp, -errno, "iterator %s: %s", bpf_program__name(program),
			    strerror(errno));
	fd = bpf_iter_create(bpf_link__fd(link));
	err = fd < 0 ? -errno : read_iterator(fd, size, fn, ctx);
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return err;
}

static int run_request(struct rf_datapath *dp, struct rf_request *ask, struct bpf_program *program,
		       pid_t tgid)
{
	int err = write_request(dp, ask);

	if (!err)
		err = iterate(dp, program, tgid, 1, NULL, NULL);
	return err ? err : read_answer(dp, ask);
}

/*
 * A record for every task. A pass may miss what a task that it had not yet
 * reached forked behind its back, so passes go on until one finds nothing.
 */
static int record_tasks(struct rf_datapath *dp)
{
	struct rf_request ask;
	int err;

	for (int pass = 0; pass < 100; pass++) {
		memset(&ask, 0, sizeof(ask));
		ask.mode = RF_REQUEST_RECORD;
		err = run_request(dp, &ask, dp->skel->progs.rf_iter_task, 0);
		if (err)
			return err;
		if (ask.refused)
			return fail(dp, -ENOMEM, "process %u could not be recorded",
				    ask.refused_tgid);
		if (!ask.made)
			return run_request(dp, &ask, dp->skel->progs.rf_iter_file, 0);
	}
	return fail(dp, -EAGAIN, "processes are made faster than recorded");
}

/* Inodes */

struct identify {
	const int *fds;
	struct rf_inode_key *keys;
	size_t count;
	size_t found;
};

static int identify_one(void *ctx, const void *data)
{
	const struct rf_identified *one = data;
	struct identify *identify = ctx;

	for (size_t i = 0; i < identify->count; i++) {
		if (identify->fds[i] == one->fd) {
			identify->keys[i] = one->key;
			identify->found++;
		}
	}
	return 0;
}

/* The kernel's own keys of the inodes behind our descriptors. */
static int identify_fds(struct rf_datapath *dp, const int *fds, struct rf_inode_key *keys,
			size_t count)
{
	struct identify identify = { .fds = fds, .keys = keys, .count = count };
	struct rf_request ask = {
		.mode = RF_REQUEST_IDENTIFY,
		.tgid = getpid(),
	};
	int err;

	err = write_request(dp, &ask);
	if (!err)
		err = iterate(dp, dp->skel->progs.rf_iter_file, getpid(),
			      sizeof(struct rf_identified), identify_one, &identify);
	if (err)
		return err;
	return identify.found == count ? 0 : fail(dp, -EIO, "descriptors could not be identified");
}

/* Joins @mark with what is there. */
static int mark_add(int fd, const void *key, const struct rf_mark *mark)
{
	struct rf_mark joined = *mark, old;

	if (!bpf_map_lookup_elem(fd, key, &old)) {
		joined.read |= old.read;
		joined.exec |= old.exec;
		joined.flags |= old.flags & ~RF_MARK_DERIVED;
	}
	return bpf_map_update_elem(fd, key, &joined, 0) ? -errno : 0;
}

static int mark_devices(struct rf_datapath *dp, __u32 dev, const struct rf_mark *mark)
{
	__u32 list[64];
	int count, err = 0;

	count = rf_blockdev_below(dev, list, sizeof(list) / sizeof(*list));
	if (count < 0)
		return count;
	for (int i = 0; !err && i < count; i++)
		err = mark_add(map_fd(dp->skel->maps.devices), &list[i], mark);
	return err;
}

struct walk {
	struct rf_datapath *dp;
	const struct rf_mark *mark;
	void (*progress)(void *ctx, unsigned long files);
	void *ctx;
	unsigned long files;
	int fds[IDENTIFY_BATCH];
	size_t count;
};

static int walk_flush(struct walk *walk)
{
	struct rf_inode_key keys[IDENTIFY_BATCH];
	struct rf_mark mark = *walk->mark;
	int err = 0;

	if (!walk->count)
		return 0;
	mark.flags |= RF_MARK_DERIVED;
	err = identify_fds(walk->dp, walk->fds, keys, walk->count);
	for (size_t i = 0; i < walk->count; i++) {
		if (!err)
			err = mark_add(map_fd(walk->dp->skel->maps.inodes), &keys[i], &mark);
		close(walk->fds[i]);
	}
	walk->count = 0;
	return err;
}

/* A file with more names may have one outside the tree. */
static int walk_file(struct walk *walk, int dir, const char *name)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	walk->fds[walk->count++] = fd;
	return walk->count == IDENTIFY_BATCH ? walk_flush(walk) : 0;
}

static int walk_tree(struct walk *walk, int fd);

static int walk_entry(struct walk *walk, int dir, const char *name)
{
	struct stat status;
	int fd;

	if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (walk->progress && !(++walk->files % 4096))
		walk->progress(walk->ctx, walk->files);
	if (S_ISDIR(status.st_mode)) {
		fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return errno == ENOENT ? 0 : -errno;
		return walk_tree(walk, fd);
	}
	return status.st_nlink > 1 ? walk_file(walk, dir, name) : 0;
}

/* Closes @fd. */
static int walk_tree(struct walk *walk, int fd)
{
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -errno;
	}
	while (!err && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			err = walk_entry(walk, dirfd(dir), entry->d_name);
	}
	closedir(dir);
	return err;
}

/* Our reading of a tree's names gives us no label, while @on. */
static int set_walker(struct rf_datapath *dp, bool on)
{
	struct rf_process self = {};
	struct rf_state state;
	__u32 zero = 0;
	int fd = map_fd(dp->skel->maps.state);
	int err;

	err = on ? rf_datapath_process(dp, getpid(), &self) : 0;
	if (err)
		return err;
	if (bpf_map_lookup_elem(fd, &zero, &state))
		return -errno;
	state.walker = self.holder;
	return bpf_map_update_elem(fd, &zero, &state, 0) ? -errno : 0;
}

static int mark_tree(struct walk *walk, int fd)
{
	char path[64];
	int dir, err;

	err = set_walker(walk->dp, true);
	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		err = walk_tree(walk, dir);
	else if (errno != ENOTDIR)
		err = -errno;
	if (!err)
		err = walk_flush(walk);
	while (walk->count)
		close(walk->fds[--walk->count]);
	set_walker(walk->dp, false);
	return err;
}

int rf_datapath_mark_path(struct rf_datapath *dp, int fd, const struct rf_mark *mark,
			  void (*progress)(void *ctx, unsigned long files), void *ctx)
{
	struct walk walk = {
		.dp = dp,
		.mark = mark,
		.progress = progress,
		.ctx = ctx,
	};
	struct rf_inode_key key;
	int err;

	err = identify_fds(dp, &fd, &key, 1);
	if (!err)
		err = mark_devices(dp, key.dev, mark);
	/* The tree first: what is linked or moved during the walk is seen. */
	if (!err)
		err = mark_add(map_fd(dp->skel->maps.inodes), &key, mark);
	if (!err && mark->read)
		err = mark_tree(&walk, fd);
	return err;
}

int rf_datapath_mark_user(struct rf_datapath *dp, uid_t uid, const struct rf_mark *mark)
{
	__u32 key = uid;

	return mark_add(map_fd(dp->skel->maps.users), &key, mark);
}

/* Marks the cgroups that there are already. @path ends with a slash. */
static int mark_cgroups(struct rf_datapath *dp, const char *name, const struct rf_mark *mark,
			const char *path)
{
	const char *below = path + strlen(dp->cgroup_root);
	char child[4096 + 256];
	struct dirent *entry;
	struct stat status;
	int err = 0;
	DIR *dir;

	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (entry = readdir(dir))) {
		__u64 id;

		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
			continue;
		snprintf(child, sizeof(child), "%s%s", path, entry->d_name);
		if (!strcmp(name, entry->d_name) ||
		    (!strncmp(name, below, strlen(below)) &&
		     !strcmp(name + strlen(below), entry->d_name))) {
			/* A cgroup's inode number is its identifier. */
			if (stat(child, &status))
				continue;
			id = status.st_ino;
			err = mark_add(map_fd(dp->skel->maps.cgroups), &id, mark);
		}
		if (!err && strlen(child) < 4096) {
			strcat(child, "/");
			err = mark_cgroups(dp, name, mark, child);
		}
	}
	closedir(dir);
	return err;
}

int rf_datapath_mark_cgroup(struct rf_datapath *dp, const char *name, const struct rf_mark *mark)
{
	struct rf_name_key key = {};
	char root[PATH_LEN];
	int err;

	if (strlen(name) >= sizeof(key.name))
		return fail(dp, -ENAMETOOLONG, "%s: longer than %d bytes", name, RF_NAME_LEN - 1);
	memcpy(key.name, name, strlen(name));
	/* The name first: one made during the walk is seen by the hook. */
	err = mark_add(map_fd(dp->skel->maps.names), &key, mark);
	if (err)
		return err;
	snprintf(root, sizeof(root), "%s/", dp->cgroup_root);
	return mark_cgroups(dp, name, mark, root);
}

static int refused_by(struct rf_datapath *dp, const struct rf_request *ask)
{
	if (!ask->refused)
		return 0;
	return fail(
		dp, -EPERM,
		"%llu process(es) could not be labelled, the first is %u: it has another way to send (AF_XDP, a mapped AF_PACKET ring, MSG_ZEROCOPY) or no record",
		(unsigned long long)ask->refused, ask->refused_tgid);
}

int rf_datapath_label_holders(struct rf_datapath *dp)
{
	struct bpf_program *programs[] = {
		dp->skel->progs.rf_iter_task,
		dp->skel->progs.rf_iter_file,
		dp->skel->progs.rf_iter_vma,
	};
	struct rf_request ask;
	int err, labelled = 0;

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		memset(&ask, 0, sizeof(ask));
		ask.mode = RF_REQUEST_ORIGINS;
		err = run_request(dp, &ask, programs[i], 0);
		if (!err)
			err = refused_by(dp, &ask);
		if (err)
			return err;
		labelled += ask.labelled;
	}
	return labelled;
}

int rf_datapath_label_process(struct rf_datapath *dp, pid_t tgid, __u64 classes,
			      const struct rf_source *source)
{
	struct rf_request ask = {
		.mode = RF_REQUEST_LABEL,
		.tgid = tgid,
		.classes = classes,
		.kind = source->kind,
		.origin = source->origin,
	};
	struct rf_process process;
	int err;

	err = run_request(dp, &ask, dp->skel->progs.rf_iter_task, 0);
	if (!err)
		err = refused_by(dp, &ask);
	if (!err)
		err = rf_datapath_process(dp, tgid, &process);
	if (!err && (process.label & classes) != classes)
		err = fail(dp, -EPERM, "process %d was not labelled", tgid);
	return err;
}

static int forget_in(int fd, size_t key_size, void (*keep)(void *, struct rf_mark *), void *ctx)
{
	char key[RF_NAME_LEN], next[RF_NAME_LEN];
	struct rf_mark mark;
	int more, err = 0;

	more = !bpf_map_get_next_key(fd, NULL, next);
	while (more && !err) {
		memcpy(key, next, key_size);
		more = !bpf_map_get_next_key(fd, key, next);
		if (bpf_map_lookup_elem(fd, key, &mark) || mark.flags & RF_MARK_PINS)
			continue;
		keep(ctx, &mark);
		if (mark.read || mark.exec)
			err = bpf_map_update_elem(fd, key, &mark, BPF_EXIST);
		else
			err = bpf_map_delete_elem(fd, key);
		if (err && errno == ENOENT)
			err = 0;
	}
	return err ? -errno : 0;
}

int rf_datapath_forget_marks(struct rf_datapath *dp, void (*keep)(void *ctx, struct rf_mark *mark),
			     void *ctx)
{
	const struct bpf_map *const maps[] = {
		dp->skel->maps.inodes, dp->skel->maps.cgroups, dp->skel->maps.names,
		dp->skel->maps.users,  dp->skel->maps.devices,
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(maps) / sizeof(*maps); i++)
		err = forget_in(map_fd(maps[i]), bpf_map__key_size(maps[i]), keep, ctx);
	return err;
}

/* Pins may not be removed: the guard knows their directories. */
static int guard_pins(struct rf_datapath *dp)
{
	static const char *const kinds[] = { "", "/maps", "/links" };
	struct rf_mark mark = { .flags = RF_MARK_PINS };
	struct rf_inode_key keys[3];
	struct rf_state state;
	char path[PATH_LEN];
	int fds[3] = { -1, -1, -1 };
	int err = 0;
	__u32 zero = 0;

	for (int i = 0; !err && i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", dp->pin_dir, kinds[i]);
		fds[i] = open(path, O_PATH | O_CLOEXEC);
		err = fds[i] < 0 ? -errno : 0;
	}
	if (!err)
		err = identify_fds(dp, fds, keys, 3);
	for (int i = 0; i < 3; i++) {
		if (!err)
			err = mark_add(map_fd(dp->skel->maps.inodes), &keys[i], &mark);
		if (fds[i] >= 0)
			close(fds[i]);
	}
	if (err)
		return err;
	if (bpf_map_lookup_elem(map_fd(dp->skel->maps.state), &zero, &state))
		return -errno;
	state.pin_dev = keys[0].dev;
	return bpf_map_update_elem(map_fd(dp->skel->maps.state), &zero, &state, 0) ? -errno : 0;
}

/* Opening and closing */

static int forward(void *ctx, void *data, size_t size)
{
	struct rf_datapath *dp = ctx;

	if (size >= sizeof(struct rf_event) && dp->event_fn)
		dp->event_fn(dp->event_ctx, data);
	return 0;
}

static int open_skeleton(struct rf_datapath *dp, const char *disable)
{
	char maps[PATH_LEN];
	int err;

	dp->skel = ringfence_bpf__open();
	if (!dp->skel)
		return fail(dp, -errno, "the BPF object cannot be opened: %s", strerror(errno));
	size_maps(dp);
	dp->skel->rodata->rf_open_doors = disabled(disable, "door", "call") << RF_DOOR_CALL |
					  disabled(disable, "door", "packet") << RF_DOOR_PACKET;
	err = list_hooks(dp, disable);
	if (err)
		return err;
	pin_path(dp, "maps", "state", maps);
	dp->adopted = !access(maps, F_OK);
	err = dp->adopted ? adopt_maps(dp) : 0;
	if (err)
		return err;
	err = ringfence_bpf__load(dp->skel);
	if (err)
		return fail(dp, err, "the kernel refuses the programs: %s", strerror(-err));
	return 0;
}

static int open_datapath(struct rf_datapath *dp, const char *disable)
{
	int err;

	err = open_skeleton(dp, disable);
	if (!err)
		err = attach_all(dp);
	if (!err)
		err = record_tasks(dp);
	if (!err)
		err = pin_all(dp);
	if (err < 0)
		return err;
	err = guard_pins(dp);
	if (err)
		return err;
	dp->events = ring_buffer__new(map_fd(dp->skel->maps.events), forward, dp, NULL);
	return dp->events ? 0 : fail(dp, -errno, "the event ring: %s", strerror(errno));
}

int rf_datapath_open(const struct rf_datapath_options *options, struct rf_datapath **out,
		     char *error, size_t error_size)
{
	struct rf_datapath *dp = calloc(1, sizeof(*dp));
	int err;

	if (!dp)
		return -ENOMEM;
	libbpf_set_print(quiet);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	snprintf(dp->pin_dir, sizeof(dp->pin_dir), "%s", options->pin_dir ?: RF_PIN_DIR);
	snprintf(dp->cgroup_root, sizeof(dp->cgroup_root), "%s",
		 options->cgroup_root ?: RF_CGROUP_ROOT);
	err = open_datapath(dp, options->disable);
	if (err) {
		snprintf(error, error_size, "%s", dp->error[0] ? dp->error : strerror(-err));
		rf_datapath_close(dp);
		return err;
	}
	*out = dp;
	return 0;
}

void rf_datapath_close(struct rf_datapath *dp)
{
	if (!dp)
		return;
	ring_buffer__free(dp->events);
	for (size_t i = 0; i < dp->hook_count; i++)
		bpf_link__destroy(dp->hooks[i].link);
	ringfence_bpf__destroy(dp->skel);
	free(dp);
}

int rf_datapath_disarm(struct rf_datapath *dp)
{
	int err = set_unlocked(dp, true);

	if (err)
		return err;
	unpin_dir(dp, "links");
	unpin_dir(dp, "maps");
	rmdir(dp->pin_dir);
	rf_datapath_close(dp);
	return 0;
}

int rf_datapath_heal(struct rf_datapath *dp)
{
	int pinned, mended = 0;

	for (size_t i = 0; i < dp->hook_count; i++) {
		struct hook *hook = &dp->hooks[i];
		struct bpf_link *link;

		if (!hook->link || attached(bpf_link__fd(hook->link)))
			continue;
		link = attach_program(dp, hook);
		if (!link)
			return fail(dp, -errno, "hook %s: %s", hook->name, strerror(errno));
		bpf_link__destroy(hook->link);
		hook->link = link;
		guard_link(dp, bpf_link__fd(link));
		mended++;
	}
	pinned = pin_all(dp);
	if (pinned > 0 && guard_pins(dp))
		return -EIO;
	return pinned < 0 ? pinned : mended + pinned;
}

/* Reading */

int rf_datapath_hooks(struct rf_datapath *dp, struct rf_hook_status *list, size_t max)
{
	char path[PATH_LEN];
	size_t count = 0;

	for (size_t i = 0; i < dp->hook_count; i++) {
		const struct hook *hook = &dp->hooks[i];
		struct rf_hook_status *status;

		if (hook->iterator || (!hook->wanted && !hook->link))
			continue;
		if (count < max) {
			status = &list[count];
			memset(status, 0, sizeof(*status));
			snprintf(status->name, sizeof(status->name), "%s", hook->name);
			pin_path(dp, "links", hook->name, path);
			status->pinned = !access(path, F_OK);
			status->attached = hook->link && attached(bpf_link__fd(hook->link));
		}
		count++;
	}
	return count;
}

int rf_datapath_links(struct rf_datapath *dp, int *fds, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < dp->hook_count && count < max; i++)
		if (dp->hooks[i].link)
			fds[count++] = bpf_link__fd(dp->hooks[i].link);
	return count;
}

int rf_datapath_publish(struct rf_datapath *dp, const void *value)
{
	__u32 zero = 0;
	int fd, err = 0;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "rf_generation", sizeof(zero), RF_GENERATION_SIZE,
			    1, NULL);
	if (fd < 0)
		return fail(dp, -errno, "no memory for a generation: %s", strerror(errno));
	if (bpf_map_update_elem(fd, &zero, value, 0) || bpf_map_freeze(fd) ||
	    bpf_map_update_elem(map_fd(dp->skel->maps.generations), &zero, &fd, 0))
		err = fail(dp, -errno, "the generation cannot be published: %s", strerror(errno));
	close(fd);
	return err;
}

int rf_datapath_generation(struct rf_datapath *dp, void *value)
{
	__u32 zero = 0, id;
	int fd, err;

	if (bpf_map_lookup_elem(map_fd(dp->skel->maps.generations), &zero, &id))
		return -errno;
	fd = bpf_map_get_fd_by_id(id);
	if (fd < 0)
		return -errno;
	err = bpf_map_lookup_elem(fd, &zero, value) ? -errno : 0;
	close(fd);
	return err;
}

struct list {
	struct rf_datapath *dp;
	int (*fn)(void *ctx, const struct rf_process *process);
	void *ctx;
};

static int list_one(void *ctx, const void *data)
{
	const struct rf_listed *listed = data;
	struct rf_process process = {
		.tgid = listed->tgid,
		.holder = listed->holder,
		.label = listed->label,
		.cgroup = listed->cgroup,
		.uid = listed->uid,
	};
	struct list *list = ctx;

	memcpy(process.comm, listed->comm, sizeof(process.comm));
	if (bpf_map_lookup_elem(map_fd(list->dp->skel->maps.sources), &process.holder,
				&process.sources))
		memset(&process.sources, 0, sizeof(process.sources));
	return list->fn(list->ctx, &process);
}

static int list_processes(struct rf_datapath *dp, pid_t tgid, struct list *list)
{
	struct rf_request ask = { .mode = RF_REQUEST_LIST, .tgid = tgid };
	int err = write_request(dp, &ask);

	if (err)
		return err;
	return iterate(dp, dp->skel->progs.rf_iter_task, 0, sizeof(struct rf_listed), list_one,
		       list);
}

int rf_datapath_processes(struct rf_datapath *dp, int (*fn)(void *ctx, const struct rf_process *p),
			  void *ctx)
{
	struct list list = { .dp = dp, .fn = fn, .ctx = ctx };

	return list_processes(dp, 0, &list);
}

static int keep_process(void *ctx, const struct rf_process *process)
{
	*(struct rf_process *)ctx = *process;
	return 0;
}

int rf_datapath_process(struct rf_datapath *dp, pid_t tgid, struct rf_process *out)
{
	struct rf_process found = {};
	struct list list = { .dp = dp, .fn = keep_process, .ctx = &found };
	int err = list_processes(dp, tgid, &list);

	if (err)
		return err;
	if (!found.tgid)
		return -ESRCH;
	*out = found;
	return 0;
}

int rf_datapath_stats(struct rf_datapath *dp, __u64 *out)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 *values;
	int err = 0;

	if (cpus < 0)
		return cpus;
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (__u32 i = 0; !err && i < RF_STATS_MAX; i++) {
		if (bpf_map_lookup_elem(map_fd(dp->skel->maps.stats), &i, values))
			err = -errno;
		out[i] = 0;
		for (int cpu = 0; cpu < cpus; cpu++)
			out[i] += values[cpu];
	}
	free(values);
	return err;
}

int rf_datapath_state(struct rf_datapath *dp, struct rf_state *out)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(map_fd(dp->skel->maps.state), &zero, out) ? -errno : 0;
}

static __u64 count_entries(const struct bpf_map *map)
{
	char key[RF_NAME_LEN], next[RF_NAME_LEN];
	__u64 count = 0;
	void *last = NULL;

	while (!bpf_map_get_next_key(map_fd(map), last, next) &&
	       count < bpf_map__max_entries(map)) {
		memcpy(key, next, bpf_map__key_size(map));
		last = key;
		count++;
	}
	return count;
}

static __u64 map_bytes(int fd)
{
	char path[64], line[128];
	unsigned long long bytes = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	if (file)
		fclose(file);
	return bytes;
}

int rf_datapath_usage(struct rf_datapath *dp, struct rf_map_usage *list, size_t max)
{
	struct bpf_map *map;
	size_t count = 0;

	bpf_object__for_each_map(map, dp->skel->obj) {
		struct rf_map_usage *usage = &list[count];

		if (bpf_map__type(map) != BPF_MAP_TYPE_HASH || count == max)
			continue;
		memset(usage, 0, sizeof(*usage));
		snprintf(usage->name, sizeof(usage->name), "%s", bpf_map__name(map));
		usage->used = count_entries(map);
		usage->max = bpf_map__max_entries(map);
		usage->bytes = map_bytes(map_fd(map));
		count++;
	}
	return count;
}

int rf_datapath_events_fd(struct rf_datapath *dp)
{
	return ring_buffer__epoll_fd(dp->events);
}

int rf_datapath_events(struct rf_datapath *dp, void (*fn)(void *ctx, const struct rf_event *event),
		       void *ctx)
{
	dp->event_fn = fn;
	dp->event_ctx = ctx;
	return ring_buffer__consume(dp->events);
}
