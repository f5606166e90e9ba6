// SPDX-License-Identifier: GPL-2.0
/*
 * unpack_test.c - files come out whole, whatever they were compressed with, or
 * not at all
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <lzma.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "userspace/lib/unpack.h"

#define PACKED_MAX (1u << 20)

enum packing { GZIP, XZ, ZSTD, PACKINGS };

static const char *const packing_names[PACKINGS] = { "gzip", "xz", "zstd" };
static char directory[] = "/tmp/unpack_test.XXXXXX";
static char path[64];
static unsigned char plain[200000];

static size_t pack_gzip(const void *data, size_t len, unsigned char *packed)
{
	z_stream stream = { .next_in = (unsigned char *)data,
			    .avail_in = (uInt)len,
			    .next_out = packed,
			    .avail_out = PACKED_MAX };

	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return PACKED_MAX - stream.avail_out;
}

static size_t pack_xz(const void *data, size_t len, unsigned char *packed)
{
	size_t used = 0;

	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, data, len, packed,
						 &used, PACKED_MAX),
			 LZMA_OK);
	return used;
}

static size_t pack_zstd(const void *data, size_t len, unsigned char *packed)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t used;

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	used = ZSTD_compress2(context, packed, PACKED_MAX, data, len);
	assert_false(ZSTD_isError(used));
	ZSTD_freeCCtx(context);
	return used;
}

static size_t pack(enum packing packing, const void *data, size_t len, unsigned char *packed)
{
	static size_t (*const packers[])(const void *, size_t,
					 unsigned char *) = { pack_gzip, pack_xz, pack_zstd };

	return packers[packing](data, len, packed);
}

static void write_file(const void *data, size_t len)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void expect_content(const void *expected, size_t expected_len)
{
	struct rf_fault fault = { 0 };
	unsigned char *data = NULL;
	size_t len = 0;
	int error = rf_unpack_file(path, (void **)&data, &len, NULL, &fault);

	if (error)
		print_error("%s\n", fault.text);
	assert_int_equal(error, 0);
	assert_int_equal(len, expected_len);
	assert_memory_equal(data, expected, expected_len);
	assert_int_equal(data[len], 0);
	free(data);
}

/* Refused, with nothing written and a cause that holds @words */
static void expect_refusal(int expected, const char *words)
{
	struct rf_fault fault = { 0 };
	void *data = directory;
	size_t len = 77;

	assert_int_equal(rf_unpack_file(path, &data, &len, NULL, &fault), expected);
	assert_ptr_equal(data, directory);
	assert_int_equal(len, 77);
	if (!strstr(fault.text, words) || strncmp(fault.text, path, strlen(path)))
		fail_msg("\"%s\" does not say \"%s\"", fault.text, words);
}

static void plain_files_are_taken_as_they_are(void **state)
{
	(void)state;
	write_file("1,2,CN\n", 7);
	expect_content("1,2,CN\n", 7);
	write_file("", 0);
	expect_content("", 0);
	write_file("\x1f", 1); /* half of gzip's magic is not gzip */
	expect_content("\x1f", 1);
	write_file(plain, sizeof(plain));
	expect_content(plain, sizeof(plain));
}

static void the_hash_is_of_the_file_on_disk(void **state)
{
	static unsigned char packed[PACKED_MAX];
	size_t used = pack(GZIP, "hello", 5, packed), len;
	unsigned char hash[32], expected[32];
	void *data;

	(void)state;
	write_file(packed, used);
	SHA256(packed, used, expected);
	assert_int_equal(rf_unpack_file(path, &data, &len, hash, NULL), 0);
	assert_int_equal(len, 5);
	assert_memory_equal(hash, expected, 32);
	free(data);
}

static void each_packing_comes_out(void **state)
{
	static unsigned char packed[PACKED_MAX];

	(void)state;
	for (int i = 0; i < PACKINGS; i++) {
		write_file(packed, pack(i, plain, sizeof(plain), packed));
		expect_content(plain, sizeof(plain));
		write_file(packed, pack(i, "", 0, packed));
		expect_content("", 0);
	}
}

static void members_after_one_another_are_one_content(void **state)
{
	static unsigned char packed[2 * PACKED_MAX];

	(void)state;
	for (int i = 0; i < PACKINGS; i++) {
		size_t used = pack(i, plain, 150000, packed);

		used += pack(i, plain + 150000, 50000, packed + used);
		write_file(packed, used);
		expect_content(plain, sizeof(plain));
	}
}

