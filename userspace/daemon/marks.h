/* SPDX-License-Identifier: GPL-2.0 */
/*
 * marks.h - origins put into the kernel, and taken out again
 */
#ifndef RF_MARKS_H
#define RF_MARKS_H

#include "userspace/daemon/origins.h"
#include "userspace/lib/datapath.h"
#include "userspace/lib/diagnostic.h"

/**
 * struct rf_target - what an origin is on this host
 * @fd: of a path, a program or a unix socket; -1 for others or if it is missing
 * @uid: of a user
 */
struct rf_target {
	int fd;
	uid_t uid;
	bool missing;
};

/** struct rf_targets - one per entry of the list they were made from */
struct rf_targets {
	struct rf_target *items;
	size_t count;
};

/**
 * rf_targets_resolve - find the origins on this host
 * @list: gets the device and inode numbers
 * @missing: severity of an origin that does not exist
 *
 * Returns how many are missing, with a diagnostic at its place for each, or
 * -ENOMEM. A declassifier counts only if that is an error. Release with rf_targets_free() in every case.
 */
int rf_targets_resolve(const struct rf_policy *policy, struct rf_origin_list *list,
		       enum rf_severity missing, struct rf_targets *targets,
		       struct rf_diagnostics *diagnostics);
void rf_targets_free(struct rf_targets *targets);

/**
 * rf_marks_add - mark what exists; marks that are there are joined with
 * @failed: set to the origin that could not be marked
 *
 * Deeper paths come later, so that an inode below two of them names the
 * nearer. Returns 0 or a negative errno.
 */
int rf_marks_add(struct rf_datapath *dp, const struct rf_origin_list *list,
		 const struct rf_targets *targets, void (*progress)(void *ctx, unsigned long files),
		 void *ctx, const struct rf_origin **failed);

/**
 * rf_marks_keep - end all marks that the list does not give
 *
 * An inode names only the last origin that marked it. Where that still gives
 * something, classes stay that any other path (or program) still gives: rather
 * a label too many than one too few. The same holds for marks that were made
 * by a hard link or a rename.
 */
int rf_marks_keep(struct rf_datapath *dp, const struct rf_origin_list *list);

/**
 * rf_marks_undo - the same after a policy that failed had been marked
 *
 * What the list gives stays, even on inodes that the failed policy marked
 * over it.
 */
int rf_marks_undo(struct rf_datapath *dp, const struct rf_origin_list *list);

/** rf_marks_moved - does a path, program or socket name another inode now? */
bool rf_marks_moved(const struct rf_origin *origin);

/**
 * rf_marks_missing - is there a path, a program or a mount below a path without
 * its mark?
 *
 * As when a file system was mounted there since, or one that has no device was
 * unmounted and mounted again. Returns 1, 0 or a negative errno.
 */
int rf_marks_missing(struct rf_datapath *dp, const struct rf_origin_list *list);

#endif /* RF_MARKS_H */
