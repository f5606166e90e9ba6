// SPDX-License-Identifier: GPL-2.0
/*
 * map_legend.c - what the map's colours mean, and how to read it
 */
#include "userspace/cli/map_legend.h"

#include <inttypes.h>

#include "userspace/cli/map_text.h"
#include "userspace/lib/hilbert.h"

/* Entries stand in columns; the colours fill the first ones, the rest has the last. */
#define ROWS 4
#define ROW_HEIGHT 46
#define COLUMN_WIDTH 260
#define ENTRIES_TOP 44
#define GUIDE_TOP 248
#define ENTRY_NAME_MAX 24

#define ALL_ADDRESSES (UINT64_C(1) << 32)

/** struct rest - the kinds without a colour */
struct rest {
	size_t kinds;
	uint64_t addresses;
};

static struct rest rest_of(const struct rf_map *map, const struct rf_map_inks *inks)
{
	struct rest rest = { 0, 0 };
	size_t i;

	for (i = 1; i < map->kind_count; i++) {
		rest.kinds += map->addresses[i] > 0;
		rest.addresses += map->addresses[i];
	}
	for (i = 0; i < inks->top_count; i++)
		rest.addresses -= map->addresses[inks->top[i]];
	rest.kinds -= inks->top_count;
	return rest;
}

/* One part of the bar, @from its start; returns where the next one starts. */
static uint64_t put_part(FILE *out, uint64_t from, uint64_t addresses, const char *fill)
{
	const uint64_t to = addresses < ALL_ADDRESSES - from ? from + addresses : ALL_ADDRESSES;
	/* In hundredths of a pixel */
	const uint64_t left = (from * RF_MAP_WIDTH * 100) >> 32;
	const uint64_t width = ((to * RF_MAP_WIDTH * 100) >> 32) - left;

	if (width)
		fprintf(out,
			"<rect x=\"%" PRIu64 ".%02" PRIu64 "\" width=\"%" PRIu64 ".%02" PRIu64
			"\" height=\"14\" fill=\"%s\"/>\n",
			left / 100, left % 100, width / 100, width % 100, fill);
	return to;
}

static void put_bar(FILE *out, const struct rf_map *map, const struct rf_map_inks *inks)
{
	uint64_t at = 0;
	unsigned int i;

	fputs("<g id=\"bar\">\n", out);
	for (i = 0; i < inks->top_count; i++)
		at = put_part(out, at, map->addresses[inks->top[i]], rf_map_colour(i));
	at = put_part(out, at, rest_of(map, inks).addresses, rf_map_colour(RF_MAP_COLOURS));
	put_part(out, at, ALL_ADDRESSES, RF_MAP_PAPER_COLOUR);
	fprintf(out,
		"<rect x=\".5\" y=\".5\" width=\"%d\" height=\"13\" fill=\"none\" "
		"stroke=\"#64748b\" stroke-opacity=\".5\"/>\n</g>\n",
		RF_MAP_WIDTH - 1);
}

/* Opens the group of the entry that stands at @slot. */
static void open_entry(FILE *out, unsigned int slot)
{
	fprintf(out, "<g transform=\"translate(%u,%u)\">", slot / ROWS * COLUMN_WIDTH,
		ENTRIES_TOP + slot % ROWS * ROW_HEIGHT);
}

static void put_swatch(FILE *out, unsigned int x, unsigned int width, const char *fill,
		       unsigned int opacity)
{
	fprintf(out,
		"<rect x=\"%u\" width=\"%u\" height=\"32\" fill=\"%s\" fill-opacity=\"%u.%02u\"/>",
		x, width, fill, opacity / 100, opacity % 100);
}

static void put_frame(FILE *out)
{
	fputs("<rect x=\".5\" y=\".5\" width=\"31\" height=\"31\" fill=\"none\" "
	      "stroke=\"#64748b\" stroke-opacity=\".5\"/>",
	      out);
}

/* The two lines beside a swatch; closes the entry. */
static void put_name(FILE *out, const char *name)
{
	fputs("<text x=\"42\" y=\"14\" font-size=\"14\" font-weight=\"bold\">", out);
	rf_map_text_put(out, name, ENTRY_NAME_MAX);
	fputs("</text><text x=\"42\" y=\"30\" font-size=\"12\" fill=\"#475569\">", out);
}

static void put_counts(FILE *out, const char *name, uint64_t addresses)
{
	put_name(out, name);
	rf_map_text_count(out, addresses);
	fputs(" \xc2\xb7 ", out);
	rf_map_text_percent(out, addresses);
	fputs("</text></g>\n", out);
}

