// SPDX-License-Identifier: GPL-2.0
/*
 * world_lookup.c - where an address is, and who says so
 */
#include <errno.h>
#include <stdlib.h>

#include "bpf/region.h"
#include "userspace/lib/world.h"

int rf_world_view(const struct rf_world *world, const struct rf_atoms *atoms, enum rf_family family,
		  struct rf_view *out)
{
	bool v4 = family == RF_FAMILY_V4;
	struct rf_view view = { .last = RF_ADDR_MAX };
	struct rf_merge *merge = &view.merge;

	if (v4) {
		view.first = RF_ADDR_V4_FIRST;
		view.last = RF_ADDR_V4_LAST;
	}
	view.marks = rf_merge_select(world->marks, world->mark_count, v4, &merge->mark_count);
	view.blocks = rf_merge_select(atoms ? atoms->blocks : NULL, atoms ? atoms->block_count : 0,
				      v4, &merge->block_count);
	if (!view.marks || !view.blocks) {
		rf_view_free(&view);
		return -ENOMEM;
	}
	merge->marks = view.marks;
	merge->blocks = view.blocks;
	merge->clouds = world->clouds;
	merge->agreement = world->agreement;
	merge->layer_count = world->source_count;
	for (size_t i = 0; i < world->source_count; i++)
		merge->layers[i] = world->sources[i].layers[family];
	*out = view;
	return 0;
}

void rf_view_free(struct rf_view *view)
{
	free(view->marks);
	free(view->blocks);
	*view = (struct rf_view){ 0 };
}

static int take_piece(void *ctx, const struct rf_merge_piece *piece)
{
	*(struct rf_merge_piece *)ctx = *piece;
	return 0;
}

/* Whom to quote: who was followed, or else the first that lists the address. */
static const struct rf_range *quoted(const struct rf_merge_piece *piece)
{
	const struct rf_range *range = NULL;

	if (piece->winner >= 0)
		return piece->answers[piece->winner];
	for (size_t i = 0; !range && i < RF_MERGE_LAYERS_MAX; i++)
		range = piece->answers[i];
	return range;
}

/* The prefix that decided. */
static void set_prefix(struct rf_world_answer *answer, rf_addr addr)
{
	const struct rf_merge_piece *piece = &answer->piece;
	const struct rf_range *range = quoted(piece);

	answer->len = 128;
	if (piece->by_block || piece->mark)
		answer->len = piece->len;
	else if (range && range->piece_of)
		answer->len = range->piece_of - 1;
	else if (range)
		answer->len = (__u8)rf_cidr_around(range->first, range->last, addr);
	answer->first = addr & ~rf_addr_host_mask(answer->len);
}

/* What the address itself says; it may carry another. */
static int look_up(const struct rf_world *world, const struct rf_atoms *atoms, rf_addr addr,
		   struct rf_world_answer *answer)
{
	struct rf_view view;
	int error = rf_world_view(world, atoms, rf_addr_is_v4(addr) ? RF_FAMILY_V4 : RF_FAMILY_V6,
				  &view);

	if (error)
		return error;
	view.merge.all = true;
	rf_merge_walk(addr, addr, &view.merge, take_piece, &answer->piece);
	/* By the world's own lists, which outlive the view. */
	if (answer->piece.mark)
		answer->piece.mark =
			rf_block_find(world->marks, world->mark_count, answer->piece.mark);
	if (answer->piece.block)
		answer->piece.block =
			rf_block_find(atoms->blocks, atoms->block_count, answer->piece.block);
	rf_view_free(&view);
	set_prefix(answer, addr);
	answer->atom = answer->piece.atom;
	answer->special = NULL;
	if (answer->piece.mark && !answer->piece.by_block)
		answer->special =
			rf_special_find(answer->piece.mark->first, answer->piece.mark->len);
	return 0;
}

int rf_world_lookup(const struct rf_world *world, const struct rf_atoms *atoms,
		    const __u8 bytes[16], struct rf_world_answer *answer)
{
	rf_addr addr = rf_addr_load(bytes);
	const struct rf_special *special;
	bool may_carry;
	__u32 v4 = 0;
	int error;

	*answer = (struct rf_world_answer){ 0 };
	error = look_up(world, atoms, addr, answer);
	if (error || answer->atom < RF_ATOM_EMBED_FIRST)
		return error;
	special = answer->special;
	may_carry = rf_region_embedded(answer->atom, (__u64)(addr >> 64), (__u64)addr, &v4);
	addr = RF_ADDR_V4_FIRST | v4;
	error = look_up(world, atoms, addr, answer);
	if (error)
		return error;
	answer->special = special;
	answer->carries = true;
	answer->carried = addr;
	if (!may_carry)
		answer->atom = RF_ATOM_UNKNOWN;
	return 0;
}
