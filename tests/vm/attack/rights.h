/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rights.h - descriptors passed over a unix socket
 */
#ifndef RF_ATTACK_RIGHTS_H
#define RF_ATTACK_RIGHTS_H

#include "tests/vm/attack/carry.h"

static inline void rights_give(int channel, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	carry_check(sendmsg(channel, &message, 0), "sendmsg of a descriptor");
}

/* Refused to give one, the kernel gives the message without it. */
static inline int rights_take(int channel)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec part = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	int fd;

	carry_check(recvmsg(channel, &message, 0), "recvmsg of a descriptor");
	if (!CMSG_FIRSTHDR(&message)) {
		errno = EACCES;
		carry_fail("no descriptor came");
	}
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return fd;
}

#endif /* RF_ATTACK_RIGHTS_H */
