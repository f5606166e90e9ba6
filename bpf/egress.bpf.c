// SPDX-License-Identifier: GPL-2.0
/*
 * egress.bpf.c - the packet door: every packet of every socket, at the cgroup
 * root, after routing and after address translation
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>

#include "bpf/late.h"
#include "bpf/verdict.h"

#define RF_PASS 1
#define RF_DROP 0

/* The loopback device, whose number is the same in every network namespace */
#define RF_LOOPBACK_IFINDEX 1

/* Extension headers: they may route the packet on, or carry what they like. */
static __always_inline bool rf_header_extends(__u8 next)
{
	switch (next) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_FRAGMENT: /* the kernel fragments behind this door */
	case IPPROTO_MH: return true;
	}
	return false;
}

static __always_inline void rf_ask_ports(struct rf_question *ask, const struct __sk_buff *skb,
					 __u32 offset)
{
	__u16 ports[2];

	if (ask->proto != IPPROTO_TCP && ask->proto != IPPROTO_UDP)
		return;
	if (bpf_skb_load_bytes(skb, offset, ports, sizeof(ports)))
		return;
	ask->sport = bpf_ntohs(ports[0]);
	ask->port = bpf_ntohs(ports[1]);
}

static __always_inline void rf_ask_ipv4(struct rf_question *ask, const struct __sk_buff *skb)
{
	struct iphdr ip;

	ask->family = AF_INET;
	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip))) {
		ask->refusal = RF_REASON_HEADER;
		return;
	}
	ask->proto = ip.protocol;
	rf_addr_v4(ask->addr, ip.daddr);
	rf_addr_v4(ask->saddr, ip.saddr);
	/* Options can route it on (LSRR, SSRR). */
	if (ip.version != 4 || ip.ihl != 5)
		ask->refusal = RF_REASON_HEADER;
	else
		rf_ask_ports(ask, skb, sizeof(ip));
}

static __always_inline void rf_ask_ipv6(struct rf_question *ask, const struct __sk_buff *skb)
{
	struct ipv6hdr ip;

	ask->family = AF_INET6;
	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip))) {
		ask->refusal = RF_REASON_HEADER;
		return;
	}
	ask->proto = ip.nexthdr;
	__builtin_memcpy(ask->addr, &ip.daddr, sizeof(ask->addr));
	__builtin_memcpy(ask->saddr, &ip.saddr, sizeof(ask->saddr));
	/* ::ffff:a.b.c.d in an IPv6 header is not the IPv4 address. */
	if (ip.version != 6 || rf_header_extends(ip.nexthdr) || rf_addr_is_mapped(ask->addr))
		ask->refusal = RF_REASON_HEADER;
	else
		rf_ask_ports(ask, skb, sizeof(ip));
}

static __always_inline void rf_ask_packet(struct rf_question *ask, const struct __sk_buff *skb)
{
	if (skb->protocol == bpf_htons(ETH_P_IP))
		rf_ask_ipv4(ask, skb);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6))
		rf_ask_ipv6(ask, skb);
	else
		ask->refusal = RF_REASON_HEADER;
	/* A header of one's own may name this host and leave it all the same. */
	if (rf_addr_is_loopback(ask->addr) && skb->ifindex != RF_LOOPBACK_IFINDEX)
		ask->refusal = RF_REASON_HEADER;
}

/*
 * What this host sends to itself it may answer, with an echo or an error that
 * has the data, and no socket's label: to the source, which can be forged. So
 * that is asked too, and is what the alert names.
 */
static __always_inline struct rf_decision rf_verdict_packet(struct rf_question *ask,
							    const struct __sk_buff *skb)
{
	struct rf_decision answer = rf_verdict_of(ask);

	if (answer.verdict != RF_VERDICT_ALLOW || skb->ifindex != RF_LOOPBACK_IFINDEX)
		return answer;
	__builtin_memcpy(ask->addr, ask->saddr, sizeof(ask->addr));
	return rf_verdict_of(ask);
}

/* The label that the socket has by its cookie; all classes if one was lost. */
static __always_inline __u64 rf_egress_late(struct __sk_buff *skb)
{
	struct rf_state *global = rf_state();
	__u64 cookie, *label;

	if (!global || global->lost)
		return ~0ULL;
	if (!global->late)
		return 0;
	cookie = bpf_get_socket_cookie(skb);
	label = bpf_map_lookup_elem(&late, &cookie);
	return label ? *label : 0;
}

SEC("cgroup_skb/egress")
int rf_egress(void *context)
{
	/*
	 * Not the parameter's type: a program that BTF knows by its context
	 * can be replaced by one of type BPF_PROG_TYPE_EXT.
	 */
	struct __sk_buff *skb = context;
	struct rf_question ask = { .door = RF_DOOR_PACKET };
	struct bpf_sock *sk = skb->sk;
	struct rf_decision answer;
	struct rf_event *event;
	struct rf_sock *record;

	if (!sk)
		return RF_PASS;
	record = bpf_sk_storage_get(&socks, sk, NULL, 0);
	ask.label = rf_egress_late(skb);
	if (record)
		ask.label |= record->label;
	if (!ask.label)
		return RF_PASS;

	rf_ask_packet(&ask, skb);
	answer = rf_verdict_packet(&ask, skb);
	if (answer.verdict == RF_VERDICT_ALLOW)
		return RF_PASS;
	rf_verdict_count(&ask, &answer);
	event = rf_verdict_event(&ask, &answer);
	if (event) {
		/* A SYN-ACK's listener serves others too: not to be reset. */
		if (sk->state != TCP_LISTEN)
			event->socket = bpf_get_socket_cookie(skb);
		if (record) {
			event->holder = record->holder;
			event->cgroup = record->cgroup;
			event->tgid = record->tgid;
			event->pid = record->pid;
			event->uid = record->uid;
			__builtin_memcpy(event->comm, record->comm, sizeof(event->comm));
		}
		bpf_ringbuf_submit(event, 0);
	}
	if (answer.verdict == RF_VERDICT_AUDIT || !rf_door_closed(RF_DOOR_PACKET))
		return RF_PASS;
	return RF_DROP;
}
