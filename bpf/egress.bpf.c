// SPDX-License-Identifier: GPL-2.0
/*
 * egress.bpf.c - the packet door: every packet of every socket, at the cgroup
 * root, after routing and after address translation
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>

#include "bpf/local.h"
#include "bpf/verdict.h"

#define RF_PASS 1
#define RF_DROP 0

/* The loopback device, whose number is the same in every network namespace */
#define RF_LOOPBACK_IFINDEX 1

/* Set where the kernel has bpf_rdonly_cast(): from 6.2 (a35b9af4ec2c). */
extern const volatile __u32 rf_kernel_casts;
extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

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

/**
 * struct rf_packet - what a header says
 * @to, @from: its addresses
 * @refusal: enum rf_reason if no address can make it good, or 0
 * @ports: where they are if the protocol has any; 0 if that is not sure
 */
struct rf_packet {
	struct rf_words to;
	struct rf_words from;
	__u16 family;
	__u8 proto;
	__u8 refusal;
	__u8 ports;
};

/*
 * Sets @begin to the first @size bytes of a packet: where they are, or in @copy
 * if they are not in one piece. False if there are not so many.
 */
static __always_inline bool rf_packet_begin(struct __sk_buff *skb, __u32 size, void *copy,
					    const void **begin)
{
	const void *data = (void *)(long)skb->data;

	if (data + size <= (void *)(long)skb->data_end) {
		*begin = data;
		return true;
	}
	*begin = copy;
	return !bpf_skb_load_bytes(skb, 0, copy, size);
}

static __always_inline struct rf_words rf_words_v4(__be32 addr)
{
	struct rf_words words = { 0, 0xffff00000000ull | bpf_ntohl(addr) };

	return words;
}

/* By parts as large as a packet's alignment lets clang load at once. */
static __always_inline struct rf_words rf_words_v6(const struct in6_addr *addr)
{
	const __be32 *part = addr->in6_u.u6_addr32;
	struct rf_words words = {
		(__u64)bpf_ntohl(part[0]) << 32 | bpf_ntohl(part[1]),
		(__u64)bpf_ntohl(part[2]) << 32 | bpf_ntohl(part[3]),
	};

	return words;
}

static __always_inline void rf_packet_ipv4(struct rf_packet *packet, struct __sk_buff *skb)
{
	const struct iphdr *ip;
	struct iphdr copy;

	packet->family = AF_INET;
	if (!rf_packet_begin(skb, sizeof(copy), &copy, (const void **)&ip)) {
		packet->refusal = RF_REASON_HEADER;
		return;
	}
	packet->proto = ip->protocol;
	packet->to = rf_words_v4(ip->daddr);
	packet->from = rf_words_v4(ip->saddr);
	/* Options can route it on (LSRR, SSRR). */
	if (ip->version != 4 || ip->ihl != 5)
		packet->refusal = RF_REASON_HEADER;
	else
		packet->ports = sizeof(*ip);
}

static __always_inline void rf_packet_ipv6(struct rf_packet *packet, struct __sk_buff *skb)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr copy;

	packet->family = AF_INET6;
	if (!rf_packet_begin(skb, sizeof(copy), &copy, (const void **)&ip)) {
		packet->refusal = RF_REASON_HEADER;
		return;
	}
	packet->proto = ip->nexthdr;
	packet->to = rf_words_v6(&ip->daddr);
	packet->from = rf_words_v6(&ip->saddr);
	/* ::ffff:a.b.c.d in an IPv6 header is not the IPv4 address. */
	if (ip->version != 6 || rf_header_extends(ip->nexthdr) || rf_words_are_v4(packet->to))
		packet->refusal = RF_REASON_HEADER;
	else
		packet->ports = sizeof(*ip);
}

static __always_inline void rf_packet_read(struct rf_packet *packet, struct __sk_buff *skb)
{
	if (skb->protocol == bpf_htons(ETH_P_IP))
		rf_packet_ipv4(packet, skb);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6))
		rf_packet_ipv6(packet, skb);
	else
		packet->refusal = RF_REASON_HEADER;
	/* A header of one's own may name this host and leave it all the same. */
	if (rf_words_are_loopback(packet->to) && skb->ifindex != RF_LOOPBACK_IFINDEX)
		packet->refusal = RF_REASON_HEADER;
}

/*
 * What this host sends to itself it may answer, with an echo or an error that
 * has the data, and no socket's label: to the source, which can be forged. So
 * that is asked too, of the same generation, and is what the alert names.
 */
