// SPDX-License-Identifier: GPL-2.0
/*
 * local.bpf.c - a labelled packet of this host to itself; what labels its receiver is
 * only counted
 */
#define RF_STORAGE_DEFINE
#include "bpf/local.h"

char LICENSE[] SEC("license") = "GPL";

__u64 self;
__u32 gained;

__noinline int rf_gain(const __u64 *channel, struct rf_source *hop)
{
	if (!channel || !hop)
		return -EACCES;
	gained++;
	return 0;
}

__noinline int rf_settle(bool force)
{
	return force ? -EACCES : 0;
}

/* The task that the next program runs for. */
SEC("syscall")
int find_self(void *ctx)
{
	self = bpf_get_current_task();
	return 0;
}

SEC("cgroup_skb/egress")
int send_udp(struct __sk_buff *skb)
{
	struct rf_source hop = { .classes = 1, .kind = RF_FLOW_LOOPBACK };

	return !rf_local_flow(skb, IPPROTO_UDP, sizeof(struct iphdr), &hop);
}
