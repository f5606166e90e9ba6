/* SPDX-License-Identifier: GPL-2.0 */
/*
 * request.h - what a client of the control socket may ask for
 */
#ifndef RF_REQUEST_H
#define RF_REQUEST_H

#include "userspace/daemon/daemon.h"

/** rf_request_handle - answer one request (userspace/lib/control.h) */
void rf_request_handle(struct rf_daemon *daemon, struct rf_client *client, const json_t *request);

/** rf_request_classes - the bits of a list of names; 0, with the answer given, if one is not there */
uint64_t rf_request_classes(struct rf_daemon *daemon, struct rf_client *client,
			    const json_t *names);

#endif /* RF_REQUEST_H */
