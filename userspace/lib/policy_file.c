// SPDX-License-Identifier: GPL-2.0
/*
 * policy_file.c - find and read policy files without following or waiting
 */
#include "userspace/lib/policy_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const yaml_endings[] = { ".yaml", ".yml", NULL };
static const char *const table_endings[] = { ".tsv", NULL };

static int fail(struct rf_diagnostics *diagnostics, const char *path, int error, const char *hint,
		const char *message)
{
	const struct rf_diagnostic_place place = { .file = path };

	rf_diagnostics_add(diagnostics, RF_SEVERITY_ERROR, 0, &place, hint, "%s",
			   message ? message : strerror(-error));
	return error;
}

static int fail_kind(struct rf_diagnostics *diagnostics, const char *path, mode_t mode)
{
	const char *what = S_ISLNK(mode)  ? "is a symbolic link, which is not followed" :
			   S_ISDIR(mode)  ? "is a directory" :
			   S_ISFIFO(mode) ? "is a FIFO" :
			   S_ISSOCK(mode) ? "is a socket" :
					    "is a device";

	return fail(diagnostics, path, -EINVAL, "expected a regular file", what);
}

size_t rf_policy_file_mark(const struct rf_policy_file *file)
{
	return file->len >= 3 && !memcmp(file->data, "\xef\xbb\xbf", 3) ? 3 : 0;
}

/* The list owns @name and @data if and only if this returns 0. */
static int append(struct rf_policy_files *files, char *name, char *data, size_t len)
{
	size_t capacity = files->capacity ? files->capacity * 2 : 8;
	struct rf_policy_file *items = files->items;

	if (files->count == files->capacity) {
		items = reallocarray(items, capacity, sizeof(*items));
		if (!items)
			return -ENOMEM;
		files->items = items;
		files->capacity = capacity;
	}
	items[files->count++] = (struct rf_policy_file){ .name = name, .data = data, .len = len };
	return 0;
}

/*
 * Reads to the end rather than up to st_size: a file may grow, and files of
 * /proc claim to be empty. One byte more than allowed tells "too long".
 */
static ssize_t read_all(int fd, char *data, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t got = read(fd, data + len, size - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		len += got;
	}
	return len;
}

/*
 * Looks before opening, since opening a device may already do something, and
 * again after, since the name may mean another file by then.
 */
static int open_regular(const char *path, struct rf_diagnostics *diagnostics)
{
	struct stat st;
	int fd;

	if (lstat(path, &st))
		return fail(diagnostics, path, -errno, NULL, NULL);
	if (!S_ISREG(st.st_mode))
		return fail_kind(diagnostics, path, st.st_mode);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail(diagnostics, path, -errno, NULL, NULL);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return fail_kind(diagnostics, path, st.st_mode);
	}
	return fd;
}

/* The contents with a NUL behind them; NULL with a negative errno in @len. */
static char *read_contents(int fd, ssize_t *len)
{
	char *data = malloc(RF_POLICY_FILE_MAX + 2), *fit;

	*len = data ? read_all(fd, data, RF_POLICY_FILE_MAX + 1) : -ENOMEM;
	if (*len > (ssize_t)RF_POLICY_FILE_MAX)
		*len = -EFBIG;
	if (*len < 0) {
		free(data);
		return NULL;
	}
	data[*len] = '\0';
	fit = realloc(data, *len + 1);
	return fit ? fit : data;
}

int rf_policy_file_read(const char *path, struct rf_policy_files *files,
			struct rf_diagnostics *diagnostics)
{
	int fd = open_regular(path, diagnostics);
	char *data, *name;
	ssize_t len;

	if (fd < 0)
		return fd;
	data = read_contents(fd, &len);
	close(fd);
	if (len == -EFBIG)
		return fail(diagnostics, path, len, "split it into several files",
			    "is larger than 1 MiB");
	if (!data)
		return fail(diagnostics, path, len, NULL, NULL);
	name = strdup(path);
	if (!name || append(files, name, data, len)) {
		free(name);
		free(data);
		return fail(diagnostics, path, -ENOMEM, NULL, NULL);
	}
	return 0;
}

static bool has_ending(const char *name, const char *const *endings)
{
	size_t len = strlen(name);

	for (; *endings; endings++) {
		size_t end = strlen(*endings);

		if (len > end && !strcmp(name + len - end, *endings))
			return name[0] != '.';
	}
	return false;
}

static void free_names(char **names, size_t count)
{
	while (count)
		free(names[--count]);
	free(names);
}

