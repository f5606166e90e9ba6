// SPDX-License-Identifier: GPL-2.0
/*
 * record_test.c - userspace/lib/record.c: records whole, in order, whatever the
 * pieces that they come in
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "userspace/lib/record.h"

#define SIZE 24
#define COUNT 5000 /* more than a buffer holds */

struct seen {
	uint64_t next;
	uint64_t stop;
};

static int take(void *ctx, const void *record)
{
	const uint64_t *fields = record;
	struct seen *seen = ctx;

	assert_int_equal(fields[0], seen->next);
	assert_int_equal(fields[2], ~seen->next);
	seen->next++;
	return seen->next == seen->stop ? -ECANCELED : 0;
}

/* The reading end of a pipe into which a child writes records by @piece bytes. */
static int stream(size_t bytes, size_t piece, pid_t *child)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	*child = fork();
	if (*child) {
		close(ends[1]);
		return ends[0];
	}
	char *all = calloc(COUNT + 1, SIZE);

	for (uint64_t i = 0; i <= COUNT; i++) {
		uint64_t *fields = (uint64_t *)(all + i * SIZE);

		fields[0] = i;
		fields[2] = ~i;
	}
	for (size_t at = 0; at < bytes; at += piece)
		if (write(ends[1], all + at, bytes - at < piece ? bytes - at : piece) < 0)
			break;
	_exit(0);
}

static void read_in_pieces(size_t bytes, size_t piece, uint64_t records)
{
	struct seen seen = { 0 };
	pid_t child;
	int fd = stream(bytes, piece, &child);

	assert_int_equal(rf_record_read(fd, SIZE, take, &seen), 0);
	assert_int_equal(seen.next, records);
	close(fd);
	waitpid(child, NULL, 0);
}

static void test_pieces(void **state)
{
	(void)state;
	read_in_pieces(0, 1, 0);
	read_in_pieces(SIZE, SIZE, 1);
	read_in_pieces(10 * SIZE, 1, 10);
	read_in_pieces(1000 * SIZE, SIZE - 1, 1000);
	read_in_pieces((size_t)COUNT * SIZE, 4096, COUNT);
}

static void test_a_part_at_the_end_is_dropped(void **state)
{
	(void)state;
	read_in_pieces(3 * SIZE + 5, 4096, 3);
}

static void test_stops_when_told(void **state)
{
	struct seen seen = { .stop = 7 };
	pid_t child;
	int fd = stream(20 * SIZE, 4096, &child);

	(void)state;
	assert_int_equal(rf_record_read(fd, SIZE, take, &seen), -ECANCELED);
	assert_int_equal(seen.next, 7);
	close(fd);
	waitpid(child, NULL, 0);
}

static void test_errors(void **state)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_int_equal(rf_record_read(-1, SIZE, NULL, NULL), -EBADF);
	assert_int_equal(rf_record_read(fd, SIZE, NULL, NULL), -EISDIR);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_a_part_at_the_end_is_dropped),
		cmocka_unit_test(test_stops_when_told),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
