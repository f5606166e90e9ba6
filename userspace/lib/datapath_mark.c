// SPDX-License-Identifier: GPL-2.0
/*
 * datapath_mark.c - which inodes, cgroups, units and users give a label
 */
#include "userspace/lib/datapath_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/blockdev.h"

#define DEVICES_MAX 64

/* Before there is a mark: no open is to pass without a look at it. */
static void sieve_expect(struct rf_sieve *sieve, enum rf_map map, const void *key)
{
	const struct rf_inode_key *inode = key;
	const __u32 *dev = key;
	__u32 bit;

	if (map == RF_MAP_DEVICES) {
		__atomic_fetch_or(&sieve->devices, 1ULL << rf_sieve_device_bit(*dev),
				  __ATOMIC_SEQ_CST);
	} else if (map == RF_MAP_CGROUPS) {
		__atomic_store_n(&sieve->cgroups, 1, __ATOMIC_SEQ_CST);
	} else if (map == RF_MAP_INODES) {
		bit = rf_sieve_inode_bit(inode->ino, inode->dev);
		__atomic_fetch_or(&sieve->inodes[bit / 64], 1ULL << bit % 64, __ATOMIC_SEQ_CST);
	}
}

int rf_mark_change(struct rf_datapath *dp, enum rf_map map, const void *key, enum rf_change_how how,
		   const struct rf_mark *mark)
{
	static const enum rf_marks marks[RF_MAP_MAX] = {
		[RF_MAP_INODES] = RF_MARKS_INODES,   [RF_MAP_DEVICES] = RF_MARKS_DEVICES,
		[RF_MAP_CGROUPS] = RF_MARKS_CGROUPS, [RF_MAP_NAMES] = RF_MARKS_NAMES,
		[RF_MAP_USERS] = RF_MARKS_USERS,
	};
	struct rf_change change = { .map = marks[map], .how = how, .mark = *mark };
	int err;

	memcpy(change.key, key, rf_object_key_size(dp->object, map));
	if (how != RF_CHANGE_TAKE)
		sieve_expect(&rf_object_state(dp->object)->sieve, map, key);
	/* A hook made or ended the mark meanwhile: what it did counts too. */
	do {
		err = rf_object_change(dp->object, &change);
	} while (err == -EEXIST || err == -EAGAIN);
	if (err && how != RF_CHANGE_TAKE)
		return rf_datapath_fail(dp, err, "no room for a mark in %s: %s",
					rf_object_map_name(map), strerror(-err));
	return err;
}

int rf_mark_add(struct rf_datapath *dp, enum rf_map map, const void *key,
		const struct rf_mark *mark)
{
	return rf_mark_change(dp, map, key, RF_CHANGE_GIVE, mark);
}

int rf_mark_devices(struct rf_datapath *dp, __u32 dev, const struct rf_mark *mark)
{
	__u32 list[DEVICES_MAX];
	int count, err = 0;

	count = rf_blockdev_below(dev, list, DEVICES_MAX);
	if (count < 0)
		return rf_datapath_fail(dp, count, "what is below device %u:%u: %s", dev >> 20,
					dev & 0xfffff, strerror(-count));
	for (int i = 0; !err && i < count; i++)
		err = rf_mark_add(dp, RF_MAP_DEVICES, &list[i], mark);
	return err;
}

int rf_datapath_mark_path(struct rf_datapath *dp, int fd, const struct rf_mark *mark,
			  void (*progress)(void *ctx, unsigned long files), void *ctx)
{
	struct rf_mark device = *mark;
	struct rf_identified found;
	struct stat status;
	int err;

	/* A socket keeps nothing on the disk: only look there. */
	if (!fstat(fd, &status) && S_ISSOCK(status.st_mode)) {
		device.exec |= mark->read;
		device.read = 0;
	}
	err = rf_request_identify(dp, &fd, &found, 1);
	if (!err)
		err = rf_mark_devices(dp, found.key.dev, &device);
	/* The tree first: what is linked or moved during the walk is seen. */
	if (!err)
		err = rf_mark_add(dp, RF_MAP_INODES, &found.key, mark);
	if (!err && mark->read)
		err = rf_mark_tree(dp, fd, mark, progress, ctx);
	return err;
}

int rf_datapath_has_mark(struct rf_datapath *dp, int fd, const struct rf_mark *mark)
{
	struct rf_identified found;
	struct rf_mark there;
	int err;

	err = rf_request_identify(dp, &fd, &found, 1);
	if (!err)
		err = rf_object_get(dp->object, RF_MAP_INODES, &found.key, &there);
	if (err)
		return err == -ENOENT ? 0 : err;
	return !(mark->read & ~there.read) && !(mark->exec & ~there.exec) &&
	       !(mark->holds & ~there.holds) && !(mark->removes & ~there.removes);
}

int rf_datapath_mark_user(struct rf_datapath *dp, uid_t uid, const struct rf_mark *mark)
{
	__u32 key = uid;

	return rf_mark_add(dp, RF_MAP_USERS, &key, mark);
}

