/* SPDX-License-Identifier: GPL-2.0 */
/*
 * place.h - where an address is and who says so, for people and programs
 */
#ifndef RF_PLACE_H
#define RF_PLACE_H

#include <jansson.h>

#include "userspace/lib/atom.h"
#include "userspace/lib/world.h"

/**
 * struct rf_place - all that is known of one address
 * @name: of the region that decides: a country, a cloud region, the policy's
 *	own, or "unknown"
 */
struct rf_place {
	const struct rf_world *world;
	const struct rf_atoms *atoms;
	struct rf_world_answer answer;
	char address[RF_ADDR_TEXT_MAX];
	char prefix[RF_ADDR_TEXT_MAX];
	char name[RF_ATOM_NAME_MAX];
};

/**
 * rf_place_find - @atoms may be NULL: no policy. Both must outlive @place.
 *
 * Returns 0 or -ENOMEM.
 */
int rf_place_find(const struct rf_world *world, const struct rf_atoms *atoms,
		  const uint8_t addr[16], struct rf_place *place);

/**
 * rf_place_json - a new object: known, region, prefix, regions (of the policy),
 * source, source_path, source_date, source_says, disputed, carries, sources
 * (what each says)
 */
json_t *rf_place_json(const struct rf_place *place);

/** rf_place_source - "tor-geoipdb … of DATE", "the policy's own prefix", … */
void rf_place_source(const struct rf_place *place, char *text, size_t size);

/** rf_place_print_sources - a line for each source with what it says and what that is worth */
void rf_place_print_sources(const struct rf_place *place);

/** rf_place_atom_name - of an atom that region data has; @name as for rf_atoms_name() */
const char *rf_place_atom_name(const struct rf_world *world, __u16 atom, char *name);

#endif /* RF_PLACE_H */
