// SPDX-License-Identifier: GPL-2.0
/*
 * repeat.c - obtain a file, then send so many datagrams or connect so often
 *
 * usage: repeat {udp|tcp} FILE COUNT ADDRESS...
 *
 * Each address gets COUNT of them. Prints "N sent, N EACCES, N EPERM, N other".
 */
#include "tests/vm/attack/carry.h"

static unsigned long sent, eacces, eperm, other;
static char data[CARRY_MAX];

static void count(int result)
{
	if (!result)
		sent++;
	else if (errno == EACCES)
		eacces++;
	else if (errno == EPERM)
		eperm++;
	else
		other++;
}

static void datagrams(const struct sockaddr_in *to, int times)
{
	int sock = carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");

	while (times--)
		count(sendto(sock, data, 128, 0, (const void *)to, sizeof(*to)) < 0);
	close(sock);
}

static void connections(const struct sockaddr_in *to, int times)
{
	while (times--) {
		int sock = carry_check(socket(AF_INET, SOCK_STREAM, 0), "socket");

		count(connect(sock, (const void *)to, sizeof(*to)) < 0);
		close(sock);
	}
}

int main(int argc, char **argv)
{
	if (argc < 5)
		errx(200, "usage: repeat {udp|tcp} FILE COUNT ADDRESS...");
	carry_read(argv[2], data);
	for (int i = 4; i < argc; i++) {
		struct sockaddr_in to = carry_address(argv[i]);

		if (!strcmp(argv[1], "udp"))
			datagrams(&to, atoi(argv[3]));
		else
			connections(&to, atoi(argv[3]));
	}
	printf("%lu sent, %lu EACCES, %lu EPERM, %lu other\n", sent, eacces, eperm, other);
	return 0;
}
