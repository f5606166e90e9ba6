// SPDX-License-Identifier: GPL-2.0
/*
 * datagram.c - UDP, and where a datagram really goes
 *
 * usage: datagram HOW ADDRESS [ALLOWED]
 *
 * The data goes to ADDRESS; ALLOWED is another, where it might go. HOW:
 *	to		sendto on an unconnected socket
 *	connected	connected before the data was obtained
 *	connect		connected after
 *	elsewhere	connected to ALLOWED, sendto ADDRESS
 *	again		connected to ALLOWED, AF_UNSPEC, connected to ADDRESS
 *	back		connected to ADDRESS before, AF_UNSPEC, sendto ADDRESS
 *	mixed		sendmmsg to ALLOWED, ADDRESS, ALLOWED, ...
 *	cork		what was begun to ADDRESS, continued as if to ALLOWED
 *	uncork		the same, and pushed by setsockopt
 *	gso		one send, many datagrams
 *	unspec		the name's family is AF_UNSPEC
 *	lite		UDP-Lite, connected before
 */
#include <netinet/udp.h>

#include "tests/vm/attack/attack.h"

static union attack_addr to, allowed;
static int sock;

static void join(const char *call, const union attack_addr *addr)
{
	attack_do(call, connect(sock, &addr->any, attack_len(addr)));
}

static void send_to(const union attack_addr *addr, int flags)
{
	attack_do("sendto", sendto(sock, data.bytes, data.len > 1200 ? 1200 : data.len, flags,
				   &addr->any, attack_len(addr)));
}

static void dissolve(void)
{
	struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	attack_do("disconnect", connect(sock, &nowhere, sizeof(nowhere)));
}

/* Some messages are refused, and those to the allowed address are not. */
static void send_mixed(void)
{
	struct iovec vec = { .iov_base = data.bytes, .iov_len = 1200 };
	struct mmsghdr many[4] = {};
	int sent = 0, got, i;

	for (i = 0; i < 4; i++) {
		const union attack_addr *addr = i % 2 ? &to : &allowed;

		many[i].msg_hdr.msg_name = (void *)&addr->any;
		many[i].msg_hdr.msg_namelen = attack_len(addr);
		many[i].msg_hdr.msg_iov = &vec;
		many[i].msg_hdr.msg_iovlen = 1;
	}
	for (; sent < 4; sent += got) {
		got = sendmmsg(sock, many + sent, 4 - sent, 0);
		if (got < 0) {
			attack_note("sendmmsg", errno);
			got = 1;
		}
	}
}

static void send_corked(bool push)
{
	int one = 1, zero = 0;

	if (push)
		attack_do("cork", setsockopt(sock, IPPROTO_UDP, UDP_CORK, &one, sizeof(one)));
	attack_do("begin", sendto(sock, "x", 1, push ? 0 : MSG_MORE, &to.any, attack_len(&to)));
	attack_obtain();
	send_to(&allowed, 0);
	if (push)
		attack_do("uncork", setsockopt(sock, IPPROTO_UDP, UDP_CORK, &zero, sizeof(zero)));
}

static void send_segments(void)
{
	int size = 100;

	join("connect", &to);
	attack_do("gso", setsockopt(sock, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)));
	attack_obtain();
	attack_do("send", send(sock, data.bytes, 1200, 0));
}

int main(int argc, char **argv)
{
	const char *how = argv[1];

	if (argc < 3)
		return 2;
	to = attack_addr(argv[2]);
	allowed = argv[3] ? attack_addr(argv[3]) : to;
	sock = attack_socket(&to, SOCK_DGRAM, !strcmp(how, "lite") ? IPPROTO_UDPLITE : 0);

	if (!strcmp(how, "connected") || !strcmp(how, "back") || !strcmp(how, "lite"))
		join("connect", &to);
	else if (!strcmp(how, "elsewhere") || !strcmp(how, "again"))
		join("connect", &allowed);
	else if (!strcmp(how, "cork") || !strcmp(how, "uncork")) {
		send_corked(!strcmp(how, "uncork"));
		return attack_status;
	} else if (!strcmp(how, "gso")) {
		send_segments();
		return attack_status;
	}
	attack_obtain();
	if (!strcmp(how, "again") || !strcmp(how, "back"))
		dissolve();
	if (!strcmp(how, "again") || !strcmp(how, "connect"))
		join("connect", &to);
	if (!strcmp(how, "unspec"))
		to.any.sa_family = AF_UNSPEC;
	if (!strcmp(how, "mixed"))
		send_mixed();
	else if (!strcmp(how, "to") || !strcmp(how, "elsewhere") || !strcmp(how, "back") ||
		 !strcmp(how, "unspec"))
		send_to(&to, 0);
	else
		attack_do("send", send(sock, data.bytes, 1200, 0));
	return attack_status;
}
