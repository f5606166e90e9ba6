// SPDX-License-Identifier: GPL-2.0
/*
 * local output in quarantine
 */
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/net_namespace.h>

#include "anchor.h"
#include "gate.h"
#include "management.h"

static DEFINE_PER_CPU(u64, rf_gate_dropped);

static unsigned int rf_gate_verdict(bool passes)
{
	if (passes)
		return NF_ACCEPT;
	this_cpu_inc(rf_gate_dropped);
	return NF_DROP; /* the sender's errno: EPERM */
}

/*
 * The route is the packet's own and not state->out, which stays what it was
 * when a hook before this one sent the packet elsewhere (DNAT, a mark). A
 * route with an encapsulation leaves through another device than it says.
 */
static bool rf_gate_loopback(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	return dst && (dst->dev->flags & IFF_LOOPBACK) && !dst->lwtstate;
}

static bool rf_gate_v4_passes(const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);

	if (rf_gate_loopback(skb))
		return true;
	/* Any program may set options; a source route would lead elsewhere. */
	return ip->ihl == sizeof(*ip) / 4 && rf_management_covers_v4(ip->daddr);
}

static bool rf_gate_v6_source_routed(const struct sk_buff *skb)
{
	unsigned int offset = 0;

	/* Anything but "there is none" counts: found, or unreadable. */
	return ipv6_find_hdr(skb, &offset, NEXTHDR_ROUTING, NULL, NULL) != -ENOENT;
}

/* The ICMPv6 type of a packet, or -1. Listener reports have a hop-by-hop header. */
static int rf_gate_icmp6_type(const struct sk_buff *skb)
{
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	__be16 fragment;
	u8 type;
	int offset;

	offset = skb_network_offset(skb) + sizeof(struct ipv6hdr);
	offset = ipv6_skip_exthdr(skb, offset, &nexthdr, &fragment);
	if (offset < 0 || fragment || nexthdr != IPPROTO_ICMPV6 ||
	    skb_copy_bits(skb, offset, &type, sizeof(type)))
		return -1;
	return type;
}

static bool rf_gate_v6_neighbour(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);

	if (ipv6_addr_is_multicast(&ip->daddr)) {
		if (IPV6_ADDR_MC_SCOPE(&ip->daddr) != IPV6_ADDR_SCOPE_LINKLOCAL)
			return false;
	} else if (!(ipv6_addr_type(&ip->daddr) & IPV6_ADDR_LINKLOCAL)) {
		return false;
	}

	switch (rf_gate_icmp6_type(skb)) {
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case ICMPV6_MGM_REPORT:
	case ICMPV6_MGM_REDUCTION:
	case ICMPV6_MLD2_REPORT: /* or a snooping switch would not let them in */
		return !rf_gate_v6_source_routed(skb);
	default:
		return false;
	}
}

static bool rf_gate_v6_passes(const struct sk_buff *skb)
{
	if (rf_gate_loopback(skb) || rf_gate_v6_neighbour(skb))
		return true;
	return rf_management_covers_v6(&ipv6_hdr(skb)->daddr) && !rf_gate_v6_source_routed(skb);
}

static unsigned int rf_gate_v4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (likely(rf_anchor_open()))
		return NF_ACCEPT;
	return rf_gate_verdict(rf_gate_v4_passes(skb));
}

static unsigned int rf_gate_v6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (likely(rf_anchor_open()))
		return NF_ACCEPT;
	return rf_gate_verdict(rf_gate_v6_passes(skb));
}

/*
 * Last and not first: DNAT, mangle and NFQUEUE in front of it may still
 * change where the packet goes, and it is judged by where it goes. Of equal
 * priority, the hook that was there first runs last.
 */
static const struct nf_hook_ops rf_gate_hooks[] = {
	{
		.hook = rf_gate_v4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_LAST,
	},
	{
		.hook = rf_gate_v6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_LAST,
	},
};

static int __net_init rf_gate_net_init(struct net *net)
{
	return nf_register_net_hooks(net, rf_gate_hooks, ARRAY_SIZE(rf_gate_hooks));
}

static void __net_exit rf_gate_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, rf_gate_hooks, ARRAY_SIZE(rf_gate_hooks));
}

static struct pernet_operations rf_gate_net_ops = {
	.init = rf_gate_net_init,
	.exit = rf_gate_net_exit,
};

int rf_gate_init(void)
{
	return register_pernet_subsys(&rf_gate_net_ops);
}

void rf_gate_exit(void)
{
	unregister_pernet_subsys(&rf_gate_net_ops);
	/* Hooks are freed by RCU; a packet may be in the middle of one. */
	synchronize_net();
}

void rf_gate_status(struct rf_ioc_status *status)
{
	int cpu;

	rf_anchor_status(status);
	for_each_possible_cpu(cpu)
		status->quarantined += per_cpu(rf_gate_dropped, cpu);
}
