/* SPDX-License-Identifier: GPL-2.0 */
/*
 * saved.h - the policy that was applied last, as its files were
 *
 * One file, so that it is there whole or not at all. The daemon writes it
 * aside before the switch and renames it after: whatever is interrupted, the
 * enforced generation's hash tells which of the two it is.
 */
#ifndef RF_SAVED_H
#define RF_SAVED_H

#include <stdint.h>
#include <sys/types.h>

#include "userspace/lib/policy.h"

#define RF_SAVED_FILE "policy.json"
#define RF_SAVED_NEXT "policy-next.json"

/**
 * struct rf_saved - what was applied
 * @number: of the generation
 * @applied_ns: CLOCK_REALTIME
 * @uid, @pid: who did it
 * @files: names as the operator gave them, absolute; owned
 */
struct rf_saved {
	uint64_t number;
	uint64_t applied_ns;
	uid_t uid;
	pid_t pid;
	struct rf_policy_file *files;
	size_t count;
};

/** rf_saved_load - 0, -ENOENT, -EBADMSG or another negative errno */
int rf_saved_load(const char *path, struct rf_saved *saved);
int rf_saved_write(const char *path, const struct rf_saved *saved);
void rf_saved_free(struct rf_saved *saved);

/** rf_saved_copy - copies of @count files into an empty @saved */
int rf_saved_copy(struct rf_saved *saved, const struct rf_policy_file *files, size_t count);

#endif /* RF_SAVED_H */