int rf_datapath_mark_socket(struct rf_datapath *dp, const char *path, const struct rf_mark *mark)
{
	struct rf_name_key key = { RF_NAME_SOCKET };
	size_t len = strlen(path);

	if (len >= RF_NAME_SOCKET_MAX)
		return rf_datapath_fail(dp, -ENAMETOOLONG, "%s: longer than %d bytes", path,
					RF_NAME_SOCKET_MAX - 1);
	memcpy(key.name + strlen(RF_NAME_SOCKET), path, len);
	return rf_mark_add(dp, RF_MAP_NAMES, &key, mark);
}

/* Looking for the cgroups of one name, or path from the root. */
struct names {
	struct rf_datapath *dp;
	const char *name;
	const struct rf_mark *mark;
};

/*
 * Marks the cgroups that there are already, below @child of @parent. @rest is
 * what the name says about what is below, if it is a path that leads here.
 */
static int mark_below(const struct names *names, int parent, const char *child, const char *rest);

/* What is left of the path @rest behind its first component @name, or NULL. */
static const char *step(const char *rest, const char *name)
{
	size_t len = strlen(name);

	if (!rest || *rest != '/' || strncmp(rest + 1, name, len))
		return NULL;
	rest += 1 + len;
	return !*rest || *rest == '/' ? rest : NULL;
}

static int mark_cgroup(const struct names *names, int parent, const char *name, const char *rest)
{
	struct stat status;
	__u64 id;
	int err = 0;

	rest = step(rest, name);
	if (!strcmp(names->name, name) || (rest && !*rest)) {
		if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW))
			return errno == ENOENT ? 0 : -errno;
		/* A cgroup's inode number is its identifier. */
		id = status.st_ino;
		err = rf_mark_add(names->dp, RF_MAP_CGROUPS, &id, names->mark);
	}
	return err ? err : mark_below(names, parent, name, rest);
}

static int mark_below(const struct names *names, int parent, const char *child, const char *rest)
{
	int fd = openat(parent, child, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while (!err) {
		errno = 0;
		entry = readdir(dir);
		if (!entry) {
			/* ENOENT: the cgroup was removed meanwhile. */
			err = errno == ENOENT ? 0 : -errno;
			break;
		}
		if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
			err = mark_cgroup(names, dirfd(dir), entry->d_name, rest);
	}
	closedir(dir);
	return err;
}

int rf_datapath_mark_cgroup(struct rf_datapath *dp, const char *name, const struct rf_mark *mark)
{
	const struct names names = { dp, name, mark };
	struct rf_name_key key = {};
	int err;

	if (strlen(name) >= sizeof(key.name))
		return rf_datapath_fail(dp, -ENAMETOOLONG, "%s: longer than %d bytes", name,
					RF_NAME_LEN - 1);
	memcpy(key.name, name, strlen(name));
	/* The name first: one made during the walk is seen by the hook. */
	err = rf_mark_add(dp, RF_MAP_NAMES, &key, mark);
	if (err)
		return err;
	err = mark_below(&names, AT_FDCWD, dp->cgroup_root, name);
	if (err)
		return rf_datapath_fail(dp, err, "the cgroups below %s: %s", dp->cgroup_root,
					strerror(-err));
	return 0;
}

/* What was written stays: no policy gave it. */
static int forget_one(struct rf_datapath *dp, enum rf_map map, const void *key,
		      void (*keep)(void *, struct rf_mark *), void *ctx)
{
	struct rf_mark mark, kept, take = { 0 };
	int err = rf_object_get(dp->object, map, key, &mark);

	if (err)
		return err == -ENOENT ? 0 : err; /* the inode itself is gone */
	if (mark.flags & RF_MARK_PINS)
		return 0;
	kept = mark;
	keep(ctx, &kept);
	take.read = mark.read & ~kept.read;
	take.exec = mark.exec & ~kept.exec;
	take.holds = mark.holds & ~kept.holds;
	take.removes = mark.removes & ~kept.removes;
	if (!rf_mark_gives(&take) && rf_mark_gives(&mark))
		return 0;
	return rf_mark_change(dp, map, key, RF_CHANGE_TAKE, &take);
}

static int forget_in(struct rf_datapath *dp, enum rf_map map,
		     void (*keep)(void *, struct rf_mark *), void *ctx)
{
	char key[RF_NAME_LEN], next[RF_NAME_LEN];
	int more, err = 0;

	more = rf_object_next(dp->object, map, NULL, next);
	while (!more && !err) {
		memcpy(key, next, rf_object_key_size(dp->object, map));
		/* Before the key goes, or the walk would start again. */
		more = rf_object_next(dp->object, map, key, next);
		err = forget_one(dp, map, key, keep, ctx);
	}
	if (!err && more != -ENOENT)
		err = more;
	return err;
}

int rf_datapath_forget_marks(struct rf_datapath *dp, void (*keep)(void *ctx, struct rf_mark *mark),
			     void *ctx)
{
	static const enum rf_map maps[] = {
		RF_MAP_INODES, RF_MAP_CGROUPS, RF_MAP_NAMES, RF_MAP_USERS, RF_MAP_DEVICES,
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(maps) / sizeof(*maps); i++) {
		err = forget_in(dp, maps[i], keep, ctx);
		if (err)
			rf_datapath_fail(dp, err, "marks in %s: %s", rf_object_map_name(maps[i]),
					 strerror(-err));
	}
	return err;
}
