// SPDX-License-Identifier: GPL-2.0
/*
 * pipe.c - data handed over by pipes and FIFOs
 */
#include "tests/vm/attack/hand.h"
#include "tests/vm/attack/ring.h"

#include <linux/aio_abi.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define PAGE 4096

static void make_pipe(void)
{
	carry_check(pipe(ends), "pipe");
}

static void make_packets(void)
{
	carry_check(pipe2(ends, O_DIRECT), "pipe2");
}

static void give_write(void)
{
	carry_check(write(ends[1], data, len), "write");
}

static void take_read(void)
{
	len = carry_check(read(ends[0], data, CARRY_MAX), "read");
}

static void give_vector(void)
{
	struct iovec parts[] = { { data, 50 }, { data + 50, len - 50 } };

	carry_check(writev(ends[1], parts, 2), "writev");
}

static void take_vector(void)
{
	struct iovec parts[] = { { data, 50 }, { data + 50, CARRY_MAX - 50 } };

	len = carry_check(readv(ends[0], parts, 2), "readv");
}

static void take_poll(void)
{
	struct pollfd wait = { .fd = ends[0], .events = POLLIN };

	carry_check(poll(&wait, 1, -1), "poll");
	take_read();
}

/* Kernel AIO on a pipe waits in io_submit. */
static void take_aio(void)
{
	struct iocb block = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = ends[0],
		.aio_buf = (unsigned long)data,
		.aio_nbytes = CARRY_MAX,
	};
	struct iocb *blocks[] = { &block };
	aio_context_t context = 0;
	struct io_event event;

	carry_check(syscall(SYS_io_setup, 1, &context), "io_setup");
	carry_check(syscall(SYS_io_submit, context, 1, blocks), "io_submit");
	carry_check(syscall(SYS_io_getevents, context, 1, 1, &event, NULL), "io_getevents");
	if (event.res < 0)
		_exit(-event.res);
	len = event.res;
}

static void give_ring(void)
{
	ring_make(0);
	io_uring_prep_write(ring_next(), ends[1], data, len, -1);
	ring_run();
}

static void take_ring(void)
{
	ring_make(0);
	io_uring_prep_read(ring_next(), ends[0], data, CARRY_MAX, -1);
	len = ring_run();
}

/* A worker of the ring waits in the read. */
static void take_worker(void)
{
	struct io_uring_sqe *sqe;

	ring_make(0);
	sqe = ring_next();
	io_uring_prep_read(sqe, ends[0], data, CARRY_MAX, -1);
	sqe->flags |= IOSQE_ASYNC;
	len = ring_run();
}

/* A thread of the kernel submits. */
static void take_sqpoll(void)
{
	ring_make(IORING_SETUP_SQPOLL);
	io_uring_prep_read(ring_next(), ends[0], data, CARRY_MAX, -1);
	len = ring_run();
}

static void take_ring_splice(void)
{
	ring_make(0);
	io_uring_prep_splice(ring_next(), ends[0], -1, sock, -1, CARRY_MAX, 0);
	ring_run();
	hand_sent();
}

/* --- without the data in anybody's memory */

/* The part of the file itself, from page to page */
static void give_splice(void)
{
	off64_t at = part_at;
	int fd = carry_check(open(path, O_RDONLY), path);

	carry_check(splice(fd, &at, ends[1], NULL, len, 0), "splice");
}

static void take_splice_socket(void)
{
	carry_check(splice(ends[0], NULL, sock, NULL, CARRY_MAX, 0), "splice");
	hand_sent();
}

static void take_splice_file(void)
{
	int fd = carry_check(open(name, O_RDWR | O_CREAT | O_EXCL, 0600), name);
	loff_t at = 0;

	carry_check(splice(ends[0], NULL, fd, &at, CARRY_MAX, 0), "splice");
	len = carry_read_fd(fd, data);
}

static int other[2];

static void take_tee(void)
{
	carry_check(pipe(other), "pipe");
	carry_check(tee(ends[0], other[1], CARRY_MAX, 0), "tee");
	len = carry_check(read(other[0], data, CARRY_MAX), "read");
}

static void take_tee_splice(void)
{
	carry_check(pipe(other), "pipe");
	carry_check(tee(ends[0], other[1], CARRY_MAX, 0), "tee");
	carry_check(splice(other[0], NULL, sock, NULL, CARRY_MAX, 0), "splice");
	hand_sent();
}

/* One moves it from pipe to pipe without looking, the other reads. */
static void take_splice_pipe(void)
{
	carry_check(pipe(other), "pipe");
	carry_check(splice(ends[0], NULL, other[1], NULL, CARRY_MAX, 0), "splice");
	len = carry_check(read(other[0], data, CARRY_MAX), "read");
}

