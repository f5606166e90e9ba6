// SPDX-License-Identifier: GPL-2.0
/*
 * local.c - data handed over by IP, without leaving the host
 *
 * $LOCAL is the address that the taker serves at, 127.0.0.1 unless told.
 */
#include "tests/vm/attack/hand.h"
#include "tests/vm/attack/ring.h"

#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <linux/tcp.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/mman.h>

#define GROUP "239.1.2.3"

static int server = -1, one = 1;

/* The address with the port @key; its length. */
static socklen_t local_address(struct sockaddr_in6 *address)
{
	const char *text = getenv("LOCAL") ?: "127.0.0.1";
	struct sockaddr_in *v4 = (void *)address;

	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(key);
		return sizeof(*v4);
	}
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET6, text, &address->sin6_addr) != 1)
		errx(200, "not an address: %s", text);
	address->sin6_family = AF_INET6;
	address->sin6_port = htons(key);
	return sizeof(*address);
}

/* Each director has a port of its own, which nobody has used before. */
static void make_port(void)
{
	key = 10000 + director % 20000;
}

static int bound(int type)
{
	struct sockaddr_in6 address;
	socklen_t size = local_address(&address);
	int fd = carry_check(socket(address.sin6_family, type, 0), "socket");

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	carry_check(bind(fd, (void *)&address, size), "bind");
	return fd;
}

static int called(int type)
{
	struct sockaddr_in6 address;
	socklen_t size = local_address(&address);
	int fd = carry_check(socket(address.sin6_family, type, 0), "socket");

	carry_check(connect(fd, (void *)&address, size), "connect");
	return fd;
}

/* --- TCP */

static void serve(void)
{
	server = bound(SOCK_STREAM);
	carry_check(listen(server, 8), "listen");
}

static void serve_deferred(void)
{
	serve();
	setsockopt(server, IPPROTO_TCP, TCP_DEFER_ACCEPT, &one, sizeof(one));
}

static void serve_fast(void)
{
	int queue = 8;

	server = bound(SOCK_STREAM);
	setsockopt(server, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue));
	carry_check(listen(server, 8), "listen");
}

/* A second socket of the same port; who of the two gets it is open. */
static int second = -1;

static void serve_twice(void)
{
	serve();
	second = server;
	serve();
}

static void call(void)
{
	ends[1] = called(SOCK_STREAM);
}

static void make_connection(void)
{
	make_port();
	serve();
	call();
	ends[0] = carry_check(accept(server, NULL, NULL), "accept");
}

static void give_send(void)
{
	carry_check(send(ends[1], data, len, MSG_NOSIGNAL), "send");
}

static void give_tcp(void)
{
	call();
	give_send();
}

/* The data is in the first packet, if the kernel has the cookie. */
static void give_fast(void)
{
	struct sockaddr_in6 address;
	socklen_t size = local_address(&address);

	ends[1] = carry_check(socket(address.sin6_family, SOCK_STREAM, 0), "socket");
	carry_check(sendto(ends[1], data, len, MSG_FASTOPEN, (void *)&address, size), "sendto");
}

static void take_recv(void)
{
	len = carry_check(recv(ends[0], data, CARRY_MAX, 0), "recv");
}

static void take_accept(void)
{
	ends[0] = carry_check(accept(server, NULL, NULL), "accept");
	take_recv();
}

static void take_either(void)
{
	struct pollfd wait[] = {
		{ .fd = server, .events = POLLIN },
		{ .fd = second, .events = POLLIN },
	};

	carry_check(poll(wait, 2, -1), "poll");
	if (wait[1].revents)
		server = second;
	take_accept();
}

static void take_read(void)
{
	len = carry_check(read(ends[0], data, CARRY_MAX), "read");
}

static void take_peek(void)
{
	struct iovec part = { data, CARRY_MAX };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	len = carry_check(recvmsg(ends[0], &message, MSG_PEEK), "recvmsg");
}

static void take_many(void)
{
	struct iovec part = { data, CARRY_MAX };
	struct mmsghdr message = { .msg_hdr = { .msg_iov = &part, .msg_iovlen = 1 } };

	carry_check(recvmmsg(ends[0], &message, 1, 0, NULL), "recvmmsg");
	len = message.msg_len;
}

static void take_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = carry_check(epoll_create1(0), "epoll_create1");

	carry_check(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event), "epoll_ctl");
	carry_check(epoll_wait(epoll, &event, 1, -1), "epoll_wait");
	take_recv();
}

static void take_splice(void)
{
	int between[2];
	ssize_t moved;

	carry_check(pipe(between), "pipe");
	moved = carry_check(splice(ends[0], NULL, between[1], NULL, 4096, 0), "splice");
	carry_check(splice(between[0], NULL, sock, NULL, moved, 0), "splice to the socket");
	hand_sent();
}

