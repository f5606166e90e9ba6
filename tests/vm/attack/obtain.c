// SPDX-License-Identifier: GPL-2.0
/*
 * obtain.c - get at a file's data in every way there is, then send it
 */
#include "tests/vm/attack/rights.h"
#include "tests/vm/attack/ring.h"
#include "tests/vm/attack/way.h"

#include <aio.h>
#include <linux/aio_abi.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define EXT4_IOC_SWAP_BOOT _IO('f', 17)

/* Ways to the descriptor that are not a plain open for reading. */
static void read_write(void)
{
	len = carry_read_fd(carry_check(open(path, O_RDWR), path), data);
}

static void read_vector(void)
{
	struct iovec parts[2] = { { data, 100 }, { data + 100, CARRY_MAX - 100 } };

	len = carry_check(preadv(open_file(), parts, 2, 0), "preadv");
}

/* A descriptor that cannot read, opened again through /proc. */
static void reopen(void)
{
	char name[64];
	int fd = carry_check(open(path, O_PATH), path);

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = carry_read_fd(carry_check(open(name, O_RDONLY), name), data);
}

static void map(int flags)
{
	struct stat stat;
	void *at;
	int fd = open_file();

	carry_check(fstat(fd, &stat), "fstat");
	at = mmap(NULL, stat.st_size, PROT_READ, flags, fd, 0);
	if (at == MAP_FAILED)
		carry_fail("mmap");
	close(fd);
	len = stat.st_size;
	memcpy(data, at, len);
}

static void map_private(void)
{
	map(MAP_PRIVATE);
}

static void map_shared(void)
{
	map(MAP_SHARED);
}

/* --- on a connection from before the label, without the data in user space */

static void send_file(void)
{
	int sock = carry_connect(host), fd = open_file();

	carry_check(sendfile(sock, fd, NULL, CARRY_MAX), "sendfile");
	carry_write(sock, "", 0);
	_exit(0);
}

static void splice_file(void)
{
	int sock = carry_connect(host), fd = open_file(), ends[2];
	ssize_t moved;

	carry_check(pipe(ends), "pipe");
	moved = carry_check(splice(fd, NULL, ends[1], NULL, 32768, 0), "splice");
	carry_check(splice(ends[0], NULL, sock, NULL, moved, 0), "splice to the socket");
	carry_write(sock, "", 0);
	_exit(0);
}

/* --- asynchronous */

static void aio_kernel(void)
{
	struct iocb block = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = open_file(),
		.aio_buf = (unsigned long)data,
		.aio_nbytes = CARRY_MAX,
	};
	struct iocb *blocks[] = { &block };
	aio_context_t context = 0;
	struct io_event event;

	carry_check(syscall(SYS_io_setup, 1, &context), "io_setup");
	carry_check(syscall(SYS_io_submit, context, 1, blocks), "io_submit");
	carry_check(syscall(SYS_io_getevents, context, 1, 1, &event, NULL), "io_getevents");
	len = event.res;
}

static void aio_posix(void)
{
	struct aiocb block = {
		.aio_fildes = open_file(),
		.aio_buf = data,
		.aio_nbytes = CARRY_MAX,
	};
	const struct aiocb *blocks[] = { &block };

	carry_check(aio_read(&block), "aio_read");
	carry_check(aio_suspend(blocks, 1, NULL), "aio_suspend");
	errno = aio_error(&block);
	if (errno)
		carry_fail("aio_read");
	len = aio_return(&block);
}

/* Open and read in the ring; @flags for the entries, e.g. by a worker. */
static void ring_read(unsigned int setup, unsigned int flags)
{
	struct io_uring_sqe *sqe;
	int fd;

	ring_make(setup);
	sqe = ring_next();
	io_uring_prep_openat(sqe, AT_FDCWD, path, O_RDONLY, 0);
	sqe->flags |= flags;
	fd = ring_run();
	sqe = ring_next();
	io_uring_prep_read(sqe, fd, data, CARRY_MAX, 0);
	sqe->flags |= flags;
	len = ring_run();
}

static void uring(void)
{
	ring_read(0, 0);
}

static void uring_worker(void)
{
	ring_read(0, IOSQE_ASYNC);
}

static void uring_sqpoll(void)
{
	ring_read(IORING_SETUP_SQPOLL, 0);
}

/* A file that has a place in the ring's table, and no descriptor. */
static void uring_direct(void)
{
	struct io_uring_sqe *sqe;

	ring_make(0);
	errno = -io_uring_register_files_sparse(&ring, 4);
	if (errno)
		carry_fail("io_uring_register_files_sparse");
	sqe = ring_next();
	io_uring_prep_openat_direct(sqe, AT_FDCWD, path, O_RDONLY, 0, 1);
	ring_run();
	sqe = ring_next();
	io_uring_prep_read(sqe, 1, data, CARRY_MAX, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	len = ring_run();
}

/* --- a descriptor that another process opened */

/* The child opens, this process receives. */
static void rights(void)
{
	int ends[2];

	carry_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	if (!carry_check(fork(), "fork")) {
		rights_give(ends[1], open_file());
		_exit(0);
	}
	len = carry_read_fd(rights_take(ends[0]), data);
}

/* The same, by the ring. */
static void uring_rights(void)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec part = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	int ends[2], fd;

	ring_make(0);
	carry_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	if (!carry_check(fork(), "fork")) {
		rights_give(ends[1], open_file());
		_exit(0);
	}
	io_uring_prep_recvmsg(ring_next(), ends[0], &message, 0);
	ring_run();
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	len = carry_read_fd(fd, data);
}

