// SPDX-License-Identifier: GPL-2.0
/*
 * printable.c - names that programs chose, made safe to show
 */
#include "userspace/lib/printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Length that the first byte promises, its bits and the least code point. */
static size_t sequence(uint8_t first, uint32_t *code, uint32_t *least)
{
	if (first < 0x80) {
		*code = first;
		*least = 0;
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		*code = first & 0x1f;
		*least = 0x80;
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*code = first & 0x0f;
		*least = 0x800;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*code = first & 0x07;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

static bool shown(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	if (code >= 0xd800 && code <= 0xdfff)
		return false;
	if (code == 0x200e || code == 0x200f || code == 0x061c || code == 0xfeff)
		return false;
	if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
		return false;
	return code <= 0x10ffff;
}

size_t rf_printable_unit(const char *src, size_t len)
{
	const uint8_t *p = (const uint8_t *)src;
	uint32_t code, least;
	size_t n, i;

	if (!len)
		return 0;
	n = sequence(p[0], &code, &least);
	if (!n || n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	return code >= least && shown(code) ? n : 0;
}

size_t rf_printable_copy(char *dst, size_t size, const char *src, size_t len)
{
	size_t at = 0, out = 0;

	if (!size)
		return 0;
	len = strnlen(src, len);
	while (at < len) {
		size_t n = rf_printable_unit(src + at, len - at);

		if (n) {
			if (out + n >= size)
				break;
			memcpy(dst + out, src + at, n);
			out += n;
			at += n;
			continue;
		}
		if (out + 4 >= size)
			break;
		snprintf(dst + out, 5, "\\x%02x", (uint8_t)src[at]);
		out += 4;
		at++;
	}
	dst[out] = '\0';
	return out;
}
