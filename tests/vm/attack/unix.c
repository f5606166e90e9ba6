// SPDX-License-Identifier: GPL-2.0
/*
 * unix.c - data handed over by unix and netlink sockets
 */
#include "tests/vm/attack/hand.h"
#include "tests/vm/attack/rights.h"
#include "tests/vm/attack/ring.h"

#include <linux/filter.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/un.h>

/* --- how it is sent and received, by ends[1] and ends[0] */

static void give_send(void)
{
	carry_check(send(ends[1], data, len, MSG_NOSIGNAL), "send");
}

static void give_write(void)
{
	carry_check(write(ends[1], data, len), "write");
}

static void give_many(void)
{
	struct iovec parts[] = { { data, 60 }, { data + 60, len - 60 } };
	struct mmsghdr messages[] = {
		{ .msg_hdr = { .msg_iov = &parts[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &parts[1], .msg_iovlen = 1 } },
	};

	if (carry_check(sendmmsg(ends[1], messages, 2, MSG_NOSIGNAL), "sendmmsg") != 2)
		_exit(EACCES);
}

/* The part of the file itself */
static void give_file(void)
{
	off_t at = part_at;
	int fd = carry_check(open(path, O_RDONLY), path);

	carry_check(sendfile(ends[1], fd, &at, len), "sendfile");
}

static void give_spliced(void)
{
	int between[2];

	carry_check(pipe(between), "pipe");
	carry_check(write(between[1], data, len), "write");
	carry_check(splice(between[0], NULL, ends[1], NULL, len, 0), "splice");
}

static void give_ring(void)
{
	ring_make(0);
	io_uring_prep_send(ring_next(), ends[1], data, len, MSG_NOSIGNAL);
	ring_run();
}

/* All but the last byte is ordinary data. */
static void give_oob(void)
{
	carry_check(send(ends[1], data, len, MSG_OOB | MSG_NOSIGNAL), "send");
}

static void take_recv(void)
{
	len = carry_check(recv(ends[0], data, CARRY_MAX, 0), "recv");
}

static void take_read(void)
{
	len = carry_check(read(ends[0], data, CARRY_MAX), "read");
}

static void take_message(void)
{
	struct iovec parts[] = { { data, 50 }, { data + 50, CARRY_MAX - 50 } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	len = carry_check(recvmsg(ends[0], &message, 0), "recvmsg");
}

static void take_many(void)
{
	struct iovec parts[] = { { data, 60 }, { data + 60, CARRY_MAX - 60 } };
	struct mmsghdr messages[] = {
		{ .msg_hdr = { .msg_iov = &parts[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &parts[1], .msg_iovlen = 1 } },
	};

	carry_check(recvmmsg(ends[0], messages, 2, 0, NULL), "recvmmsg");
	len = messages[0].msg_len + messages[1].msg_len;
}

static void take_peek(void)
{
	len = carry_check(recv(ends[0], data, CARRY_MAX, MSG_PEEK), "recv");
}

static void take_poll(void)
{
	struct pollfd wait = { .fd = ends[0], .events = POLLIN };

	carry_check(poll(&wait, 1, -1), "poll");
	take_recv();
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

static void take_ring_message(void)
{
	struct iovec part = { data, CARRY_MAX };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	ring_make(0);
	io_uring_prep_recvmsg(ring_next(), ends[0], &message, 0);
	len = ring_run();
}

static void take_ring_read(void)
{
	ring_make(IORING_SETUP_SQPOLL);
	io_uring_prep_read(ring_next(), ends[0], data, CARRY_MAX, 0);
	len = ring_run();
}

/* --- pairs */

static void make_stream(void)
{
	carry_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
}

static void make_datagrams(void)
{
	carry_check(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), "socketpair");
}

static void make_packets(void)
{
	carry_check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), "socketpair");
}

/* --- by path and abstract name; the taker serves */

static int server = -1;

static socklen_t address_of(struct sockaddr_un *address, bool abstract)
{
	int used;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	used = snprintf(address->sun_path + abstract, sizeof(address->sun_path) - abstract, "%s",
			name);
	return offsetof(struct sockaddr_un, sun_path) + abstract + used + !abstract;
}

static void serve(int type, bool abstract)
{
	struct sockaddr_un address;
	socklen_t size = address_of(&address, abstract);

	server = carry_check(socket(AF_UNIX, type, 0), "socket");
	carry_check(bind(server, (void *)&address, size), "bind");
	if (type == SOCK_DGRAM)
		ends[0] = server;
	else
		carry_check(listen(server, 8), "listen");
}

static void call(int type, bool abstract)
{
	struct sockaddr_un address;
	socklen_t size = address_of(&address, abstract);

	ends[1] = carry_check(socket(AF_UNIX, type, 0), "socket");
	carry_check(connect(ends[1], (void *)&address, size), "connect");
}

static void serve_stream(void)
{
	serve(SOCK_STREAM, false);
}

static void serve_abstract(void)
{
	serve(SOCK_STREAM, true);
}

static void serve_packets(void)
{
	serve(SOCK_SEQPACKET, true);
}

static void serve_datagrams(void)
{
	serve(SOCK_DGRAM, false);
}

static void serve_abstract_datagrams(void)
{
	serve(SOCK_DGRAM, true);
}

static void call_stream(void)
{
	call(SOCK_STREAM, false);
}

static void call_abstract(void)
{
	call(SOCK_STREAM, true);
}

static void call_datagrams(void)
{
	call(SOCK_DGRAM, false);
}

static void give_stream(void)
{
	call_stream();
	give_send();
}

static void give_abstract(void)
{
	call_abstract();
	give_send();
}

static void give_packets(void)
{
	call(SOCK_SEQPACKET, true);
	give_send();
}

static void give_datagrams(void)
{
	call_datagrams();
	give_send();
}

static void give_unconnected(void)
{
	struct sockaddr_un address;
	socklen_t size = address_of(&address, true);

	ends[1] = carry_check(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
	carry_check(sendto(ends[1], data, len, 0, (void *)&address, size), "sendto");
}

static void take_accept(void)
{
	ends[0] = carry_check(accept(server, NULL, NULL), "accept");
	take_recv();
}

static void take_ring_accept(void)
{
	ring_make(0);
	io_uring_prep_accept(ring_next(), server, NULL, NULL, 0);
	ends[0] = ring_run();
	take_recv();
}

/* Who sends is the message: its name is the data, as much as a name holds. */
static void give_name(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct sockaddr_un to;
	socklen_t size = address_of(&to, true);

	for (size_t at = 0; at < len; at += 100) {
		size_t part = len - at < 100 ? len - at : 100;
		int fd = carry_check(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");

		memcpy(address.sun_path + 1, data + at, part);
		carry_check(bind(fd, (void *)&address, sizeof(sa_family_t) + 1 + part), "bind");
		carry_check(sendto(fd, "", at + part == len, 0, (void *)&to, size), "sendto");
	}
}

static void take_name(void)
{
	struct sockaddr_un address;
	char last;
	ssize_t got;

	do {
		socklen_t size = sizeof(address);

		got = carry_check(recvfrom(ends[0], &last, 1, 0, (void *)&address, &size),
				  "recvfrom");
		size -= sizeof(sa_family_t) + 1;
		memcpy(data + len, address.sun_path + 1, size);
		len += size;
	} while (!got);
}

/* --- a descriptor is passed; what it holds is not the file */

static void give_memfd(void)
{
	int fd = carry_check(memfd_create("data", 0), "memfd_create");

	carry_check(write(fd, data, len), "write");
	rights_give(ends[1], fd);
}

static void give_pipe(void)
{
	int inner[2];

	carry_check(pipe(inner), "pipe");
	carry_check(write(inner[1], data, len), "write");
	rights_give(ends[1], inner[0]);
}

/* Made and passed before the label, filled after it */
static int empty = -1;

static void early_memfd(void)
{
	empty = carry_check(memfd_create("data", 0), "memfd_create");
	rights_give(ends[1], empty);
}

static void fill_memfd(void)
{
	carry_check(write(empty, data, len), "write");
}

static void take_memfd(void)
{
	len = carry_read_fd(rights_take(ends[0]), data);
}

static void take_pipe(void)
{
	len = carry_check(read(rights_take(ends[0]), data, CARRY_MAX), "read");
}

/* The taker's own connection, for the giver to write to */
static void pass_connection(void)
{
	hand_connect();
	ends[1] = ends[0];
	rights_give(ends[1], sock);
}

static void give_connection(void)
{
	carry_write(rights_take(ends[1]), data, len);
}

static int taken = -1;

static void early_connection(void)
{
	taken = rights_take(ends[1]);
}

static void give_taken(void)
{
	carry_write(taken, data, len);
}

/* Nothing comes here; the giver wrote to the connection or was stopped. */
static void take_nothing(void)
{
	_exit(0);
}

/* --- netlink between two processes */

static void serve_netlink(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_pid = director };

	ends[0] = carry_check(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK), "socket");
	carry_check(bind(ends[0], (void *)&address, sizeof(address)), "bind");
}

static void call_netlink(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_pid = director };

	ends[1] = carry_check(socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK), "socket");
	carry_check(connect(ends[1], (void *)&address, sizeof(address)), "connect");
}

