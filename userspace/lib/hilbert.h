/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hilbert.h - numbers as places on a Hilbert curve, and back
 *
 * The curve is D. Hilbert's (Math. Annalen 38, 1891), in the position that
 * maps of the IPv4 space have had since xkcd 195: for even orders it leaves
 * (0,0) to the right and ends at the top right. A square and each of its
 * quarters hold consecutive numbers, so a CIDR block is a square or two.
 * See also H. S. Warren, Hacker's Delight, 2nd edition, chapter 16.
 */
#ifndef RF_HILBERT_H
#define RF_HILBERT_H

#include <stdint.h>

/** struct rf_hilbert_place - column from the left and row from the top, from 0 */
struct rf_hilbert_place {
	uint32_t x;
	uint32_t y;
};

/**
 * rf_hilbert_place - where the curve is after @index steps
 * @order: 0..16; the square has 2^order columns and rows
 * @index: below 4^order
 */
struct rf_hilbert_place rf_hilbert_place(unsigned int order, uint32_t index);

/**
 * rf_hilbert_index - how many steps the curve takes to @place
 * @order: as above; both coordinates are below 2^order
 */
uint32_t rf_hilbert_index(unsigned int order, struct rf_hilbert_place place);

#endif /* RF_HILBERT_H */