/* Less than a page is copied to where it says. */
static void take_mapped(void)
{
	struct tcp_zerocopy_receive ask = { 0 };
	struct pollfd wait = { .fd = ends[0], .events = POLLIN };
	socklen_t size = sizeof(ask);
	void *at = mmap(NULL, 65536, PROT_READ, MAP_SHARED, ends[0], 0);

	if (at == MAP_FAILED)
		carry_fail("mmap");
	carry_check(poll(&wait, 1, -1), "poll");
	ask.address = (unsigned long)at;
	ask.length = 65536;
	ask.copybuf_address = (unsigned long)data;
	ask.copybuf_len = 4096;
	carry_check(getsockopt(ends[0], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &ask, &size),
		    "zerocopy");
	memcpy(data + (ask.copybuf_len > 0 ? ask.copybuf_len : 0), at, ask.length);
	len = ask.length + (ask.copybuf_len > 0 ? ask.copybuf_len : 0);
}

static void take_ring(void)
{
	ring_make(0);
	io_uring_prep_recv(ring_next(), ends[0], data, CARRY_MAX, 0);
	len = ring_run();
}

static void take_ring_worker(void)
{
	struct io_uring_sqe *sqe;

	ring_make(0);
	sqe = ring_next();
	io_uring_prep_recv(sqe, ends[0], data, CARRY_MAX, 0);
	sqe->flags |= IOSQE_ASYNC;
	len = ring_run();
}

static void take_ring_accept(void)
{
	ring_make(IORING_SETUP_SQPOLL);
	io_uring_prep_accept(ring_next(), server, NULL, NULL, 0);
	ends[0] = ring_run();
	take_recv();
}

/* --- UDP */

static void serve_udp(void)
{
	ends[0] = bound(SOCK_DGRAM);
}

static void call_udp(void)
{
	ends[1] = called(SOCK_DGRAM);
}

static void give_udp(void)
{
	call_udp();
	give_send();
}

static void give_udp_to(void)
{
	struct sockaddr_in6 address;
	socklen_t size = local_address(&address);

	ends[1] = carry_check(socket(address.sin6_family, SOCK_DGRAM, 0), "socket");
	carry_check(sendto(ends[1], data, len, 0, (void *)&address, size), "sendto");
}

/* --- multicast that comes back to the host */

static void serve_group(void)
{
	struct ip_mreqn member = { .imr_ifindex = 2 };

	ends[0] = carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	inet_pton(AF_INET, GROUP, &member.imr_multiaddr);
	carry_check(
		bind(ends[0],
		     (void *)&(struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(key) },
		     sizeof(struct sockaddr_in)),
		"bind");
	carry_check(setsockopt(ends[0], IPPROTO_IP, IP_ADD_MEMBERSHIP, &member, sizeof(member)),
		    "join");
}

static void give_group(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(key) };
	int fd = carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");

	inet_pton(AF_INET, GROUP, &address.sin_addr);
	carry_check(sendto(fd, data, len, 0, (void *)&address, sizeof(address)), "sendto");
}

/* --- several sockets that a datagram may be for; the director has the others */

static int several_bound(const char *device)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(key) };
	int fd = carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");

	carry_check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), "share");
	if (device)
		carry_check(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device)),
			    "device");
	carry_check(bind(fd, (void *)&any, sizeof(any)), "bind");
	return fd;
}

static void make_several(void)
{
	make_port();
	second = several_bound("lo");
}

static void serve_all(void)
{
	close(second);
	ends[0] = several_bound(NULL);
}

static void give_all(void)
{
	struct sockaddr_in all = { .sin_family = AF_INET, .sin_port = htons(key) };
	int fd = carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");

	inet_pton(AF_INET, "127.255.255.255", &all.sin_addr);
	carry_check(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)), "broadcast");
	carry_check(sendto(fd, data, len, 0, (void *)&all, sizeof(all)), "sendto");
}

/* A program says which of them: the last one, the taker's. */
#define OTHERS 15

static int others[OTHERS];

static void make_chosen(void)
{
	make_port();
	for (int i = 0; i < OTHERS; i++)
		others[i] = bound(SOCK_DGRAM);
}

static void serve_chosen(void)
{
	struct sock_filter last = BPF_STMT(BPF_RET | BPF_K, OTHERS);
	struct sock_fprog program = { .len = 1, .filter = &last };

	for (int i = 0; i < OTHERS; i++)
		close(others[i]);
	ends[0] = bound(SOCK_DGRAM);
	carry_check(setsockopt(ends[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
			       sizeof(program)),
		    "program");
}

/* The packet is under way when the taker binds. */
static void take_late(void)
{
	serve_udp();
	take_recv();
}

/* --- what comes back to the sender's socket, which both have */

/* Nobody is at the port. */
static void make_refused(void)
{
	make_port();
	ends[0] = ends[1] = called(SOCK_DGRAM);
	carry_check(setsockopt(ends[0], IPPROTO_IP, IP_RECVERR, &one, sizeof(one)), "IP_RECVERR");
}

static void make_stamped(void)
{
	int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;

	make_port();
	ends[0] = ends[1] = called(SOCK_DGRAM);
	carry_check(setsockopt(ends[0], SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)),
		    "SO_TIMESTAMPING");
}

/* An error comes with so much of the packet that it is about. */
#define QUOTED 480

static void give_quoted(void)
{
	len = len < QUOTED ? len : QUOTED;
	give_send();
}

