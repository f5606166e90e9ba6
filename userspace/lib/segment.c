// SPDX-License-Identifier: GPL-2.0
/*
 * segment.c - the address space cut into pieces of one atom each
 *
 * One pass over the window. At each address two statements may hold: the CIDR
 * block of a range, and the longest block of the policy. Both are cursors that
 * only move forward; what wins holds until either of them changes.
 */
#include "userspace/lib/segment.h"

#include <errno.h>
#include <stdlib.h>

#include "bpf/generation.h"

#define DEPTH_MAX 129 /* nested blocks: one for each length */

/* struct ranges - cursor over the CIDR blocks of the ranges */
struct ranges {
	const struct rf_range *at;
	const struct rf_range *end;
	rf_addr first; /* of the CIDR block within *at */
	rf_addr last;
	unsigned int len;
};

/* struct blocks - cursor over the policy's blocks; those around the address */
struct blocks {
	const struct rf_block *at;
	const struct rf_block *end;
	const struct rf_block *around[DEPTH_MAX];
	size_t depth;
};

static rf_addr block_last(const struct rf_block *block)
{
	return block->first | rf_addr_host_mask(block->len);
}

/* The largest CIDR block that starts at @first and ends at or before @last. */
static void cut_cidr(struct ranges *ranges, rf_addr first, rf_addr last)
{
	unsigned int len = 128;

	while (len > 0) {
		rf_addr mask = rf_addr_host_mask(len - 1);

		if ((first & mask) || (first | mask) > last)
			break;
		len--;
	}
	ranges->first = first;
	ranges->last = first | rf_addr_host_mask(len);
	ranges->len = len;
}

static void ranges_enter(struct ranges *ranges)
{
	if (ranges->at < ranges->end)
		cut_cidr(ranges, ranges->at->first, ranges->at->last);
}

/* Move to the CIDR block that holds @addr, or to the first one after it. */
static void ranges_seek(struct ranges *ranges, rf_addr addr)
{
	while (ranges->at < ranges->end && ranges->at->last < addr) {
		ranges->at++;
		ranges_enter(ranges);
	}
	while (ranges->at < ranges->end && ranges->last < addr)
		cut_cidr(ranges, ranges->last + 1, ranges->at->last);
}

/* Leave the blocks that end before @addr, enter those that hold it. */
static void blocks_seek(struct blocks *blocks, rf_addr addr)
{
	while (blocks->depth && block_last(blocks->around[blocks->depth - 1]) < addr)
		blocks->depth--;
	for (; blocks->at < blocks->end && blocks->at->first <= addr; blocks->at++)
		if (block_last(blocks->at) >= addr)
			blocks->around[blocks->depth++] = blocks->at;
}

static int append(struct rf_segments *out, rf_addr first, __u16 atom)
{
	if (out->count && out->list[out->count - 1].atom == atom)
		return 0;
	if (out->count == out->room) {
		size_t room = out->room ? out->room * 2 : 1024;
		struct rf_segment *list = reallocarray(out->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		out->list = list;
		out->room = room;
	}
	out->list[out->count++] = (struct rf_segment){ .first = first, .atom = atom };
	return 0;
}

static rf_addr lesser(rf_addr a, rf_addr b)
{
	return a < b ? a : b;
}

/*
 * Who wins at @addr, and the last address (at most @last) up to which nothing
 * can change. Where no block is around, a range holds to its end and not only
 * to that of its CIDR block.
 */
static __u16 winner(const struct ranges *ranges, const struct blocks *blocks, rf_addr addr,
		    rf_addr *last)
{
	const struct rf_block *block = blocks->depth ? blocks->around[blocks->depth - 1] : NULL;
	bool in_range = ranges->at < ranges->end && ranges->at->first <= addr;

	if (blocks->at < blocks->end)
		*last = lesser(*last, blocks->at->first - 1);
	if (block)
		*last = lesser(*last, block_last(block));
	if (!in_range) {
		if (ranges->at < ranges->end)
			*last = lesser(*last, ranges->at->first - 1);
		return block ? block->atom : RF_ATOM_UNKNOWN;
	}
	if (!block || ranges->at->atom == RF_ATOM_UNKNOWN) {
		*last = lesser(*last, ranges->at->last);
		return block ? block->atom : ranges->at->atom;
	}
	*last = lesser(*last, ranges->last);
	return ranges->len > block->len ? ranges->at->atom : block->atom;
}

int rf_segments_flatten(rf_addr first, rf_addr last, const struct rf_range *range_list,
			size_t range_count, const struct rf_block *block_list, size_t block_count,
			struct rf_segments *out)
{
	struct ranges ranges = { .at = range_list, .end = range_list + range_count };
	struct blocks blocks = { .at = block_list, .end = block_list + block_count };
	struct rf_segments segments = { .last = last };

	ranges_enter(&ranges);
	for (rf_addr addr = first;; addr++) {
		rf_addr until = last;
		__u16 atom;

		ranges_seek(&ranges, addr);
		blocks_seek(&blocks, addr);
		atom = winner(&ranges, &blocks, addr, &until);
		if (append(&segments, addr, atom)) {
			rf_segments_free(&segments);
			return -ENOMEM;
		}
		if (until == last)
			break;
		addr = until;
	}
	*out = segments;
	return 0;
}

void rf_segments_free(struct rf_segments *segments)
{
	free(segments->list);
	*segments = (struct rf_segments){ 0 };
}
