/* SPDX-License-Identifier: GPL-2.0 */
/*
 * printable.h - names that programs chose, made safe to show
 */
#ifndef RF_PRINTABLE_H
#define RF_PRINTABLE_H

#include <stddef.h>

/**
 * rf_printable_copy - copy text, showing what is not printable as \xNN
 * @dst: always NUL-terminated if @size is not 0; cut between characters
 * @src: @len bytes, or up to the first NUL among them
 *
 * Valid UTF-8 stays, but for control characters and those that change the
 * direction or the line (U+2028, U+202A-E, U+2066-9, U+FEFF). The result is
 * valid UTF-8 on one line.
 *
 * Returns the length of what was written.
 */
size_t rf_printable_copy(char *dst, size_t size, const char *src, size_t len);

/**
 * rf_printable_unit - length of the printable character at @src, 0 if the
 * byte there has to be shown as \xNN
 */
size_t rf_printable_unit(const char *src, size_t len);

#endif /* RF_PRINTABLE_H */
