/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unpack.h - a file's content, whole, whatever it was compressed with
 */
#ifndef RF_UNPACK_H
#define RF_UNPACK_H

#include <stddef.h>

#include "userspace/lib/fault.h"

#define RF_UNPACK_MAX (512u << 20) /* bytes, packed and unpacked */

/**
 * rf_unpack_file - read a regular file; gzip, xz and zstd are told by their
 * first bytes, anything else is taken as it is
 * @data: the caller frees; a NUL stands behind its @len bytes. Written only on
 *	success.
 * @hash: SHA-256 of the file as it is on disk; may be NULL
 *
 * Does not wait for a FIFO. Several members or frames after one another are
 * one content. Returns 0, an errno of reading, -EINVAL (not a regular file, or
 * damaged, cut short or followed by something else), -EFBIG (more than
 * RF_UNPACK_MAX), -ENOMEM; with @fault.
 */
int rf_unpack_file(const char *path, void **data, size_t *len, unsigned char hash[32],
		   struct rf_fault *fault);

#endif /* RF_UNPACK_H */
