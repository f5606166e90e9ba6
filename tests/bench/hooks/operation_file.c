// SPDX-License-Identifier: GPL-2.0
/*
 * operation_file.c - open, read, write and map files
 */
#include "tests/bench/hooks/operation.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK 4096

static char block[BLOCK];
static int fd = -1;

static int begin(const struct operation *operation)
{
	fd = open(operation->path, O_RDWR);
	return fd < 0 ? -1 : 0;
}

static void end(void)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
}

static int read_block(const struct operation *operation)
{
	(void)operation;
	return pread(fd, block, BLOCK, 0) == BLOCK ? 0 : -1;
}

static int write_block(const struct operation *operation)
{
	(void)operation;
	return pwrite(fd, block, BLOCK, 0) == BLOCK ? 0 : -1;
}

static int open_with(const char *path, int flags)
{
	int opened = open(path, flags);

	return opened < 0 ? -1 : close(opened);
}

static int open_to_read(const struct operation *operation)
{
	return open_with(operation->path, O_RDONLY);
}

static int open_to_write(const struct operation *operation)
{
	return open_with(operation->path, O_WRONLY);
}

static int map(int prot, int flags)
{
	void *at = mmap(NULL, BLOCK, prot, flags, fd, 0);

	return at == MAP_FAILED ? -1 : munmap(at, BLOCK);
}

static int map_private(const struct operation *operation)
{
	(void)operation;
	return map(PROT_READ, MAP_PRIVATE);
}

static int map_to_execute(const struct operation *operation)
{
	(void)operation;
	return map(PROT_READ | PROT_EXEC, MAP_PRIVATE);
}

static int map_shared(const struct operation *operation)
{
	(void)operation;
	return map(PROT_READ | PROT_WRITE, MAP_SHARED);
}

/* "marked": the policy names a tree on that file system, elsewhere than here */
#define EXT4 BENCH_ROOT "ext4/a/b/file"
#define EXT4_MARKED BENCH_ROOT "ext4-marked/a/b/file"
#define TMPFS BENCH_ROOT "tmpfs/a/b/file"
#define TMPFS_MARKED BENCH_ROOT "tmpfs-marked/a/b/file"
#define OVERLAY BENCH_ROOT "overlayfs/a/b/file"
#define OVERLAY_MARKED BENCH_ROOT "overlayfs-marked/a/b/file"
#define DEEP BENCH_ROOT "ext4-marked/a/b/c/d/e/f/g/h/i/j/file"

/* clang-format off */
const struct operation file_operations[] = {
	{ "pread 4 KiB, ext4", 200, EXT4_MARKED, begin, read_block, end },
	{ "pread 4 KiB, tmpfs", 200, TMPFS, begin, read_block, end },
	{ "pwrite 4 KiB, own file, ext4", 100, EXT4_MARKED, begin, write_block, end },
	{ "pwrite 4 KiB, own file, tmpfs", 200, TMPFS, begin, write_block, end },
	{ "open, close: ext4", 100, EXT4, NULL, open_to_read, NULL },
	{ "open, close: ext4 with a marked tree elsewhere", 100, EXT4_MARKED, NULL, open_to_read, NULL },
	{ "the same, 11 directories deep instead of 3", 100, DEEP, NULL, open_to_read, NULL },
	{ "open to write, close: ext4 with a marked tree elsewhere", 100, EXT4_MARKED, NULL, open_to_write, NULL },
	{ "open, close: tmpfs", 100, TMPFS, NULL, open_to_read, NULL },
	{ "open, close: tmpfs with a marked tree elsewhere", 100, TMPFS_MARKED, NULL, open_to_read, NULL },
	{ "open, close: overlayfs", 100, OVERLAY, NULL, open_to_read, NULL },
	{ "open, close: overlayfs with a marked tree elsewhere", 100, OVERLAY_MARKED, NULL, open_to_read, NULL },
	{ "open, close: /dev/null", 100, "/dev/null", NULL, open_to_read, NULL },
	{ "mmap, munmap: private", 50, EXT4_MARKED, begin, map_private, end },
	{ "mmap, munmap: private, to execute", 50, EXT4_MARKED, begin, map_to_execute, end },
	{ "mmap, munmap: shared", 50, EXT4_MARKED, begin, map_shared, end },
};
/* clang-format on */

const size_t file_operation_count = COUNT(file_operations);
