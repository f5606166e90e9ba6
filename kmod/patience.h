/* SPDX-License-Identifier: GPL-2.0 */
/*
 * waiting for what the waiter itself may be holding up: for a while only
 *
 *	rf_patience_begin(&patience);
 *	while (!trylock())
 *		if (!rf_patience_left(&patience))
 *			return -EBUSY;
 */
#ifndef RF_PATIENCE_H
#define RF_PATIENCE_H

#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

/* Longer than a snapshot needs, shorter than anyone takes for a hang. */
#define RF_PATIENCE (2 * HZ)

struct rf_patience {
	unsigned long end;
};

static inline void rf_patience_begin(struct rf_patience *patience)
{
	patience->end = jiffies + RF_PATIENCE;
}

/* Sleeps for a moment; false when there is no more to wait, or no one who does. */
static inline bool rf_patience_left(const struct rf_patience *patience)
{
	if (time_after(jiffies, patience->end) || fatal_signal_pending(current))
		return false;
	schedule_timeout_killable(1);
	return true;
}

#endif /* RF_PATIENCE_H */
