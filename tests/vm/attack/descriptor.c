// SPDX-License-Identifier: GPL-2.0
/*
 * descriptor.c - a file that is written, or read, by a descriptor that is not in
 * the table of who obtains the label
 *
 * $DIR is where the file is made. It is open before there is anything in it.
 */
#include "tests/vm/attack/hand.h"
#include "tests/vm/attack/rights.h"
#include "tests/vm/attack/ring.h"

#include <pthread.h>
#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));
/* A byte in @order asks the other task for its turn, one in @done says that it was. */
static int order[2], done[2];
static int file = -1;
static char meeting[160];

static void make_empty(void)
{
	close(carry_check(open(name, O_RDWR | O_CREAT | O_EXCL, 0600), name));
}

static int open_file(void)
{
	return carry_check(open(name, O_RDWR), name);
}

static void write_file(int fd)
{
	carry_check(write(fd, data, len), "write");
}

static void read_file(int fd)
{
	len = carry_read_fd(fd, data);
}

/* --- another task, with the same memory and a table of its own */

static void meet(void)
{
	carry_check(pipe(order) | pipe(done), "pipe");
}

/* Opens the file, and is given its turn once. */
static __attribute__((noreturn)) int other_task(void *turn)
{
	int fd = open_file();

	hand_tell(done);
	if (hand_wait(order))
		((void (*)(int))turn)(fd);
	hand_tell(done);
	for (;;)
		pause();
}

static void start_process(void (*turn)(int fd))
{
	meet();
	carry_check(clone(other_task, stack + sizeof(stack), CLONE_VM | SIGCHLD, (void *)turn),
		    "clone");
	hand_wait(done);
}

static void *apart(void *turn)
{
	carry_check(unshare(CLONE_FILES), "unshare");
	other_task(turn);
	return NULL;
}

static void start_thread(void (*turn)(int fd))
{
	pthread_t thread;

	meet();
	errno = pthread_create(&thread, NULL, apart, (void *)turn);
	if (errno)
		carry_fail("thread");
	hand_wait(done);
}

static void take_turn(void)
{
	hand_tell(order);
	hand_wait(done);
}

static void early_process(void)
{
	start_process(write_file);
}

static void early_thread(void)
{
	start_thread(write_file);
}

static void attach_process(void)
{
	start_process(read_file);
}

static void attach_thread(void)
{
	start_thread(read_file);
}

static void early_file(void)
{
	file = open_file();
}

static void give_file(void)
{
	write_file(file);
}

static void give_later(void)
{
	write_file(open_file());
}

static void attach_file(void)
{
	file = open_file();
}

static void take_file(void)
{
	read_file(file);
}

static void take_later(void)
{
	read_file(open_file());
}

/* --- the descriptor comes, or comes back, when the label is there */

static void make_pair(void)
{
	make_empty();
	carry_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
}

/* Sent to itself, and closed: it is on its way when the label comes. */
static void early_sent(void)
{
	file = open_file();
	rights_give(ends[0], file);
	close(file);
}

static void give_received(void)
{
	write_file(rights_take(ends[1]));
}

/* The taker has it, and passes it on. */
static void attach_sent(void)
{
	file = open_file();
	rights_give(ends[0], file);
}

/*
 * Sent when the giver has the label and opens a FIFO, to read: that hands on nothing,
 * but that it is there.
 */
static void make_meeting(void)
{
	make_pair();
	snprintf(meeting, sizeof(meeting), "%s.fifo", name);
	carry_check(mkfifo(meeting, 0600), meeting);
}

static void attach_sender(void)
{
	file = open_file();
	if (carry_check(fork(), "fork"))
		return;
	close(carry_check(open(meeting, O_WRONLY), meeting));
	rights_give(ends[0], file);
	_exit(0);
}

static void give_met(void)
{
	close(carry_check(open(meeting, O_RDONLY), meeting));
	unlink(meeting);
	give_received();
}

/* --- the descriptor is known to a ring only */

static void ring_register(void)
{
	file = open_file();
	ring_make(0);
	errno = -io_uring_register_files(&ring, &file, 1);
	if (errno)
		carry_fail("register files");
	close(file);
}

static void ring_open(void)
{
	int none = -1;

	ring_make(0);
	errno = -io_uring_register_files(&ring, &none, 1);
	if (errno)
		carry_fail("register files");
	io_uring_prep_openat_direct(ring_next(), AT_FDCWD, name, O_RDWR, 0, 0);
	ring_run();
}

static void ring_write(void)
{
	struct io_uring_sqe *sqe = ring_next();

	io_uring_prep_write(sqe, 0, data, len, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	ring_run();
}

static void ring_read(void)
{
	struct io_uring_sqe *sqe = ring_next();

	io_uring_prep_read(sqe, 0, data, CARRY_MAX, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	len = ring_run();
}

static const struct hand hands[] = {
	{ "process", AFTER, make_empty, NULL, early_process, take_turn, take_later },
	{ "thread", AFTER, make_empty, NULL, early_thread, take_turn, take_later },
	{ "process-held", AFTER, make_empty, attach_file, early_process, take_turn, take_file },
	{ "thread-held", AFTER, make_empty, attach_file, early_thread, take_turn, take_file },
	{ "process-reads", AFTER, make_empty, attach_process, NULL, give_later, take_turn },
	{ "thread-reads", AFTER, make_empty, attach_thread, NULL, give_later, take_turn },
	{ "leaderless", AFTER | LEADERLESS, make_empty, NULL, early_file, give_file, take_later },
	{ "leaderless-held", AFTER | LEADERLESS, make_empty, attach_file, NULL, give_later,
	  take_file },
	{ "sent", AFTER, make_pair, NULL, early_sent, give_received, take_later },
	{ "received", AFTER, make_pair, attach_sent, NULL, give_received, take_later },
	{ "received-held", AFTER, make_pair, attach_sent, NULL, give_received, take_file },
	{ "received-later", AFTER, make_meeting, attach_sender, NULL, give_met, take_later },
	{ "ring", AFTER, make_empty, NULL, ring_register, ring_write, take_later },
	{ "ring-held", AFTER, make_empty, attach_file, ring_register, ring_write, take_file },
	{ "ring-opened", AFTER, make_empty, NULL, ring_open, ring_write, take_later },
	{ "ring-reads", AFTER, make_empty, ring_register, NULL, give_later, ring_read },
	{ "ring-opened-reads", AFTER, make_empty, ring_open, NULL, give_later, ring_read },
};

int main(int argc, char **argv)
{
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
