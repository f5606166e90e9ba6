/* SPDX-License-Identifier: GPL-2.0 */
/*
 * counters.h - the kernel's counters, hooks and maps as JSON
 */
#ifndef RF_COUNTERS_H
#define RF_COUNTERS_H

#include <jansson.h>

#include "userspace/daemon/daemon.h"

/* Each returns a new reference, JSON null if the kernel could not be asked. */
json_t *rf_counters_json(struct rf_daemon *daemon);
json_t *rf_counters_hooks(struct rf_daemon *daemon, int *attached, int *total);
json_t *rf_counters_maps(struct rf_daemon *daemon);

#endif /* RF_COUNTERS_H */
