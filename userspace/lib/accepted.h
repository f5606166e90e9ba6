/* SPDX-License-Identifier: GPL-2.0 */
/*
 * accepted.h - the region data that was accepted: copies below the state
 * directory that only `ringfence region update` changes
 *
 * What a package upgrade or a download puts in the place of a source's files
 * has no effect before it was checked. "regions/NAME" holds the files of a
 * source, called 0, 1, …, and in "paths" what they are copies of: a policy that
 * names others for the source is not given these. "NAME.next" is what is being
 * looked at, "NAME.previous" the last good ones before.
 */
#ifndef RF_ACCEPTED_H
#define RF_ACCEPTED_H

#include <limits.h>

#include "userspace/lib/fault.h"
#include "userspace/lib/places.h"
#include "userspace/lib/policy.h"
#include "userspace/lib/world.h"

/**
 * struct rf_accepted_files - the files of one source
 * @paths: @list points to them
 * @accepted: they are accepted copies
 */
struct rf_accepted_files {
	size_t count;
	char paths[RF_WORLD_FILES_MAX][PATH_MAX];
	const char *list[RF_WORLD_FILES_MAX];
	bool accepted;
};

/**
 * rf_accepted_named - the files as the policy names them
 * @source: NULL for the installed tor-geoipdb
 */
void rf_accepted_named(const struct rf_policy_source *source, const struct rf_places *places,
		       struct rf_accepted_files *out);

/** rf_accepted_find - the accepted copies, or the files as named if there are none */
void rf_accepted_find(const struct rf_policy_source *source, const struct rf_places *places,
		      struct rf_accepted_files *out);

/**
 * rf_accepted_clash - would copies for @source take the place of those that
 * were accepted for @other, of the same name but with other files?
 */
bool rf_accepted_clash(const struct rf_policy_source *source, const struct rf_policy_source *other,
		       const struct rf_places *places);

/**
 * rf_accepted_lock - one update at a time: what one checks, another must not
 * replace before it is accepted
 * @fd: to be closed in the end
 *
 * Returns 0 or a negative errno, -EBUSY if there is one at work; with @fault.
 */
int rf_accepted_lock(const struct rf_places *places, int *fd, struct rf_fault *fault);

/**
 * rf_accepted_stage - copy the files as named aside, to be looked at there; with
 * rf_accepted_lock() held
 * @out: the copies
 *
 * Returns 0 or a negative errno, with @fault.
 */
int rf_accepted_stage(const struct rf_policy_source *source, const struct rf_places *places,
		      struct rf_accepted_files *out, struct rf_fault *fault);

/** rf_accepted_drop - throw what was staged away */
void rf_accepted_drop(const struct rf_policy_source *source, const struct rf_places *places);

/**
 * rf_accepted_switch - what was staged is the accepted data from now on; what
 * was accepted before is kept as the previous
 *
 * Returns 0 or a negative errno, with @fault; then nothing changed.
 */
int rf_accepted_switch(const struct rf_policy_source *source, const struct rf_places *places,
		       struct rf_fault *fault);

/** rf_accepted_restore - undo rf_accepted_switch() */
void rf_accepted_restore(const struct rf_policy_source *source, const struct rf_places *places);

#endif /* RF_ACCEPTED_H */
