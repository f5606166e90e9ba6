/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reset.h - end a TCP connection that may not send any more
 *
 * A dropped packet leaves the connection hanging until its time-outs; this
 * ends it with a reset, so that both programs see an error at once. It is a
 * courtesy, not the enforcement: what could leave is stopped already.
 */
#ifndef RF_RESET_H
#define RF_RESET_H

#include "kmod/uapi/ringfence.h"

/** rf_reset_wanted - is this a denied packet or call of a TCP socket? */
int rf_reset_wanted(const struct rf_event *event);

/**
 * rf_reset_connection - destroy the event's socket, in the network namespace
 * of its process or, if that is gone, in the daemon's
 *
 * Returns 0, -ENOENT (no such socket any more), -EOPNOTSUPP (a kernel without
 * CONFIG_INET_DIAG_DESTROY) or another negative errno.
 */
int rf_reset_connection(const struct rf_event *event);

#endif /* RF_RESET_H */
