/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trust.h - may new region data take the place of what was accepted before?
 */
#ifndef RF_TRUST_H
#define RF_TRUST_H

#include "userspace/lib/accepted.h"
#include "userspace/lib/fault.h"
#include "userspace/lib/world.h"

/**
 * rf_trust_files - are they what their publisher made?
 * @source: its sha256sums, or its signature and key; nothing given: nothing
 *	asked
 * @named: the files as the policy names them, for their names
 * @staged: the copies that are checked
 * @opened: of a world that has opened @staged: nothing else is checked; or NULL
 *
 * sha256sums has lines as sha256sum(1) writes them, by base name. A signature
 * is one that openssl makes: `pkeyutl -sign -rawin` with an Ed25519 key, or
 * `dgst -sha256 -sign` with an RSA or EC key. Returns 0, -EPERM (it is not what
 * was signed or listed), -ESTALE (it is not what was opened), or an errno of
 * reading; with @fault.
 */
int rf_trust_files(const struct rf_policy_source *source, const struct rf_accepted_files *named,
		   const struct rf_accepted_files *staged, const struct rf_world_source *opened,
		   struct rf_fault *fault);

/**
 * struct rf_trust_limits - what new data may be
 * @max_loss: percent that the whole, or a country of more than a ten
 *	thousandth of it, may lose
 * @max_age_days: 0: any; else data without a date is refused
 * @now: seconds since 1970
 */
struct rf_trust_limits {
	unsigned int max_loss;
	unsigned int max_age_days;
	long long now;
};

/**
 * rf_trust_change - is it new, and is all there?
 * @old: what was accepted before, or NULL; parsed, as @new
 *
 * Returns 0, -EPERM (older than what was accepted, too old, or too much is
 * gone, or dated ahead of @now by more than a day), -ENOMEM; with @fault.
 */
int rf_trust_change(const struct rf_world_source *old, const struct rf_world_source *new,
		    const struct rf_clouds *clouds, const struct rf_trust_limits *limits,
		    struct rf_fault *fault);

#endif /* RF_TRUST_H */