static void give_netlink(void)
{
	call_netlink();
	give_send();
}

/* An address of the kernel's is beside it, and is not looked at: it has no length. */
static void give_no_length(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };

	call_netlink();
	carry_check(sendto(ends[1], data, len, 0, (void *)&address, 0), "sendto");
}

/* --- what the kernel sends back: the message that it refused, by one socket of both */

#define NO_SUCH_TYPE 0x7ff0

static struct {
	struct nlmsghdr header;
	char bytes[CARRY_MAX];
} message;

static void make_route(void)
{
	ends[0] = ends[1] = carry_check(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "socket");
}

static void give_kernel(int type, int flags)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	message.header.nlmsg_len = NLMSG_HDRLEN + len;
	message.header.nlmsg_type = type;
	message.header.nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(message.bytes, data, len);
	carry_check(sendto(ends[1], &message, message.header.nlmsg_len, 0, (void *)&kernel,
			   sizeof(kernel)),
		    "sendto");
}

static void give_refused(void)
{
	give_kernel(NO_SUCH_TYPE, NLM_F_ACK);
}

static void take_refused(void)
{
	size_t before = sizeof(struct nlmsgerr);

	len = carry_check(recv(ends[0], &message, sizeof(message), 0), "recv") - NLMSG_HDRLEN;
	if (len <= before)
		_exit(ENODATA);
	len -= before;
	memcpy(data, message.bytes + before, len);
}