static void put_rest(FILE *out, const struct rest *rest, unsigned int slot)
{
	char name[48];
	unsigned int i;

	open_entry(out, slot);
	for (i = 0; i < RF_MAP_GREYS; i++)
		put_swatch(out, i * 32 / RF_MAP_GREYS, 32 / RF_MAP_GREYS,
			   rf_map_colour(RF_MAP_COLOURS + i), 100);
	snprintf(name, sizeof(name), "%zu %s", rest->kinds, rest->kinds > 1 ? "others" : "other");
	put_counts(out, name, rest->addresses);
}

static void put_shades(FILE *out, unsigned int slot)
{
	unsigned int i;

	open_entry(out, slot);
	for (i = 0; i < RF_MAP_SHADES; i++)
		put_swatch(out, i * 32, 32, rf_map_colour(0), rf_map_opacity(i));
	fprintf(out,
		"<g font-size=\"11\" fill=\"#475569\"><text y=\"46\">to 20 %%</text>"
		"<text x=\"%d\" y=\"46\" text-anchor=\"end\">to 100 %% of a /16</text></g></g>\n",
		RF_MAP_SHADES * 32);
}

static void put_entries(FILE *out, const struct rf_map *map, const struct rf_map_inks *inks)
{
	const struct rest rest = rest_of(map, inks);
	unsigned int slot;

	fputs("<g id=\"legend\">\n", out);
	for (slot = 0; slot < inks->top_count; slot++) {
		open_entry(out, slot);
		put_swatch(out, 0, 32, rf_map_colour(slot), 100);
		put_counts(out, map->names[inks->top[slot]], map->addresses[inks->top[slot]]);
	}
	slot = RF_MAP_COLOURS;
	if (rest.kinds)
		put_rest(out, &rest, slot++);
	open_entry(out, slot++);
	put_swatch(out, 0, 32, RF_MAP_PAPER_COLOUR, 100);
	put_frame(out);
	put_counts(out, map->names[0], map->addresses[0]);
	open_entry(out, slot++);
	put_swatch(out, 0, 32, "url(#hatch)", 100);
	put_frame(out);
	put_name(out, "of these, special use");
	fputs("private, loopback, multicast, \xe2\x80\xa6</text></g>\n", out);
	put_shades(out, slot);
	fputs("</g>\n", out);
}

/* The curve through the 256 networks of one first octet, in steps of 6. */
static void put_curve(FILE *out)
{
	unsigned int i;

	fputs("<g transform=\"translate(3,3)\"><path fill=\"none\" stroke=\"#4477aa\" "
	      "stroke-width=\"1.4\" stroke-linecap=\"square\" d=\"",
	      out);
	for (i = 0; i < RF_MAP_OCTETS; i++) {
		const struct rf_hilbert_place place = rf_hilbert_place(RF_MAP_ORDER / 2, i);

		fprintf(out, "%c%u %u", i ? 'L' : 'M', place.x * 6, place.y * 6);
	}
	fputs("\"/><circle r=\"3.2\" fill=\"#902206\"/><circle cx=\"90\" r=\"3.2\" "
	      "fill=\"#902206\"/></g>\n",
	      out);
}

static void put_guide(FILE *out, const char *note)
{
	static const char *const lines[] = {
		"Each of the 65,536 squares is a /16: 65,536 neighbouring addresses. The curve "
		"at the left visits them in order, from 0.0.0.0 at",
		"the top left to 255.255.255.255 at the top right, so that what is near in "
		"number is near on the map: a prefix is a square or two.",
		"Numbers are first octets; below them, who has more than half. A colour is who "
		"has most of a /16, its depth how much of it.",
		"Nearly white is unknown: no region holds it, and regulated data may not go there.",
	};
	unsigned int i;

	fprintf(out, "<g id=\"guide\" transform=\"translate(0,%d)\">\n", GUIDE_TOP);
	put_curve(out);
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		fprintf(out,
			"<text x=\"120\" y=\"%u\" font-size=\"12.5\" fill=\"#334155\">%s</text>\n",
			11 + i * 19, lines[i]);
	fputs("<text x=\"120\" y=\"94\" font-size=\"11\" fill=\"#64748b\">", out);
	rf_map_text_put(out, note, 130);
	fputs("</text>\n</g>\n", out);
}

void rf_map_legend_put(FILE *out, const struct rf_map *map, const struct rf_map_inks *inks)
{
	put_bar(out, map, inks);
	put_entries(out, map, inks);
	put_guide(out, map->note);
}
