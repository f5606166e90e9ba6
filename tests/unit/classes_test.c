// SPDX-License-Identifier: GPL-2.0
/*
 * classes_test.c - class bits: stable, never reused within a boot
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/daemon/classes.h"

static const char first_boot[] = "11111111-1111-1111-1111-111111111111";
static const char second_boot[] = "22222222-2222-2222-2222-222222222222";

static void test_stable(void **state)
{
	const char *both[] = { "a", "b" }, *swapped[] = { "b", "a" }, *other[] = { "c" };
	struct rf_classes classes = { 0 };
	uint8_t bits[RF_CLASS_MAX], again[RF_CLASS_MAX];

	(void)state;
	assert_int_equal(rf_classes_assign(&classes, first_boot, both, 2, bits), 0);
	assert_int_not_equal(bits[0], bits[1]);
	assert_int_equal(rf_classes_assign(&classes, first_boot, swapped, 2, again), 0);
	assert_int_equal(again[0], bits[1]);
	assert_int_equal(again[1], bits[0]);
	/* a and b are gone from the policy, but may still be held. */
	assert_int_equal(rf_classes_assign(&classes, first_boot, other, 1, again), 0);
	assert_int_not_equal(again[0], bits[0]);
	assert_int_not_equal(again[0], bits[1]);
	assert_int_equal(rf_classes_bit(&classes, "a"), bits[0]);
}

static void test_next_boot(void **state)
{
	const char *both[] = { "a", "b" }, *kept[] = { "b" }, *more[] = { "b", "c" };
	struct rf_classes classes = { 0 };
	uint8_t bits[RF_CLASS_MAX], again[RF_CLASS_MAX];

	(void)state;
	rf_classes_assign(&classes, first_boot, both, 2, bits);
	assert_int_equal(rf_classes_assign(&classes, second_boot, kept, 1, again), 0);
	assert_int_equal(again[0], bits[1]);
	assert_int_equal(rf_classes_bit(&classes, "a"), -ENOENT);
	assert_int_equal(rf_classes_assign(&classes, second_boot, more, 2, again), 0);
	assert_int_equal(again[1], bits[0]);
}

static void test_full(void **state)
{
	char names[RF_CLASS_MAX][16];
	const char *list[RF_CLASS_MAX], *late[] = { "late" };
	struct rf_classes classes = { 0 }, before;
	uint8_t bits[RF_CLASS_MAX];
	uint64_t seen = 0;
	int i;

	(void)state;
	for (i = 0; i < RF_CLASS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "c%d", i);
		list[i] = names[i];
	}
	assert_int_equal(rf_classes_assign(&classes, first_boot, list, RF_CLASS_MAX, bits), 0);
	for (i = 0; i < RF_CLASS_MAX; i++)
		seen |= 1ull << bits[i];
	assert_true(seen == UINT64_MAX);
	before = classes;
	assert_int_equal(rf_classes_assign(&classes, first_boot, late, 1, bits), -ENOSPC);
	assert_memory_equal(&classes, &before, sizeof(before));
	assert_int_equal(rf_classes_assign(&classes, second_boot, late, 1, bits), 0);
}

static void test_reserved(void **state)
{
	const char *one[] = { "a" };
	struct rf_classes classes = { .reserved = 0x7 };
	uint8_t bits[RF_CLASS_MAX];

	(void)state;
	strcpy(classes.boot, first_boot);
	assert_int_equal(rf_classes_assign(&classes, first_boot, one, 1, bits), 0);
	assert_int_equal(bits[0], 3);
}

static void test_disk(void **state)
{
	const char *both[] = { "a", "b" };
	struct rf_classes classes = { .reserved = 1ull << 63 }, read;
	char path[] = "/tmp/rf-classes-XXXXXX";
	uint8_t bits[RF_CLASS_MAX];
	FILE *file;

	(void)state;
	strcpy(classes.boot, first_boot);
	rf_classes_assign(&classes, first_boot, both, 2, bits);
	close(mkstemp(path));
	assert_int_equal(rf_classes_save(path, &classes), 0);
	assert_int_equal(rf_classes_load(path, &read), 0);
	assert_memory_equal(&read, &classes, sizeof(read));
	file = fopen(path, "w");
	fputs("{\"boot\": \"x\", \"names\": [\"a\"]}", file);
	fclose(file);
	assert_int_equal(rf_classes_load(path, &read), -EBADMSG);
	unlink(path);
	assert_int_equal(rf_classes_load(path, &read), -ENOENT);
}

static void test_text(void **state)
{
	const char *both[] = { "a", "b" };
	struct rf_classes classes = { 0 };
	uint8_t bits[RF_CLASS_MAX];
	char text[16];

	(void)state;
	rf_classes_assign(&classes, first_boot, both, 2, bits);
	rf_classes_text(&classes, 0x23, text, sizeof(text));
	assert_string_equal(text, "a+b+?5");
	rf_classes_text(&classes, 0, text, sizeof(text));
	assert_string_equal(text, "");
	rf_classes_text(&classes, UINT64_MAX, text, sizeof(text));
	assert_true(strlen(text) < sizeof(text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stable), cmocka_unit_test(test_next_boot),
		cmocka_unit_test(test_full),   cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_disk),   cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
