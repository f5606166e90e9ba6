// SPDX-License-Identifier: GPL-2.0
/*
 * keep.c - write a file in every way that a label has to be there before
 *
 * usage: keep HOW FROM TO	prints what is kept with TO when writing begins
 *
 *	open		FROM is read, then TO is opened
 *	held		TO is open when FROM is read
 *	handed		TO is on its way over a unix socket when FROM is read
 *	mapped		TO is mapped and closed when FROM is read
 *	piped, waits	TO is open when another process reads FROM, and this one
 *			reads it from a pipe: later, or it waits there already
 *	received	the same, by a unix socket
 *	loopback	the same, by TCP, waiting
 *	created		TO is made by this open
 *	nameless	an O_TMPFILE in the directory TO
 *	overwrite	as open; and what is written passes by the page cache
 *	set, remove	FROM is not read; TO's attribute is to be changed
 *	lend		the same by io_uring, with credentials that it was lent
 *
 * Exits with the errno of the call that failed.
 */
#include <grp.h>
#include <liburing.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/xattr.h>

#include "kmod/uapi/ringfence.h"
#include "tests/vm/attack/carry.h"
#include "tests/vm/attack/rights.h"

#define DATA "labelled data\n"
#define BLOCK 4096

static const char *from, *to;

static void obtain(void)
{
	char byte;

	carry_check(read(carry_check(open(from, O_RDONLY), from), &byte, 1), from);
}

static void tell(int fd)
{
	char text[4096];
	ssize_t len = fgetxattr(fd, RF_KEEP_XATTR, text, sizeof(text));

	if (len < 0 && errno != ENODATA && errno != EOPNOTSUPP)
		carry_fail("fgetxattr");
	printf("%.*s\n", len < 0 ? 0 : (int)len, text);
	fflush(stdout);
}

static void write_to(int fd)
{
	tell(fd);
	carry_check(write(fd, DATA, strlen(DATA)), "write");
	carry_check(fsync(fd), "fsync");
}

static void open_after(void)
{
	obtain();
	write_to(carry_check(open(to, O_WRONLY | O_APPEND), to));
}

static void held(void)
{
	int fd = carry_check(open(to, O_RDWR | O_APPEND), to);

	obtain();
	write_to(fd);
}

static void handed(void)
{
	int fd = carry_check(open(to, O_RDWR | O_APPEND), to), ends[2];

	carry_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	rights_give(ends[0], fd);
	close(fd);
	obtain();
	write_to(rights_take(ends[1]));
}

static void mapped(void)
{
	int fd = carry_check(open(to, O_RDWR), to);
	char *at = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		carry_fail("mmap");
	close(fd);
	obtain();
	tell(carry_check(open(to, O_RDONLY), to));
	memcpy(at, DATA, strlen(DATA));
	carry_check(msync(at, BLOCK, MS_SYNC), "msync");
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

/* Reads FROM and passes it on, once it is told to; it never has TO. */
static void give(int go, int out, pid_t waits)
{
	char byte;

	carry_check(read(go, &byte, 1), "go");
	while (waits && !sleeps(waits))
		sched_yield();
	carry_check(read(carry_check(open(from, O_RDONLY), from), &byte, 1), from);
	carry_check(write(out, &byte, 1), "give");
	_exit(0);
}

static void take(const int *ends, bool waits)
{
	pid_t self = getpid(), giver;
	int go[2], fd;
	char byte;

	carry_check(pipe(go), "pipe");
	giver = carry_check(fork(), "fork");
	if (!giver)
		give(go[0], ends[1], waits ? self : 0);
	fd = carry_check(open(to, O_RDWR | O_APPEND), to);
	carry_check(write(go[1], "", 1), "go");
	if (!waits)
		waitpid(giver, NULL, 0);
	carry_check(read(ends[0], &byte, 1), "take");
	write_to(fd);
}

static void piped(void)
{
	int ends[2];

	carry_check(pipe(ends), "pipe");
	take(ends, false);
}

static void waits(void)
{
	int ends[2];

	carry_check(pipe(ends), "pipe");
	take(ends, true);
}

static void received(void)
{
	int ends[2];

	carry_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	take(ends, false);
}

static void loopback(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int listener, ends[2];

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = carry_check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	carry_check(bind(listener, (void *)&address, len), "bind");
	carry_check(listen(listener, 1), "listen");
	carry_check(getsockname(listener, (void *)&address, &len), "getsockname");
	ends[1] = carry_check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	carry_check(connect(ends[1], (void *)&address, len), "connect");
	ends[0] = carry_check(accept(listener, NULL, NULL), "accept");
	take(ends, true);
}

static void created(void)
{
	obtain();
	write_to(carry_check(open(to, O_WRONLY | O_CREAT | O_EXCL, 0666), to));
}

static void nameless(void)
{
	obtain();
	write_to(carry_check(open(to, O_TMPFILE | O_WRONLY, 0666), to));
}

/* The data is on the disk at once, and no journal knows of it. */
static void overwrite(void)
{
	static char block[BLOCK] __attribute__((aligned(BLOCK))) = DATA;
	int fd;

	obtain();
	fd = carry_check(open(to, O_WRONLY | O_DIRECT), to);
	tell(fd);
	carry_check(pwrite(fd, block, BLOCK, 0), "pwrite");
}

static void set(void)
{
	carry_check(setxattr(to, RF_KEEP_XATTR, "1", 1, 0), "setxattr");
}

static void remove_it(void)
{
	carry_check(removexattr(to, RF_KEEP_XATTR), "removexattr");
}

static void lend(void)
{
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe;
	struct io_uring ring;
	int id;

	errno = -io_uring_queue_init(4, &ring, 0);
	if (errno)
		carry_fail("io_uring_queue_init");
	id = io_uring_register_personality(&ring);
	/*
	 * Credentials in another place: those lent are not our own now. From 6.4 on
	 * to set the identifiers that there are makes none.
	 */
	carry_check(setgroups(0, NULL), "setgroups");
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_setxattr(sqe, RF_KEEP_XATTR, "1", to, 0, 1);
	sqe->personality = (__u16)id;
	io_uring_submit(&ring);
	io_uring_wait_cqe(&ring, &cqe);
	errno = -cqe->res;
	if (errno)
		carry_fail("io_uring setxattr");
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "open", open_after },	    { "held", held },	    { "mapped", mapped },
	{ "piped", piped },	    { "waits", waits },	    { "received", received },
	{ "loopback", loopback },   { "created", created }, { "nameless", nameless },
	{ "overwrite", overwrite }, { "set", set },	    { "remove", remove_it },
	{ "lend", lend },	    { "handed", handed },
};

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(200, "usage: keep HOW FROM TO");
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
