/* SPDX-License-Identifier: GPL-2.0 */
/*
 * frame.h - messages on a stream: four bytes of length, then that many bytes
 *
 * The control socket's framing, used by both sides. The length is big-endian
 * and counts the payload only. A reader never allocates by what the peer
 * announces, only by what has arrived.
 */
#ifndef RF_FRAME_H
#define RF_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define RF_FRAME_HEADER 4
#define RF_FRAME_MAX (64u << 20) /* bytes of one payload */

/**
 * struct rf_frame_reader - bytes that have arrived
 * @limit: longest payload that is accepted; 0 for RF_FRAME_MAX
 *
 * Zeroed memory is an empty reader.
 */
struct rf_frame_reader {
	char *data;
	size_t used;
	size_t size;
	size_t limit;
};

/**
 * rf_frame_feed - add what was read from the stream
 *
 * Returns 0, -EMSGSIZE if a frame announces more than the limit (the stream
 * cannot be followed any further) or -ENOMEM.
 */
int rf_frame_feed(struct rf_frame_reader *reader, const void *data, size_t len);

/**
 * rf_frame_next - the next whole payload
 * @payload: set to bytes inside the reader, valid until the next feed or
 *	shift; not NUL-terminated
 *
 * Returns 1 with a payload, 0 if none is whole yet, -EMSGSIZE as above. Call
 * rf_frame_shift() when done with it.
 */
int rf_frame_next(const struct rf_frame_reader *reader, const char **payload, size_t *len);

/** rf_frame_shift - drop the first whole frame */
void rf_frame_shift(struct rf_frame_reader *reader);

void rf_frame_reader_free(struct rf_frame_reader *reader);

/** rf_frame_header - write the header of a payload of @len bytes */
void rf_frame_header(uint8_t header[RF_FRAME_HEADER], uint32_t len);

#endif /* RF_FRAME_H */
