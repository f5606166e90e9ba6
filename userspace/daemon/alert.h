/* SPDX-License-Identifier: GPL-2.0 */
/*
 * alert.h - what is done with each event: syslog, those who watch, resets
 */
#ifndef RF_ALERT_H
#define RF_ALERT_H

#include "userspace/daemon/daemon.h"

/** rf_alert_event - one event of the ring; @ctx is the struct rf_daemon */
void rf_alert_event(void *ctx, const struct rf_event *event);

/** rf_alert_flush - tell the summaries that are due; returns when the next is */
uint64_t rf_alert_flush(struct rf_daemon *daemon);

/** rf_alert_drain - tell everything that is pending */
void rf_alert_drain(struct rf_daemon *daemon);

/** rf_alert_lost - tell of events that the ring had no room for */
void rf_alert_lost(struct rf_daemon *daemon);

#endif /* RF_ALERT_H */