/* Every length short of the whole, for a small content */
static void what_was_cut_short_is_refused(void **state)
{
	static unsigned char packed[PACKED_MAX];

	(void)state;
	for (int i = 0; i < PACKINGS; i++) {
		size_t used = pack(i, plain, 100, packed);

		for (size_t len = 6; len < used; len++) {
			write_file(packed, len);
			expect_refusal(-EINVAL, packing_names[i]);
		}
		used = pack(i, plain, sizeof(plain), packed);
		write_file(packed, used - 1);
		expect_refusal(-EINVAL, "cut short");
		write_file(packed, used / 2);
		expect_refusal(-EINVAL, "cut short");
	}
}

static void what_is_damaged_is_refused(void **state)
{
	static unsigned char packed[PACKED_MAX];

	(void)state;
	for (int i = 0; i < PACKINGS; i++) {
		size_t used = pack(i, plain, sizeof(plain), packed);

		packed[used / 2] ^= 0x10;
		write_file(packed, used);
		expect_refusal(-EINVAL, packing_names[i]);
	}
}

static void what_follows_the_end_is_refused(void **state)
{
	static unsigned char packed[PACKED_MAX];

	(void)state;
	for (int i = 0; i < PACKINGS; i++) {
		size_t used = pack(i, plain, 100, packed);

		packed[used] = 'x';
		write_file(packed, used + 1);
		expect_refusal(-EINVAL, packing_names[i]);
		memcpy(packed + used, "something else\n", 15);
		write_file(packed, used + 15);
		/* liblzma does not tell the two apart */
		expect_refusal(-EINVAL, i == XZ ? "damaged" : "followed by something else");
		memset(packed + used, 0, 3);
		write_file(packed, used + 3);
		expect_refusal(-EINVAL, packing_names[i]);
	}
}

/* Zeros that are one byte too many, and ones that are far too many */
static void a_small_file_does_not_become_a_large_one(void **state)
{
	unsigned char *zeros = calloc(1, RF_UNPACK_MAX + 1u), *packed = malloc(2 * PACKED_MAX);
	size_t used;

	(void)state;
	assert_non_null(zeros);
	assert_non_null(packed);
	used = pack(ZSTD, zeros, RF_UNPACK_MAX + 1u, packed);
	write_file(packed, used);
	expect_refusal(-EFBIG, "zstd: larger than");
	used += pack(ZSTD, zeros, RF_UNPACK_MAX, packed + used);
	write_file(packed, used);
	expect_refusal(-EFBIG, "zstd: larger than");
	free(zeros);
	free(packed);
}

static void a_large_file_is_not_read(void **state)
{
	(void)state;
	write_file("", 0);
	assert_int_equal(truncate(path, (off_t)RF_UNPACK_MAX + 1), 0);
	expect_refusal(-EFBIG, "larger than");
}

static void only_regular_files_and_no_waiting(void **state)
{
	char regular[sizeof(path)];

	(void)state;
	strcpy(regular, path);
	snprintf(path, sizeof(path), "%s/missing", directory);
	expect_refusal(-ENOENT, "No such file");
	strcpy(path, directory);
	expect_refusal(-EINVAL, "not a regular file");
	snprintf(path, sizeof(path), "%s/fifo", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refusal(-EINVAL, "not a regular file");
	unlink(path);
	strcpy(path, regular);
}

/* Bytes that do not pack well, the same in each run */
static int make_directory(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(plain); i++) {
		seed = seed * 1664525 + 1013904223;
		plain[i] = (unsigned char)(seed >> 24 & 0x3f);
	}
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/data", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_files_are_taken_as_they_are),
		cmocka_unit_test(the_hash_is_of_the_file_on_disk),
		cmocka_unit_test(each_packing_comes_out),
		cmocka_unit_test(members_after_one_another_are_one_content),
		cmocka_unit_test(what_was_cut_short_is_refused),
		cmocka_unit_test(what_is_damaged_is_refused),
		cmocka_unit_test(what_follows_the_end_is_refused),
		cmocka_unit_test(a_small_file_does_not_become_a_large_one),
		cmocka_unit_test(a_large_file_is_not_read),
		cmocka_unit_test(only_regular_files_and_no_waiting),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
