// SPDX-License-Identifier: GPL-2.0
/*
 * copy.c - the data of one file put into another
 *
 * $DIR is where the copy is made, and $BELOW, if it is set, where the taker finds it.
 * A way with "held" in its name: the taker has the copy open before there is anything
 * in it.
 */
#include "tests/vm/attack/hand.h"
#include "tests/vm/attack/ring.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

static char temporary[128];

static int copy = -1;

static void make_empty(void)
{
	close(carry_check(open(name, O_RDWR | O_CREAT | O_EXCL, 0600), name));
}

static void open_copy(int flags)
{
	copy = carry_check(open(name, flags, 0600), name);
}

static int open_temporary(void)
{
	snprintf(temporary, sizeof(temporary), "%s.new", name);
	return carry_check(open(temporary, O_RDWR | O_CREAT | O_EXCL, 0600), temporary);
}

/* --- the giver's half */

static void write_copy(void)
{
	carry_check(write(copy, data, len), "write");
}

static void give_write(void)
{
	open_copy(O_WRONLY | O_CREAT | O_TRUNC);
	write_copy();
}

static void early_open(void)
{
	open_copy(O_RDWR);
}

static void give_append(void)
{
	open_copy(O_WRONLY | O_CREAT | O_APPEND);
	write_copy();
}

static void give_sendfile(void)
{
	off_t at = part_at;

	open_copy(O_WRONLY | O_CREAT);
	carry_check(sendfile(copy, carry_check(open(path, O_RDONLY), path), &at, len), "sendfile");
}

/*
 * Only what is on the same disk can be cloned, or on some kernels copied: the file is
 * written there first, by the giver, and the taker gets what was made of that.
 */
static void give_range(void)
{
	off64_t from = 0;
	int fd = open_temporary();

	carry_check(write(fd, data, len), "write");
	open_copy(O_WRONLY | O_CREAT);
	carry_check(copy_file_range(fd, &from, copy, NULL, len, 0), "copy_file_range");
	unlink(temporary);
}

static void give_splice(void)
{
	off64_t from = part_at;
	int between[2];

	open_copy(O_WRONLY | O_CREAT);
	carry_check(pipe(between), "pipe");
	carry_check(splice(carry_check(open(path, O_RDONLY), path), &from, between[1], NULL, len,
			   0),
		    "splice");
	carry_check(splice(between[0], NULL, copy, NULL, len, 0), "splice to the copy");
}

static void give_clone(void)
{
	int from = open_temporary();

	carry_check(write(from, data, len), "write");
	fsync(from);
	open_copy(O_WRONLY | O_CREAT);
	carry_check(ioctl(copy, FICLONE, from), "clone");
	unlink(temporary);
}

static char *map_copy(int fd)
{
	char *at;

	carry_check(ftruncate(fd, 4096), "ftruncate");
	at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		carry_fail("mmap");
	return at;
}

static void give_map(void)
{
	open_copy(O_RDWR | O_CREAT);
	memcpy(map_copy(copy), data, len);
}

static char *mapped;

static void early_map(void)
{
	early_open();
	mapped = map_copy(copy);
}

static void give_mapped(void)
{
	memcpy(mapped, data, len);
}

static void give_direct(void)
{
	open_copy(O_WRONLY | O_CREAT | O_DIRECT);
	carry_check(write(copy, data, 4096), "write");
}

static void give_ring(void)
{
	ring_make(0);
	open_copy(O_WRONLY | O_CREAT);
	io_uring_prep_write(ring_next(), copy, data, len, 0);
	ring_run();
}

static void give_ring_opened(void)
{
	struct io_uring_sqe *sqe;

	ring_make(IORING_SETUP_SQPOLL);
	io_uring_prep_openat(ring_next(), AT_FDCWD, name, O_WRONLY | O_CREAT, 0600);
	copy = ring_run();
	sqe = ring_next();
	io_uring_prep_write(sqe, copy, data, len, 0);
	sqe->flags |= IOSQE_ASYNC;
	ring_run();
}

/* Without a name until the data is in it */
static void give_tmpfile(void)
{
	char file[64];
	int fd = carry_check(open(getenv("DIR"), O_TMPFILE | O_RDWR, 0600), "O_TMPFILE");

	carry_check(write(fd, data, len), "write");
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	carry_check(linkat(AT_FDCWD, file, AT_FDCWD, name, AT_SYMLINK_FOLLOW), "linkat");
}

