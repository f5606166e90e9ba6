// SPDX-License-Identifier: GPL-2.0
/*
 * hilbert.c - numbers as places on a Hilbert curve, and back
 *
 * A square is visited quarter by quarter: top left, bottom left, bottom right,
 * top right. Each quarter is a smaller copy of the curve: the first is flipped
 * over the one diagonal, the last over the other, so that the ends meet.
 */
#include "userspace/lib/hilbert.h"

/* The place in a square of twice @side, from that in its @quarter. */
static struct rf_hilbert_place enlarge(struct rf_hilbert_place in, uint32_t side, uint32_t quarter)
{
	switch (quarter) {
	case 0: return (struct rf_hilbert_place){ in.y, in.x };
	case 1: return (struct rf_hilbert_place){ in.x, in.y + side };
	case 2: return (struct rf_hilbert_place){ in.x + side, in.y + side };
	default: return (struct rf_hilbert_place){ 2 * side - 1 - in.y, side - 1 - in.x };
	}
}

/* The reverse: which quarter, and @place becomes that in it. */
static uint32_t reduce(struct rf_hilbert_place *place, uint32_t side)
{
	const struct rf_hilbert_place at = *place;

	if (at.x < side && at.y < side) {
		*place = (struct rf_hilbert_place){ at.y, at.x };
		return 0;
	}
	if (at.x < side) {
		place->y -= side;
		return 1;
	}
	if (at.y >= side) {
		place->x -= side;
		place->y -= side;
		return 2;
	}
	*place = (struct rf_hilbert_place){ side - 1 - at.y, 2 * side - 1 - at.x };
	return 3;
}

struct rf_hilbert_place rf_hilbert_place(unsigned int order, uint32_t index)
{
	struct rf_hilbert_place place = { 0, 0 };
	unsigned int level;

	for (level = 0; level < order; level++)
		place = enlarge(place, 1U << level, index >> 2 * level & 3);
	return place;
}

uint32_t rf_hilbert_index(unsigned int order, struct rf_hilbert_place place)
{
	uint32_t index = 0;

	while (order--)
		index = index << 2 | reduce(&place, 1U << order);
	return index;
}
