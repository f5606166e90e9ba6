/* SPDX-License-Identifier: GPL-2.0 */
/*
 * resume.h - at start: enforce again, or understand, what was applied last
 */
#ifndef RF_RESUME_H
#define RF_RESUME_H

#include "userspace/daemon/daemon.h"

/**
 * rf_resume_load - the class bits and origin numbers that are in use
 *
 * If they are lost while holders exist, the bits that these hold are not
 * given to any class again. Returns 0 or a negative errno.
 */
int rf_resume_load(struct rf_daemon *daemon);

/**
 * rf_resume_policy - apply the policy applied last, unless it is enforced
 * already, in which case the daemon takes over without a change
 *
 * Leaves daemon->resume set if it has to be tried again.
 */
void rf_resume_policy(struct rf_daemon *daemon);

#endif /* RF_RESUME_H */