static void write_temporary(void)
{
	carry_check(write(open_temporary(), data, len), "write");
}

static void give_rename(void)
{
	write_temporary();
	carry_check(rename(temporary, name), "rename");
}

static void give_exchange(void)
{
	write_temporary();
	carry_check(renameat2(AT_FDCWD, temporary, AT_FDCWD, name, RENAME_EXCHANGE), "renameat2");
	unlink(temporary);
}

static void give_link(void)
{
	write_temporary();
	carry_check(link(temporary, name), "link");
	unlink(temporary);
}

/* --- the taker's half */

static int open_taken(void)
{
	const char *below = getenv("BELOW");
	char taken[sizeof(name) + 64];

	snprintf(taken, sizeof(taken), "%s%s", below ?: "", below ? strrchr(name, '/') : name);
	return carry_check(open(taken, O_RDONLY), taken);
}

static void attach_held(void)
{
	ends[0] = open_taken();
}

/* By a name that is gone, while the giver writes by the other. */
static void attach_unnamed(void)
{
	char other[sizeof(name) + 8];

	snprintf(other, sizeof(other), "%s.other", name);
	carry_check(link(name, other), other);
	ends[0] = carry_check(open(other, O_RDONLY), other);
	carry_check(unlink(other), other);
}

static void take_held(void)
{
	len = carry_read_fd(ends[0], data);
}

static void take_later(void)
{
	attach_held();
	take_held();
}

static void take_mapped(void)
{
	char *at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, open_taken(), 0);

	if (at == MAP_FAILED)
		carry_fail("mmap");
	memcpy(data, at, 4096);
	len = strnlen(data, 4096);
}

static const struct hand hands[] = {
	{ "write", AFTER, NULL, NULL, NULL, give_write, take_later },
	{ "write-mapped", AFTER, make_empty, NULL, NULL, give_write, take_mapped },
	{ "write-held", AFTER, make_empty, attach_held, NULL, give_write, take_held },
	{ "write-unnamed", AFTER, make_empty, attach_unnamed, NULL, give_write, take_held },
	{ "write-early", AFTER, make_empty, NULL, early_open, write_copy, take_later },
	{ "write-early-held", AFTER, make_empty, attach_held, early_open, write_copy, take_held },
	{ "append", AFTER, make_empty, NULL, NULL, give_append, take_later },
	{ "append-held", AFTER, make_empty, attach_held, NULL, give_append, take_held },
	{ "sendfile", AFTER, NULL, NULL, NULL, give_sendfile, take_later },
	{ "sendfile-held", AFTER, make_empty, attach_held, NULL, give_sendfile, take_held },
	{ "range", AFTER, NULL, NULL, NULL, give_range, take_later },
	{ "range-held", AFTER, make_empty, attach_held, NULL, give_range, take_held },
	{ "splice", AFTER, NULL, NULL, NULL, give_splice, take_later },
	{ "clone", AFTER, NULL, NULL, NULL, give_clone, take_later },
	{ "clone-held", AFTER, make_empty, attach_held, NULL, give_clone, take_held },
	{ "map", AFTER, NULL, NULL, NULL, give_map, take_later },
	{ "map-held", AFTER, make_empty, attach_held, NULL, give_map, take_held },
	{ "map-early", AFTER, make_empty, NULL, early_map, give_mapped, take_later },
	{ "map-early-held", AFTER, make_empty, attach_held, early_map, give_mapped, take_held },
	{ "direct", AFTER, NULL, NULL, NULL, give_direct, take_later },
	{ "ring", AFTER, NULL, NULL, NULL, give_ring, take_later },
	{ "ring-opened", AFTER, NULL, NULL, NULL, give_ring_opened, take_later },
	{ "tmpfile", AFTER, NULL, NULL, NULL, give_tmpfile, take_later },
	{ "rename", AFTER, make_empty, NULL, NULL, give_rename, take_later },
	{ "exchange", AFTER, make_empty, NULL, NULL, give_exchange, take_later },
	{ "link", AFTER, NULL, NULL, NULL, give_link, take_later },
};

int main(int argc, char **argv)
{
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
