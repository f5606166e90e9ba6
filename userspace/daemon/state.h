/* SPDX-License-Identifier: GPL-2.0 */
/*
 * state.h - what is enforced and how well, as one JSON object
 */
#ifndef RF_STATE_H
#define RF_STATE_H

#include <jansson.h>

#include "userspace/daemon/daemon.h"

/**
 * rf_state_json - a new object for `ringfence status`; NULL without memory
 *
 * Its member "problems" lists in words what is not well; empty if all is.
 */
json_t *rf_state_json(struct rf_daemon *daemon);

#endif /* RF_STATE_H */
