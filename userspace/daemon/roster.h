/* SPDX-License-Identifier: GPL-2.0 */
/*
 * roster.h - labelled processes, and how each got its label
 */
#ifndef RF_ROSTER_H
#define RF_ROSTER_H

#include "userspace/daemon/daemon.h"

/**
 * rf_roster_tell - one "process" object per labelled process
 * @pid: or the one of this process, labelled or not; 0 for all
 *
 * Returns 0 or a negative errno, -ESRCH if there is no such process.
 */
int rf_roster_tell(struct rf_daemon *daemon, struct rf_client *client, pid_t pid);

/** rf_roster_flows - one "flow" object per connected socket with a label; the same */
int rf_roster_flows(struct rf_daemon *daemon, struct rf_client *client);

#endif /* RF_ROSTER_H */
