// SPDX-License-Identifier: GPL-2.0
/*
 * unkept.c - write to a file that was open before the label came
 *
 * usage: unkept HOW FROM TO	TO is open, then FROM is read
 *
 *	remapped	TO is mapped after that, and written there
 *	sent, ranged	FROM's data is put into it by sendfile, copy_file_range
 *	swapped		their blocks change places, as xfs_fsr does it
 *	swapped-compat	the same, by a 32-bit call
 *	inherited	a child writes
 *	passed		it comes over a socket from a process that has not read FROM
 *	registered	it is closed, but registered with an io_uring
 *	spliced		by a splice from a pipe that waits already. Two others read
 *			FROM, and one after the other writes to the pipe
 *	stored		TO is mapped, and this one waits in a read of a pipe already;
 *			the same two write to that
 *
 * Exits with the errno of the call that failed; EACCES too if no data came.
 */
#include <liburing.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "tests/vm/attack/rights.h"

#define DATA "labelled data\n"
#define BLOCK 4096

static const char *from, *to;

static int obtain(void)
{
	int fd = carry_check(open(from, O_RDONLY), from);
	char byte;

	carry_check(pread(fd, &byte, 1, 0), from);
	return fd;
}

static int open_early(void)
{
	return carry_check(open(to, O_RDWR), to);
}

static void write_to(int fd)
{
	carry_check(write(fd, DATA, strlen(DATA)), "write");
}

static char *map(int fd)
{
	char *at;

	carry_check(ftruncate(fd, BLOCK), "ftruncate");
	at = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		carry_fail("mmap");
	return at;
}

static void remapped(void)
{
	int fd = open_early();

	carry_check(ftruncate(fd, BLOCK), "ftruncate");
	obtain();
	memcpy(map(fd), DATA, strlen(DATA));
}

static void sent(void)
{
	int fd = open_early();
	off_t at = 0;

	carry_check(sendfile(fd, obtain(), &at, BLOCK), "sendfile");
}

/* From a file on the same disk, since most kernels want that: TO.part. */
static void ranged(void)
{
	int fd = open_early(), part;
	off64_t at = 0;
	char path[256];

	snprintf(path, sizeof(path), "%s.part", to);
	part = carry_check(open(path, O_RDWR | O_CREAT, 0600), path);
	write_to(part);
	obtain();
	carry_check(copy_file_range(part, &at, fd, NULL, strlen(DATA), 0), "copy_file_range");
}

struct when {
	long sec;
	__s32 nsec;
};

/* XFS_IOC_SWAPEXT; of the first file's state it looks at the times only. */
struct swap {
	__s64 version;
	__s64 files[2];
	__s64 offset;
	__s64 length;
	char pad[56];
	struct when accessed, modified, changed;
	char rest[48];
};

#define SWAP_EXTENTS _IOWR('X', 109, struct swap)

static int swap_extents(int fd, struct swap *swap)
{
	return ioctl(fd, SWAP_EXTENTS, swap);
}

static int swap_extents_compat(int fd, struct swap *swap)
{
	long result = 54; /* ioctl */

	asm volatile("int $0x80" : "+a"(result) : "b"(fd), "c"(SWAP_EXTENTS), "d"(swap) : "memory");
	if (result < 0)
		errno = -result;
	return result < 0 ? -1 : 0;
}

static void swap_by(int (*call)(int fd, struct swap *swap))
{
	struct swap *swap = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct stat state;
	int fd;

	if (swap == MAP_FAILED)
		carry_fail("mmap");
	swap->files[1] = open_early();
	carry_check(fsync(swap->files[1]), "fsync");
	fd = carry_check(open(from, O_RDWR), from);
	carry_check(fsync(fd), "fsync");
	carry_check(fstat(fd, &state), "fstat");
	swap->files[0] = fd;
	swap->length = state.st_size;
	swap->modified = (struct when){ state.st_mtim.tv_sec, state.st_mtim.tv_nsec };
	swap->changed = (struct when){ state.st_ctim.tv_sec, state.st_ctim.tv_nsec };
	carry_check(call(fd, swap), "swap extents");
}

static void swapped(void)
{
	swap_by(swap_extents);
}

static void swapped_compat(void)
{
	swap_by(swap_extents_compat);
}

static void inherited(void)
{
	int fd = open_early();
	pid_t child;

	obtain();
	child = carry_check(fork(), "fork");
	if (child)
		carry_end(child);
	write_to(fd);
}

static void passed(void)
{
	int ends[2];

	carry_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	if (!carry_check(fork(), "fork")) {
		rights_give(ends[0], open_early());
		_exit(0);
	}
	wait(NULL);
	obtain();
	write_to(rights_take(ends[1]));
}

static void registered(void)
{
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe;
	struct io_uring ring;
	int fd = open_early();

	errno = -io_uring_queue_init(4, &ring, 0);
	if (errno)
		carry_fail("io_uring_queue_init");
	errno = -io_uring_register_files(&ring, &fd, 1);
	if (errno)
		carry_fail("io_uring_register_files");
	close(fd);
	obtain();
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_write(sqe, 0, DATA, strlen(DATA), 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	io_uring_submit(&ring);
	io_uring_wait_cqe(&ring, &cqe);
	errno = cqe->res < 0 ? -cqe->res : 0;
	if (errno)
		carry_fail("io_uring write");
}

static bool sleeps(pid_t pid)
{
	char path[64], text[256] = "";
	const char *state;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = carry_check(open(path, O_RDONLY), path);
	carry_check(read(fd, text, sizeof(text) - 1), path);
	close(fd);
	state = strrchr(text, ')');
	return state && state[2] == 'S';
}

static void give(const int *ends, pid_t taker)
{
	carry_check(close(ends[0]), "close");
	while (!sleeps(taker))
		sched_yield();
	obtain();
	write_to(ends[1]);
	_exit(0);
}

/* Two that obtain FROM, and write once @taker waits; whatever becomes of them. */
static void give_twice(const int *ends, pid_t taker)
{
	pid_t child = carry_check(fork(), "fork");

	for (int i = 0; !child && i < 2; i++) {
		child = carry_check(fork(), "fork");
		if (!child)
			give(ends, taker);
		waitpid(child, NULL, 0);
		child = 0;
	}
	if (!child)
		_exit(0);
	close(ends[1]);
}

static void expect_data(ssize_t len)
{
	carry_check((int)len, "waiting for data");
	errno = EACCES;
	if (!len)
		carry_fail("no data came");
}

static void spliced(void)
{
	int fd = open_early(), ends[2];

	carry_check(pipe(ends), "pipe");
	give_twice(ends, getpid());
	expect_data(splice(ends[0], NULL, fd, NULL, BLOCK, 0));
}

static void stored(void)
{
	int ends[2];
	char *at;

	carry_check(pipe(ends), "pipe");
	/* Before it is mapped: a fork that has it too is the same holder. */
	give_twice(ends, getpid());
	at = map(open_early());
	expect_data(read(ends[0], at, BLOCK));
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "remapped", remapped }, { "sent", sent },
	{ "ranged", ranged },	  { "inherited", inherited },
	{ "passed", passed },	  { "registered", registered },
	{ "spliced", spliced },	  { "stored", stored },
	{ "swapped", swapped },	  { "swapped-compat", swapped_compat },
};

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(200, "usage: unkept HOW FROM TO");
	from = argv[2];
	to = argv[3];
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i].name, argv[1]))
			continue;
		ways[i].run();
		return 0;
	}
	errx(200, "no such way: %s", argv[1]);
}
