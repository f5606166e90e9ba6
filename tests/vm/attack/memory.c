// SPDX-License-Identifier: GPL-2.0
/*
 * memory.c - data handed over by memory that two processes share
 *
 * The memory begins with a word that the taker can sleep on.
 */
#include "tests/vm/attack/hand.h"
#include "tests/vm/attack/ring.h"

#include <linux/futex.h>
#include <linux/memfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#define SIZE 8192

struct memory {
	unsigned int filled;
	unsigned int len;
	char bytes[SIZE - 8];
};

static struct memory *memory;

static void *map_fd(int fd, int flags)
{
	void *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (at == MAP_FAILED)
		carry_fail("mmap");
	return at;
}

static void give_memory(void)
{
	memory->len = len;
	memcpy(memory->bytes, data, len);
	memory->filled = 1;
	syscall(SYS_futex, &memory->filled, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void take_memory(void)
{
	while (!__atomic_load_n(&memory->filled, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, &memory->filled, FUTEX_WAIT, 0, NULL, NULL, 0);
	len = memory->len;
	memcpy(data, memory->bytes, len);
}

/* --- mapped before there were two */

static void make_anonymous(void)
{
	memory = map_fd(-1, MAP_SHARED | MAP_ANONYMOUS);
}

static void make_zero(void)
{
	memory = map_fd(carry_check(open("/dev/zero", O_RDWR), "/dev/zero"), MAP_SHARED);
}

/* A second mapping of the same memory; the first is left. */
static void attach_again(void)
{
	memory = mremap(memory, 0, SIZE, MREMAP_MAYMOVE);
	if (memory == MAP_FAILED)
		carry_fail("mremap");
}

static void make_nonlinear(void)
{
	memory = map_fd(-1, MAP_SHARED | MAP_ANONYMOUS);
	carry_check(remap_file_pages(memory, SIZE, 0, 0, 0), "remap_file_pages");
}

/* --- descriptors of memory and of files, mapped by each of the two */

static void make_memfd(void)
{
	ends[0] = carry_check(memfd_create("shared", 0), "memfd_create");
	carry_check(ftruncate(ends[0], SIZE), "ftruncate");
}

static void make_huge(void)
{
	ends[0] = carry_check(memfd_create("shared", MFD_HUGETLB), "memfd_create");
}

static void make_file(void)
{
	ends[0] = carry_check(open(name, O_RDWR | O_CREAT | O_EXCL, 0600), name);
	carry_check(ftruncate(ends[0], SIZE), "ftruncate");
}

static void map_it(void)
{
	memory = map_fd(ends[0], MAP_SHARED);
}

/* Both directions of the same file: who reads maps it without writing. */
static void map_to_read(void)
{
	memory = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, ends[0], 0);
	if (memory == MAP_FAILED)
		carry_fail("mmap");
}

/* By the mapping alone: there is no descriptor to be found by. */
static void map_private(void)
{
	memory = map_fd(ends[0], MAP_PRIVATE);
	close(ends[0]);
}

/* Made writable only when it is needed */
static void map_closed(void)
{
	memory = mmap(NULL, SIZE, PROT_NONE, MAP_SHARED, ends[0], 0);
	if (memory == MAP_FAILED)
		carry_fail("mmap");
}

static void give_opened(void)
{
	carry_check(mprotect(memory, SIZE, PROT_READ | PROT_WRITE), "mprotect");
	give_memory();
}

static void give_mapped(void)
{
	map_it();
	give_memory();
}

static void take_mapped(void)
{
	map_it();
	take_memory();
}

static void give_by_name(void)
{
	ends[0] = carry_check(open(name, O_RDWR), name);
	give_mapped();
}

static void take_by_name(void)
{
	ends[0] = carry_check(open(name, O_RDWR), name);
	take_mapped();
}

/* Written, while the other has it mapped */
static void give_written(void)
{
	struct memory whole = { .filled = 1, .len = len };

	memcpy(whole.bytes, data, len);
	carry_check(pwrite(ends[0], &whole, 8 + len, 0), "pwrite");
}

/* Mapped, while the other reads */
static void take_pread(void)
{
	struct memory whole;

	carry_check(pread(ends[0], &whole, sizeof(whole), 0), "pread");
	len = whole.len;
	memcpy(data, whole.bytes, len);
}

/* --- System V */

static void make_segment(void)
{
	key = carry_check(shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600), "shmget");
}

static void attach_segment(void)
{
	memory = shmat(key, NULL, 0);
	if (memory == (void *)-1)
		carry_fail("shmat");
	shmctl(key, IPC_RMID, NULL);
}

static void attach_to_read(void)
{
	memory = shmat(key, NULL, SHM_RDONLY);
	if (memory == (void *)-1)
		carry_fail("shmat");
}

static void give_segment(void)
{
	attach_segment();
	give_memory();
}

static void take_segment(void)
{
	attach_segment();
	take_memory();
}

/* --- the memory of an io_uring that both have */

static char *fixed;

static void make_ring(void)
{
	ring_make(0);
}

/* The entries of the ring carry it as they are. */
static void give_entries(void)
{
	memset(ring.sq.sqes, 0, 512);
	memcpy(ring.sq.sqes, data, len < 511 ? len : 511);
}

static void take_entries(void)
{
	len = strnlen((char *)ring.sq.sqes, 512);
	memcpy(data, ring.sq.sqes, len);
}

/*
 * A buffer that the kernel keeps for the ring: neither of the two has it in its
 * memory.
 */
static void make_fixed(void)
{
	struct iovec part = { NULL, SIZE };

	ring_make(0);
	fixed = map_fd(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	fixed[0] = 1;
	part.iov_base = fixed;
	errno = -io_uring_register_buffers(&ring, &part, 1);
	if (errno)
		carry_fail("io_uring_register_buffers");
	/* Of its own from here on; the ring keeps the pages of before. */
	carry_check(madvise(fixed, SIZE, MADV_DONTFORK), "madvise");
}

static void fixed_run(bool write, int fd, size_t size, off_t at)
{
	struct io_uring_sqe *sqe;

	/* The other's entries count, and the library does not know of them. */
	ring.sq.sqe_head = ring.sq.sqe_tail = *ring.sq.ktail;
	sqe = ring_next();
	if (write)
		io_uring_prep_write_fixed(sqe, fd, fixed, size, at, 0);
	else
		io_uring_prep_read_fixed(sqe, fd, fixed, size, at, 0);
	ring_run();
}

static void give_fixed(void)
{
	int fd = carry_check(open(path, O_RDONLY), path);

	fixed_run(false, fd, len, part_at);
}

/* How much there is, nobody tells: the end of the text does. */
static void take_fixed(void)
{
	int fd = carry_check(memfd_create("taken", 0), "memfd_create");

	fixed_run(true, fd, 4096, 0);
	carry_read_fd(fd, data);
	len = strnlen(data, CARRY_MAX);
}

/* The giver submits by the ring that it inherited; the taker made it. */
static void make_inherited(void)
{
	carry_check(pipe(ends), "pipe");
	ring_make(0);
}

static void give_inherited(void)
{
	io_uring_prep_write(ring_next(), ends[1], data, len, -1);
	ring_run();
}

static void take_inherited(void)
{
	len = carry_check(read(ends[0], data, CARRY_MAX), "read");
}

/* The giver's entry, the taker's submission: it reads into whose memory it is. */
static void take_ring_read(void)
{
	io_uring_prep_read(ring_next(), ends[0], data, CARRY_MAX, -1);
	len = ring_run();
}

static void give_pipe(void)
{
	carry_check(write(ends[1], data, len), "write");
}

/* Eight bytes a message, from ring to ring */
static struct io_uring sender;

static void early_messages(void)
{
	errno = -io_uring_queue_init(128, &sender, 0);
	if (errno)
		carry_fail("io_uring_queue_init");
}

static void make_messages(void)
{
	errno = -io_uring_queue_init(256, &ring, 0);
	if (errno)
		carry_fail("io_uring_queue_init");
}

static void give_messages(void)
{
	for (size_t at = 0; at <= len; at += 8) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&sender);
		struct io_uring_cqe *cqe;
		unsigned long word;

		memcpy(&word, data + at, 8);
		io_uring_prep_msg_ring(sqe, ring.ring_fd, at + 8 > len, word, 0);
		io_uring_submit(&sender);
		errno = -io_uring_wait_cqe(&sender, &cqe);
		if (!errno && cqe->res < 0)
			errno = -cqe->res;
		if (errno)
			carry_fail("msg_ring");
		io_uring_cqe_seen(&sender, cqe);
	}
}

