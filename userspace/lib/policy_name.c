// SPDX-License-Identifier: GPL-2.0
/*
 * policy_name.c - names checked, and the nearest of them found
 */
#include "userspace/lib/policy_name.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "kmod/uapi/ringfence.h"

#define COMPARED_MAX 64

bool rf_name_valid(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len && len <= RF_CLASS_NAME_MAX && !name[len] && name[0] != '-';
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * Optimal string alignment: a row for each character of @a, of which the last
 * two are kept for swapped neighbours.
 */
size_t rf_name_distance(const char *a, const char *b)
{
	size_t rows[3][COMPARED_MAX + 1], alen = strlen(a), blen = strlen(b), i, j;

	if (alen > COMPARED_MAX || blen > COMPARED_MAX)
		return SIZE_MAX;
	for (j = 0; j <= blen; j++)
		rows[0][j] = j;
	for (i = 1; i <= alen; i++) {
		size_t *now = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];

		now[0] = i;
		for (j = 1; j <= blen; j++) {
			now[j] = least(above[j], now[j - 1]) + 1;
			now[j] = least(now[j], above[j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				now[j] = least(now[j], two[j - 2] + 1);
		}
	}
	return rows[alen % 3][blen];
}

void rf_name_consider(struct rf_name_search *search, const char *candidate)
{
	size_t len = strlen(search->text), distance;
	size_t limit = len < 5 ? 1 : len < 10 ? 2 : 3;

	distance = rf_name_distance(search->text, candidate);
	if (distance > limit || distance >= strlen(candidate))
		return;
	if (search->best && distance >= search->distance)
		return;
	search->best = candidate;
	search->distance = distance;
}
