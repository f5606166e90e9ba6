/* SPDX-License-Identifier: GPL-2.0 */
/*
 * apply.h - the transaction that makes a policy the enforced one
 *
 * Parse, refuse what is not enforced, give class bits, compile and check
 * against the reference, find the origins, mark them, label who holds their
 * data, switch, end the old origins, keep the files, arm the module. Up to the
 * switch every failure leaves the running policy; labels that were given by
 * then stay, since a label never shrinks.
 */
#ifndef RF_APPLY_H
#define RF_APPLY_H

#include "userspace/daemon/daemon.h"
#include "userspace/lib/policy_diff.h"

/**
 * struct rf_apply - one run
 * @files: the policy's; borrowed
 * @dry_run: all but the changes
 * @resume: at start: an origin that is missing does not stop the others, and
 *	a generation that is enforced already is not published again
 * @number: of the generation if @resume finds it enforced, else ignored
 * @uid, @pid: who asked
 * @progress: told what is being done; may be NULL
 *
 * Set by rf_apply_policy(), released by rf_apply_free():
 * @diagnostics: findings
 * @diff: what changes
 * @message: for people: what was done, or what failed and what to do
 * @missing: origins that do not exist (only with @resume)
 * @labelled: processes that held regulated data already
 */
struct rf_apply {
	const struct rf_policy_file *files;
	size_t count;
	bool dry_run;
	bool resume;
	uint64_t number;
	uid_t uid;
	pid_t pid;
	void (*progress)(void *ctx, const char *text);
	void *ctx;
	struct rf_diagnostics diagnostics;
	struct rf_policy_diff diff;
	char message[768];
	int missing;
	int labelled;
};

/** rf_apply_policy - returns the exit code of `ringfence apply` */
int rf_apply_policy(struct rf_daemon *daemon, struct rf_apply *apply);
void rf_apply_free(struct rf_apply *apply);

/** rf_apply_moved - mark again what was replaced under an origin's name */
void rf_apply_moved(struct rf_daemon *daemon);

/** rf_apply_mounted - mark what was mounted on an origin, or below it */
void rf_apply_mounted(struct rf_daemon *daemon);

#endif /* RF_APPLY_H */