static void take_messages(void)
{
	struct io_uring_cqe *cqe;
	bool last = false;

	for (size_t at = 0; !last; at += 8) {
		errno = -io_uring_wait_cqe(&ring, &cqe);
		if (errno)
			carry_fail("io_uring_wait_cqe");
		memcpy(data + at, &cqe->user_data, 8);
		last = cqe->res;
		io_uring_cqe_seen(&ring, cqe);
	}
	len = strnlen(data, CARRY_MAX);
}

/* --- the same of a ring that the giver has only the descriptor of */

static struct io_uring_params params;

static void make_unmapped(void)
{
	int none = -1;

	ends[0] = carry_check(syscall(SYS_io_uring_setup, 256, &params), "io_uring_setup");
	carry_check(syscall(SYS_io_uring_register, ends[0], IORING_REGISTER_FILES, &none, 1),
		    "io_uring_register");
}

static void map_ring(void)
{
	errno = -io_uring_queue_mmap(ends[0], &params, &ring);
	if (errno)
		carry_fail("io_uring_queue_mmap");
}

static void give_ring_file(void)
{
	int fd = carry_check(open(path, O_RDONLY), path);
	struct io_uring_files_update update = { .fds = (unsigned long)&fd };

	carry_check(syscall(SYS_io_uring_register, ends[0], IORING_REGISTER_FILES_UPDATE, &update,
			    1),
		    "io_uring_register");
}

