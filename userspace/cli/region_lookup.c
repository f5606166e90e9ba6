// SPDX-License-Identifier: GPL-2.0
/*
 * region_lookup.c - ringfence region lookup: where addresses are, and who says so
 */
#include <stdio.h>

#include "userspace/cli/address.h"
#include "userspace/cli/place.h"
#include "userspace/cli/region.h"
#include "userspace/cli/shown.h"

static void print_place(const struct rf_place *place)
{
	const struct rf_atoms *atoms = place->atoms;
	const struct rf_atom *atom = atoms ? &atoms->list[place->answer.atom] : NULL;
	char source[256];
	size_t i;

	rf_place_source(place, source, sizeof(source));
	printf("%s: %s, prefix %s (%s)", place->address, place->name, place->prefix, source);
	for (i = 0; atom && i < atom->region_count; i++)
		printf("%s %s", i ? "," : "; in the policy's",
		       atoms->policy->regions[atom->regions[i]].name);
	putchar('\n');
	if (place->world->source_count > 1)
		rf_place_print_sources(place);
}

static int look_up(const struct rf_region *region, const char *text)
{
	struct rf_place place;
	uint8_t addr[16];
	uint16_t port;
	char shown[RF_SHOWN_MAX];
	json_t *line;

	if (rf_address_parse(text, addr, &port) || port) {
		fprintf(stderr, "ringfence: region: '%s' is not an IPv4 or IPv6 address\n",
			rf_shown(shown, text));
		return RF_EXIT_USAGE;
	}
	if (rf_place_find(region->world, rf_region_atoms(region), addr, &place)) {
		fprintf(stderr, "ringfence: region: out of memory\n");
		return RF_EXIT_FAILED;
	}
	if (region->invocation->json) {
		line = json_pack("{s:s}", "address", place.address);
		json_object_update_new(line, rf_place_json(&place));
		rf_region_print(line);
	} else {
		print_place(&place);
	}
	return place.answer.atom == RF_ATOM_UNKNOWN ? RF_EXIT_FAILED : RF_EXIT_OK;
}

int rf_region_lookup(struct rf_region *region)
{
	const struct rf_invocation *invocation = region->invocation;
	int code, worst = RF_EXIT_OK, i;

	if (invocation->argc < 2) {
		fprintf(stderr, "ringfence: region lookup: which address?\n");
		return RF_EXIT_USAGE;
	}
	code = rf_region_open(region);
	for (i = 1; !code && i < invocation->argc; i++) {
		int one = look_up(region, invocation->argv[i]);

		worst = one > worst ? one : worst;
	}
	return code ? code : worst;
}
