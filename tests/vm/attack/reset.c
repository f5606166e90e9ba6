// SPDX-License-Identifier: GPL-2.0
/*
 * reset.c - what becomes of a connection that is older than the label
 *
 * usage: reset talk|listen|splice ADDRESS
 *
 * talk: sends on it and then reads; listen: reads only, it never sends; splice:
 * sends past the call door of 6.1, then reads. Says "recv ERRNO" or "recv 0"
 * (the end), or "recv hangs" when nothing came in time.
 */
#include <sys/sendfile.h>

#include "tests/vm/attack/attack.h"

int main(int argc, char **argv)
{
	int fd, file;
	ssize_t got;

	if (argc != 3)
		return 2;
	fd = attack_connected(argv[2]);
	attack_do("send", send(fd, "x", 1, 0));
	attack_answer(fd);
	poll(NULL, 0, 100);
	while (recv(fd, data.bytes, sizeof(data.bytes), MSG_DONTWAIT) > 0)
		;
	file = attack_do("open", open(getenv("FILE"), O_RDONLY));
	if (attack_is(argv, 1, "talk") && send(fd, "y", 1, MSG_NOSIGNAL) < 0)
		attack_note("send", errno);
	if (attack_is(argv, 1, "splice") && sendfile(fd, file, NULL, 1200) < 0)
		attack_note("sendfile", errno);
	if (!attack_poll(fd, POLLIN)) {
		printf("recv hangs\n");
		return 3;
	}
	got = recv(fd, data.bytes, sizeof(data.bytes), 0);
	if (got < 0)
		attack_note("recv", errno);
	else
		printf("recv %zd\n", got);
	return attack_status;
}
