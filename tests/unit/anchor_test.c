// SPDX-License-Identifier: GPL-2.0
/*
 * anchor_test.c - the module's state file: read whole, or refused
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "userspace/lib/anchor.h"

#define REST "generation 18446744073709551615\nlinks 6\nattached 5\nquarantined 42\n"

/* Reads @text as the state file; the status is 0xff bytes before. */
static int read_text(const char *text, struct rf_ioc_status *status)
{
	char path[] = "/tmp/rf-anchor-XXXXXX";
	size_t len = strlen(text);
	int fd = mkstemp(path);
	int err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
	memset(status, 0xff, sizeof(*status));
	err = rf_anchor_read(path, status);
	unlink(path);
	return err;
}

static void every_state(void **state)
{
	static const struct {
		const char *text;
		__u32 state;
	} rows[] = {
		{ "state quarantine\nabi 1\n" REST, RF_ANCHOR_QUARANTINE },
		{ "state armed\nabi 1\n" REST, RF_ANCHOR_ARMED },
		{ "state disarmed\nabi 1\n" REST, RF_ANCHOR_DISARMED },
		{ "later x\nstate armed\nabi 1\n" REST "management 10.0.0.0/24\n",
		  RF_ANCHOR_ARMED },
	};
	struct rf_ioc_status status;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(read_text(rows[i].text, &status), 0);
		assert_int_equal(status.state, rows[i].state);
		assert_int_equal(status.abi, 1);
		assert_true(status.generation == UINT64_MAX);
		assert_int_equal(status.links, 6);
		assert_int_equal(status.attached, 5);
		assert_int_equal(status.quarantined, 42);
	}
}

static void refused(void **state)
{
	static const char *const rows[] = {
		"",
		"state armed\n",
		"abi 1\n" REST,
		"state open\nabi 1\n" REST,
		"state armed\nabi -1\n" REST,
		"state armed\nabi 4294967296\n" REST,
		"state armed\nabi 1x\n" REST,
		"state armed\nabi\n" REST,
		"state armed\nabi 1\ngeneration 18446744073709551616\n"
		"links 6\nattached 5\nquarantined 42\n",
	};
	struct rf_ioc_status status, untouched;

	(void)state;
	memset(&untouched, 0xff, sizeof(untouched));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(read_text(rows[i], &status), -EPROTO);
		assert_memory_equal(&status, &untouched, sizeof(status));
	}
}

static void absent(void **state)
{
	struct rf_ioc_status status;

	(void)state;
	assert_int_equal(rf_anchor_read("/nonexistent/state", &status), -ENOENT);
}

/* Counts are checked before the kernel is asked. */
static void counts(void **state)
{
	struct rf_prefix prefixes[RF_MANAGEMENT_MAX + 1] = { 0 };
	int fds[RF_LINKS_MAX + 1] = { 0 };

	(void)state;
	assert_int_equal(rf_anchor_arm(-1, fds, 0, 1), -EINVAL);
	assert_int_equal(rf_anchor_arm(-1, fds, RF_LINKS_MAX + 1, 1), -EINVAL);
	assert_int_equal(rf_anchor_arm(-1, fds, RF_LINKS_MAX, 1), -EBADF);
	assert_int_equal(rf_anchor_management(-1, prefixes, RF_MANAGEMENT_MAX + 1), -EINVAL);
	assert_int_equal(rf_anchor_management(-1, NULL, 0), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state),
		cmocka_unit_test(refused),
		cmocka_unit_test(absent),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests_name("anchor", tests, NULL, NULL);
}
