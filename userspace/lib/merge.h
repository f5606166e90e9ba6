/* SPDX-License-Identifier: GPL-2.0 */
/*
 * merge.h - who wins at each address, when several sources, the standards and
 * the policy have something to say
 *
 * 1. The longest mark (special-purpose prefixes, and those that the policy
 *    marks as anycast or satellite) decides over all sources.
 * 2. Else the most trusted source that says something. With an agreement of
 *    n, at least n sources must name the same country, or nobody does.
 * 3. The longest of the policy's own prefixes wins over both if it is as long
 *    as what they say or longer, or if they say nothing.
 */
#ifndef RF_MERGE_H
#define RF_MERGE_H

#include "userspace/lib/layer.h"

#define RF_MERGE_LAYERS_MAX 16

/**
 * struct rf_merge - all that is said of one family; everything borrowed
 * @layers: most trusted first
 * @agreement: how many sources must agree; 0 and 1: no such rule
 * @marks, @blocks: of this family, ascending by first, then by len, no two the
 *	same; rf_merge_select()
 * @all: hear every source, not only those that can matter
 */
struct rf_merge {
	struct rf_layer layers[RF_MERGE_LAYERS_MAX];
	size_t layer_count;
	const struct rf_clouds *clouds;
	unsigned int agreement;
	const struct rf_block *marks;
	size_t mark_count;
	const struct rf_block *blocks;
	size_t block_count;
	bool all;
};

/**
 * struct rf_merge_piece - addresses of which the same is said by all
 * @mark, @block: the longest around it, or NULL
 * @answers: by layer; NULL where it has no range. With RF_ATOM_UNKNOWN it says
 *	nothing.
 * @winner: the layer that was followed, or -1
 * @agreeing: sources that name the winner's country, itself included; only
 *	counted with an agreement or @all
 * @by_block: the policy's prefix decided
 * @atom: the outcome, RF_ATOM_UNKNOWN for foreign
 * @len: of the mark or the policy's prefix that decided, or of the source's if
 *	a policy's prefix is around it; 128-bit form
 */
struct rf_merge_piece {
	rf_addr first;
	rf_addr last;
	const struct rf_block *mark;
	const struct rf_block *block;
	const struct rf_range *answers[RF_MERGE_LAYERS_MAX];
	int winner;
	unsigned int agreeing;
	bool by_block;
	__u16 atom;
	__u8 len;
};

/**
 * rf_merge_walk - visit the pieces of [first, last], ascending, without gaps
 * @visit: a nonzero return ends the walk and is returned
 */
int rf_merge_walk(rf_addr first, rf_addr last, const struct rf_merge *merge,
		  int (*visit)(void *ctx, const struct rf_merge_piece *piece), void *ctx);

/**
 * rf_merge_segments - the outcome alone, neighbours joined
 * @out: written only on success; release with rf_segments_free()
 *
 * Returns 0 or -ENOMEM.
 */
int rf_merge_segments(rf_addr first, rf_addr last, const struct rf_merge *merge,
		      struct rf_segments *out);

/**
 * rf_merge_select - the blocks of one family
 * @count: set to how many there are
 *
 * An IPv6 prefix that is shorter than IPv4's place in the space (::/0) says
 * nothing about IPv4. The caller frees; NULL without memory.
 */
struct rf_block *rf_merge_select(const struct rf_block *blocks, size_t all, bool v4, size_t *count);

#endif /* RF_MERGE_H */