static __always_inline struct rf_decision rf_packet_decide(struct rf_packet *packet, __u64 label,
							   const struct __sk_buff *skb)
{
	const struct rf_generation *gen = rf_generation();
	struct rf_decision answer;

	if (packet->refusal)
		return rf_decide_answer(RF_VERDICT_DENY, packet->refusal, label, 0);
	rf_decide_now(gen, label, packet->to.high, packet->to.low, &answer);
	if (answer.verdict != RF_VERDICT_ALLOW || skb->ifindex != RF_LOOPBACK_IFINDEX)
		return answer;
	packet->to = packet->from;
	rf_decide_now(gen, label, packet->to.high, packet->to.low, &answer);
	return answer;
}

/* Not inline, as what follows from the answer: the stack of each is its own. */
static __noinline int rf_packet_verdict(struct __sk_buff *skb, struct rf_packet *packet,
					struct rf_decision *answer, __u64 label)
{
	rf_packet_read(packet, skb);
	*answer = rf_packet_decide(packet, label, skb);
	return answer->verdict;
}

static __always_inline void rf_ask_ports(struct rf_question *ask, const struct rf_packet *packet,
					 const struct __sk_buff *skb)
{
	__u16 ports[2];

	if (!packet->ports || (packet->proto != IPPROTO_TCP && packet->proto != IPPROTO_UDP))
		return;
	if (bpf_skb_load_bytes(skb, packet->ports, ports, sizeof(ports)))
		return;
	ask->sport = bpf_ntohs(ports[0]);
	ask->port = bpf_ntohs(ports[1]);
}

/* The question that was asked, for who tells of the answer. */
static __always_inline void rf_ask_packet(struct rf_question *ask, const struct rf_packet *packet,
					  const struct __sk_buff *skb)
{
	ask->door = RF_DOOR_PACKET;
	ask->refusal = packet->refusal;
	ask->family = packet->family;
	ask->proto = packet->proto;
	rf_words_store(packet->to, ask->addr);
	rf_words_store(packet->from, ask->saddr);
	rf_ask_ports(ask, packet, skb);
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

/*
 * The socket's record; NULL if it has none. A socket without storage of any
 * kind is told by one load, where a helper would cost more than the rest of
 * what an unlabelled packet passes here.
 */
static __always_inline struct rf_sock *rf_egress_record(struct bpf_sock *sk)
{
	if (rf_kernel_casts) {
		const struct sock *plain =
			bpf_rdonly_cast(sk, bpf_core_type_id_kernel(struct sock));

		if (!plain->sk_bpf_storage)
			return NULL;
	}
	return bpf_sk_storage_get(&socks, sk, NULL, 0);
}

/* Count and tell of a packet that not every class allows; what becomes of it. */
static __noinline int rf_egress_refuse(struct __sk_buff *skb, const struct rf_packet *packet,
				       const struct rf_decision *answer, __u64 label,
				       const struct rf_sock *record)
{
	struct rf_question ask = { .label = label };
	struct bpf_sock *sk = skb->sk;
	struct rf_event *event;

	rf_ask_packet(&ask, packet, skb);
	rf_verdict_count(&ask, answer);
	event = rf_verdict_event(&ask, answer);
	if (event) {
		/* A SYN-ACK's listener serves others too: not to be reset. */
		if (sk && sk->state != TCP_LISTEN)
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
	if (answer->verdict == RF_VERDICT_AUDIT || !rf_door_closed(RF_DOOR_PACKET))
		return RF_PASS;
	return RF_DROP;
}

/* What may go, and goes to this host: its label goes to who gets it. */
static __always_inline int rf_egress_local(struct __sk_buff *skb, const struct rf_packet *packet,
					   __u64 label, const struct rf_sock *record)
{
	struct rf_source hop = { .classes = label, .kind = RF_FLOW_LOOPBACK };

	if (skb->ifindex != RF_LOOPBACK_IFINDEX)
		return RF_PASS;
	if (record) {
		hop.classes &= ~record->holds;
		hop.node = record->holder;
		hop.tgid = record->tgid;
		__builtin_memcpy(hop.comm, record->comm, sizeof(hop.comm));
	}
	return rf_local_flow(skb, packet->proto, packet->ports, &hop) ? RF_DROP : RF_PASS;
}

SEC("cgroup_skb/egress")
int rf_egress(void *context)
{
	/*
	 * Not the parameter's type: a program that BTF knows by its context
	 * can be replaced by one of type BPF_PROG_TYPE_EXT.
	 */
	struct __sk_buff *skb = context;
	struct bpf_sock *sk = skb->sk;
	struct rf_packet packet = {};
	struct rf_decision answer = {};
	struct rf_sock *record;
	__u64 label;

	if (!sk)
		return RF_PASS;
	record = rf_egress_record(sk);
	label = rf_egress_late(skb);
	if (record)
		label |= record->label;
	if (!label)
		return RF_PASS;

	if (rf_packet_verdict(skb, &packet, &answer, label) == RF_VERDICT_ALLOW)
		return rf_egress_local(skb, &packet, label, record);
	return rf_egress_refuse(skb, &packet, &answer, label, record);
}
