// SPDX-License-Identifier: GPL-2.0
/*
 * fastopen.c - data in the SYN
 *
 * usage: fastopen msg|deferred|deferred-before ADDRESS
 *
 * msg: sendto with MSG_FASTOPEN. deferred: TCP_FASTOPEN_CONNECT and a connect
 * that sends nothing, before or after the data is obtained. The cookie is
 * fetched first, without any data.
 */
#include "tests/vm/attack/attack.h"

static void fetch_cookie(const union attack_addr *addr)
{
	int fd = attack_socket(addr, SOCK_STREAM, 0);

	attack_do("cookie", sendto(fd, "", 0, MSG_FASTOPEN, &addr->any, attack_len(addr)));
	attack_poll(fd, POLLOUT);
	close(fd);
}

int main(int argc, char **argv)
{
	union attack_addr addr;
	int fd, one = 1;

	if (argc != 3)
		return 2;
	addr = attack_addr(argv[2]);
	fetch_cookie(&addr);
	fd = attack_socket(&addr, SOCK_STREAM, 0);
	if (attack_is(argv, 1, "msg")) {
		attack_obtain();
		attack_do("sendto", sendto(fd, data.bytes, 1200, MSG_FASTOPEN | MSG_NOSIGNAL,
					   &addr.any, attack_len(&addr)));
	} else {
		attack_do("option",
			  setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one, sizeof(one)));
		if (attack_is(argv, 1, "deferred"))
			attack_obtain();
		attack_do("connect", connect(fd, &addr.any, attack_len(&addr)));
		if (!data.len)
			attack_obtain();
		attack_do("send", send(fd, data.bytes, 1200, MSG_NOSIGNAL));
	}
	attack_answer(fd);
	return attack_status;
}
