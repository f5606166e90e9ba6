// SPDX-License-Identifier: GPL-2.0
/*
 * merge.c - one pass over the address space, with a cursor in all that is said
 *
 * The cursors only move forward. What is said at an address holds until the
 * first of them changes.
 */
#include "userspace/lib/merge.h"

#include <stdlib.h>

#include "userspace/lib/atom.h"

#define DEPTH_MAX 129 /* nested blocks: one for each length */

/* struct blocks - cursor over prefixes; those around the address */
struct blocks {
	const struct rf_block *at;
	const struct rf_block *end;
	const struct rf_block *around[DEPTH_MAX];
	size_t depth;
};

/* struct ranges - cursor over a layer */
struct ranges {
	const struct rf_range *at;
	const struct rf_range *end;
};

struct cursor {
	const struct rf_merge *merge;
	struct blocks marks;
	struct blocks blocks;
	struct ranges ranges[RF_MERGE_LAYERS_MAX];
};

static rf_addr block_last(const struct rf_block *block)
{
	return block->first | rf_addr_host_mask(block->len);
}

/* Leave the blocks that end before @addr, enter those that hold it. */
static const struct rf_block *seek_block(struct blocks *blocks, rf_addr addr)
{
	while (blocks->depth && block_last(blocks->around[blocks->depth - 1]) < addr)
		blocks->depth--;
	for (; blocks->at < blocks->end && blocks->at->first <= addr; blocks->at++)
		if (block_last(blocks->at) >= addr)
			blocks->around[blocks->depth++] = blocks->at;
	return blocks->depth ? blocks->around[blocks->depth - 1] : NULL;
}

/* The range that holds @addr, or NULL if none does. */
static const struct rf_range *seek_range(struct ranges *ranges, rf_addr addr)
{
	while (ranges->at < ranges->end && ranges->at->last < addr)
		ranges->at++;
	return ranges->at < ranges->end && ranges->at->first <= addr ? ranges->at : NULL;
}

static void lower(rf_addr *last, rf_addr other)
{
	if (other < *last)
		*last = other;
}

/* Up to where does nothing begin or end in these blocks? */
static void until_block(const struct blocks *blocks, rf_addr *last)
{
	if (blocks->at < blocks->end)
		lower(last, blocks->at->first - 1);
	if (blocks->depth)
		lower(last, block_last(blocks->around[blocks->depth - 1]));
}

static void until_range(const struct ranges *ranges, const struct rf_range *range, rf_addr *last)
{
	if (range)
		lower(last, range->last);
	else if (ranges->at < ranges->end)
		lower(last, ranges->at->first - 1);
}

static bool is_said(const struct rf_range *range)
{
	return range && range->atom != RF_ATOM_UNKNOWN;
}

static void hear_layers(struct cursor *cursor, struct rf_merge_piece *piece)
{
	const struct rf_merge *merge = cursor->merge;
	bool all = merge->all || merge->agreement > 1;

	for (size_t i = 0; i < merge->layer_count; i++) {
		piece->answers[i] = seek_range(&cursor->ranges[i], piece->first);
		until_range(&cursor->ranges[i], piece->answers[i], &piece->last);
		if (piece->winner >= 0 || !is_said(piece->answers[i]))
			continue;
		piece->winner = (int)i;
		if (!all)
			return;
	}
}

static __u16 outcome(const struct rf_merge *merge, __u16 atom)
{
	if (rf_atom_country(merge->clouds, atom) == RF_ATOM_NOBODY)
		return RF_ATOM_UNKNOWN;
	return atom;
}

static void count_agreeing(const struct rf_merge *merge, struct rf_merge_piece *piece, __u16 atom)
{
	__u16 country = rf_atom_country(merge->clouds, atom);

	for (size_t i = 0; i < merge->layer_count; i++)
		if (is_said(piece->answers[i]) &&
		    rf_atom_country(merge->clouds, piece->answers[i]->atom) == country)
			piece->agreeing++;
}

/*
 * The length of what the range says at the piece's first address. Only a block
 * around it asks; then the piece ends with the CIDR block that was measured.
 */
