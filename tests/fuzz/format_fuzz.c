// SPDX-License-Identifier: GPL-2.0
/*
 * format_fuzz.c - any bytes as region data: refused with a cause, or statements
 * that are sound
 *
 * The first byte of the input says as what the others are read: one of the
 * formats, a file to unpack, or the table of clouds.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "userspace/lib/cloud.h"
#include "userspace/lib/format.h"
#include "userspace/lib/unpack.h"

#define STATEMENTS_MAX 100000 /* enough of a small file that says very much */

enum reading { READ_UNPACK = RF_FORMAT_MAX, READ_CLOUDS, READINGS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int truth)
{
	if (!truth)
		abort();
}

static int is_code(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	return strlen(text) == 2 && (!strcmp(text, "??") || strspn(text, letters) == 2);
}

static void check_place(enum rf_format format, const char *place)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	const char *colon = strchr(place, ':');

	if (format < RF_FORMAT_AWS) {
		demand(is_code(place));
		return;
	}
	demand(colon && !strncmp(place, rf_format_name(format), (size_t)(colon - place)));
	demand(colon[1] && !colon[1 + strspn(colon + 1, letters)]);
}

/* struct taken - what was taken of which format; nothing comes after the end */
struct taken {
	enum rf_format format;
	size_t count;
};

static int take(void *ctx, const struct rf_statement *statement)
{
	struct taken *taken = ctx;

	demand(taken->count < STATEMENTS_MAX);
	demand(statement->first <= statement->last);
	demand(rf_addr_is_v4(statement->first) == rf_addr_is_v4(statement->last));
	demand(rf_addr_is_v4(statement->first) || statement->last < RF_ADDR_V4_FIRST ||
	       statement->first > RF_ADDR_V4_LAST);
	demand(memchr(statement->place, '\0', RF_PLACE_LEN) != NULL);
	check_place(taken->format, statement->place);
	return ++taken->count == STATEMENTS_MAX ? -E2BIG : 0;
}

static void read_format(enum rf_format format, const uint8_t *data, size_t size)
{
	struct taken taken = { .format = format };
	struct rf_fault fault = { 0 };
	char date[RF_DATE_LEN];
	int error = rf_format_read(format, "input", data, size, take, &taken, date, &fault);

	demand(strlen(date) == 0 || strlen(date) == RF_DATE_LEN - 1);
	demand(error == 0 || error == -EINVAL || error == -E2BIG);
	demand((error == -EINVAL) == (fault.text[0] != '\0'));
	demand(error || taken.count);
	demand((error == -E2BIG) == (taken.count == STATEMENTS_MAX));
}

static void read_file(enum reading reading, const char *path)
{
	struct rf_clouds clouds = { 0 };
	struct rf_fault fault = { 0 };
	void *data = NULL;
	size_t len = 0;
	int error;

	if (reading == READ_CLOUDS)
		error = rf_clouds_read(path, &clouds, &fault);
	else
		error = rf_unpack_file(path, &data, &len, NULL, &fault);
	demand(error == 0 || error == -EINVAL || error == -EFBIG);
	demand((error != 0) == (fault.text[0] != '\0'));
	demand(!data || ((const char *)data)[len] == '\0');
	for (size_t i = 0; i < clouds.count; i++) {
		demand(is_code(clouds.list[i].code));
		demand(rf_clouds_find(&clouds, clouds.list[i].name) == (int)i);
	}
	rf_clouds_free(&clouds);
	free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int reading = size ? data[0] % READINGS : 0;
	char path[32];
	int fd;

	if (!size)
		return 0;
	data++;
	size--;
	if (reading < RF_FORMAT_MAX) {
		read_format((enum rf_format)reading, data, size);
		return 0;
	}
	fd = memfd_create("input", MFD_CLOEXEC);
	demand(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_file((enum reading)reading, path);
	close(fd);
	return 0;
}
