// SPDX-License-Identifier: GPL-2.0
/*
 * accepted.c - the region data that was accepted
 */
#include "userspace/lib/accepted.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/store.h"
#include "userspace/lib/unpack.h"

#define PATHS "paths" /* a file beside the copies */
#define INSTALLED "installed" /* the name of the source of a policy without any */

static void dir_of(const struct rf_policy_source *source, const struct rf_places *places,
		   const char *ending, char dir[PATH_MAX])
{
	snprintf(dir, PATH_MAX, "%s/regions/%s%s", places->state_dir,
		 source ? source->name : INSTALLED, ending);
}

void rf_accepted_named(const struct rf_policy_source *source, const struct rf_places *places,
		       struct rf_accepted_files *out)
{
	bool named = source && source->path_count;

	*out = (struct rf_accepted_files){ .count = named ? source->path_count : 2 };
	for (size_t i = 0; i < out->count; i++) {
		if (named)
			snprintf(out->paths[i], PATH_MAX, "%s", source->paths[i]);
		else
			snprintf(out->paths[i], PATH_MAX, "%s/geoip%s", places->geoip_dir,
				 i ? "6" : "");
		out->list[i] = out->paths[i];
	}
}

/* The same number of files, in another directory. */
static void move_to(struct rf_accepted_files *files, const char *dir)
{
	for (size_t i = 0; i < files->count; i++)
		snprintf(files->paths[i], PATH_MAX, "%.4000s/%zu", dir, i);
}

/* What the copies are copies of: the format and a line for each path. To be freed. */
static char *paths_text(const struct rf_policy_source *source,
			const struct rf_accepted_files *named)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "%s\n", rf_format_name(source ? source->format : RF_FORMAT_GEOIP));
	for (size_t i = 0; i < named->count; i++)
		fprintf(out, "%s\n", named->paths[i]);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/*
 * If that cannot be told, they are: then they cannot be read either, and that
 * is an error, where to follow the files as they are would be a hole. Who may
 * not look into the state directory goes by the files.
 */
static bool are_copies_of(const char *dir, const struct rf_policy_source *source,
			  const struct rf_accepted_files *named)
{
	char *wanted = paths_text(source, named), *found = NULL, path[PATH_MAX];
	bool same;
	int error;

	snprintf(path, sizeof(path), "%.4000s/" PATHS, dir);
	error = rf_store_read(path, &found, NULL);
	if (error == -ENOENT || error == -EACCES)
		same = false;
	else
		same = error || !wanted || !strcmp(wanted, found);
	free(wanted);
	free(found);
	return same;
}

void rf_accepted_find(const struct rf_policy_source *source, const struct rf_places *places,
		      struct rf_accepted_files *out)
{
	char dir[PATH_MAX];

	rf_accepted_named(source, places, out);
	dir_of(source, places, "", dir);
	if (!are_copies_of(dir, source, out))
		return;
	move_to(out, dir);
	out->accepted = true;
}

bool rf_accepted_clash(const struct rf_policy_source *source, const struct rf_policy_source *other,
		       const struct rf_places *places)
{
	struct rf_accepted_files named;
	char dir[PATH_MAX], other_dir[PATH_MAX];

	dir_of(source, places, "", dir);
	dir_of(other, places, "", other_dir);
	if (strcmp(dir, other_dir))
		return false;
	rf_accepted_named(other, places, &named);
	if (!are_copies_of(dir, other, &named))
		return false;
	rf_accepted_named(source, places, &named);
	return !are_copies_of(dir, source, &named);
}

static void remove_dir(const char *dir)
{
	DIR *list = opendir(dir);
	struct dirent *entry;

	if (!list)
		return;
	while ((entry = readdir(list)))
		unlinkat(dirfd(list), entry->d_name, 0);
	closedir(list);
	rmdir(dir);
}

void rf_accepted_drop(const struct rf_policy_source *source, const struct rf_places *places)
{
	char dir[PATH_MAX];

	dir_of(source, places, ".next", dir);
	remove_dir(dir);
}

static int copy_bytes(int from, int to)
{
	size_t left = RF_UNPACK_MAX + 1u; /* one more tells of an excess */
	ssize_t done;

	do {
		done = sendfile(to, from, NULL, left);
		if (done > 0)
			left -= (size_t)done;
	} while (done > 0 && left);
	if (done < 0)
		return -errno;
	if (!left)
		return -EFBIG;
	return fsync(to) ? -errno : 0;
}