static void give_vmsplice(void)
{
	struct iovec part = { data, len };

	carry_check(vmsplice(ends[1], &part, 1, 0), "vmsplice");
}

static void take_vmsplice(void)
{
	struct iovec part = { data, CARRY_MAX };

	len = carry_check(vmsplice(ends[0], &part, 1, 0), "vmsplice");
}

/* The giver's page is in the pipe before the giver has anything to hide. */
static void early_vmsplice(void)
{
	struct iovec part = { data, PAGE };

	memset(data, '\n', PAGE);
	carry_check(vmsplice(ends[1], &part, 1, 0), "vmsplice");
}

static void give_nothing(void)
{
}

/* --- a write that waits for room, of a page that gets the data meanwhile */

static char *late;
static volatile pid_t writer;

static void *write_late(void *unused)
{
	writer = gettid();
	if (write(ends[1], late, PAGE) < 0)
		_exit(errno);
	return NULL;
}

static void early_full(void)
{
	static char filler[PAGE];
	pthread_t thread;
	char call[256];

	late = calloc(1, PAGE);
	fcntl(ends[1], F_SETPIPE_SZ, PAGE);
	carry_check(write(ends[1], filler, PAGE), "write");
	pthread_create(&thread, NULL, write_late, NULL);
	while (!writer || !hand_call(writer, call, sizeof(call)))
		usleep(1000);
}

static void give_late(void)
{
	memcpy(late, data, len);
}

static void take_twice(void)
{
	carry_check(read(ends[0], data, PAGE), "read");
	len = carry_check(read(ends[0], data, PAGE), "read");
}

/* --- a page of a file that is in the pipe, and written to by who does not have the pipe */

static void make_lent(void)
{
	loff_t at = 0;
	int fd = carry_check(open(name, O_RDWR | O_CREAT | O_EXCL, 0600), name);

	memset(data, '\n', PAGE);
	carry_check(write(fd, data, PAGE), "write");
	make_pipe();
	carry_check(splice(fd, &at, ends[1], NULL, PAGE, 0), "splice");
	close(fd);
}

static void leave_pipe(void)
{
	close(ends[0]);
	close(ends[1]);
}

static void give_lent(void)
{
	int fd = carry_check(open(name, O_WRONLY), name);

	carry_check(pwrite(fd, data, len, 0), "pwrite");
}

static int lent = -1;

static void early_lent(void)
{
	leave_pipe();
	lent = carry_check(open(name, O_RDWR), name);
}

static void give_lent_early(void)
{
	carry_check(pwrite(lent, data, len, 0), "pwrite");
}

/* --- a third in between, who never looks at the data */

static void make_pipeline(void)
{
	int first[2];

	carry_check(pipe(first) | pipe(other), "pipe");
	if (!hand_fork()) {
		char part[PAGE];
		ssize_t got = read(first[0], part, sizeof(part));

		if (got > 0 && write(other[1], part, got) == got)
			pause();
		_exit(0);
	}
	ends[0] = other[0];
	ends[1] = first[1];
}

/* --- by name */

static void make_fifo(void)
{
	carry_check(mkfifo(name, 0600), name);
}

/* Both directions: who opens it does not wait for the other. */
static void open_fifo(void)
{
	ends[0] = ends[1] = carry_check(open(name, O_RDWR), name);
}

static void give_fifo(void)
{
	open_fifo();
	give_write();
}

/* Waits in open until the giver opens it. */
static void take_fifo(void)
{
	ends[0] = carry_check(open(name, O_RDONLY), name);
	take_read();
}

static int reopened(int end, int flags)
{
	char file[64];

	snprintf(file, sizeof(file), "/proc/%d/fd/%d", director, ends[end]);
	return carry_check(open(file, flags), file);
}

static void take_reopened(void)
{
	ends[0] = reopened(0, O_RDONLY);
	take_read();
}

static void give_reopened(void)
{
	ends[1] = reopened(1, O_WRONLY);
	give_write();
}

/* --- from a pipe to a FIFO that its mover has open to read, too */

static void make_pipe_and_fifo(void)
{
	make_pipe();
	make_fifo();
}

static void open_other(void)
{
	other[0] = other[1] = carry_check(open(name, O_RDWR), name);
}

static void move_splice(void)
{
	carry_check(splice(ends[0], NULL, other[1], NULL, CARRY_MAX, 0), "splice");
}

static void move_tee(void)
{
	carry_check(tee(ends[0], other[1], CARRY_MAX, 0), "tee");
}