/* --- what the kernel passes on to all who listen */

static void listen_events(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };

	ends[0] = carry_check(socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT), "socket");
	carry_check(bind(ends[0], (void *)&address, sizeof(address)), "bind");
}

static void give_event(void)
{
	ends[1] = carry_check(socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT), "socket");
	give_kernel(NLMSG_MIN_TYPE, 0);
}

/* --- a filter of a socket of both; four bytes of each instruction are free */

static struct sock_filter filter[BPF_MAXINSNS];

static void give_filter(void)
{
	struct sock_fprog program = { .filter = filter };

	for (size_t at = 0; at < len; at += 4, program.len++) {
		filter[program.len].code = BPF_LD | BPF_IMM;
		memcpy(&filter[program.len].k, data + at, 4);
	}
	filter[program.len++].code = BPF_RET | BPF_K;
	carry_check(setsockopt(ends[0], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)),
		    "attach");
}

/* Its length is in instructions. */
static void take_filter(void)
{
	socklen_t count = BPF_MAXINSNS;

	carry_check(getsockopt(ends[0], SOL_SOCKET, SO_GET_FILTER, filter, &count), "getsockopt");
	for (socklen_t i = 0; i + 1 < count; i++, len += 4)
		memcpy(data + len, &filter[i].k, 4);
}

