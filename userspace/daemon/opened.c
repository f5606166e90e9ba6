// SPDX-License-Identifier: GPL-2.0
/*
 * opened.c - files that processes have had open or mapped since before the
 * hooks were there
 *
 * What is kept with a file is read when it is opened. So the daemon opens those
 * with a label once more, as one that walks and gets none by it.
 */
#include "userspace/daemon/opened.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "userspace/lib/anchor.h"

/* What has ended, or is closed, meanwhile has no label to give. */
static bool is_gone(int err)
{
	return err == ENOENT || err == ESRCH;
}

static int learn_file(const char *path)
{
	struct stat st;
	int fd;

	/* The length is enough: a file that can't have one has an error. */
	if (stat(path, &st) || !S_ISREG(st.st_mode) || getxattr(path, RF_KEEP_XATTR, NULL, 0) <= 0)
		return 0;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return is_gone(errno) ? 0 : -errno;
	close(fd);
	return 0;
}

/* @of: what a directory of links to files is called in that of a process */
static int learn_links(const char *process, const char *of, char *path, size_t size)
{
	const struct dirent *link;
	int err = 0;
	DIR *dir;

	snprintf(path, size, "/proc/%s/%s", process, of);
	dir = opendir(path);
	if (!dir)
		return is_gone(errno) ? 0 : -errno;
	while (!err && (link = readdir(dir))) {
		if (*link->d_name == '.')
			continue;
		snprintf(path, size, "/proc/%s/%s/%s", process, of, link->d_name);
		err = learn_file(path);
	}
	closedir(dir);
	return err;
}

static int learn_all(DIR *proc, char *path, size_t size)
{
	const struct dirent *process;
	int err = 0;

	while (!err && (process = readdir(proc))) {
		if (!isdigit((unsigned char)*process->d_name))
			continue;
		err = learn_links(process->d_name, "fd", path, size);
		if (!err)
			err = learn_links(process->d_name, "map_files", path, size);
	}
	return err;
}

int rf_opened_learn(struct rf_daemon *daemon, char *path, size_t size)
{
	int anchor = rf_anchor_open(), err;
	DIR *proc;

	snprintf(path, size, "/proc");
	if (anchor < 0)
		return anchor == -ENOENT ? 0 : anchor;
	close(anchor);
	proc = opendir(path);
	if (!proc)
		return -errno;
	err = rf_datapath_walk_begin(daemon->dp);
	if (!err) {
		err = learn_all(proc, path, size);
		rf_datapath_walk_end(daemon->dp);
	}
	closedir(proc);
	return err;
}