static void take_other(void)
{
	len = carry_check(read(other[0], data, CARRY_MAX), "read");
}

static void take_splice_fifo(void)
{
	move_splice();
	take_other();
}

static void take_tee_fifo(void)
{
	move_tee();
	take_other();
}

/* The same by a third, who waits in @move already. */
static void make_moved(void (*move)(void), int call)
{
	char text[256] = "";
	pid_t mover;

	make_pipe_and_fifo();
	mover = hand_fork();
	if (!mover) {
		open_other();
		move();
		for (;;)
			pause();
	}
	while (!hand_call(mover, text, sizeof(text)) || atoi(text) != call)
		usleep(1000);
}

static void make_spliced(void)
{
	make_moved(move_splice, SYS_splice);
}

static void make_teed(void)
{
	make_moved(move_tee, SYS_tee);
}

#define SOME (AFTER | BLOCKED)

static const struct hand hands[] = {
	{ "read", ALL, make_pipe, NULL, NULL, give_write, take_read },
	{ "readv", AFTER | BLOCKED, make_pipe, NULL, NULL, give_vector, take_vector },
	{ "packets", AFTER | BLOCKED, make_packets, NULL, NULL, give_write, take_read },
	{ "poll", AFTER | BLOCKED, make_pipe, NULL, NULL, give_write, take_poll },
	{ "aio", AFTER | BLOCKED, make_pipe, NULL, NULL, give_write, take_aio },
	{ "ring", ALL, make_pipe, NULL, NULL, give_ring, take_ring },
	{ "ring-worker", ALL, make_pipe, NULL, NULL, give_write, take_worker },
	{ "ring-sqpoll", ALL, make_pipe, NULL, NULL, give_write, take_sqpoll },
	{ "ring-splice", ALL, make_pipe, hand_connect, NULL, give_write, take_ring_splice },
	{ "splice-in", AFTER | BLOCKED, make_pipe, NULL, NULL, give_splice, take_read },
	{ "splice-through", AFTER | BLOCKED, make_pipe, hand_connect, NULL, give_splice,
	  take_splice_socket },
	{ "splice-socket", ALL, make_pipe, hand_connect, NULL, give_write, take_splice_socket },
	{ "splice-file", AFTER | BLOCKED, make_pipe, NULL, NULL, give_write, take_splice_file },
	{ "splice-pipe", AFTER | BLOCKED, make_pipe, NULL, NULL, give_write, take_splice_pipe },
	{ "tee", AFTER | BLOCKED, make_pipe, NULL, NULL, give_write, take_tee },
	{ "tee-splice", AFTER | BLOCKED, make_pipe, hand_connect, NULL, give_write,
	  take_tee_splice },
	{ "vmsplice-in", AFTER | BLOCKED, make_pipe, NULL, NULL, give_vmsplice, take_read },
	{ "vmsplice-out", AFTER | BLOCKED, make_pipe, NULL, NULL, give_write, take_vmsplice },
	{ "vmsplice-early", AFTER, make_pipe, NULL, early_vmsplice, give_nothing, take_read },
	{ "vmsplice-early-splice", AFTER, make_pipe, hand_connect, early_vmsplice, give_nothing,
	  take_splice_socket },
	{ "write-waits", AFTER, make_pipe, NULL, early_full, give_late, take_twice },
	{ "splice-written", AFTER, make_lent, NULL, leave_pipe, give_lent, take_read },
	{ "splice-written-early", AFTER, make_lent, NULL, early_lent, give_lent_early, take_read },
	{ "pipeline", ALL, make_pipeline, NULL, NULL, give_write, take_read },
	{ "fifo", AFTER | BLOCKED | EXEC, make_fifo, open_fifo, NULL, give_fifo, take_read },
	{ "fifo-early", ALL, make_fifo, open_fifo, open_fifo, give_write, take_read },
	{ "fifo-opens", WAITING, make_fifo, NULL, NULL, give_fifo, take_fifo },
	{ "splice-fifo", SOME, make_pipe_and_fifo, open_other, NULL, give_write, take_splice_fifo },
	{ "tee-fifo", SOME, make_pipe_and_fifo, open_other, NULL, give_write, take_tee_fifo },
	{ "splice-third", ALL, make_spliced, open_other, NULL, give_write, take_other },
	{ "tee-third", ALL, make_teed, open_other, NULL, give_write, take_other },
	{ "reopened-by-taker", ALL, make_pipe, NULL, NULL, give_write, take_reopened },
	{ "reopened-by-giver", ALL, make_pipe, NULL, NULL, give_reopened, take_read },
};

int main(int argc, char **argv)
{
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
