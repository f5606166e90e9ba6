/* SPDX-License-Identifier: GPL-2.0 */
/*
 * place.h - where an address is and who says so, for people and programs
 */
#ifndef RF_PLACE_H
#define RF_PLACE_H

#include <jansson.h>

#include "userspace/lib/atom.h"
#include "userspace/lib/world.h"

/** struct rf_place - all that is known of one address; strings as in world.h */
struct rf_place {
	struct rf_world_answer answer;
	char address[RF_ADDR_TEXT_MAX];
	char prefix[RF_ADDR_TEXT_MAX];
	char name[RF_ATOM_NAME_MAX];
};

/** rf_place_find - @atoms may be NULL: no policy */
void rf_place_find(const struct rf_world *world, const struct rf_atoms *atoms,
		   const uint8_t addr[16], struct rf_place *place);

/**
 * rf_place_json - a new object: region, prefix, regions (of the policy),
 * known, source, source_path, source_date, note
 */
json_t *rf_place_json(const struct rf_place *place, const struct rf_atoms *atoms);

/** rf_place_source - "tor-geoipdb … of DATE", or "the policy" */
void rf_place_source(const struct rf_place *place, char *text, size_t size);

#endif /* RF_PLACE_H */
