// SPDX-License-Identifier: GPL-2.0
/*
 * listener.c - answer with the data to who connects from abroad
 *
 * usage: listener before|accepted|listening any4|any6 [READY]
 *
 * before: the data is obtained before the socket is made; listening: before
 * the accept; accepted: after it. Makes the file READY when it listens on
 * port 7000.
 */
#include "tests/vm/attack/attack.h"

int main(int argc, char **argv)
{
	union attack_addr addr;
	int fd, peer, one = 1;

	if (argc < 4)
		return 2;
	addr = attack_addr_port(attack_is(argv, 2, "any6") ? "::" : "0.0.0.0", 7000);
	if (attack_is(argv, 1, "before"))
		attack_obtain();
	fd = attack_socket(&addr, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	attack_do("bind", bind(fd, &addr.any, attack_len(&addr)));
	attack_do("listen", listen(fd, 1));
	close(attack_do("ready", open(argv[3], O_CREAT | O_WRONLY, 0644)));
	if (attack_is(argv, 1, "listening"))
		attack_obtain();
	if (!attack_poll(fd, POLLIN)) {
		attack_note("accept", ETIMEDOUT);
		return 1;
	}
	peer = attack_do("accept", accept(fd, NULL, NULL));
	if (attack_is(argv, 1, "accepted"))
		attack_obtain();
	attack_send(peer);
	shutdown(peer, SHUT_WR);
	attack_poll(peer, POLLIN);
	return attack_status;
}
