/* SPDX-License-Identifier: GPL-2.0 */
/*
 * carry.h - what every lineage and origin attack ends with: sending what it
 * got hold of
 *
 * Exits with the errno that the kernel gave, so that a test can ask for one.
 */
#ifndef RF_ATTACK_CARRY_H
#define RF_ATTACK_CARRY_H

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CARRY_PORT 9000
#define CARRY_MAX 65536

/* End with the errno of the call that failed. */
static inline __attribute__((noreturn)) void carry_fail(const char *what)
{
	int number = errno;

	fprintf(stderr, "%s: %s\n", what, strerror(number));
	_exit(number);
}

static inline int carry_check(int result, const char *what)
{
	if (result < 0)
		carry_fail(what);
	return result;
}

static inline struct sockaddr_in carry_address(const char *text)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(CARRY_PORT),
	};

	if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
		errx(200, "not an address: %s", text);
	return address;
}

/* Until the first thread of this process, which is @leader, has ended */
static inline void carry_wait_leader(pid_t leader)
{
	char file[64], text[256], *state;

	snprintf(file, sizeof(file), "/proc/self/task/%d/stat", leader);
	do {
		int fd = carry_check(open(file, O_RDONLY), file);

		text[carry_check(read(fd, text, sizeof(text) - 1), file)] = '\0';
		close(fd);
		state = strrchr(text, ')');
	} while (!state || state[2] != 'Z');
}

/* A TCP socket that is connected to @host, within twenty seconds. */
static inline int carry_connect(const char *host)
{
	struct sockaddr_in address = carry_address(host);
	struct timeval limit = { .tv_sec = 20 };
	int sock = carry_check(socket(AF_INET, SOCK_STREAM, 0), "socket");

	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	carry_check(connect(sock, (void *)&address, sizeof(address)), "connect");
	return sock;
}

/* Send all of it and wait until the peer has answered, so that it arrived. */
static inline void carry_write(int sock, const char *data, size_t len)
{
	char answer;

	while (len) {
		ssize_t sent = send(sock, data, len, MSG_NOSIGNAL);

		carry_check(sent, "send");
		data += sent;
		len -= sent;
	}
	shutdown(sock, SHUT_WR);
	if (recv(sock, &answer, 1, 0) < 0)
		carry_fail("recv");
}

/* By UDP and by TCP; the errno is that of TCP. */
static inline void carry_send(const char *host, const char *data, size_t len)
{
	struct sockaddr_in address = carry_address(host);
	int udp = socket(AF_INET, SOCK_DGRAM, 0);

	for (size_t at = 0; at < len; at += 512)
		sendto(udp, data + at, len - at < 512 ? len - at : 512, 0, (void *)&address,
		       sizeof(address));
	close(udp);
	carry_write(carry_connect(host), data, len);
}

/* Read all of @fd from its beginning; returns the length. */
static inline size_t carry_read_fd(int fd, char *data)
{
	ssize_t len = pread(fd, data, CARRY_MAX, 0);

	carry_check(len, "pread");
	return len;
}

static inline size_t carry_read(const char *path, char *data)
{
	int fd = carry_check(open(path, O_RDONLY), path);
	size_t len = carry_read_fd(fd, data);

	close(fd);
	return len;
}

/* End as the child ended. */
static inline __attribute__((noreturn)) void carry_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, __WALL) < 0)
		carry_fail("waitpid");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 201);
}

#endif /* RF_ATTACK_CARRY_H */