static int add_name(char ***names, size_t *count, const char *name)
{
	char **more = reallocarray(*names, *count + 2, sizeof(**names));

	if (!more)
		return -ENOMEM;
	*names = more;
	more[*count] = strdup(name);
	if (!more[*count])
		return -ENOMEM;
	more[++*count] = NULL;
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int collect(DIR *stream, const char *const *endings, char ***names, size_t *count)
{
	struct dirent *entry;
	int ret = 0;

	for (errno = 0; !ret && (entry = readdir(stream)); errno = 0)
		if (has_ending(entry->d_name, endings))
			ret = add_name(names, count, entry->d_name);
	return ret ? ret : -errno;
}

int rf_policy_names_read(const char *directory, const char *const *endings, char ***names,
			 size_t *count)
{
	char **found = calloc(1, sizeof(*found));
	size_t found_count = 0;
	DIR *stream = opendir(directory);
	int ret;

	if (!found || !stream) {
		ret = stream ? -ENOMEM : -errno;
		if (stream)
			closedir(stream);
		free(found);
		return ret;
	}
	ret = collect(stream, endings, &found, &found_count);
	closedir(stream);
	if (ret) {
		free_names(found, found_count);
		return ret;
	}
	qsort(found, found_count, sizeof(*found), by_bytes);
	*names = found;
	*count = found_count;
	return 0;
}

static int read_named(const char *directory, const char *name, struct rf_policy_files *files,
		      struct rf_diagnostics *diagnostics)
{
	size_t len = strlen(directory);
	char *path;
	int ret;

	while (len > 1 && directory[len - 1] == '/')
		len--;
	if (asprintf(&path, "%.*s%s%s", (int)len, directory, directory[len - 1] == '/' ? "" : "/",
		     name) < 0)
		return fail(diagnostics, directory, -ENOMEM, NULL, NULL);
	ret = rf_policy_file_read(path, files, diagnostics);
	free(path);
	return ret;
}

static int read_directory(const char *path, struct rf_policy_files *files,
			  struct rf_diagnostics *diagnostics)
{
	size_t count, i;
	char **names;
	int ret = rf_policy_names_read(path, yaml_endings, &names, &count), one;

	if (ret)
		return fail(diagnostics, path, ret, NULL, NULL);
	if (!count)
		ret = fail(diagnostics, path, -ENOENT, "expected *.yaml or *.yml in it",
			   "holds no policy file");
	if (count > RF_POLICY_FILES_MAX)
		ret = fail(diagnostics, path, -E2BIG, "256 files are the most",
			   "holds too many policy files");
	for (i = 0; count <= RF_POLICY_FILES_MAX && i < count; i++) {
		one = read_named(path, names[i], files, diagnostics);
		ret = ret ? ret : one;
	}
	free_names(names, count);
	return ret;
}

int rf_policy_files_read(const char *path, struct rf_policy_files *files,
			 struct rf_diagnostics *diagnostics)
{
	struct stat st;

	if (lstat(path, &st))
		return fail(diagnostics, path, -errno, NULL, NULL);
	if (S_ISDIR(st.st_mode))
		return read_directory(path, files, diagnostics);
	return rf_policy_file_read(path, files, diagnostics);
}

static bool same_stem(const char *a, const char *b)
{
	size_t len = strrchr(a, '.') - a;

	return len == (size_t)(strrchr(b, '.') - b) && !memcmp(a, b, len);
}

/*
 * A table belongs to the policy file of its own stem if there is one in the
 * directory, and to all of them otherwise. @own is NULL for a whole directory.
 */
static bool table_belongs(const char *table, const char *own, char *const *policies)
{
	if (!own || (has_ending(own, yaml_endings) && same_stem(table, own)))
		return true;
	for (; *policies; policies++)
		if (same_stem(table, *policies))
			return false;
	return true;
}

static int read_tables(const char *directory, const char *own, struct rf_policy_files *files,
		       struct rf_diagnostics *diagnostics)
{
	char **tables, **policies;
	size_t table_count, policy_count, i;
	int ret, one;

	ret = rf_policy_names_read(directory, table_endings, &tables, &table_count);
	if (ret)
		return fail(diagnostics, directory, ret, NULL, NULL);
	ret = rf_policy_names_read(directory, yaml_endings, &policies, &policy_count);
	if (ret) {
		free_names(tables, table_count);
		return fail(diagnostics, directory, ret, NULL, NULL);
	}
	for (i = 0; i < table_count; i++) {
		if (!table_belongs(tables[i], own, policies))
			continue;
		one = read_named(directory, tables[i], files, diagnostics);
		ret = ret ? ret : one;
	}
	free_names(policies, policy_count);
	free_names(tables, table_count);
	return ret;
}

int rf_policy_tables_read(const char *path, struct rf_policy_files *files,
			  struct rf_diagnostics *diagnostics)
{
	const char *slash = strrchr(path, '/');
	char *directory;
	struct stat st;
	int ret;

	if (lstat(path, &st))
		return fail(diagnostics, path, -errno, NULL, NULL);
	if (S_ISDIR(st.st_mode))
		return read_tables(path, NULL, files, diagnostics);
	directory = slash ? strndup(path, slash == path ? 1 : slash - path) : strdup(".");
	if (!directory)
		return fail(diagnostics, path, -ENOMEM, NULL, NULL);
	ret = read_tables(directory, slash ? slash + 1 : path, files, diagnostics);
	free(directory);
	return ret;
}

void rf_policy_files_free(struct rf_policy_files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		free((char *)files->items[i].name);
		free((char *)files->items[i].data);
	}
	free(files->items);
	memset(files, 0, sizeof(*files));
}
