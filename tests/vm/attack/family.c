// SPDX-License-Identifier: GPL-2.0
/*
 * family.c - sockets of families and protocols that have no check
 *
 * usage: family new|held|both FAMILY TYPE PROTOCOL
 *
 * Numbers as socket(2) takes them. new: the socket is made after the data was
 * obtained; held: before, and then the data is sent on it, connected or not;
 * both: held, and another one is made after the data was obtained. What
 * matters is the errno, which a process without a label gets from the protocol
 * and not for its label.
 */
#include "tests/vm/attack/attack.h"

int main(int argc, char **argv)
{
	struct sockaddr_storage name = {};
	int fd, zero = 0;

	if (argc != 5)
		return 2;
	if (attack_is(argv, 1, "new"))
		attack_obtain();
	fd = attack_do("socket", socket(atoi(argv[2]), atoi(argv[3]), atoi(argv[4])));
	if (attack_is(argv, 1, "new"))
		return 0;
	attack_obtain();
	if (attack_is(argv, 1, "both") && socket(atoi(argv[2]), atoi(argv[3]), atoi(argv[4])) < 0)
		attack_note("socket", errno);
	name.ss_family = atoi(argv[2]);
	if (sendto(fd, data.bytes, 64, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0) < 0)
		attack_note("send", errno);
	if (sendto(fd, data.bytes, 64, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&name,
		   sizeof(struct sockaddr_in6)) < 0)
		attack_note("sendto", errno);
	if (setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &zero, sizeof(zero)))
		attack_note("setsockopt", errno);
	if (connect(fd, (struct sockaddr *)&name, sizeof(struct sockaddr_in6)) < 0)
		attack_note("connect", errno);
	return attack_status;
}
