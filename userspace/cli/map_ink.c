// SPDX-License-Identifier: GPL-2.0
/*
 * map_ink.c - what each /16 of the map is drawn with
 */
#include "userspace/cli/map_ink.h"

#include <stdbool.h>
#include <string.h>

#include "userspace/lib/hilbert.h"

/*
 * In OKLab as far from each other as the seven of Okabe and Ito are, for eyes
 * with all cones and, by Machado's model of 2009, with any one of them missing.
 * The calm one comes first, since the largest kind fills a third of the map.
 */
static const char *const colours[RF_MAP_COLOURS + RF_MAP_GREYS] = {
	"#4477aa", "#902206", "#fac846", "#50bb77", "#633491", "#e08d05", "#a8e59f",
	"#1fd3fb", "#be645d", "#165c56", "#c381e4", "#8f6a08", "#8a9099", "#b4bac2",
};

/* IANA's special-purpose registry (RFC 6890), as far as it has whole /16s; multicast. */
static const struct special {
	uint16_t first;
	uint16_t last;
	const char *name;
} specials[] = {
	{ 0x0000, 0x00ff, "this host" }, { 0x0a00, 0x0aff, "private" },
	{ 0x6440, 0x647f, "shared" },	 { 0x7f00, 0x7fff, "loopback" },
	{ 0xa9fe, 0xa9fe, "link" },	 { 0xac10, 0xac1f, "private" },
	{ 0xc0a8, 0xc0a8, "private" },	 { 0xc612, 0xc613, "benchmark" },
	{ 0xe000, 0xefff, "multicast" }, { 0xf000, 0xffff, "reserved" },
};

static const struct special *special_at(uint32_t cell)
{
	size_t i;

	for (i = 0; i < sizeof(specials) / sizeof(*specials); i++)
		if (cell >= specials[i].first && cell <= specials[i].last)
			return &specials[i];
	return NULL;
}

static uint16_t kind_at(const struct rf_map *map, uint32_t cell)
{
	return map->cells[cell].kind < map->kind_count ? map->cells[cell].kind : 0;
}

/* Insertion into what is short and sorted; of equals the first stays first. */
static void choose_top(const struct rf_map *map, struct rf_map_inks *inks)
{
	const uint64_t *have = map->addresses;
	size_t kind, i;

	inks->top_count = 0;
	for (kind = 1; kind < map->kind_count && kind <= UINT16_MAX; kind++) {
		if (!have[kind])
			continue;
		for (i = inks->top_count; i && have[inks->top[i - 1]] < have[kind]; i--)
			if (i < RF_MAP_COLOURS)
				inks->top[i] = inks->top[i - 1];
		if (i == RF_MAP_COLOURS)
			continue;
		inks->top[i] = (uint16_t)kind;
		if (inks->top_count < RF_MAP_COLOURS)
			inks->top_count++;
	}
}

static unsigned int colour_of(const struct rf_map_inks *inks, uint16_t kind)
{
	unsigned int i;

	for (i = 0; i < inks->top_count; i++)
		if (inks->top[i] == kind)
			return i;
	return RF_MAP_COLOURS + kind % RF_MAP_GREYS;
}

static uint8_t ink_of(const struct rf_map *map, const struct rf_map_inks *inks, uint32_t cell)
{
	const uint16_t kind = kind_at(map, cell);

	if (!kind)
		return special_at(cell) ? RF_MAP_HATCH : RF_MAP_PAPER;
	return (uint8_t)RF_MAP_INK(colour_of(inks, kind),
				   map->cells[cell].share * RF_MAP_SHADES / 256U);
}

void rf_map_inks_choose(const struct rf_map *map, struct rf_map_inks *inks)
{
	uint32_t cell;

	choose_top(map, inks);
	for (cell = 0; cell < RF_MAP_CELLS; cell++) {
		const struct rf_hilbert_place place = rf_hilbert_place(RF_MAP_ORDER, cell);

		inks->at[place.y][place.x] = ink_of(map, inks, cell);
	}
}

const char *rf_map_colour(unsigned int colour)
{
	return colours[colour];
}

unsigned int rf_map_opacity(unsigned int shade)
{
	return 100 - 15 * (RF_MAP_SHADES - 1 - shade);
}

/* Who would win a vote of the /16s if anyone has more than half (Boyer and Moore). */
static uint16_t vote(const struct rf_map *map, uint32_t first)
{
	uint16_t kind = 0;
	uint32_t i, lead = 0;

	for (i = 0; i < RF_MAP_OCTETS; i++) {
		if (!lead)
			kind = kind_at(map, first + i);
		if (kind_at(map, first + i) == kind)
			lead++;
		else
			lead--;
	}
	return kind;
}

const char *rf_map_octet_name(const struct rf_map *map, unsigned int octet)
{
	const uint32_t first = octet * RF_MAP_OCTETS;
	const uint16_t kind = vote(map, first);
	const struct special *special = special_at(first);
	uint32_t i, have = 0;

	for (i = 0; i < RF_MAP_OCTETS; i++)
		have += kind_at(map, first + i) == kind;
	if (have * 2 <= RF_MAP_OCTETS)
		return NULL;
	if (kind)
		return map->names[kind];
	return special && special->last >= first + RF_MAP_OCTETS - 1 ? special->name : NULL;
}
