/* SPDX-License-Identifier: GPL-2.0 */
/*
 * late.h - labels of sockets that are known by cookie only
 *
 * A thread that is blocked in a send when its process gets a label has passed
 * its hook; what it copies from memory afterwards may be labelled. So a new
 * label goes to the socket that each sibling last sent on. The siblings are
 * found by walking the kernel's lists, which gives addresses and no typed
 * pointers: hence a hash by socket cookie beside the socket storage. The
 * packet door looks into it only while it has entries.
 */
#ifndef RF_BPF_LATE_H
#define RF_BPF_LATE_H

#include "bpf/call.h"

/* Never leave the host: their flows are followed, see unix.h and rf_netlink_send(). */
static __always_inline bool rf_family_local(__u16 family)
{
	return family == AF_UNIX || family == AF_NETLINK;
}

/*
 * Sent without a system call (AF_XDP), or by one that no hook can refuse: up to
 * 6.4 KCM takes pages by sendpage, and sends them on a connection of its own.
 */
static __always_inline bool rf_family_unseen(__u16 family)
{
	return family == AF_XDP || family == AF_KCM;
}

/* True for sockets whose every packet passes the packet door. */
static __always_inline bool rf_packets_seen(__u16 family, __u16 type, __u16 protocol)
{
	if (family != AF_INET && family != AF_INET6)
		return false;
	switch (type) {
	case SOCK_STREAM: return protocol == IPPROTO_TCP;
	case SOCK_DGRAM:
		return protocol == IPPROTO_UDP || protocol == IPPROTO_ICMP ||
		       protocol == IPPROTO_ICMPV6;
	case SOCK_RAW: return true;
	}
	return false;
}

static __always_inline int rf_late_add(__u64 cookie, __u64 classes)
{
	struct rf_state *global = rf_state();
	__u64 *label;

	if (!global)
		return -EACCES;
	label = bpf_map_lookup_elem(&late, &cookie);
	if (label) {
		__sync_fetch_and_or(label, classes);
		return 0;
	}
	__sync_fetch_and_add(&global->late, 1);
	if (!bpf_map_update_elem(&late, &cookie, &classes, BPF_NOEXIST))
		return 0;
	__sync_fetch_and_sub(&global->late, 1);
	label = bpf_map_lookup_elem(&late, &cookie);
	if (!label)
		return -EACCES;
	__sync_fetch_and_or(label, classes);
	return 0;
}

static __always_inline void rf_late_forget(__u64 cookie)
{
	struct rf_state *global = rf_state();

	if (global && global->late && !bpf_map_delete_elem(&late, &cookie))
		__sync_fetch_and_sub(&global->late, 1);
}

/* Is it the same socket still, and not a freed one or another in its place? */
static __always_inline bool rf_late_alive(const struct rf_task *task)
{
	const struct sock_common *sk = (const void *)task->sk;

	return (__u64)BPF_CORE_READ(sk, skc_cookie.counter) == task->cookie &&
	       BPF_CORE_READ(sk, skc_refcnt.refs.counter) > 0;
}

#endif /* RF_BPF_LATE_H */
