/* SPDX-License-Identifier: GPL-2.0 */
/*
 * map_legend.h - what the map's colours mean, and how to read it
 */
#ifndef RF_CLI_MAP_LEGEND_H
#define RF_CLI_MAP_LEGEND_H

#include <stdio.h>

#include "userspace/cli/map_ink.h"

/** rf_map_legend_put - write it, RF_MAP_WIDTH wide, from 0,0 down */
void rf_map_legend_put(FILE *out, const struct rf_map *map, const struct rf_map_inks *inks);

/** The picture's square of /16s, in pixels; the legend is as wide. */
#define RF_MAP_WIDTH 1024
#define RF_MAP_PAPER_COLOUR "#f5f6f8"
#define RF_MAP_TEXT_COLOUR "#111827"

#endif /* RF_CLI_MAP_LEGEND_H */
