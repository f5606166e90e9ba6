// SPDX-License-Identifier: GPL-2.0
/*
 * datapath_hook.c - attaching the programs, and replacing them without a gap
 */
#include "userspace/lib/datapath_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* bpffs takes no dots in names. */
#define SECOND_NAME "_next"

void rf_hooks_init(struct rf_datapath *dp)
{
	dp->hook_count = rf_object_hook_count(dp->object);
	for (size_t i = 0; i < dp->hook_count; i++) {
		struct rf_hook *hook = &dp->hooks[i];

		hook->name = rf_object_hook_name(dp->object, i);
		hook->wanted = rf_object_hook_wanted(dp->object, i);
		hook->link = -1;
		hook->old = -1;
	}
}

static size_t number(const struct rf_datapath *dp, const struct rf_hook *hook)
{
	return hook - dp->hooks;
}

static int guard_link(struct rf_datapath *dp, struct rf_hook *hook)
{
	__u32 id, one = 1;
	int err;

	err = rf_link_id(hook->link, &id);
	if (!err)
		err = rf_object_put(dp->object, RF_MAP_LINKS, &id, &one, BPF_ANY);
	if (err)
		return rf_datapath_fail(dp, err, "hook %s cannot be guarded: %s", hook->name,
					strerror(-err));
	return 0;
}

/* The identifier may become that of someone else's link. */
static void unguard_link(struct rf_datapath *dp, int link)
{
	__u32 id;

	if (!rf_link_id(link, &id))
		rf_object_delete(dp->object, RF_MAP_LINKS, &id);
}

static int attach_program(struct rf_datapath *dp, struct rf_hook *hook)
{
	int link = rf_object_attach(dp->object, number(dp, hook), dp->cgroup_root);

	if (link < 0)
		return rf_datapath_fail(dp, link, "hook %s: %s", hook->name, strerror(-link));
	hook->link = link;
	return guard_link(dp, hook);
}

static int attach_hook(struct rf_datapath *dp, struct rf_hook *hook)
{
	char path[RF_PIN_PATH_LEN];
	int old;

	rf_pin_path(dp, "links", hook->name, path);
	old = rf_link_open(path);
	/* Or we would change maps that nobody looks at. */
	if (old >= 0 && dp->adopted && !rf_object_shares(dp->object, old)) {
		close(old);
		return rf_datapath_fail(dp, -EBADF, "%s uses other maps than those pinned", path);
	}
	/* A link without our maps is of no use, whatever it runs. */
	if (old >= 0 && dp->adopted && rf_link_attached(old) &&
	    rf_object_runs(dp->object, number(dp, hook), old)) {
		hook->link = old;
		return guard_link(dp, hook);
	}
	hook->old = old < 0 ? -1 : old;
	return attach_program(dp, hook);
}

int rf_hooks_attach(struct rf_datapath *dp)
{
	int err = 0;

	for (size_t i = 0; !err && i < dp->hook_count; i++)
		if (dp->hooks[i].wanted)
			err = attach_hook(dp, &dp->hooks[i]);
	return err;
}

static int mend_hook(struct rf_datapath *dp, struct rf_hook *hook)
{
	int dead = hook->link, err;

	err = attach_program(dp, hook);
	if (hook->link == dead)
		return err;
	/* Kept until its pin is replaced, unless that was so already. */
	if (hook->old < 0) {
		hook->old = dead;
	} else {
		unguard_link(dp, dead);
		close(dead);
	}
	return err;
}

int rf_hooks_mend(struct rf_datapath *dp)
{
	int err, mended = 0;

	for (size_t i = 0; i < dp->hook_count; i++) {
		struct rf_hook *hook = &dp->hooks[i];

		if (hook->link < 0 || rf_link_attached(hook->link))
			continue;
		err = mend_hook(dp, hook);
		if (err)
			return err;
		mended++;
	}
	return mended;
}

static void second_path(const struct rf_datapath *dp, const struct rf_hook *hook, char *path)
{
	char name[64];

	snprintf(name, sizeof(name), "%s" SECOND_NAME, hook->name);
	rf_pin_path(dp, "links", name, path);
}

static bool pinned_at(const char *path, int link)
{
	int pinned = rf_link_open(path);
	__u32 theirs, ours;
	bool same;

	if (pinned < 0)
		return false;
	same = !rf_link_id(pinned, &theirs) && !rf_link_id(link, &ours) && theirs == ours;
	close(pinned);
	return same;
}

static bool needs_pin(const struct rf_datapath *dp, const struct rf_hook *hook)
{
	char path[RF_PIN_PATH_LEN];

	rf_pin_path(dp, "links", hook->name, path);
	return hook->link >= 0 && !pinned_at(path, hook->link);
}

static int stage(struct rf_datapath *dp, struct rf_hook *hook)
{
	char path[RF_PIN_PATH_LEN];
	int err;

	second_path(dp, hook, path);
	unlink(path); /* of a start that was cut short */
	err = rf_link_pin(hook->link, path);
	if (err)
		return rf_datapath_fail(dp, err, "%s: %s", path, strerror(-err));
	hook->pin = RF_PIN_STAGED;
	return 0;
}

