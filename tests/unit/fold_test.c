// SPDX-License-Identifier: GPL-2.0
/*
 * fold_test.c - repeats: the first at once, then counts after 1, 10, 60 s
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "userspace/daemon/fold.h"

#define S 1000000000ull

struct told {
	uint64_t count;
	unsigned int times;
};

static void tell(void *ctx, const struct rf_fold_report *report)
{
	struct told *told = ctx;

	told->count += report->count;
	told->times++;
}

static struct rf_event denial(uint32_t tgid, uint64_t classes, uint16_t atom)
{
	struct rf_event event = { .type = RF_EVENT_VERDICT,
				  .tgid = tgid,
				  .classes = classes,
				  .atom = atom,
				  .reason = RF_REASON_REGION };

	return event;
}

static void test_first_at_once(void **state)
{
	struct rf_fold *fold = rf_fold_new(8);
	struct rf_event same = denial(1, 1, 5), process = denial(2, 1, 5), class = denial(1, 2, 5),
			region = denial(1, 1, 6);

	(void)state;
	assert_true(rf_fold_add(fold, &same, 0, NULL, NULL));
	assert_false(rf_fold_add(fold, &same, 0, NULL, NULL));
	assert_true(rf_fold_add(fold, &process, 0, NULL, NULL));
	assert_true(rf_fold_add(fold, &class, 0, NULL, NULL));
	assert_true(rf_fold_add(fold, &region, 0, NULL, NULL));
	rf_fold_free(fold);
}

static void test_stages(void **state)
{
	struct rf_fold *fold = rf_fold_new(8);
	struct rf_event event = denial(1, 1, 5);
	struct told told = { 0 };

	(void)state;
	rf_fold_add(fold, &event, 0, tell, &told);
	rf_fold_add(fold, &event, 1, tell, &told);
	rf_fold_add(fold, &event, 2, tell, &told);
	assert_int_equal(rf_fold_flush(fold, S - 1, tell, &told), S);
	assert_int_equal(told.times, 0);
	assert_int_equal(rf_fold_flush(fold, S, tell, &told), 11 * S);
	assert_int_equal(told.count, 2);
	rf_fold_add(fold, &event, 2 * S, tell, &told);
	assert_int_equal(rf_fold_flush(fold, 11 * S, tell, &told), 71 * S);
	assert_int_equal(told.count, 3);
	/* A quiet stage: forgotten, and the next is told at once again. */
	assert_true(rf_fold_flush(fold, 71 * S, tell, &told) == UINT64_MAX);
	assert_int_equal(told.times, 2);
	assert_true(rf_fold_add(fold, &event, 72 * S, tell, &told));
	rf_fold_free(fold);
}

static void test_full(void **state)
{
	struct rf_fold *fold = rf_fold_new(4);
	struct told told = { 0 };
	uint64_t folded = 0, i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		struct rf_event event = denial((uint32_t)(i * 7919 % 13), 1, 5);

		folded += !rf_fold_add(fold, &event, i, tell, &told);
	}
	rf_fold_drain(fold, 1000, tell, &told);
	/* Nothing is lost, whoever had to make room. */
	assert_int_equal(told.count, folded);
	assert_true(rf_fold_flush(fold, 1000, tell, &told) == UINT64_MAX);
	rf_fold_free(fold);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_at_once),
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