#define SOME (AFTER | BLOCKED)

static const struct hand hands[] = {
	{ "stream", ALL, make_stream, NULL, NULL, give_send, take_recv },
	{ "datagrams", ALL, make_datagrams, NULL, NULL, give_send, take_recv },
	{ "packets", ALL, make_packets, NULL, NULL, give_send, take_recv },
	{ "read", SOME, make_stream, NULL, NULL, give_write, take_read },
	{ "recvmsg", SOME, make_stream, NULL, NULL, give_send, take_message },
	{ "sendmmsg", SOME, make_datagrams, NULL, NULL, give_many, take_many },
	{ "peek", SOME, make_stream, NULL, NULL, give_send, take_peek },
	{ "peek-datagrams", SOME, make_datagrams, NULL, NULL, give_send, take_peek },
	{ "poll", SOME, make_stream, NULL, NULL, give_send, take_poll },
	{ "epoll", SOME, make_datagrams, NULL, NULL, give_send, take_epoll },
	{ "oob", SOME, make_stream, NULL, NULL, give_oob, take_recv },
	{ "sendfile", SOME, make_stream, NULL, NULL, give_file, take_recv },
	{ "splice-in", SOME, make_stream, NULL, NULL, give_spliced, take_recv },
	{ "splice-out", ALL, make_stream, hand_connect, NULL, give_send, take_splice },
	{ "ring", ALL, make_stream, NULL, NULL, give_ring, take_ring },
	{ "ring-worker", ALL, make_stream, NULL, NULL, give_send, take_ring_worker },
	{ "ring-recvmsg", SOME, make_datagrams, NULL, NULL, give_send, take_ring_message },
	{ "ring-read-sqpoll", SOME, make_stream, NULL, NULL, give_send, take_ring_read },
	{ "path", ALL, NULL, serve_stream, NULL, give_stream, take_accept },
	{ "path-early", ALL, NULL, serve_stream, call_stream, give_send, take_accept },
	{ "path-datagrams", ALL, NULL, serve_datagrams, NULL, give_datagrams, take_recv },
	{ "path-datagrams-early", ALL, NULL, serve_datagrams, call_datagrams, give_send,
	  take_recv },
	{ "abstract", ALL, NULL, serve_abstract, NULL, give_abstract, take_accept },
	{ "abstract-early", ALL, NULL, serve_abstract, call_abstract, give_send, take_accept },
	{ "abstract-packets", ALL, NULL, serve_packets, NULL, give_packets, take_accept },
	{ "abstract-datagrams", ALL, NULL, serve_abstract_datagrams, NULL, give_unconnected,
	  take_recv },
	{ "ring-accept", SOME, NULL, serve_abstract, NULL, give_abstract, take_ring_accept },
	{ "name", SOME, NULL, serve_abstract_datagrams, NULL, give_name, take_name },
	{ "memfd-passed", ALL, make_stream, NULL, NULL, give_memfd, take_memfd },
	{ "memfd-passed-early", AFTER, make_stream, NULL, early_memfd, fill_memfd, take_memfd },
	{ "pipe-passed", ALL, make_packets, NULL, NULL, give_pipe, take_pipe },
	{ "connection-passed", AFTER, make_stream, pass_connection, NULL, give_connection,
	  take_nothing },
	{ "connection-passed-early", AFTER, make_stream, pass_connection, early_connection,
	  give_taken, take_nothing },
	{ "netlink", ALL, NULL, serve_netlink, NULL, give_netlink, take_recv },
	{ "netlink-early", ALL, NULL, serve_netlink, call_netlink, give_send, take_recv },
	{ "netlink-no-length", ALL, NULL, serve_netlink, NULL, give_no_length, take_recv },
	{ "netlink-refused", SOME, make_route, NULL, NULL, give_refused, take_refused },
	{ "netlink-event", SOME, NULL, listen_events, NULL, give_event, take_recv },
	{ "filter", AFTER, make_stream, NULL, NULL, give_filter, take_filter },
};

int main(int argc, char **argv)
{
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
