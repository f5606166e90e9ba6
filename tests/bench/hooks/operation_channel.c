// SPDX-License-Identifier: GPL-2.0
/*
 * operation_channel.c - send and receive a byte; connect
 *
 * Both ends are in this process: a switch to another one costs many times
 * what is to be seen.
 */
#include "tests/bench/hooks/operation.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 4711
#define CLIENT_PORT 4712

/* In 10.20.0.0/16, which the policy allows, behind a device that drops all */
#define ALLOWED "10.20.9.9"

/* [0] sends to [1]; a listener in [2] */
static int ends[3] = { -1, -1, -1 };

static void end(void)
{
	for (size_t i = 0; i < COUNT(ends); i++) {
		if (ends[i] >= 0)
			close(ends[i]);
		ends[i] = -1;
	}
}

static int pass(int from, int to)
{
	char byte = 'x';

	return write(from, &byte, 1) == 1 && read(to, &byte, 1) == 1 ? 0 : -1;
}

static int there(const struct operation *operation)
{
	(void)operation;
	return pass(ends[0], ends[1]);
}

static int there_and_back(const struct operation *operation)
{
	(void)operation;
	return pass(ends[0], ends[1]) || pass(ends[1], ends[0]) ? -1 : 0;
}

static int begin_pipe(const struct operation *operation)
{
	int both[2];

	(void)operation;
	if (pipe(both))
		return -1;
	ends[0] = both[1];
	ends[1] = both[0];
	return 0;
}

static int begin_stream(const struct operation *operation)
{
	(void)operation;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int begin_datagram(const struct operation *operation)
{
	(void)operation;
	return socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
}

static struct sockaddr_in address(const char *host, in_port_t port)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, host, &name.sin_addr);
	return name;
}

/* A socket with a port of its own, so that the kernel does not draw one */
static int bound(int type, in_port_t port)
{
	struct sockaddr_in name = address("127.0.0.1", port);
	int on = 1, sock = socket(AF_INET, type, 0);

	if (sock < 0)
		return -1;
	if (!setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
	    !bind(sock, (struct sockaddr *)&name, sizeof(name)))
		return sock;
	close(sock);
	return -1;
}

static int connect_to(int sock, const char *host, in_port_t port)
{
	struct sockaddr_in name = address(host, port);

	return connect(sock, (struct sockaddr *)&name, sizeof(name));
}

static int begin_udp(const struct operation *operation)
{
	(void)operation;
	ends[0] = bound(SOCK_DGRAM, CLIENT_PORT);
	ends[1] = bound(SOCK_DGRAM, PORT);
	if (ends[0] < 0 || ends[1] < 0)
		return -1;
	return connect_to(ends[0], "127.0.0.1", PORT) ||
	       connect_to(ends[1], "127.0.0.1", CLIENT_PORT);
}

static int begin_listener(const struct operation *operation)
{
	(void)operation;
	ends[2] = bound(SOCK_STREAM, PORT);
	return ends[2] < 0 ? -1 : listen(ends[2], 8);
}

static int begin_tcp(const struct operation *operation)
{
	int on = 1;

	if (begin_listener(operation))
		return -1;
	ends[0] = bound(SOCK_STREAM, CLIENT_PORT);
	if (ends[0] < 0 || connect_to(ends[0], "127.0.0.1", PORT))
		return -1;
	ends[1] = accept(ends[2], NULL, NULL);
	if (ends[1] < 0)
		return -1;
	return setsockopt(ends[0], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	       setsockopt(ends[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Closed by a reset: nothing is left that waits for its time to end. */
static int connect_once(const struct operation *operation)
{
	static const struct linger reset = { .l_onoff = 1 };
	int failed = -1, client = bound(SOCK_STREAM, CLIENT_PORT), server;

	(void)operation;
	if (client < 0)
		return -1;
	if (!setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) &&
	    !connect_to(client, "127.0.0.1", PORT)) {
		server = accept(ends[2], NULL, NULL);
		failed = server < 0 ? -1 : 0;
		close(client);
		if (server >= 0)
			close(server);
		return failed;
	}
	close(client);
	return failed;
}

static int begin_foreign(const struct operation *operation)
{
	(void)operation;
	ends[0] = socket(AF_INET, SOCK_DGRAM, 0);
	return ends[0] < 0 ? -1 : connect_to(ends[0], ALLOWED, PORT);
}

static int send_byte(const struct operation *operation)
{
	(void)operation;
	return send(ends[0], "x", 1, 0) == 1 ? 0 : -1;
}

/* clang-format off */
const struct operation channel_operations[] = {
	{ "pipe: write and read a byte", 200, NULL, begin_pipe, there, end },
	{ "unix stream: write and read a byte", 100, NULL, begin_stream, there, end },
	{ "unix datagram: write and read a byte", 100, NULL, begin_datagram, there, end },
	{ "UDP, loopback: write and read a byte", 50, NULL, begin_udp, there, end },
	{ "TCP, loopback: a byte there and back", 25, NULL, begin_tcp, there_and_back, end },
	{ "TCP, loopback: connect, accept, close", 10, NULL, begin_listener, connect_once, end },
	{ "UDP, to an allowed host: send a byte", 100, NULL, begin_foreign, send_byte, end },
};
/* clang-format on */

const size_t channel_operation_count = COUNT(channel_operations);
