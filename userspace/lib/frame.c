// SPDX-License-Identifier: GPL-2.0
/*
 * frame.c - messages on a stream: four bytes of length, then that many bytes
 */
#include "userspace/lib/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint32_t announced(const struct rf_frame_reader *reader)
{
	const uint8_t *p = (const uint8_t *)reader->data;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static size_t limit_of(const struct rf_frame_reader *reader)
{
	return reader->limit ? reader->limit : RF_FRAME_MAX;
}

static int grow(struct rf_frame_reader *reader, size_t need)
{
	size_t size = reader->size ? reader->size : 4096;
	char *data;

	while (size < need)
		size *= 2;
	if (size == reader->size)
		return 0;
	data = realloc(reader->data, size);
	if (!data)
		return -ENOMEM;
	reader->data = data;
	reader->size = size;
	return 0;
}

int rf_frame_feed(struct rf_frame_reader *reader, const void *data, size_t len)
{
	int err;

	if (!len)
		return 0;
	/* One frame and one read more is all that can be pending. */
	if (len > 2 * (size_t)RF_FRAME_MAX || reader->used > 2 * (size_t)RF_FRAME_MAX)
		return -EMSGSIZE;
	err = grow(reader, reader->used + len);
	if (err)
		return err;
	memcpy(reader->data + reader->used, data, len);
	reader->used += len;
	if (reader->used >= RF_FRAME_HEADER && announced(reader) > limit_of(reader))
		return -EMSGSIZE;
	return 0;
}

int rf_frame_next(const struct rf_frame_reader *reader, const char **payload, size_t *len)
{
	uint32_t length;

	if (reader->used < RF_FRAME_HEADER)
		return 0;
	length = announced(reader);
	if (length > limit_of(reader))
		return -EMSGSIZE;
	if (reader->used - RF_FRAME_HEADER < length)
		return 0;
	*payload = reader->data + RF_FRAME_HEADER;
	*len = length;
	return 1;
}

void rf_frame_shift(struct rf_frame_reader *reader)
{
	const char *payload;
	size_t len;

	if (rf_frame_next(reader, &payload, &len) != 1)
		return;
	len += RF_FRAME_HEADER;
	reader->used -= len;
	memmove(reader->data, reader->data + len, reader->used);
}

void rf_frame_reader_free(struct rf_frame_reader *reader)
{
	free(reader->data);
	memset(reader, 0, sizeof(*reader));
}

void rf_frame_header(uint8_t header[RF_FRAME_HEADER], uint32_t len)
{
	header[0] = len >> 24;
	header[1] = len >> 16;
	header[2] = len >> 8;
	header[3] = len;
}
