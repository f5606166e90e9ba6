/* SPDX-License-Identifier: GPL-2.0 */
/*
 * label.h - the labels of files, for `ringfence label`
 */
#ifndef RF_DAEMON_LABEL_H
#define RF_DAEMON_LABEL_H

#include "userspace/daemon/daemon.h"

/** rf_label_request - answer "label": get, set or clear one file */
void rf_label_request(struct rf_daemon *daemon, struct rf_client *client, const json_t *request);

/**
 * rf_label_open - a descriptor that the peer has open, as an O_PATH one of ours
 *
 * So a file is the one that it named, in whatever mount namespace it is.
 * Returns a descriptor or a negative errno.
 */
int rf_label_open(const struct rf_client *client, const json_t *request);

/** rf_label_origin - a number for what `ringfence label` does to @path; 0 or a negative errno */
int rf_label_origin(struct rf_daemon *daemon, const char *path, uint32_t *id);

/**
 * rf_label_mark - add to the mark of @fd, which may be open by O_PATH
 *
 * For a file of overlayfs to that of the file below as well. 0 or a negative errno.
 */
int rf_label_mark(struct rf_daemon *daemon, int fd, const struct rf_mark *mark);

/**
 * rf_label_keep - let the module keep a label with a file
 * @anchor: of rf_anchor_open()
 * @fd: O_PATH or not; a regular file
 * @flags: 0 or RF_KEEP_REPLACE
 */
int rf_label_keep(struct rf_daemon *daemon, int anchor, int fd, uint64_t classes, uint32_t flags);

#endif /* RF_DAEMON_LABEL_H */
