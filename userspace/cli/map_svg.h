/* SPDX-License-Identifier: GPL-2.0 */
/*
 * map_svg.h - the IPv4 address space by region, as a poster
 */
#ifndef RF_CLI_MAP_SVG_H
#define RF_CLI_MAP_SVG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define RF_MAP_CELLS 65536

/**
 * struct rf_map_cell - one /16
 * @kind: what most of its addresses are; one that is not below the map's
 *	kind_count counts as 0
 * @share: how many of them, 0..255 for none to all
 */
struct rf_map_cell {
	uint16_t kind;
	uint8_t share;
};

/**
 * struct rf_map - what to draw; all of it stays the caller's
 * @cells: RF_MAP_CELLS, in address order
 * @names: of each kind; kind 0 is unknown, foreign to all
 * @addresses: how many IPv4 addresses each kind has
 * @kind_count: at least 1
 * @title: one line
 * @note: the source of the data and its date, one line
 */
struct rf_map {
	const struct rf_map_cell *cells;
	const char *const *names;
	const uint64_t *addresses;
	size_t kind_count;
	const char *title;
	const char *note;
};

/**
 * rf_map_svg - write the map as SVG 1.1, whole in itself, and flush
 *
 * Texts may be any bytes: what XML or a line cannot hold is replaced, what is
 * too long for its place is cut. The file is below 1.5 MB whatever the cells.
 *
 * Returns 0, or -EIO if @out took not all of it.
 */
int rf_map_svg(FILE *out, const struct rf_map *map);

#endif /* RF_CLI_MAP_SVG_H */
