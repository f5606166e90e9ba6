/* SPDX-License-Identifier: GPL-2.0 */
/*
 * places.h - where the daemon's files are: the options of `ringfence` itself
 */
#ifndef RF_CLI_PLACES_H
#define RF_CLI_PLACES_H

#include "userspace/lib/places.h"

extern struct rf_places rf_places;

/** rf_places_pins - how many links and maps are pinned; 0 also if that cannot be seen */
int rf_places_pins(void);

#endif /* RF_CLI_PLACES_H */
