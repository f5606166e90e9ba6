// SPDX-License-Identifier: GPL-2.0
/*
 * filter.bpf.c - what our program is compared with, and the end of the line
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "tests/bench/trie.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct bench_key4);
	__type(value, __u32);
} allowed4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct bench_key6);
	__type(value, __u32);
} allowed6 SEC(".maps");

SEC("cgroup_skb/egress")
int empty(struct __sk_buff *skb)
{
	return 1;
}

/* As systemd's, which loads the address and asks the trie; the rest is denied. */
SEC("cgroup_skb/egress")
int lpm(struct __sk_buff *skb)
{
	struct bench_key4 key4 = { .len = 32 };
	struct bench_key6 key6 = { .len = 128 };

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (bpf_skb_load_bytes(skb, offsetof(struct iphdr, daddr), &key4.addr, 4))
			return 0;
		return bpf_map_lookup_elem(&allowed4, &key4) ? 1 : 0;
	}
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		if (bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, daddr), key6.addr, 16))
			return 0;
		return bpf_map_lookup_elem(&allowed6, &key6) ? 1 : 0;
	}
	return 1;
}

/* At the far end: what was sent has been measured; the rest passes. */
SEC("tc")
int drop_udp(struct __sk_buff *skb)
{
	__u8 protocol = 0;

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct iphdr, protocol), &protocol, 1);
	return protocol == IPPROTO_UDP ? TC_ACT_SHOT : TC_ACT_OK;
}