static __u8 said_length(const struct rf_range *range, struct rf_merge_piece *piece)
{
	unsigned int len;

	if (range->piece_of)
		return range->piece_of - 1;
	len = rf_cidr_around(range->first, range->last, piece->first);
	lower(&piece->last, piece->first | rf_addr_host_mask(len));
	return (__u8)len;
}

/* Marks and sources; true if anything is said. */
static bool hear_world(struct cursor *cursor, struct rf_merge_piece *piece)
{
	const struct rf_merge *merge = cursor->merge;
	const struct rf_range *range;

	if (piece->mark && !merge->all) {
		piece->atom = piece->mark->atom;
		piece->len = piece->mark->len;
		return true;
	}
	hear_layers(cursor, piece);
	range = piece->winner >= 0 ? piece->answers[piece->winner] : NULL;
	if (range && (merge->all || merge->agreement > 1))
		count_agreeing(merge, piece, range->atom);
	if (piece->mark) {
		piece->winner = -1;
		piece->atom = piece->mark->atom;
		piece->len = piece->mark->len;
		return true;
	}
	if (!range)
		return false;
	if (piece->block)
		piece->len = said_length(range, piece);
	piece->atom = outcome(merge, range->atom);
	if (merge->agreement > 1 && piece->agreeing < merge->agreement)
		piece->atom = RF_ATOM_UNKNOWN;
	return true;
}

static void hear_all(struct cursor *cursor, struct rf_merge_piece *piece)
{
	bool said;

	piece->mark = seek_block(&cursor->marks, piece->first);
	piece->block = seek_block(&cursor->blocks, piece->first);
	until_block(&cursor->marks, &piece->last);
	until_block(&cursor->blocks, &piece->last);
	said = hear_world(cursor, piece);
	if (piece->block && (!said || piece->block->len >= piece->len)) {
		piece->by_block = true;
		piece->atom = piece->block->atom;
		piece->len = piece->block->len;
	}
}

/* A walk may start anywhere: the layers are long. */
static void start(struct cursor *cursor, const struct rf_merge *merge, rf_addr first)
{
	cursor->merge = merge;
	cursor->marks.at = merge->marks;
	cursor->marks.end = merge->marks + merge->mark_count;
	cursor->blocks.at = merge->blocks;
	cursor->blocks.end = merge->blocks + merge->block_count;
	for (size_t i = 0; i < merge->layer_count; i++) {
		const struct rf_layer *layer = &merge->layers[i];

		cursor->ranges[i].at = layer->list + rf_layer_seek(layer, first);
		cursor->ranges[i].end = layer->list + layer->count;
	}
}

int rf_merge_walk(rf_addr first, rf_addr last, const struct rf_merge *merge,
		  int (*visit)(void *ctx, const struct rf_merge_piece *piece), void *ctx)
{
	struct cursor cursor = { 0 };
	int stop;

	start(&cursor, merge, first);
	for (rf_addr addr = first;; addr++) {
		struct rf_merge_piece piece = { .first = addr, .last = last, .winner = -1 };

		hear_all(&cursor, &piece);
		stop = visit(ctx, &piece);
		if (stop || piece.last == last)
			return stop;
		addr = piece.last;
	}
}

static int take_piece(void *ctx, const struct rf_merge_piece *piece)
{
	return rf_segments_append(ctx, piece->first, piece->atom);
}

int rf_merge_segments(rf_addr first, rf_addr last, const struct rf_merge *merge,
		      struct rf_segments *out)
{
	struct rf_segments segments = { .last = last };
	int error = rf_merge_walk(first, last, merge, take_piece, &segments);

	if (error) {
		rf_segments_free(&segments);
		return error;
	}
	*out = segments;
	return 0;
}

struct rf_block *rf_merge_select(const struct rf_block *blocks, size_t all, bool v4, size_t *count)
{
	struct rf_block *list = calloc(all + 1, sizeof(*list));

	*count = 0;
	for (size_t i = 0; list && i < all; i++)
		if ((rf_addr_is_v4(blocks[i].first) && blocks[i].len >= 96) == v4)
			list[(*count)++] = blocks[i];
	return list;
}
