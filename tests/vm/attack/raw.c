// SPDX-License-Identifier: GPL-2.0
/*
 * raw.c - raw IP and ping sockets, headers of one's own
 *
 * usage: raw HOW ADDRESS [SHOWN]
 *
 *	payload		a protocol without meaning, 253
 *	held		the same, on a socket made before the data was obtained
 *	ping		a ping socket: an echo request with the data
 *	forged		IP_HDRINCL: the header names ADDRESS, the call SHOWN
 *	options		UDP with a source route in its options: SHOWN, then ADDRESS
 *	unspec		the name's family is AF_UNSPEC (raw IPv6 takes it)
 *	routing		UDP over IPv6 with a routing header: SHOWN, then ADDRESS
 *	tcp		IP_HDRINCL with a TCP header and the data behind it
 *	connected	a raw socket for TCP, connected to SHOWN, sends to ADDRESS
 *	answered	UDP over IPv6 as if from ADDRESS, to a closed port of SHOWN,
 *			an address of this host: who answers is the kernel
 */
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>

#include "tests/vm/attack/attack.h"

#define PROTOCOL 253
#define PAYLOAD 1200

static union attack_addr to, shown;
static int sock;

static void send_to(const union attack_addr *addr, const void *bytes, size_t len)
{
	union attack_addr name = *addr;

	if (name.any.sa_family == AF_INET6)
		name.v6.sin6_port = 0;
	attack_do("sendto", sendto(sock, bytes, len, 0, &name.any, attack_len(addr)));
}

static void send_ping(void)
{
	struct {
		struct icmphdr head;
		char bytes[PAYLOAD];
	} echo = { .head.type = to.any.sa_family == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST };

	sock = attack_socket(&to, SOCK_DGRAM,
			     to.any.sa_family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	attack_obtain();
	memcpy(echo.bytes, data.bytes, PAYLOAD);
	send_to(&to, &echo, sizeof(echo));
}

static void send_forged_v4(int protocol)
{
	struct {
		struct iphdr ip;
		char bytes[PAYLOAD];
	} packet = { .ip = {
			     .version = 4,
			     .ihl = 5,
			     .ttl = 64,
			     .protocol = protocol,
			     .tot_len = htons(sizeof(packet)),
			     .daddr = to.v4.sin_addr.s_addr,
		     } };
	struct tcphdr *tcp = (void *)packet.bytes;

	memcpy(packet.bytes, data.bytes, PAYLOAD);
	if (protocol == IPPROTO_TCP) {
		memset(tcp, 0, sizeof(*tcp));
		tcp->source = htons(1024 + getpid() % 60000);
		tcp->dest = htons(ATTACK_PORT);
		tcp->doff = 5;
		tcp->psh = tcp->ack = 1;
	}
	send_to(&shown, &packet, sizeof(packet));
}

static void send_forged_v6(int protocol)
{
	struct {
		struct ip6_hdr ip;
		char bytes[PAYLOAD];
	} packet = {};

	packet.ip.ip6_flow = htonl(6u << 28);
	packet.ip.ip6_plen = htons(PAYLOAD);
	packet.ip.ip6_nxt = protocol;
	packet.ip.ip6_hops = 64;
	packet.ip.ip6_dst = to.v6.sin6_addr;
	inet_pton(AF_INET6, getenv("HOST6") ?: "::", &packet.ip.ip6_src);
	memcpy(packet.bytes, data.bytes, PAYLOAD);
	send_to(&shown, &packet, sizeof(packet));
}

static void send_forged(int protocol)
{
	int one = 1;

	sock = attack_socket(&to, SOCK_RAW, IPPROTO_RAW);
	if (to.any.sa_family == AF_INET)
		attack_do("hdrincl", setsockopt(sock, IPPROTO_IP, IP_HDRINCL, &one, sizeof(one)));
	attack_obtain();
	if (to.any.sa_family == AF_INET)
		send_forged_v4(protocol);
	else
		send_forged_v6(protocol);
}

/* LSRR: to SHOWN, which passes it on to ADDRESS */
static void send_source_routed(void)
{
	unsigned char route[8] = { 131, 7, 4 };

	memcpy(route + 3, &to.v4.sin_addr, 4);
	sock = attack_socket(&to, SOCK_DGRAM, 0);
	attack_do("options", setsockopt(sock, IPPROTO_IP, IP_OPTIONS, route, sizeof(route)));
	attack_obtain();
	attack_do("sendto", sendto(sock, data.bytes, PAYLOAD, 0, &shown.any, attack_len(&shown)));
}

/* A type 2 routing header: one stop */
static void send_routing_header(void)
{
	struct {
		struct ip6_rthdr head;
		unsigned int reserved;
		struct in6_addr stop;
	} route = { .head = { .ip6r_len = 2, .ip6r_type = 2, .ip6r_segleft = 1 } };

	route.stop = to.v6.sin6_addr;
	sock = attack_socket(&to, SOCK_DGRAM, 0);
	attack_do("rthdr", setsockopt(sock, IPPROTO_IPV6, IPV6_RTHDR, &route, sizeof(route)));
	attack_obtain();
	attack_do("sendto", sendto(sock, data.bytes, PAYLOAD, 0, &shown.any, attack_len(&shown)));
}

/* Raw IPv6 reads such a name as IPv6, others as no name. */
static void send_unspec(void)
{
	to.v6.sin6_family = AF_UNSPEC;
	to.v6.sin6_port = 0;
	attack_do("sendto", sendto(sock, data.bytes, PAYLOAD, 0, &to.any, sizeof(to.v6)));
}

static void send_connected(void)
{
	union attack_addr home = shown;

	to.v4.sin_port = home.v4.sin_port = 0;
	sock = attack_socket(&to, SOCK_RAW, IPPROTO_TCP);
	attack_do("connect", connect(sock, &home.any, attack_len(&home)));
	attack_obtain();
	send_to(&to, data.bytes, PAYLOAD);
}

static void send_answered(void)
{
	int one = 1;

	sock = attack_socket(&to, SOCK_DGRAM, 0);
	attack_do("freebind", setsockopt(sock, IPPROTO_IPV6, IPV6_FREEBIND, &one, sizeof(one)));
	attack_do("bind", bind(sock, &to.any, attack_len(&to)));
	attack_obtain();
	shown.v6.sin6_port = htons(9);
	attack_do("sendto", sendto(sock, data.bytes, PAYLOAD, 0, &shown.any, attack_len(&shown)));
	poll(NULL, 0, 200);
}

int main(int argc, char **argv)
{
	bool held = attack_is(argv, 1, "held");

	if (argc < 3)
		return 2;
	to = attack_addr(argv[2]);
	shown = argv[3] ? attack_addr(argv[3]) : to;
	if (attack_is(argv, 1, "ping")) {
		send_ping();
	} else if (attack_is(argv, 1, "forged")) {
		send_forged(PROTOCOL);
	} else if (attack_is(argv, 1, "tcp")) {
		send_forged(IPPROTO_TCP);
	} else if (attack_is(argv, 1, "options")) {
		send_source_routed();
	} else if (attack_is(argv, 1, "routing")) {
		send_routing_header();
	} else if (attack_is(argv, 1, "connected")) {
		send_connected();
	} else if (attack_is(argv, 1, "answered")) {
		send_answered();
	} else {
		if (!held)
			attack_obtain();
		sock = attack_socket(&to, SOCK_RAW, PROTOCOL);
		if (held)
			attack_obtain();
		if (attack_is(argv, 1, "unspec"))
			send_unspec();
		else
			send_to(&to, data.bytes, PAYLOAD);
	}
	return attack_status;
}
