// SPDX-License-Identifier: GPL-2.0
/*
 * uring.c - io_uring: the kernel sends for its caller
 *
 * usage: uring HOW ADDRESS
 *
 *	connect		connect and send after the data was obtained
 *	send, sendmsg, send_zc, splice, write
 *			on a connection that stands when the data is obtained
 *	socket		the socket is made by the ring, as a direct descriptor
 *	fixed		the connection is a registered file
 *	sqpoll		a kernel thread submits; the ring is older than the label
 *	worker		a worker sends; it is older than the label
 *	read		the file is read by the ring as well
 *	direct		the file is opened by the ring as a direct descriptor
 */
#include <liburing.h>

#include "tests/vm/attack/attack.h"

#define AMOUNT 1200

static struct io_uring ring;
static union attack_addr addr;

static struct io_uring_sqe *next(void)
{
	return io_uring_get_sqe(&ring);
}

/* Submits one operation and waits for its result. */
static int result_of(const char *call)
{
	struct __kernel_timespec limit = { .tv_sec = ATTACK_WAIT_MS / 1000 };
	struct io_uring_cqe *cqe;
	int err, result;

	io_uring_submit(&ring);
	err = io_uring_wait_cqe_timeout(&ring, &cqe, &limit);
	if (err < 0) {
		attack_note(call, -err);
		exit(1);
	}
	result = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	if (result < 0) {
		attack_note(call, -result);
		exit(1);
	}
	return result;
}

static void connect_socket(int fd, unsigned int flags)
{
	struct io_uring_sqe *sqe = next();

	io_uring_prep_connect(sqe, fd, &addr.any, attack_len(&addr));
	sqe->flags |= flags;
	result_of("connect");
}

static void send_data(int fd, unsigned int flags)
{
	struct io_uring_sqe *sqe = next();

	io_uring_prep_send(sqe, fd, data.bytes, AMOUNT, MSG_NOSIGNAL);
	sqe->flags |= flags;
	result_of("send");
}

static void send_message(int fd)
{
	struct iovec vec = { .iov_base = data.bytes, .iov_len = AMOUNT };
	struct msghdr msg = { .msg_iov = &vec, .msg_iovlen = 1 };

	io_uring_prep_sendmsg(next(), fd, &msg, MSG_NOSIGNAL);
	result_of("sendmsg");
}

static void send_spliced(int fd)
{
	int file = attack_do("open", open(getenv("FILE"), O_RDONLY)), ends[2];

	attack_do("pipe", pipe(ends));
	io_uring_prep_splice(next(), file, 0, ends[1], -1, AMOUNT, 0);
	result_of("splice-in");
	io_uring_prep_splice(next(), ends[0], -1, fd, -1, AMOUNT, 0);
	result_of("splice");
}

/* The whole life of a socket as a direct descriptor, which no table shows */
static void send_direct(void)
{
	attack_do("register", -!!io_uring_register_files_sparse(&ring, 4));
	io_uring_prep_socket_direct(next(), addr.any.sa_family, SOCK_STREAM, 0, 0, 0);
	result_of("socket");
	connect_socket(0, IOSQE_FIXED_FILE);
	attack_obtain();
	send_data(0, IOSQE_FIXED_FILE);
}

static void read_by_ring(bool direct)
{
	struct io_uring_sqe *sqe;
	int file = 1;

	sqe = next();
	if (direct) {
		attack_do("register", -!!io_uring_register_files_sparse(&ring, 4));
		io_uring_prep_openat_direct(sqe, AT_FDCWD, getenv("FILE"), O_RDONLY, 0, file);
	} else {
		io_uring_prep_openat(sqe, AT_FDCWD, getenv("FILE"), O_RDONLY, 0);
	}
	sqe->flags |= IOSQE_ASYNC;
	file = direct ? (result_of("open"), 1) : result_of("open");
	sqe = next();
	io_uring_prep_read(sqe, file, data.bytes, sizeof(data.bytes), 0);
	sqe->flags |= direct ? IOSQE_FIXED_FILE : 0;
	data.len = result_of("read");
}

static void send_how(const char *how, int fd)
{
	if (!strcmp(how, "sendmsg")) {
		send_message(fd);
	} else if (!strcmp(how, "send_zc")) {
		io_uring_prep_send_zc(next(), fd, data.bytes, AMOUNT, MSG_NOSIGNAL, 0);
		result_of("send_zc");
	} else if (!strcmp(how, "write")) {
		io_uring_prep_write(next(), fd, data.bytes, AMOUNT, 0);
		result_of("write");
	} else if (!strcmp(how, "fixed")) {
		send_data(0, IOSQE_FIXED_FILE);
	} else if (!strcmp(how, "worker")) {
		send_data(fd, IOSQE_ASYNC);
	} else {
		send_data(fd, 0);
	}
}

int main(int argc, char **argv)
{
	const char *how = argv[1];
	int fd;

	if (argc != 3)
		return 2;
	addr = attack_addr(argv[2]);
	attack_do("io_uring", -!!io_uring_queue_init(
				      8, &ring, !strcmp(how, "sqpoll") ? IORING_SETUP_SQPOLL : 0));
	if (!strcmp(how, "socket")) {
		send_direct();
		poll(NULL, 0, 200);
		return 0;
	}
	fd = attack_socket(&addr, SOCK_STREAM, 0);
	if (!strcmp(how, "connect"))
		attack_obtain();
	connect_socket(fd, !strcmp(how, "worker") ? IOSQE_ASYNC : 0);
	if (!strcmp(how, "fixed"))
		attack_do("register", -!!io_uring_register_files(&ring, &fd, 1));
	if (!strcmp(how, "read") || !strcmp(how, "direct"))
		read_by_ring(!strcmp(how, "direct"));
	else if (strcmp(how, "splice") && strcmp(how, "connect"))
		attack_obtain();
	if (!strcmp(how, "splice"))
		send_spliced(fd);
	else
		send_how(how, fd);
	attack_answer(fd);
	return attack_status;
}