static void unstage_all(struct rf_datapath *dp)
{
	char path[RF_PIN_PATH_LEN];

	for (size_t i = 0; i < dp->hook_count; i++) {
		if (dp->hooks[i].pin != RF_PIN_STAGED)
			continue;
		second_path(dp, &dp->hooks[i], path);
		unlink(path);
		dp->hooks[i].pin = RF_PIN_NONE;
	}
}

/* From here on it is the new link that stays when we end. */
static int place(struct rf_datapath *dp, struct rf_hook *hook)
{
	char from[RF_PIN_PATH_LEN], to[RF_PIN_PATH_LEN];

	second_path(dp, hook, from);
	rf_pin_path(dp, "links", hook->name, to);
	if (rename(from, to)) {
		int err = -errno;

		return rf_datapath_fail(dp, err, "%s: %s", to, strerror(-err));
	}
	hook->pin = RF_PIN_PLACED;
	if (hook->old >= 0) {
		unguard_link(dp, hook->old);
		close(hook->old);
		hook->old = -1;
	}
	return 0;
}

/* Those that were there for want of the module end when it has come. */
static bool is_hook(const struct rf_datapath *dp, const char *name)
{
	for (size_t i = 0; i < dp->hook_count; i++)
		if (!strcmp(dp->hooks[i].name, name))
			return dp->hooks[i].wanted || strncmp(name, "unkept_", strlen("unkept_"));
	return false;
}

void rf_hooks_unpin_others(struct rf_datapath *dp)
{
	char path[RF_PIN_PATH_LEN];
	struct dirent *entry;
	int link;
	DIR *dir;

	rf_pin_path(dp, "links", "", path);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || is_hook(dp, entry->d_name))
			continue;
		rf_pin_path(dp, "links", entry->d_name, path);
		link = rf_link_open(path);
		if (link < 0)
			continue;
		if (!rf_pin_unlock(dp)) {
			unguard_link(dp, link);
			unlink(path);
		}
		rf_pin_lock(dp);
		close(link);
	}
	if (dir)
		closedir(dir);
}

static int switch_all(struct rf_datapath *dp)
{
	int err = 0;

	for (size_t i = 0; !err && i < dp->hook_count; i++)
		if (needs_pin(dp, &dp->hooks[i]))
			err = stage(dp, &dp->hooks[i]);
	for (size_t i = 0; !err && i < dp->hook_count; i++)
		if (dp->hooks[i].pin == RF_PIN_STAGED)
			err = place(dp, &dp->hooks[i]);
	if (err)
		unstage_all(dp);
	return err;
}

int rf_hooks_pin(struct rf_datapath *dp)
{
	int err, count = 0;

	for (size_t i = 0; i < dp->hook_count; i++)
		count += needs_pin(dp, &dp->hooks[i]);
	if (!count)
		return 0; /* every second, so nothing is unlocked for it */
	err = rf_pin_unlock(dp);
	if (!err)
		err = switch_all(dp);
	rf_pin_lock(dp);
	return err ? err : count;
}

void rf_hooks_unpin_new(struct rf_datapath *dp)
{
	char path[RF_PIN_PATH_LEN];

	unstage_all(dp);
	for (size_t i = 0; i < dp->hook_count; i++) {
		if (dp->hooks[i].pin != RF_PIN_PLACED)
			continue;
		rf_pin_path(dp, "links", dp->hooks[i].name, path);
		unlink(path);
		dp->hooks[i].pin = RF_PIN_NONE;
	}
}

void rf_hooks_close(struct rf_datapath *dp)
{
	for (size_t i = 0; i < dp->hook_count; i++) {
		struct rf_hook *hook = &dp->hooks[i];

		if (hook->old >= 0) {
			/* It stays, pinned; the one that was to replace it goes. */
			unguard_link(dp, hook->link);
			close(hook->old);
		}
		if (hook->link >= 0)
			close(hook->link);
	}
}

int rf_datapath_hooks(struct rf_datapath *dp, struct rf_hook_status *list, size_t max)
{
	char path[RF_PIN_PATH_LEN];
	size_t count = 0;

	for (size_t i = 0; i < dp->hook_count; i++) {
		const struct rf_hook *hook = &dp->hooks[i];
		struct rf_hook_status *status;

		if (!hook->wanted && hook->link < 0)
			continue;
		if (count < max) {
			status = &list[count];
			memset(status, 0, sizeof(*status));
			snprintf(status->name, sizeof(status->name), "%s", hook->name);
			rf_pin_path(dp, "links", hook->name, path);
			status->pinned = !access(path, F_OK);
			status->attached = hook->link >= 0 && rf_link_attached(hook->link);
		}
		count++;
	}
	return count;
}

int rf_datapath_links(struct rf_datapath *dp, int *fds, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < dp->hook_count && count < max; i++)
		if (dp->hooks[i].link >= 0)
			fds[count++] = dp->hooks[i].link;
	return count;
}
