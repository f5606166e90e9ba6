// SPDX-License-Identifier: GPL-2.0
/*
 * places.c - where the daemon's files are
 */
#include "userspace/cli/places.h"

struct rf_places rf_places = RF_PLACES_DEFAULT;
