/* SPDX-License-Identifier: GPL-2.0 */
/*
 * places.h - where things are, unless an option says otherwise
 */
#ifndef RF_PLACES_H
#define RF_PLACES_H

#define RF_STATE_DIR "/var/lib/ringfence"
#define RF_RUN_DIR "/run/ringfence"
#define RF_PIN_DIR "/sys/fs/bpf/ringfence"
#define RF_GEOIP_DIR "/usr/share/tor"

/**
 * struct rf_places - directories, as ringfenced and ringfence take them
 * @state_dir: the applied policy and what it means
 * @run_dir: the control socket and the lock
 * @pin_dir: where links and maps are pinned
 * @geoip_dir: the region data, "geoip" and "geoip6"
 * @sets_dir: the shipped country sets; NULL for the installed ones
 */
struct rf_places {
	const char *state_dir;
	const char *run_dir;
	const char *pin_dir;
	const char *geoip_dir;
	const char *sets_dir;
};

#define RF_PLACES_DEFAULT                                                                \
	{                                                                                \
		.state_dir = RF_STATE_DIR, .run_dir = RF_RUN_DIR, .pin_dir = RF_PIN_DIR, \
		.geoip_dir = RF_GEOIP_DIR,                                               \
	}

#endif /* RF_PLACES_H */
