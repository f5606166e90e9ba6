// SPDX-License-Identifier: GPL-2.0
/*
 * aio.c - asynchronous input and output that is older than io_uring
 *
 * usage: aio posix|kernel|signal ADDRESS
 *
 * The file is read and the data sent by POSIX AIO (threads of the C library), by
 * io_submit, or by a handler of SIGIO, on a connection that stands before.
 */
#include <aio.h>
#include <linux/aio_abi.h>
#include <signal.h>
#include <sys/syscall.h>

#include "tests/vm/attack/attack.h"

#define AMOUNT 1200

static int sock;
static volatile sig_atomic_t done;

static ssize_t finish(const char *call, struct aiocb *block)
{
	const struct aiocb *list[] = { block };

	while (aio_error(block) == EINPROGRESS)
		aio_suspend(list, 1, NULL);
	errno = aio_error(block);
	return attack_do(call, errno ? -1 : aio_return(block));
}

static void by_posix(int file)
{
	struct aiocb in = { .aio_fildes = file, .aio_buf = data.bytes, .aio_nbytes = AMOUNT };
	struct aiocb out = { .aio_fildes = sock, .aio_buf = data.bytes, .aio_nbytes = AMOUNT };

	attack_do("aio_read", aio_read(&in));
	finish("read", &in);
	attack_do("aio_write", aio_write(&out));
	finish("write", &out);
}

static void submit(const char *call, aio_context_t context, int opcode, int fd)
{
	struct iocb block = {
		.aio_lio_opcode = opcode,
		.aio_fildes = fd,
		.aio_buf = (unsigned long)data.bytes,
		.aio_nbytes = AMOUNT,
	}, *list = &block;
	struct io_event event;

	attack_do(call, syscall(SYS_io_submit, context, 1, &list));
	attack_do(call, syscall(SYS_io_getevents, context, 1, 1, &event, NULL));
	if (event.res < 0) {
		attack_note(call, -event.res);
		exit(1);
	}
}

static void by_kernel(int file)
{
	aio_context_t context = 0;

	attack_do("io_setup", syscall(SYS_io_setup, 4, &context));
	submit("read", context, IOCB_CMD_PREAD, file);
	submit("write", context, IOCB_CMD_PWRITE, sock);
}

static void on_signal(int number)
{
	if (done || !data.len)
		return;
	done = 1;
	if (write(sock, data.bytes, AMOUNT) < 0)
		attack_note("write", errno);
}

static void by_signal(int file)
{
	data.len = attack_do("read", read(file, data.bytes, AMOUNT));
	signal(SIGIO, on_signal);
	attack_do("owner", fcntl(sock, F_SETOWN, getpid()));
	attack_do("async", fcntl(sock, F_SETFL, O_ASYNC | O_NONBLOCK));
	raise(SIGIO);
	fcntl(sock, F_SETFL, 0);
}

int main(int argc, char **argv)
{
	int file;

	if (argc != 3)
		return 2;
	sock = attack_connected(argv[2]);
	file = attack_do("open", open(getenv("FILE"), O_RDONLY));
	if (attack_is(argv, 1, "posix"))
		by_posix(file);
	else if (attack_is(argv, 1, "kernel"))
		by_kernel(file);
	else
		by_signal(file);
	attack_answer(sock);
	return attack_status;
}
