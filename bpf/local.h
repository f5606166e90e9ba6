/* SPDX-License-Identifier: GPL-2.0 */
/*
 * local.h - packets that this host sends to itself: who gets them
 *
 * Only the sender of a labelled packet pays: at the packet door, where it is
 * seen anyway, the socket that it is for is looked up as the stack will do.
 */
#ifndef RF_BPF_LOCAL_H
#define RF_BPF_LOCAL_H

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>

#include "bpf/flow.h"

/* 127.255.255.255 */
#define INADDR_LOOPBACK_BROADCAST 0x7fffffff

/*
 * False for what carries no data, as far as one can tell. @proto: TCP or UDP, of which
 * who receives a datagram without any obtains the sender's address.
 */
static __noinline bool rf_local_has_data(const struct __sk_buff *skb, __u8 proto, __u32 header)
{
	struct tcphdr tcp;

	if (proto == IPPROTO_UDP)
		return true;
	if (bpf_skb_load_bytes(skb, header, &tcp, sizeof(tcp)))
		return true;
	return skb->len > header + tcp.doff * 4;
}

static __always_inline void rf_local_tuple_v4(const struct __sk_buff *skb, __u32 header,
					      struct bpf_sock_tuple *tuple)
{
	bpf_skb_load_bytes(skb, offsetof(struct iphdr, saddr), &tuple->ipv4.saddr, 8);
	bpf_skb_load_bytes(skb, header, &tuple->ipv4.sport, 4);
}

static __always_inline void rf_local_tuple_v6(const struct __sk_buff *skb, __u32 header,
					      struct bpf_sock_tuple *tuple)
{
	bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, saddr), &tuple->ipv6.saddr, 32);
	bpf_skb_load_bytes(skb, header, &tuple->ipv6.sport, 4);
}

/*
 * The address of the socket that the packet is for, 0 if there is none. It may
 * end before it gets the packet: then so does what is known of it.
 */
static __noinline __u64 rf_local_receiver(struct __sk_buff *skb, __u8 proto, __u32 header)
{
	bool v4 = skb->protocol == bpf_htons(ETH_P_IP);
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *sk;
	__u64 address;
	__u32 size;

	if (v4)
		rf_local_tuple_v4(skb, header, &tuple);
	else
		rf_local_tuple_v6(skb, header, &tuple);
	size = v4 ? sizeof(tuple.ipv4) : sizeof(tuple.ipv6);
	if (proto == IPPROTO_TCP)
		sk = bpf_skc_lookup_tcp(skb, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	else
		sk = bpf_sk_lookup_udp(skb, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return 0;
	address = (__u64)sk;
	bpf_sk_release(sk);
	return address;
}

static long rf_local_under_way(struct bpf_map *map, const struct rf_work *work, const __u64 *state,
			       __u64 *task)
{
	if (work->task != *task)
		return 0;
	*task = 0;
	return 1;
}

/*
 * Is this a softirq that interrupts its task while that labels something? What it found
 * half labelled would look as if it were its own, and what it failed to label the other
 * would not hear of.
 */
static __noinline bool rf_local_interrupts(void)
{
	const struct rf_state *global = rf_state();
	__u64 task = bpf_get_current_task();

	if (!global || !global->work)
		return !global;
	bpf_for_each_map_elem(&work, rf_local_under_way, &task, 0);
	return !task;
}

/*
 * Who gets it can't be told: each that listens gets what is broadcast, a program chooses
 * in a group. And somebody may come to a socket that nobody has, before the packet does.
 * Not inline, for its stack.
 */
static __noinline bool rf_local_unknown(struct __sk_buff *skb, __u64 receiver)
{
	const struct sock *sk = (const void *)receiver;
	__be32 to = 0;

	if (!sk || BPF_CORE_READ(sk, sk_reuseport_cb, prog))
		return true;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		bpf_skb_load_bytes(skb, offsetof(struct iphdr, daddr), &to, sizeof(to));
	return to == bpf_htonl(INADDR_LOOPBACK_BROADCAST);
}

/**
 * rf_local_flow - a labelled packet is about to be received on this host
 * @header: where the transport's header begins
 * @hop: of the socket that it was sent on
 *
 * -EACCES if who would get it can't be labelled.
 */
static __always_inline int rf_local_flow(struct __sk_buff *skb, __u8 proto, __u32 header,
					 struct rf_source *hop)
{
	__u64 channel;

	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return 0;
	if (!rf_local_has_data(skb, proto, header))
		return 0;
	channel = rf_local_receiver(skb, proto, header);
	/* It is lost, and TCP sends it again. */
	if (rf_local_unknown(skb, channel) || rf_local_interrupts()) {
		rf_count(RF_STATS_REASON(RF_DOOR_PACKET, RF_REASON_RECORD));
		return -EACCES;
	}
	return rf_gain(&channel, hop) || rf_settle(false) ? -EACCES : 0;
}

#endif /* RF_BPF_LOCAL_H */
