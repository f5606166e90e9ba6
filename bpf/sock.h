/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sock.h - the label of a socket
 */
#ifndef RF_BPF_SOCK_H
#define RF_BPF_SOCK_H

#include "bpf/holder.h"

/**
 * rf_sock_label - label(socket) |= label
 *
 * Of the running task, which is remembered for the packet door's alerts.
 * -EACCES if it can't be recorded.
 */
static __always_inline int rf_sock_label(struct sock *sk, __u64 id, __u64 label, __u64 holds)
{
	struct rf_sock *record;
	__u64 pid_tgid;

	record = bpf_sk_storage_get(&socks, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!record)
		return -EACCES;
	/* Not of one that others send on as well, or did. */
	if (!record->holder)
		record->holds = holds;
	else if (record->holds & ~holds)
		__sync_fetch_and_and(&record->holds, holds);
	__sync_fetch_and_or(&record->label, label);
	if (record->holder == id)
		return 0;
	pid_tgid = bpf_get_current_pid_tgid();
	record->holder = id;
	record->tgid = pid_tgid >> 32;
	record->pid = (__u32)pid_tgid;
	record->uid = (__u32)bpf_get_current_uid_gid();
	record->cgroup = bpf_get_current_cgroup_id();
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	return 0;
}

/*
 * Why a labelled process may not use such a socket at all; 0 if it may.
 * @protocol: as given to socket(2), or of an existing socket
 */
static __always_inline __u8 rf_socket_refusal(__u16 family, __u16 type, __u16 protocol)
{
	if (family != AF_INET && family != AF_INET6)
		return RF_REASON_FAMILY;
	if (type == SOCK_STREAM && !protocol)
		protocol = IPPROTO_TCP;
	if (type == SOCK_DGRAM && !protocol)
		protocol = IPPROTO_UDP;
	return rf_packets_seen(family, type, protocol) ? 0 : RF_REASON_PROTOCOL;
}

#endif /* RF_BPF_SOCK_H */
