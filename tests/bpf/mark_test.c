// SPDX-License-Identifier: GPL-2.0
/*
 * mark_test.c - user space changes a mark while a hook adds to it: nothing is lost
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include <bpf/bpf.h>
#include <cmocka.h>

#include "mark.skel.h"
#include "tests/bpf/mark.h"
#include "tests/bpf/product.h"
#include "userspace/lib/datapath_private.h"

#define ROUNDS 3000
#define WRITES 4
#define READ (1ULL << 40)
#define ORIGIN 7

static struct rf_datapath dp;
static struct mark_bpf *skel;
static const struct rf_inode_key file = { .ino = 1234, .dev = 8 << RF_MINOR_BITS };
static int begun, done; /* rounds */
static unsigned long refused;

static int load_hook(void)
{
	skel = mark_bpf__open();
	return !skel || product_share(dp.object, skel->obj) || mark_bpf__load(skel);
}

static int setup(void **state)
{
	(void)state;
	return product_load(&dp.object) || load_hook();
}

static int teardown(void **state)
{
	(void)state;
	mark_bpf__destroy(skel);
	rf_object_close(dp.object);
	return 0;
}

/* 0, or -EACCES: the write is refused, and so loses nothing. */
static int write_file(__u64 classes)
{
	struct writing writing = { .key = file, .classes = classes };
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &writing, .ctx_size_in = sizeof(writing));

	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.write_file), &run))
		return -errno;
	return (int)run.retval;
}

static void keep_nothing(void *ctx, struct rf_mark *mark)
{
	(void)ctx;
	mark->read = 0;
	mark->exec = 0;
	mark->holds = 0;
	mark->removes = 0;
}

static int forget(void)
{
	return rf_datapath_forget_marks(&dp, keep_nothing, NULL);
}

static int give(__u64 read)
{
	const struct rf_mark mark = { .read = read, .origin = ORIGIN };

	return rf_mark_add(&dp, RF_MAP_INODES, &file, &mark);
}

static int get(struct rf_mark *mark)
{
	return rf_object_get(dp.object, RF_MAP_INODES, &file, mark);
}

static void wait_for(const int *rounds, int round)
{
	while (__atomic_load_n(rounds, __ATOMIC_SEQ_CST) < round)
		sched_yield();
}

static void *write_often(void *ctx)
{
	for (int round = 1; round <= ROUNDS; round++) {
		wait_for(&begun, round);
		/* Not always at the same point of what the other does. */
		for (volatile int i = rand() % 1000; i > 0; i--)
			;
		for (int i = 0; i < WRITES; i++)
			while (write_file(1ULL << i))
				refused++;
		__atomic_store_n(&done, round, __ATOMIC_SEQ_CST);
	}
	return ctx;
}

/* While @change is done over and over again, a file is written that had no label. */
static void loses_nothing(int (*change)(void))
{
	unsigned long lost = 0;
	struct rf_mark mark;
	pthread_t writer;

	begun = 0;
	done = 0;
	refused = 0;
	assert_int_equal(pthread_create(&writer, NULL, write_often, NULL), 0);
	for (int round = 1; round <= ROUNDS; round++) {
		__atomic_store_n(&begun, round, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) < round)
			assert_int_equal(change(), 0);
		lost += get(&mark) || (mark.written & ~READ) != (1ULL << WRITES) - 1;
		rf_object_delete(dp.object, RF_MAP_INODES, &file);
	}
	pthread_join(writer, NULL);
	print_message("%lu of %d lost, %lu refused\n", lost, ROUNDS, refused);
	assert_int_equal(lost, 0);
}

static int give_read(void)
{
	return give(READ);
}

static int give_and_forget(void)
{
	int err = give(READ);

	return err ? err : forget();
}