static void take_ring_file(void)
{
	struct io_uring_sqe *sqe;

	map_ring();
	sqe = ring_next();
	io_uring_prep_read(sqe, 0, data, CARRY_MAX, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	len = ring_run();
}

static void give_ring_buffer(void)
{
	struct iovec part = { data, SIZE };

	carry_check(syscall(SYS_io_uring_register, ends[0], IORING_REGISTER_BUFFERS, &part, 1),
		    "io_uring_register");
}

/* Its own @data lies where the giver's does. */
static void take_ring_buffer(void)
{
	map_ring();
	fixed = data;
	take_fixed();
}

static void give_ring_messages(void)
{
	early_messages();
	ring.ring_fd = ends[0];
	give_messages();
}

static void take_ring_messages(void)
{
	map_ring();
	take_messages();
}

#define SOME (AFTER | BLOCKED)
#define FORKED (AFTER | BLOCKED | CONNECTED)

static const struct hand hands[] = {
	{ "anonymous", FORKED, make_anonymous, NULL, NULL, give_memory, take_memory },
	{ "zero", FORKED, make_zero, NULL, NULL, give_memory, take_memory },
	{ "mremap", FORKED, make_anonymous, attach_again, attach_again, give_memory, take_memory },
	{ "remap-file-pages", FORKED, make_nonlinear, NULL, NULL, give_memory, take_memory },
	{ "memfd", ALL, make_memfd, map_it, map_it, give_memory, take_memory },
	{ "memfd-later", SOME | EXEC, make_memfd, NULL, NULL, give_mapped, take_mapped },
	{ "memfd-huge", SOME, make_huge, map_it, map_it, give_memory, take_memory },
	{ "file", ALL, make_file, map_it, map_it, give_memory, take_memory },
	{ "file-later", SOME | EXEC, make_file, NULL, NULL, give_by_name, take_by_name },
	{ "file-read-only", SOME, make_file, map_to_read, map_it, give_memory, take_memory },
	{ "file-private", AFTER, make_file, map_private, map_it, give_memory, take_memory },
	{ "file-mprotect", SOME, make_file, map_it, map_closed, give_opened, take_memory },
	{ "file-written", AFTER, make_file, map_it, NULL, give_written, take_memory },
	{ "file-read", AFTER, make_file, NULL, map_it, give_memory, take_pread },
	{ "segment", SOME | EXEC, make_segment, attach_segment, attach_segment, give_memory,
	  take_memory },
	{ "segment-later", AFTER, make_segment, NULL, NULL, give_segment, take_segment },
	{ "segment-read-only", SOME, make_segment, attach_to_read, attach_segment, give_memory,
	  take_memory },
	{ "ring-entries", AFTER, make_ring, NULL, NULL, give_entries, take_entries },
	{ "ring-fixed", AFTER, make_fixed, NULL, NULL, give_fixed, take_fixed },
	{ "ring-inherited", FORKED, make_inherited, NULL, NULL, give_inherited, take_inherited },
	{ "ring-both", AFTER, make_inherited, NULL, NULL, give_pipe, take_ring_read },
	{ "ring-messages", FORKED, make_messages, NULL, early_messages, give_messages,
	  take_messages },
	{ "ring-unmapped-file", AFTER, make_unmapped, NULL, NULL, give_ring_file, take_ring_file },
	{ "ring-unmapped-buffer", AFTER, make_unmapped, NULL, NULL, give_ring_buffer,
	  take_ring_buffer },
	{ "ring-unmapped-messages", AFTER, make_unmapped, NULL, NULL, give_ring_messages,
	  take_ring_messages },
};

int main(int argc, char **argv)
{
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
