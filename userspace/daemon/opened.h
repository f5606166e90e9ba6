/* SPDX-License-Identifier: GPL-2.0 */
/*
 * opened.h - files that processes have had open or mapped since before the
 * hooks were there
 */
#ifndef RF_DAEMON_OPENED_H
#define RF_DAEMON_OPENED_H

#include "userspace/daemon/daemon.h"

/**
 * rf_opened_learn - what was kept with such files is their label again
 * @path: room for the name of the one that failed
 *
 * Who has them is to be labelled next: rf_datapath_label_holders(). Without the
 * module nothing is kept, and 0 is returned. Otherwise 0 or a negative errno.
 */
int rf_opened_learn(struct rf_daemon *daemon, char *path, size_t size);

#endif /* RF_DAEMON_OPENED_H */