static int label_and_clear(void)
{
	const struct rf_mark label = { .written = READ };
	int err = rf_mark_add(&dp, RF_MAP_INODES, &file, &label);

	return err ? err : rf_mark_change(&dp, RF_MAP_INODES, &file, RF_CHANGE_TAKE, &label);
}

static void loses_nothing_when_given(void **state)
{
	(void)state;
	loses_nothing(give_read);
}

static void loses_nothing_when_forgotten(void **state)
{
	(void)state;
	loses_nothing(give_and_forget);
}

static void loses_nothing_when_cleared(void **state)
{
	(void)state;
	loses_nothing(label_and_clear);
}

static void ends_what_gives_nothing(void **state)
{
	const struct rf_mark given = { .read = READ }, pins = { .flags = RF_MARK_PINS };
	const __u64 cgroup = 1;
	const __u32 uid = 1;
	struct rf_mark mark;

	(void)state;
	assert_int_equal(give(READ), 0);
	assert_int_equal(rf_mark_add(&dp, RF_MAP_USERS, &uid, &given), 0);
	assert_int_equal(rf_mark_add(&dp, RF_MAP_CGROUPS, &cgroup, &given), 0);
	assert_int_equal(forget(), 0);
	assert_int_equal(get(&mark), -ENOENT);
	assert_int_equal(rf_object_get(dp.object, RF_MAP_USERS, &uid, &mark), -ENOENT);
	/* As long as it is there a hook may be adding to it. */
	assert_int_equal(rf_object_get(dp.object, RF_MAP_CGROUPS, &cgroup, &mark), 0);
	assert_int_equal(rf_mark_gives(&mark), 0);

	assert_int_equal(rf_mark_add(&dp, RF_MAP_INODES, &file, &pins), 0);
	assert_int_equal(forget(), 0);
	assert_int_equal(get(&mark), 0);
	rf_object_delete(dp.object, RF_MAP_INODES, &file);
}

static void keeps_what_was_written(void **state)
{
	struct rf_mark mark;

	(void)state;
	assert_int_equal(give(READ), 0);
	assert_int_equal(write_file(2), 0);
	assert_int_equal(forget(), 0);
	assert_int_equal(get(&mark), 0);
	assert_int_equal(mark.written, 2);
	assert_int_equal(mark.read, 0);
	assert_int_equal(mark.flags & RF_MARK_ENDED, 0);
	rf_object_delete(dp.object, RF_MAP_INODES, &file);
}

/* Which origin a mark names, and whether it is the policy's own. */
static void names_its_origin(void **state)
{
	const struct rf_mark later = { .read = 2, .origin = 8, .flags = RF_MARK_DERIVED };
	struct rf_mark mark;

	(void)state;
	assert_int_equal(give(1), 0);
	assert_int_equal(rf_mark_change(&dp, RF_MAP_INODES, &file, RF_CHANGE_ADD, &later), 0);
	assert_int_equal(get(&mark), 0);
	assert_int_equal(mark.read, 3);
	assert_int_equal(mark.origin, ORIGIN);
	assert_int_equal(mark.flags, 0);
	assert_int_equal(rf_mark_add(&dp, RF_MAP_INODES, &file, &later), 0);
	assert_int_equal(get(&mark), 0);
	assert_int_equal(mark.origin, 8);
	assert_int_equal(mark.flags, RF_MARK_DERIVED);
	assert_int_equal(give(4), 0);
	assert_int_equal(get(&mark), 0);
	assert_int_equal(mark.read, 7);
	assert_int_equal(mark.origin, ORIGIN);
	assert_int_equal(mark.flags, 0);
	rf_object_delete(dp.object, RF_MAP_INODES, &file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loses_nothing_when_given),
		cmocka_unit_test(loses_nothing_when_forgotten),
		cmocka_unit_test(loses_nothing_when_cleared),
		cmocka_unit_test(ends_what_gives_nothing),
		cmocka_unit_test(keeps_what_was_written),
		cmocka_unit_test(names_its_origin),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
