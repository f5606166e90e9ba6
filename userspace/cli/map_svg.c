// SPDX-License-Identifier: GPL-2.0
/*
 * map_svg.c - the IPv4 address space by region, as a poster
 *
 *	title
 *	map	256 x 256 cells of 4 pixels, a grid of /8s, their numbers
 *	legend	shares, colours, how to read it, note
 *
 * As high as A-format paper of its width. Only integers are printed, so that
 * the locale changes nothing.
 */
#include "userspace/cli/map_svg.h"

#include <errno.h>
#include <stdbool.h>

#include "userspace/cli/map_ink.h"
#include "userspace/cli/map_legend.h"
#include "userspace/cli/map_text.h"
#include "userspace/lib/hilbert.h"

#define PAGE_WIDTH 1120
#define PAGE_HEIGHT 1584
#define MARGIN 48
#define MAP_TOP 142
#define LEGEND_TOP (MAP_TOP + RF_MAP_WIDTH + 24)

#define CELL (RF_MAP_WIDTH / RF_MAP_SIDE)
/* Pixels of a /8's square */
#define OCTET (RF_MAP_WIDTH / 16)
/* Characters of a name that fit into it */
#define OCTET_NAME_MAX 11

#define TITLE_SIZE 34
#define TITLE_MAX 110

/* A run of cells with the same ink, in cells; the group scales them. */
static void put_run(FILE *out, unsigned int x, unsigned int y, unsigned int width)
{
	fprintf(out, "M%u %uh%uv1h-%uz", x, y, width, width);
}

/* All runs of one ink as one path; none if it is not used. */
static void put_ink(FILE *out, const struct rf_map_inks *inks, unsigned int ink, const char *open)
{
	unsigned int x, y, start;
	bool used = false;

	for (y = 0; y < RF_MAP_SIDE; y++) {
		for (x = 0; x < RF_MAP_SIDE; x++) {
			if (inks->at[y][x] != ink)
				continue;
			for (start = x; x < RF_MAP_SIDE && inks->at[y][x] == ink; x++)
				;
			if (!used)
				fputs(open, out);
			used = true;
			put_run(out, start, y, x - start);
		}
	}
	if (used)
		fputs("\"/>\n", out);
}

static void put_colour(FILE *out, const struct rf_map *map, const struct rf_map_inks *inks,
		       unsigned int colour)
{
	unsigned int shade;
	char open[64];

	fprintf(out, "<g fill=\"%s\"><title>", rf_map_colour(colour));
	rf_map_text_put(out, colour < RF_MAP_COLOURS ? map->names[inks->top[colour]] : "other", 64);
	fputs("</title>\n", out);
	for (shade = 0; shade < RF_MAP_SHADES; shade++) {
		const unsigned int opacity = rf_map_opacity(shade);

		snprintf(open, sizeof(open), "<path fill-opacity=\"%u.%02u\" d=\"", opacity / 100,
			 opacity % 100);
		put_ink(out, inks, RF_MAP_INK(colour, shade), open);
	}
	fputs("</g>\n", out);
}

static void put_cells(FILE *out, const struct rf_map *map, const struct rf_map_inks *inks)
{
	unsigned int i;

	fprintf(out, "<rect width=\"%d\" height=\"%d\" fill=\"" RF_MAP_PAPER_COLOUR "\"/>\n",
		RF_MAP_WIDTH, RF_MAP_WIDTH);
	fprintf(out, "<g id=\"cells\" transform=\"scale(%d)\" shape-rendering=\"crispEdges\">\n",
		CELL);
	put_ink(out, inks, RF_MAP_HATCH, "<path fill=\"url(#hatch-cells)\" d=\"");
	for (i = 0; i < inks->top_count; i++)
		put_colour(out, map, inks, i);
	for (i = RF_MAP_COLOURS; i < RF_MAP_COLOURS + RF_MAP_GREYS; i++)
		put_colour(out, map, inks, i);
	fputs("</g>\n", out);
}

static void put_grid(FILE *out)
{
	unsigned int i;

	fputs("<path id=\"grid\" fill=\"none\" stroke=\"#0f172a\" stroke-opacity=\".3\" "
	      "shape-rendering=\"crispEdges\" d=\"",
	      out);
	for (i = OCTET; i < RF_MAP_WIDTH; i += OCTET)
		fprintf(out, "M%u 0v%dM0 %uh%d", i, RF_MAP_WIDTH, i, RF_MAP_WIDTH);
	fprintf(out,
		"\"/>\n<rect x=\"-.5\" y=\"-.5\" width=\"%d\" height=\"%d\" fill=\"none\" "
		"stroke=\"#0f172a\" stroke-opacity=\".6\"/>\n",
		RF_MAP_WIDTH + 1, RF_MAP_WIDTH + 1);
}

