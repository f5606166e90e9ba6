/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guard.h - how an operation on the enforcement itself is refused
 */
#ifndef RF_BPF_GUARD_H
#define RF_BPF_GUARD_H

#include "bpf/event.h"

static __always_inline int rf_guard_refuse(void)
{
	struct rf_event *event;

	rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_TAMPER));
	event = rf_event_begin(RF_EVENT_TAMPER);
	if (event) {
		event->reason = RF_REASON_TAMPER;
		rf_event_current(event);
		bpf_ringbuf_submit(event, 0);
	}
	return -EPERM;
}

#endif /* RF_BPF_GUARD_H */
