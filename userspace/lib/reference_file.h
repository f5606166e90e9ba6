/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reference_file.h - the reference's own reader of the raw files
 */
#ifndef RF_REFERENCE_FILE_H
#define RF_REFERENCE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "userspace/lib/address.h"
#include "userspace/lib/fault.h"

/**
 * struct rf_reference_line - a range as the file has it
 * @atom: of its code, 0 for "??"
 */
struct rf_reference_line {
	rf_addr first;
	rf_addr last;
	unsigned int atom;
};

/**
 * rf_reference_read - the ranges of a raw file, ascending
 * @lines: the caller frees; written only on success, as @count
 *
 * Returns 0, -EINVAL (not the format, or not ascending), -ENOMEM, or an errno
 * of reading; with @fault.
 */
int rf_reference_read(const char *path, bool is_v4, struct rf_reference_line **lines, size_t *count,
		      struct rf_fault *fault);

#endif /* RF_REFERENCE_FILE_H */
