// SPDX-License-Identifier: GPL-2.0
/*
 * map_text.c - texts and numbers of the map, as XML
 */
#include "userspace/cli/map_text.h"

#include <inttypes.h>
#include <string.h>

#include "userspace/lib/printable.h"

/* Bytes of the character at @text, 0 if XML 1.0 does not have it: U+FFFE and U+FFFF are not. */
static size_t unit(const char *text, size_t len)
{
	if (len >= 3 && (!memcmp(text, "\xef\xbf\xbe", 3) || !memcmp(text, "\xef\xbf\xbf", 3)))
		return 0;
	return rf_printable_unit(text, len);
}

size_t rf_map_text_length(const char *text)
{
	size_t count, n, len = strlen(text);

	for (count = 0; len; count++, text += n, len -= n) {
		n = unit(text, len);
		n = n ? n : 1;
	}
	return count;
}

static void put_unit(FILE *out, const char *text, size_t n)
{
	if (!n)
		fputs("\xef\xbf\xbd", out);
	else if (*text == '<')
		fputs("&lt;", out);
	else if (*text == '>')
		fputs("&gt;", out);
	else if (*text == '&')
		fputs("&amp;", out);
	else
		fwrite(text, n, 1, out);
}

void rf_map_text_put(FILE *out, const char *text, size_t most)
{
	const size_t length = rf_map_text_length(text);
	size_t i, len = strlen(text);

	for (i = 0; i < (length > most ? most - 1 : length); i++) {
		const size_t n = unit(text, len);

		put_unit(out, text, n);
		text += n ? n : 1;
		len -= n ? n : 1;
	}
	if (length > most)
		fputs("\xe2\x80\xa6", out);
}

void rf_map_text_count(FILE *out, uint64_t count)
{
	char digits[24];
	int i, n = snprintf(digits, sizeof(digits), "%" PRIu64, count);

	for (i = 0; i < n; i++) {
		putc(digits[i], out);
		if (i + 1 < n && (n - i) % 3 == 1)
			putc(',', out);
	}
}

void rf_map_text_percent(FILE *out, uint64_t count)
{
	const uint64_t tenths = (count * 1000 + (UINT64_C(1) << 31)) >> 32;

	if (count && !tenths)
		fputs("&lt; 0.1 %", out);
	else
		fprintf(out, "%" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
}
