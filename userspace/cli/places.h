/* SPDX-License-Identifier: GPL-2.0 */
/*
 * places.h - where the daemon's files are: the options of `ringfence` itself
 */
#ifndef RF_PLACES_H
#define RF_PLACES_H

/** struct rf_places - NULL for what the library has as its default */
struct rf_places {
	const char *state_dir;
	const char *run_dir;
	const char *pin_dir;
	const char *geoip_dir;
	const char *sets_dir;
};

extern struct rf_places rf_places;

#endif /* RF_PLACES_H */
