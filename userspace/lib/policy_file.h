/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_file.h - policy files on disk: found, read whole, never followed
 */
#ifndef RF_POLICY_FILE_H
#define RF_POLICY_FILE_H

#include "userspace/lib/policy.h"

/**
 * struct rf_policy_files - files read into memory, owned by the list
 *
 * Zeroed memory is an empty list. @data of each file ends in a NUL that @len
 * does not count.
 */
struct rf_policy_files {
	struct rf_policy_file *items;
	size_t count;
	size_t capacity;
};

/**
 * rf_policy_file_read - read one regular file and add it to the list
 *
 * Symbolic links, FIFOs, devices, sockets, directories and files of more than
 * RF_POLICY_FILE_MAX bytes are refused, without blocking.
 *
 * Returns 0 or a negative errno with an error in @diagnostics; then nothing
 * was added.
 */
int rf_policy_file_read(const char *path, struct rf_policy_files *files,
			struct rf_diagnostics *diagnostics);

/**
 * rf_policy_files_read - read the policy at a path, see rf_policy_load()
 *
 * All files are tried, so that every one that cannot be read is reported.
 *
 * Returns 0 or a negative errno with at least one error in @diagnostics; then
 * @files holds what could be read.
 */
int rf_policy_files_read(const char *path, struct rf_policy_files *files,
			 struct rf_diagnostics *diagnostics);

/**
 * rf_policy_tables_read - read the verdict tables beside a policy, see
 * rf_table_check()
 */
int rf_policy_tables_read(const char *path, struct rf_policy_files *files,
			  struct rf_diagnostics *diagnostics);

/** rf_policy_file_mark - bytes of the byte order mark that editors of other systems write */
size_t rf_policy_file_mark(const struct rf_policy_file *file);

/** rf_policy_files_free - release the contents and make the list empty */
void rf_policy_files_free(struct rf_policy_files *files);

/**
 * rf_policy_names_read - names in a directory with one of these endings
 * @endings: such as ".yaml", NULL at the end
 * @names: byte order, without hidden files; a NULL-terminated array of
 *	@count strings, each to be freed as is the array
 *
 * Returns 0 or a negative errno; then nothing was written.
 */
int rf_policy_names_read(const char *directory, const char *const *endings, char ***names,
			 size_t *count);

#endif /* RF_POLICY_FILE_H */
