/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.h - a stream of records of one size, such as a BPF iterator writes
 */
#ifndef RF_RECORD_H
#define RF_RECORD_H

#include <stddef.h>

/**
 * rf_record_read - hand on the records of a stream until its end
 * @fd: stays the caller's
 * @size: of one record in bytes, at most 16384; a part of one at the end is dropped
 * @fn: gets each record, for the call only, aligned as its size is up to 8; nonzero ends the
 *	reading and is returned. NULL to ignore them
 *
 * Blocks. A signal does not end it, nor does EAGAIN, which iterators return
 * between two runs of their program. Returns 0 or a negative errno.
 */
int rf_record_read(int fd, size_t size, int (*fn)(void *ctx, const void *record), void *ctx);

#endif /* RF_RECORD_H */
