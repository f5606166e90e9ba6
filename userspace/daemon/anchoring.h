/* SPDX-License-Identifier: GPL-2.0 */
/*
 * anchoring.h - the daemon's dealings with the module
 */
#ifndef RF_ANCHORING_H
#define RF_ANCHORING_H

#include "userspace/daemon/daemon.h"

/**
 * rf_anchoring_arm - give the links and the policy's management prefixes to
 * the module, if it is loaded
 *
 * Returns 0, -ENOENT without a module, or another negative errno.
 */
int rf_anchoring_arm(struct rf_daemon *daemon);

/**
 * rf_anchoring_classes - tell the module, if it is loaded, which bit is which
 * class; before anything can get a label with it
 *
 * Returns 0, also without a module, or a negative errno.
 */
int rf_anchoring_classes(const struct rf_daemon *daemon);

/** rf_anchoring_disarm - 0, also without a module, or a negative errno */
int rf_anchoring_disarm(struct rf_daemon *daemon);

/** rf_anchoring_needed - is it loaded without holding our links? */
bool rf_anchoring_needed(const struct rf_daemon *daemon);

#endif /* RF_ANCHORING_H */
