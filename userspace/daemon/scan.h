/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scan.h - labels for the files of a tree that exist already
 *
 * One scan at a time, a batch of files each time that the daemon has nothing
 * else to do. Where it is is kept in the state directory: a scan that is
 * stopped, or one in the background that the end of the daemon has cut short,
 * goes on from there.
 */
#ifndef RF_SCAN_H
#define RF_SCAN_H

#include "userspace/daemon/daemon.h"

#define RF_SCANS_FILE "scans.json"

/** rf_scan_request - answer "scan": start one, or go on with it */
void rf_scan_request(struct rf_daemon *daemon, struct rf_client *client, const json_t *request);

/** rf_scan_gone - a client is about to be freed: its scan stops */
void rf_scan_gone(struct rf_daemon *daemon, const struct rf_client *client);

/** rf_scan_resume - go on with one that was in the background */
void rf_scan_resume(struct rf_daemon *daemon);

/** rf_scan_free - the daemon ends: remember where the scan is */
void rf_scan_free(struct rf_daemon *daemon);

#endif /* RF_SCAN_H */
