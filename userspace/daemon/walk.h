/* SPDX-License-Identifier: GPL-2.0 */
/*
 * walk.h - the regular files of a tree, some at a time, in an order that is the
 * same each time
 */
#ifndef RF_WALK_H
#define RF_WALK_H

#include <stddef.h>

#include "userspace/lib/datapath.h"

struct rf_walk;

/**
 * struct rf_walk_batch - files of one step
 * @fds: O_PATH
 * @last: name of the last one that was looked at
 * @failed: a negative errno if that one could not be opened, else 0
 */
struct rf_walk_batch {
	int fds[RF_INODES_BATCH];
	size_t count;
	int failed;
	char last[256];
};

/**
 * rf_walk_new - a walk through what is below a directory, or of one file
 * @top: O_PATH, stays the caller's
 * @position: of rf_walk_position(): go on behind it; NULL to begin
 *
 * Returns 0 or a negative errno; -EINVAL for what is no position.
 */
int rf_walk_new(int top, const char *position, struct rf_walk **out);
void rf_walk_free(struct rf_walk *walk);

/**
 * rf_walk_next - the next files; the batch ends early at one that failed
 *
 * Returns 1 if there may be more, 0 if these were the last. What vanishes
 * meanwhile is no failure. File systems that are mounted below are walked too.
 */
int rf_walk_next(struct rf_walk *walk, struct rf_walk_batch *batch);
void rf_walk_batch_end(struct rf_walk_batch *batch);

/** rf_walk_position - where it is, as text; -ENAMETOOLONG if it does not fit */
int rf_walk_position(const struct rf_walk *walk, char *text, size_t size);

#endif /* RF_WALK_H */
