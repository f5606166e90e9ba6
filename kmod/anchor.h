/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quarantine, armed, disarmed: the state and what changes it
 *
 *	load -> QUARANTINE --arm--> ARMED --disarm--> DISARMED
 *	             ^                |                  |
 *	             +--a link gone---+ <------arm-------+
 *
 * An arm is taken in every state; a disarm too, so that a host in quarantine
 * can be let out by an explicit, audited command. While links are held the
 * module cannot be unloaded.
 */
#ifndef RF_ANCHOR_H
#define RF_ANCHOR_H

#include <linux/types.h>

#include "uapi/ringfence.h"

/**
 * rf_anchor_open() - may packets leave?
 *
 * Finds out at once that a link is gone, and says so in the log the first time.
 *
 * Context: any, under rcu_read_lock(); once per packet.
 * Return: true if armed or disarmed, false in quarantine.
 */
bool rf_anchor_open(void);

/**
 * rf_anchor_arm() - hold these links instead of those held before
 * @arm: checked here, descriptors of the calling process
 *
 * The new ones are held before the old ones are let go. On error nothing
 * changes.
 *
 * Context: process; may sleep.
 * Return: 0, -EINVAL for another ABI, or as rf_hold_take().
 */
int rf_anchor_arm(const struct rf_ioc_arm *arm);

/**
 * rf_anchor_disarm() - let the links go and the packets pass
 *
 * Context: process; may sleep.
 */
void rf_anchor_disarm(void);

/**
 * rf_anchor_status() - the state, the links and the generation
 * @status: every field is set; quarantined to 0
 *
 * Context: process; may sleep.
 */
void rf_anchor_status(struct rf_ioc_status *status);

/* The word for an enum rf_anchor_state. */
const char *rf_anchor_state_name(u32 state);

#endif /* RF_ANCHOR_H */
