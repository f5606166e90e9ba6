/* SPDX-License-Identifier: GPL-2.0 */
/*
 * map_ink.h - what each /16 of the map is drawn with
 */
#ifndef RF_CLI_MAP_INK_H
#define RF_CLI_MAP_INK_H

#include <stdint.h>

#include "userspace/cli/map_svg.h"

#define RF_MAP_ORDER 8
#define RF_MAP_SIDE (1 << RF_MAP_ORDER)
#define RF_MAP_OCTETS 256

/** The largest kinds have a colour each; all others share the greys after them. */
#define RF_MAP_COLOURS 12
#define RF_MAP_GREYS 2

/** How much of a /16 its kind has, in fifths */
#define RF_MAP_SHADES 5

/**
 * An ink is a colour in a shade, RF_MAP_INK(colour, shade), or one of these:
 * the paper for unknown addresses, hatched where a standard says what they are.
 */
#define RF_MAP_PAPER 0
#define RF_MAP_HATCH 1
#define RF_MAP_INK(colour, shade) (2 + (colour)*RF_MAP_SHADES + (shade))

/**
 * struct rf_map_inks - a map's inks, by row and column
 * @top: the kinds with a colour, by addresses, most first; colour i is top[i]'s
 */
struct rf_map_inks {
	uint16_t top[RF_MAP_COLOURS];
	size_t top_count;
	uint8_t at[RF_MAP_SIDE][RF_MAP_SIDE];
};

void rf_map_inks_choose(const struct rf_map *map, struct rf_map_inks *inks);

/** rf_map_colour - a colour or grey, as #rrggbb */
const char *rf_map_colour(unsigned int colour);

/** rf_map_opacity - of a shade, in percent */
unsigned int rf_map_opacity(unsigned int shade);

/**
 * rf_map_octet_name - who has more than half of the /16s of one /8
 *
 * A special range that is of no kind goes by what it is for. Returns NULL if
 * nobody has.
 */
const char *rf_map_octet_name(const struct rf_map *map, unsigned int octet);

#endif /* RF_CLI_MAP_INK_H */