/* A child that holds the file open; its descriptor number in *@fd. */
static pid_t opener(int *fd)
{
	int ends[2];
	pid_t child;

	carry_check(pipe(ends), "pipe");
	child = carry_check(fork(), "fork");
	if (!child) {
		int opened = open_file();

		carry_check(write(ends[1], &opened, sizeof(opened)), "write");
		pause();
	}
	carry_check(read(ends[0], fd, sizeof(*fd)), "read");
	return child;
}

static void getfd(void)
{
	int number, pidfd;
	pid_t child = opener(&number);

	pidfd = carry_check(syscall(SYS_pidfd_open, child, 0), "pidfd_open");
	number = carry_check(syscall(SYS_pidfd_getfd, pidfd, number, 0), "pidfd_getfd");
	kill(child, SIGKILL);
	len = carry_read_fd(number, data);
}

static void proc_fd(void)
{
	char name[64];
	int number;
	pid_t child = opener(&number);

	snprintf(name, sizeof(name), "/proc/%d/fd/%d", child, number);
	number = carry_check(open(name, O_RDONLY), name);
	kill(child, SIGKILL);
	len = carry_read_fd(number, data);
}

static void map_files(void)
{
	struct stat stat;
	char name[96];
	void *at;
	int fd = open_file();

	carry_check(fstat(fd, &stat), "fstat");
	at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	snprintf(name, sizeof(name), "/proc/self/map_files/%lx-%lx", (unsigned long)at,
		 (unsigned long)at + 4096);
	if (!carry_check(fork(), "fork")) {
		len = carry_read_fd(carry_check(open(name, O_RDONLY), name), data);
		send_data();
		_exit(0);
	}
	carry_end(-1);
}

/* Opened by the parent, read by a program that the child becomes. */
static void inherited(void)
{
	int fd = open_file();
	pid_t child = carry_check(fork(), "fork");

	if (!child)
		exec_send_fd(self, fd);
	carry_end(child);
}

/* --- by handle: no name is looked up */

static int by_handle(int cold)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} at = { .handle = { .handle_bytes = MAX_HANDLE_SZ } };
	int mount, fs;

	carry_check(name_to_handle_at(AT_FDCWD, path, &at.handle, &mount, 0), "name_to_handle_at");
	fs = carry_check(open("/srv", O_RDONLY), "/srv");
	if (cold) {
		int drop = carry_check(open("/proc/sys/vm/drop_caches", O_WRONLY), "drop_caches");

		sync();
		carry_check(write(drop, "3", 1), "drop_caches");
		close(drop);
	}
	return carry_check(open_by_handle_at(fs, &at.handle, O_RDONLY), "open_by_handle_at");
}

static void handle(void)
{
	len = carry_read_fd(by_handle(0), data);
}

static void handle_cold(void)
{
	len = carry_read_fd(by_handle(1), data);
}

/*
 * Opened for writing only: the boot loader's inode takes the data, and gives
 * it to another file.
 */
static void swap_boot(void)
{
	const char *scratch = getenv("SCRATCH");
	int from = carry_check(open(path, O_WRONLY), path);
	int to = carry_check(open(scratch, O_RDWR | O_CREAT, 0600), scratch);

	carry_check(ioctl(from, EXT4_IOC_SWAP_BOOT), "swap boot");
	carry_check(ioctl(to, EXT4_IOC_SWAP_BOOT), "swap boot");
	len = carry_read_fd(to, data);
	/* And back */
	carry_check(ioctl(to, EXT4_IOC_SWAP_BOOT), "swap boot");
	carry_check(ioctl(from, EXT4_IOC_SWAP_BOOT), "swap boot");
}

/* --- for those who hold the file when the policy comes: until $GO exists */

static void until_go(void)
{
	const char *go = getenv("GO"), *ready = getenv("READY");

	if (ready)
		close(open(ready, O_WRONLY | O_CREAT, 0666));
	while (go && access(go, F_OK))
		usleep(20000);
}

static void held_open(void)
{
	int fd = open_file();

	until_go();
	len = carry_read_fd(fd, data);
}

static void held_map(void)
{
	map(MAP_SHARED);
	until_go();
}

static void held_nothing(void)
{
	static const char text[] = "nothing to hide\n";

	until_go();
	len = sizeof(text) - 1;
	memcpy(data, text, len);
	/* Whoever has the label may not send even this. */
}

/* The same, and read only then: what the program is gives the label. */
static void held_late(void)
{
	until_go();
	obtain();
}

static const struct way ways[] = {
	{ "read", obtain },
	{ "read-write", read_write },
	{ "readv", read_vector },
	{ "reopen", reopen },
	{ "mmap", map_private },
	{ "mmap-shared", map_shared },
	{ "sendfile", send_file },
	{ "splice", splice_file },
	{ "aio", aio_kernel },
	{ "posix-aio", aio_posix },
	{ "uring", uring },
	{ "uring-worker", uring_worker },
	{ "uring-sqpoll", uring_sqpoll },
	{ "uring-direct", uring_direct },
	{ "scm-rights", rights },
	{ "uring-scm-rights", uring_rights },
	{ "pidfd-getfd", getfd },
	{ "proc-fd", proc_fd },
	{ "map-files", map_files },
	{ "inherited", inherited },
	{ "send-fd", read_number },
	{ "handle", handle },
	{ "handle-cold", handle_cold },
	{ "swap-boot", swap_boot },
	{ "held-open", held_open },
	{ "held-map", held_map },
	{ "held-nothing", held_nothing },
	{ "held-late", held_late },
};

int main(int argc, char **argv)
{
	return way_main(argc, argv, ways, sizeof(ways) / sizeof(ways[0]));
}
