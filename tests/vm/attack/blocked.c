// SPDX-License-Identifier: GPL-2.0
/*
 * blocked.c - memory that is on its way out when the file is read into it
 *
 * usage: blocked thread|loop|zerocopy|async|splice|more|mapped|file ADDRESS
 *
 * The peer (lib/drain.py) reads nothing from port 9100 until somebody has
 * connected to its port 9101, so that what is sent there waits in buffers.
 *
 * thread: one thread is blocked in send() of the memory that another then
 * reads the file into. loop: one sends it in a loop. zerocopy: it was sent
 * with MSG_ZEROCOPY. async: by an io_uring worker. splice: its pages are in
 * the socket by vmsplice and splice. more: the same, held back by MSG_MORE and
 * pushed by close. mapped: the pages of a mapped file, by sendfile. file: a
 * file's pages, by sendfile, and written to by pwrite.
 */
#include <dirent.h>
#include <liburing.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "tests/vm/attack/waker.h"

#define MEMORY (1 << 20)
/* As often in a row a peer that takes more would have taken some. */
#define QUIET 20

static char *memory;
static int sock;
static const char *peer;
static volatile pid_t sender;

/* Sends what isn't the file's until the socket takes no more. */
static void fill(void)
{
	static char junk[1 << 16];

	fcntl(sock, F_SETFL, O_NONBLOCK);
	for (int quiet = 0; quiet < QUIET;) {
		if (send(sock, junk, sizeof(junk), MSG_NOSIGNAL) > 0) {
			quiet = 0;
			continue;
		}
		if (errno != EAGAIN)
			attack_do("send", -1);
		poll(NULL, 0, 50);
		quiet++;
	}
	fcntl(sock, F_SETFL, 0);
}

/* The peer takes nothing, but the socket does again. */
static void make_room(void)
{
	int large = 1 << 20;

	fill();
	attack_do("setsockopt", setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &large, sizeof(large)));
}

/* Until the peer has all, or takes no more: what was closed drains alone. */
static void wait_drained(void)
{
	int left = 1;

	for (int i = 0; i < 50 && left; i++) {
		poll(NULL, 0, 100);
		if (sock >= 0)
			ioctl(sock, SIOCOUTQ, &left);
	}
}

/* The file's data over all of the memory */
static void obtain_memory(void)
{
	attack_obtain();
	for (size_t i = 0; i + data.len <= MEMORY; i += data.len)
		memcpy(memory + i, data.bytes, data.len);
}

static void *send_all(void *loop)
{
	size_t done = 0;

	sender = gettid();
	do {
		ssize_t sent = send(sock, memory + done, MEMORY - done, MSG_NOSIGNAL);

		if (sent < 0) {
			attack_note("send", errno);
			return NULL;
		}
		done += sent;
		if (loop && done == MEMORY)
			done = 0;
	} while (done < MEMORY);
	return NULL;
}

/* Until the sending thread sleeps in its system call, for good as it seems */
static void wait_blocked(void)
{
	char path[64], state;
	FILE *file;
	int i, asleep = 0;

	while (!sender)
		poll(NULL, 0, 1);
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", sender);
	for (i = 0; i < 200 && asleep < 5; i++) {
		file = fopen(path, "r");
		if (file && fscanf(file, "%*d %*s %c", &state) == 1)
			asleep = state == 'S' ? asleep + 1 : 0;
		if (file)
			fclose(file);
		poll(NULL, 0, 20);
	}
}

static void by_thread(bool loop)
{
	pthread_t thread;

	if (!loop)
		fill();
	pthread_create(&thread, NULL, send_all, loop ? &sock : NULL);
	wait_blocked();
	obtain_memory();
}

static void by_zerocopy(void)
{
	int one = 1;

	attack_do("setsockopt", setsockopt(sock, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)));
	make_room();
	attack_do("send", send(sock, memory, 8192, MSG_ZEROCOPY | MSG_NOSIGNAL | MSG_DONTWAIT));
	obtain_memory();
}

/* The worker of a ring is the only other thread then. */
static void find_worker(void)
{
	struct dirent *entry;
	DIR *tasks;

	while (!sender) {
		tasks = opendir("/proc/self/task");
		while ((entry = readdir(tasks)))
			if (atoi(entry->d_name) && atoi(entry->d_name) != getpid())
				sender = atoi(entry->d_name);
		closedir(tasks);
	}
}

static void by_worker(void)
{
	struct io_uring_sqe *sqe;
	struct io_uring ring;

	fill();
	attack_do("io_uring", -!!io_uring_queue_init(8, &ring, 0));
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_send(sqe, sock, memory, MEMORY, MSG_WAITALL | MSG_NOSIGNAL);
	sqe->flags |= IOSQE_ASYNC;
	io_uring_submit(&ring);
	find_worker();
	wait_blocked();
	obtain_memory();
}

static void close_it(void)
{
	close(sock);
	sock = -1;
}

/* @flags: SPLICE_F_MORE to leave the pages in the socket without a full one */
static void by_vmsplice(unsigned int flags)
{
	struct iovec vec = { .iov_base = memory, .iov_len = 8192 };
	int ends[2], one = 1;

	attack_do("pipe", pipe(ends));
	if (flags)
		setsockopt(sock, IPPROTO_TCP, TCP_CORK, &one, sizeof(one));
	else
		make_room();
	attack_do("vmsplice", vmsplice(ends[1], &vec, 1, 0));
	attack_do("splice", splice(ends[0], NULL, sock, NULL, flags ? 1000 : 8192,
				   flags | SPLICE_F_NONBLOCK));
	obtain_memory();
	if (flags)
		close_it();
}

/* Of a file of our own. @mapped: changed through a mapping, else by pwrite */
static void by_sendfile(bool mapped)
{
	int fd = attack_do("memfd", memfd_create("pages", 0)), one = 1;
	char *map;

	attack_do("ftruncate", ftruncate(fd, 8192));
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	memset(map, 'x', 8192);
	setsockopt(sock, IPPROTO_TCP, TCP_CORK, &one, sizeof(one));
	attack_do("sendfile", sendfile(sock, fd, NULL, 1000));
	attack_obtain();
	if (mapped)
		memcpy(map, data.bytes, data.len);
	else
		attack_do("pwrite", pwrite(fd, data.bytes, data.len, 0));
	close_it();
}

int main(int argc, char **argv)
{
	int waker, small = 1 << 14;
	union attack_addr addr;

	if (argc != 3)
		return 2;
	peer = argv[2];
	waker = waker_make(peer);
	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(memory, 'x', MEMORY);
	addr = attack_addr_port(peer, 9100);
	sock = attack_socket(&addr, SOCK_STREAM, 0);
	setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	attack_do("connect", connect(sock, &addr.any, attack_len(&addr)));
	if (attack_is(argv, 1, "thread") || attack_is(argv, 1, "loop"))
		by_thread(attack_is(argv, 1, "loop"));
	else if (attack_is(argv, 1, "zerocopy"))
		by_zerocopy();
	else if (attack_is(argv, 1, "async"))
		by_worker();
	else if (attack_is(argv, 1, "splice") || attack_is(argv, 1, "more"))
		by_vmsplice(attack_is(argv, 1, "more") ? SPLICE_F_MORE : 0);
	else
		by_sendfile(attack_is(argv, 1, "mapped"));
	attack_do("wake", write(waker, "", 1));
	wait_drained();
	return attack_status;
}
