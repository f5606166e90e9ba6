// SPDX-License-Identifier: GPL-2.0
/*
 * steady.c - send all the time, by both doors, until told to stop
 *
 * usage: steady FILE ADDRESS STOP
 *
 * Obtains FILE and sends it to ADDRESS by UDP, by a connected socket, by
 * splice (which passes the packet door alone on 6.1) and by new connections,
 * until the file STOP exists. Prints "N sent, N refused" and creates STOP.ready
 * when it has begun.
 */
#include "tests/vm/attack/carry.h"

static char data[CARRY_MAX];
static unsigned long sent, refused;

static void count(ssize_t result)
{
	if (result >= 0)
		sent++;
	else
		refused++;
}

static void send_once(int connected, const struct sockaddr_in *to, const int *ends)
{
	int udp = carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	int tcp = carry_check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");

	count(sendto(udp, data, 512, MSG_DONTWAIT, (const void *)to, sizeof(*to)));
	count(send(connected, data, 512, MSG_DONTWAIT));
	/* EINPROGRESS means that a packet may have been sent. */
	count(connect(tcp, (const void *)to, sizeof(*to)) && errno == EINPROGRESS ? 0 : -1);
	if (write(ends[1], data, 512) == 512 &&
	    splice(ends[0], NULL, connected, NULL, 512, SPLICE_F_NONBLOCK) < 0) {
		char rest[512];

		refused++;
		if (read(ends[0], rest, sizeof(rest)) < 0)
			carry_fail("read");
	}
	close(udp);
	close(tcp);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to;
	char ready[4096];
	int connected, ends[2];

	if (argc != 4)
		errx(200, "usage: steady FILE ADDRESS STOP");
	to = carry_address(argv[2]);
	connected = carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	carry_check(connect(connected, (void *)&to, sizeof(to)), "connect");
	carry_check(pipe2(ends, O_NONBLOCK), "pipe");
	carry_read(argv[1], data);
	send_once(connected, &to, ends);
	snprintf(ready, sizeof(ready), "%s.ready", argv[3]);
	close(carry_check(open(ready, O_WRONLY | O_CREAT, 0666), ready));
	while (access(argv[3], F_OK)) {
		send_once(connected, &to, ends);
		usleep(1000); /* the VM has one processor, and others have work */
	}
	printf("%lu sent, %lu refused\n", sent, refused);
	return 0;
}
