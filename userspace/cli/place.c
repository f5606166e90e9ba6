// SPDX-License-Identifier: GPL-2.0
/*
 * place.c - where an address is and who says so, for people and programs
 */
#include "userspace/cli/place.h"

#include <stdio.h>
#include <string.h>

void rf_place_find(const struct rf_world *world, const struct rf_atoms *atoms,
		   const uint8_t addr[16], struct rf_place *place)
{
	char code[3];

	rf_world_lookup(world, atoms, addr, &place->answer);
	rf_addr_text(rf_addr_load(addr), place->address);
	rf_addr_prefix_text(place->answer.first, place->answer.len, place->prefix);
	if (atoms)
		rf_atoms_name(atoms, place->answer.atom, place->name);
	else if (rf_atom_code(place->answer.atom, code))
		strcpy(place->name, code);
	else
		strcpy(place->name, "unknown");
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

json_t *rf_place_json(const struct rf_place *place, const struct rf_atoms *atoms)
{
	const struct rf_world_answer *answer = &place->answer;
	json_t *regions = json_array();
	const struct rf_atom *atom;
	size_t i;

	atom = atoms ? &atoms->list[answer->atom] : NULL;
	for (i = 0; atom && i < atom->region_count; i++)
		json_array_append_new(regions,
				      json_string(atoms->policy->regions[atom->regions[i]].name));
	return json_pack("{s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "known",
			 answer->atom != RF_ATOM_UNKNOWN, "region", place->name, "prefix",
			 place->prefix, "regions", regions, "source",
			 text_or_null(answer->is_policy ? "policy" : answer->source), "source_path",
			 text_or_null(answer->is_policy ? NULL : answer->path), "source_date",
			 text_or_null(answer->is_policy ? NULL : answer->date), "note",
			 text_or_null(answer->note));
}

void rf_place_source(const struct rf_place *place, char *text, size_t size)
{
	const struct rf_world_answer *answer = &place->answer;

	if (answer->is_policy)
		snprintf(text, size, "the policy's own prefix");
	else if (answer->atom == RF_ATOM_UNKNOWN)
		snprintf(text, size, "no source gives it a country%s%s%s",
			 answer->date && *answer->date ? ", " : "", RF_WORLD_SOURCE " of ",
			 answer->date && *answer->date ? answer->date : "?");
	else
		snprintf(text, size, "%s of %s", answer->source,
			 answer->date && *answer->date ? answer->date : "unknown date");
}
