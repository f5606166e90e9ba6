/* SPDX-License-Identifier: GPL-2.0 */
/*
 * places.h - where the daemon's files are: the options of `ringfence` itself
 */
#ifndef RF_CLI_PLACES_H
#define RF_CLI_PLACES_H

#include "userspace/lib/places.h"

extern struct rf_places rf_places;

#endif /* RF_CLI_PLACES_H */
