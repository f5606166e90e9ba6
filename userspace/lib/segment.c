// SPDX-License-Identifier: GPL-2.0
/*
 * segment.c - the address space cut into pieces of one atom each
 */
#include "userspace/lib/segment.h"

#include <errno.h>
#include <stdlib.h>

#include "userspace/lib/grow.h"

int rf_block_order(const void *left, const void *right)
{
	const struct rf_block *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->len - b->len;
}

const struct rf_block *rf_block_find(const struct rf_block *list, size_t count,
				     const struct rf_block *key)
{
	return count ? bsearch(key, list, count, sizeof(*list), rf_block_order) : NULL;
}

int rf_segments_append(struct rf_segments *segments, rf_addr first, __u16 atom)
{
	struct rf_segment *list;

	if (segments->count && segments->list[segments->count - 1].atom == atom)
		return 0;
	list = rf_grow(segments->list, segments->count, &segments->room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	segments->list = list;
	segments->list[segments->count++] = (struct rf_segment){ .first = first, .atom = atom };
	return 0;
}

void rf_segments_free(struct rf_segments *segments)
{
	free(segments->list);
	*segments = (struct rf_segments){ 0 };
}