/* Neither a FIFO nor a device: some never end. */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status))
		error = -errno;
	else if (!S_ISREG(status.st_mode))
		error = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	if (!error)
		return fd;
	close(fd);
	return error;
}

static int copy_file(const char *from, const char *to)
{
	int in = open_regular(from), out, error;

	if (in < 0)
		return in;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (out < 0) {
		error = -errno;
		close(in);
		return error;
	}
	error = copy_bytes(in, out);
	if (close(out) && !error)
		error = -errno;
	close(in);
	return error;
}

static int write_paths(const char *dir, const struct rf_policy_source *source,
		       const struct rf_accepted_files *named)
{
	char *text = paths_text(source, named), path[PATH_MAX];
	int error = -ENOMEM;

	snprintf(path, sizeof(path), "%.4000s/" PATHS, dir);
	if (text)
		error = rf_store_write(path, text, strlen(text));
	free(text);
	return error;
}

static int make_dir(const char *dir)
{
	return mkdir(dir, 0755) && errno != EEXIST ? -errno : 0;
}

int rf_accepted_lock(const struct rf_places *places, int *fd, struct rf_fault *fault)
{
	char dir[PATH_MAX];
	int error;

	snprintf(dir, sizeof(dir), "%s/regions", places->state_dir);
	error = make_dir(dir);
	*fd = error ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!error && *fd < 0)
		error = -errno;
	if (!error && flock(*fd, LOCK_EX | LOCK_NB))
		error = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (!error)
		return 0;
	if (*fd >= 0)
		close(*fd);
	if (error == -EBUSY)
		return rf_fault_set(fault, error, "another region update is at work");
	return rf_fault_set(fault, error, "%s: %s", dir, strerror(-error));
}

int rf_accepted_stage(const struct rf_policy_source *source, const struct rf_places *places,
		      struct rf_accepted_files *out, struct rf_fault *fault)
{
	struct rf_accepted_files named;
	char dir[PATH_MAX];
	int error;

	rf_accepted_named(source, places, &named);
	rf_accepted_drop(source, places);
	dir_of(source, places, ".next", dir);
	error = make_dir(dir);
	if (!error)
		error = write_paths(dir, source, &named);
	if (error)
		return rf_fault_set(fault, error, "%s: %s", dir, strerror(-error));
	rf_accepted_named(source, places, out);
	move_to(out, dir);
	for (size_t i = 0; !error && i < named.count; i++) {
		error = copy_file(named.paths[i], out->paths[i]);
		if (error)
			rf_fault_set(fault, error, "%s: cannot be copied to %s: %s", named.paths[i],
				     out->paths[i], strerror(-error));
	}
	if (error)
		rf_accepted_drop(source, places);
	return error;
}

int rf_accepted_switch(const struct rf_policy_source *source, const struct rf_places *places,
		       struct rf_fault *fault)
{
	char now[PATH_MAX], next[PATH_MAX], previous[PATH_MAX];
	int error = 0;

	dir_of(source, places, "", now);
	dir_of(source, places, ".next", next);
	dir_of(source, places, ".previous", previous);
	if (!renameat2(AT_FDCWD, next, AT_FDCWD, now, RENAME_NOREPLACE)) {
		remove_dir(previous); /* of nothing that can be restored */
		return 0;
	}
	/* There is one: change places, so that there is always one. */
	if (renameat2(AT_FDCWD, next, AT_FDCWD, now, RENAME_EXCHANGE))
		error = -errno;
	if (error)
		return rf_fault_set(fault, error, "%s: %s", now, strerror(-error));
	remove_dir(previous);
	if (!rename(next, previous))
		return 0;
	error = -errno;
	renameat2(AT_FDCWD, next, AT_FDCWD, now, RENAME_EXCHANGE);
	return rf_fault_set(fault, error, "%s: %s", previous, strerror(-error));
}

void rf_accepted_restore(const struct rf_policy_source *source, const struct rf_places *places)
{
	char now[PATH_MAX], previous[PATH_MAX];

	dir_of(source, places, "", now);
	dir_of(source, places, ".previous", previous);
	if (renameat2(AT_FDCWD, previous, AT_FDCWD, now, RENAME_EXCHANGE))
		remove_dir(now);
	else
		remove_dir(previous);
}