static void put_octet(FILE *out, const struct rf_map *map, unsigned int octet)
{
	const struct rf_hilbert_place place = rf_hilbert_place(RF_MAP_ORDER / 2, octet);
	const char *name = rf_map_octet_name(map, octet);
	const unsigned int x = place.x * OCTET + 5, y = place.y * OCTET;

	fprintf(out, "<text x=\"%u\" y=\"%u\" font-size=\"12\" font-weight=\"bold\">%u</text>\n", x,
		y + 14, octet);
	if (!name)
		return;
	fprintf(out, "<text x=\"%u\" y=\"%u\" font-size=\"9\">", x, y + 25);
	rf_map_text_put(out, name, OCTET_NAME_MAX);
	fputs("</text>\n", out);
}

/* Drawn twice: a pale outline, so that any colour may be below, and the letters. */
static void put_labels(FILE *out, const struct rf_map *map)
{
	unsigned int octet;

	fputs("<defs><g id=\"labels\">\n", out);
	for (octet = 0; octet < RF_MAP_OCTETS; octet++)
		put_octet(out, map, octet);
	fputs("</g></defs>\n"
	      "<use xlink:href=\"#labels\" fill=\"none\" stroke=\"#fff\" stroke-width=\"2.6\" "
	      "stroke-opacity=\".75\" stroke-linejoin=\"round\"/>\n"
	      "<use xlink:href=\"#labels\" fill=\"" RF_MAP_TEXT_COLOUR "\"/>\n",
	      out);
}

/* Diagonals in a tile, whose corners are cut by those of its neighbours. */
static void put_hatch(FILE *out, const char *id, const char *transform)
{
	fprintf(out,
		"<pattern id=\"%s\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"%s>"
		"<rect width=\"8\" height=\"8\" fill=\"" RF_MAP_PAPER_COLOUR "\"/>"
		"<path d=\"M-2 2L2 -2M0 8L8 0M6 10L10 6\" stroke=\"#c3c9d2\" "
		"stroke-width=\"1.4\"/></pattern>\n",
		id, transform);
}

static void put_head(FILE *out, const struct rf_map *map)
{
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\" fill=\"" RF_MAP_TEXT_COLOUR "\" "
		"font-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', "
		"sans-serif\">\n<title>",
		PAGE_WIDTH, PAGE_HEIGHT, PAGE_WIDTH, PAGE_HEIGHT);
	rf_map_text_put(out, map->title, TITLE_MAX);
	fputs("</title>\n<desc>", out);
	rf_map_text_put(out, map->note, 1000);
	fputs("</desc>\n<defs>\n", out);
	put_hatch(out, "hatch", "");
	put_hatch(out, "hatch-cells", " patternTransform=\"scale(.25)\"");
	fputs("</defs>\n", out);
	fprintf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", PAGE_WIDTH, PAGE_HEIGHT);
}

/* Letters shrink until the title fits; wide ones take two thirds of their height. */
static void put_title(FILE *out, const struct rf_map *map)
{
	const size_t length = rf_map_text_length(map->title);
	const size_t shown = length < TITLE_MAX ? length : TITLE_MAX;
	size_t size = TITLE_SIZE;

	while (size * shown * 2 > RF_MAP_WIDTH * 3)
		size--;
	fprintf(out, "<text x=\"%d\" y=\"86\" font-size=\"%zu\" font-weight=\"bold\">", MARGIN,
		size);
	rf_map_text_put(out, map->title, TITLE_MAX);
	fprintf(out,
		"</text>\n<text x=\"%d\" y=\"118\" font-size=\"15\" fill=\"#475569\">"
		"All 4,294,967,296 IPv4 addresses, and where they are</text>\n",
		MARGIN);
}

int rf_map_svg(FILE *out, const struct rf_map *map)
{
	struct rf_map_inks inks;

	rf_map_inks_choose(map, &inks);
	put_head(out, map);
	put_title(out, map);
	fprintf(out, "<g transform=\"translate(%d,%d)\">\n", MARGIN, MAP_TOP);
	put_cells(out, map, &inks);
	put_grid(out);
	put_labels(out, map);
	fprintf(out, "</g>\n<g transform=\"translate(%d,%d)\">\n", MARGIN, LEGEND_TOP);
	rf_map_legend_put(out, map, &inks);
	fputs("</g>\n</svg>\n", out);
	return fflush(out) || ferror(out) ? -EIO : 0;
}
