// SPDX-License-Identifier: GPL-2.0
/*
 * connection.c - TCP connections and the moment that the label comes
 *
 * usage: connection before|after|progress|shutdown ADDRESS [write|writev|send|sendmsg|sendmmsg]
 *
 * before: the data is obtained before the connect; after: on a connection that
 * stands; progress: while a non-blocking connect is on its way.
 */
#include <sys/uio.h>

#include "tests/vm/attack/attack.h"

static void send_by(int fd, const char *call)
{
	struct iovec vec = { .iov_base = data.bytes, .iov_len = data.len };
	struct mmsghdr many = { .msg_hdr = { .msg_iov = &vec, .msg_iovlen = 1 } };

	if (!strcmp(call, "write"))
		attack_do("write", write(fd, data.bytes, data.len));
	else if (!strcmp(call, "writev"))
		attack_do("writev", writev(fd, &vec, 1));
	else if (!strcmp(call, "sendmsg"))
		attack_do("sendmsg", sendmsg(fd, &many.msg_hdr, 0));
	else if (!strcmp(call, "sendmmsg"))
		attack_do("sendmmsg", sendmmsg(fd, &many, 1, 0));
	else
		attack_send(fd);
}

static int in_progress(const char *text)
{
	union attack_addr addr = attack_addr(text);
	int fd = attack_socket(&addr, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int error = 0;
	socklen_t len = sizeof(error);

	if (connect(fd, &addr.any, attack_len(&addr)) && errno != EINPROGRESS)
		attack_do("connect", -1);
	attack_obtain();
	if (!attack_poll(fd, POLLOUT)) {
		attack_note("poll", ETIMEDOUT);
		exit(1);
	}
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error) {
		attack_note("connect", error);
		exit(1);
	}
	fcntl(fd, F_SETFL, 0);
	return fd;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc < 3)
		return 2;
	if (attack_is(argv, 1, "before")) {
		attack_obtain();
		fd = attack_connected(argv[2]);
	} else if (attack_is(argv, 1, "progress")) {
		fd = in_progress(argv[2]);
	} else {
		fd = attack_connected(argv[2]);
		attack_obtain();
	}
	send_by(fd, argv[3] ?: "send");
	attack_answer(fd);
	return attack_status;
}