static void take_errors(void)
{
	struct pollfd wait = { .fd = ends[0] };
	char control[512];
	struct iovec part = { data, CARRY_MAX };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	carry_check(poll(&wait, 1, -1), "poll");
	len = carry_check(recvmsg(ends[0], &message, MSG_ERRQUEUE), "recvmsg");
}

static void make_echo(void)
{
	struct sockaddr_in self = { .sin_family = AF_INET };

	inet_pton(AF_INET, "127.0.0.1", &self.sin_addr);
	ends[0] = ends[1] = carry_check(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), "socket");
	carry_check(connect(ends[0], (void *)&self, sizeof(self)), "connect");
}

static void give_echo(void)
{
	static struct {
		struct icmphdr header;
		char bytes[CARRY_MAX];
	} message = { .header.type = ICMP_ECHO };

	memcpy(message.bytes, data, len);
	carry_check(send(ends[1], &message, sizeof(message.header) + len, 0), "send");
}

/* Its own end of a connection, in the state that is saved and restored */
static void give_repaired(void)
{
	int queue = TCP_RECV_QUEUE;

	carry_check(setsockopt(ends[0], IPPROTO_TCP, TCP_REPAIR, &one, sizeof(one)), "TCP_REPAIR");
	carry_check(setsockopt(ends[0], IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)),
		    "TCP_REPAIR_QUEUE");
	carry_check(send(ends[0], data, len, 0), "send");
}

static void take_repaired(void)
{
	int off = TCP_REPAIR_OFF_NO_WP;

	carry_check(setsockopt(ends[0], IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)), "TCP_REPAIR");
	take_recv();
}

/* --- who listens to what others say */

static void listen_raw(void)
{
	ends[0] = carry_check(socket(AF_INET, SOCK_RAW, IPPROTO_UDP), "socket");
}

static void listen_packets(void)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = 1,
	};

	ends[0] = carry_check(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), "socket");
	carry_check(bind(ends[0], (void *)&address, sizeof(address)), "bind");
}

static void take_heard(void)
{
	do
		take_recv();
	while (!memmem(data, len, "Li Wei", 6));
}

#define SOME (AFTER | BLOCKED)

static const struct hand hands[] = {
	{ "tcp", ALL, make_port, serve, NULL, give_tcp, take_accept },
	{ "tcp-early", ALL, make_port, serve, call, give_send, take_accept },
	{ "connection", ALL, make_connection, NULL, NULL, give_send, take_recv },
	{ "read", SOME, make_connection, NULL, NULL, give_send, take_read },
	{ "peek", SOME, make_connection, NULL, NULL, give_send, take_peek },
	{ "epoll", SOME, make_connection, NULL, NULL, give_send, take_epoll },
	{ "splice", SOME, make_connection, hand_connect, NULL, give_send, take_splice },
	{ "zerocopy", SOME, make_connection, NULL, NULL, give_send, take_mapped },
	{ "ring", SOME, make_connection, NULL, NULL, give_send, take_ring },
	{ "ring-worker", SOME, make_connection, NULL, NULL, give_send, take_ring_worker },
	{ "ring-accept", SOME, make_port, serve, NULL, give_tcp, take_ring_accept },
	{ "deferred", SOME, make_port, serve_deferred, NULL, give_tcp, take_accept },
	{ "fast-open", SOME, make_port, serve_fast, NULL, give_fast, take_accept },
	{ "reuse-port", SOME, make_port, serve_twice, NULL, give_tcp, take_either },
	{ "udp", ALL, make_port, serve_udp, NULL, give_udp, take_recv },
	{ "udp-early", ALL, make_port, serve_udp, call_udp, give_send, take_recv },
	{ "udp-sendto", SOME, make_port, serve_udp, NULL, give_udp_to, take_recv },
	{ "udp-peek", SOME, make_port, serve_udp, NULL, give_udp, take_peek },
	{ "udp-recvmmsg", SOME, make_port, serve_udp, NULL, give_udp, take_many },
	{ "udp-epoll", SOME, make_port, serve_udp, NULL, give_udp, take_epoll },
	{ "udp-ring", SOME, make_port, serve_udp, NULL, give_udp, take_ring },
	{ "multicast", SOME, make_port, serve_group, NULL, give_group, take_recv },
	{ "broadcast", SOME, make_several, serve_all, NULL, give_all, take_recv },
	{ "chosen", SOME, make_chosen, serve_chosen, NULL, give_udp_to, take_recv },
	{ "late", AFTER, make_port, NULL, NULL, give_udp_to, take_late },
	{ "refused", SOME, make_refused, NULL, NULL, give_quoted, take_errors },
	{ "stamped", SOME, make_stamped, NULL, NULL, give_quoted, take_errors },
	{ "echo", SOME, make_echo, NULL, NULL, give_echo, take_recv },
	{ "repaired", AFTER, make_connection, NULL, NULL, give_repaired, take_repaired },
	{ "raw", ALL, make_port, listen_raw, NULL, give_udp_to, take_heard },
	{ "packet", ALL, make_port, listen_packets, NULL, give_udp_to, take_heard },
};

int main(int argc, char **argv)
{
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
