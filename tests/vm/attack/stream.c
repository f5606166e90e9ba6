// SPDX-License-Identifier: GPL-2.0
/*
 * stream.c - a stream of another protocol than TCP, connected before the data
 * was obtained
 *
 * usage: stream PROTOCOL ADDRESS [sendfile|splice]
 *
 * PROTOCOL: mptcp, sctp, dccp, smc, lite (UDP-Lite, which is no stream)
 */
#include <sys/sendfile.h>

#include "tests/vm/attack/attack.h"

#ifndef AF_SMC
#define AF_SMC 43
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int make(const char *protocol, int family)
{
	if (!strcmp(protocol, "mptcp"))
		return socket(family, SOCK_STREAM, IPPROTO_MPTCP);
	if (!strcmp(protocol, "sctp"))
		return socket(family, SOCK_STREAM, IPPROTO_SCTP);
	if (!strcmp(protocol, "dccp"))
		return socket(family, SOCK_DCCP, IPPROTO_DCCP);
	if (!strcmp(protocol, "smc"))
		return socket(AF_SMC, SOCK_STREAM, family == AF_INET6);
	return socket(family, SOCK_DGRAM, IPPROTO_UDPLITE);
}

static void send_file(int fd)
{
	int file = attack_do("open", open(getenv("FILE"), O_RDONLY));

	attack_do("sendfile", sendfile(fd, file, NULL, 1200));
}

static void send_spliced(int fd)
{
	int file = attack_do("open", open(getenv("FILE"), O_RDONLY)), ends[2];

	attack_do("pipe", pipe(ends));
	attack_do("splice", splice(file, NULL, ends[1], NULL, 1200, 0));
	attack_do("splice", splice(ends[0], NULL, fd, NULL, 1200, 0));
}

int main(int argc, char **argv)
{
	union attack_addr addr;
	int fd;

	if (argc < 3)
		return 2;
	addr = attack_addr(argv[2]);
	fd = attack_do("socket", make(argv[1], addr.any.sa_family));
	attack_do("connect", connect(fd, &addr.any, attack_len(&addr)));
	if (attack_is(argv, 3, "sendfile")) {
		send_file(fd);
	} else if (attack_is(argv, 3, "splice")) {
		send_spliced(fd);
	} else {
		attack_obtain();
		attack_do("send", send(fd, data.bytes, 1200, MSG_NOSIGNAL));
	}
	poll(NULL, 0, 200);
	return attack_status;
}
