/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unix.h - sending on a unix socket
 */
#ifndef RF_BPF_UNIX_H
#define RF_BPF_UNIX_H

#include "bpf/flow.h"

/**
 * rf_unix_send - the running task is about to send on the unix socket @sk
 *
 * A connection has its peer already. Where a datagram goes is known later, to
 * unix_may_send, which connect asks too: so it is noted that this is a send.
 *
 * -EACCES if that has to be refused.
 */
static __always_inline int rf_unix_send(const struct sock *sk)
{
	const struct unix_sock *unix;
	struct rf_task *task;

	if (sk->sk_type == SOCK_DGRAM) {
		task = rf_task_find(rf_task_current());
		if (task)
			rf_call_note(task, &task->writing, (__u64)sk, RF_FLOW_UNIX);
		return 0;
	}
	unix = bpf_skc_to_unix_sock((void *)sk);
	return unix && unix->peer ? rf_flow_write((__u64)unix->peer, RF_FLOW_UNIX) : 0;
}

#endif /* RF_BPF_UNIX_H */
