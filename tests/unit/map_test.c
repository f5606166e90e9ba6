// SPDX-License-Identifier: GPL-2.0
/*
 * map_test.c - the map of the address space: each address at its place, in the
 * colour that the legend has for it
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/xml_check.h"
#include "userspace/cli/map_svg.h"
#include "userspace/lib/hilbert.h"

#define SIDE 256
#define SIZE_LIMIT 1500000

static struct rf_hilbert_place place_of(uint32_t cell)
{
	return rf_hilbert_place(8, cell);
}

static void each_index_has_its_place(void **state)
{
	static bool seen[SIDE][SIDE];
	uint32_t i;

	(void)state;
	for (i = 0; i < RF_MAP_CELLS; i++) {
		const struct rf_hilbert_place place = place_of(i);

		assert_true(place.x < SIDE && place.y < SIDE);
		assert_false(seen[place.y][place.x]);
		seen[place.y][place.x] = true;
		assert_int_equal(rf_hilbert_index(8, place), i);
	}
}

static void the_next_index_is_beside(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 1; i < RF_MAP_CELLS; i++) {
		const struct rf_hilbert_place a = place_of(i - 1), b = place_of(i);

		assert_int_equal(abs((int)a.x - (int)b.x) + abs((int)a.y - (int)b.y), 1);
	}
}

/* As maps of the Internet are drawn since xkcd 195. */
static void first_octets_lie_as_usual(void **state)
{
	static const uint8_t top[16] = { 0,   1,   14,	15,  16,  19,  20,  21,
					 234, 235, 236, 239, 240, 241, 254, 255 };
	struct rf_hilbert_place place;
	uint32_t i;

	(void)state;
	for (i = 0; i < 16; i++)
		assert_int_equal(rf_hilbert_index(4, (struct rf_hilbert_place){ i, 0 }), top[i]);
	for (i = 0; i < RF_MAP_CELLS; i++) {
		place = rf_hilbert_place(4, i >> 8);
		assert_int_equal(place_of(i).x / 16, place.x);
		assert_int_equal(place_of(i).y / 16, place.y);
	}
}

static void orders_go_from_0_to_16(void **state)
{
	const struct rf_hilbert_place last = rf_hilbert_place(16, UINT32_MAX);

	(void)state;
	assert_int_equal(rf_hilbert_place(0, 0).x, 0);
	assert_int_equal(rf_hilbert_index(0, (struct rf_hilbert_place){ 0, 0 }), 0);
	assert_int_equal(last.x, 65535);
	assert_int_equal(last.y, 0);
	assert_int_equal(rf_hilbert_index(16, last), UINT32_MAX);
	assert_int_equal(rf_hilbert_index(16, rf_hilbert_place(16, 0x0a141e28)), 0x0a141e28);
}

#define KINDS 16

static struct rf_map_cell cells[RF_MAP_CELLS];
static const char *names[KINDS];
static uint64_t addresses[KINDS];
static struct rf_map map;

/*
 * Fifteen kinds, in an order that is not that of their addresses: 15 has the
 * most, then 14, ..., so that 1, 2 and 3 are the others. Without a cell.
 */
static int set_up(void **state)
{
	static const char *const plain[KINDS] = { "nowhere", "r1",  "r2",  "r3", "r4",	"r5",
						  "r6",	     "r7",  "r8",  "r9", "r10", "r11",
						  "r12",     "r13", "r14", "r15" };
	size_t i;

	(void)state;
	memset(cells, 0, sizeof(cells));
	for (i = 0; i < KINDS; i++) {
		names[i] = plain[i];
		addresses[i] = i << 20;
	}
	addresses[0] = 1234;
	map = (struct rf_map){ cells, names, addresses, KINDS, "A title", "A note" };
	return 0;
}

/* Any kind with any share beside any other; a few kinds that there are not. */
static void scatter(void)
{
	uint32_t i, random = 1;

	for (i = 0; i < RF_MAP_CELLS; i++) {
		random = random * 1664525 + 1013904223;
		cells[i].kind = (uint16_t)((random >> 16) % (KINDS + 2));
		cells[i].share = (uint8_t)(random >> 8);
	}
}

static char *draw(void)
{
	char *svg = NULL;
	size_t size;
	FILE *out = open_memstream(&svg, &size);

	assert_non_null(out);
	assert_int_equal(rf_map_svg(out, &map), 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(svg), size);
	assert_true(xml_is_well_formed(svg));
	return svg;
}

/** struct paint - what a cell is filled with; nothing if @fill is empty */
struct paint {
	char fill[24];
	unsigned int opacity;
};

/* A path's runs, each of which has to be inside and on bare paper. */
static const char *paint_runs(const char *d, const struct paint *paint,
			      struct paint grid[SIDE][SIDE])
{
	unsigned int x, y, width, back, i;
	int len;

	while (*d == 'M') {
		len = 0;
		assert_int_equal(sscanf(d, "M%u %uh%uv1h-%uz%n", &x, &y, &width, &back, &len), 4);
		assert_true(len > 0 && back == width && y < SIDE && width && x + width <= SIDE);
		for (i = x; i < x + width; i++) {
			assert_string_equal(grid[y][i].fill, "");
			grid[y][i] = *paint;
		}
		d += len;
	}
	assert_int_equal(*d, '"');
	return d;
}

static void paint(const char *svg, struct paint grid[SIDE][SIDE])
{
	static const char scale[] = "<g id=\"cells\" transform=\"scale(4)\"";
	const char *p = strstr(svg, scale), *end = strstr(svg, "id=\"grid\"");
	struct paint now = { "", 100 };
	unsigned int ones, hundredths;

	assert_true(p && end && p < end);
	memset(grid, 0, sizeof(*grid) * SIDE);
	for (p += strlen(scale); p < end; p++) {
		if (strncmp(p, " fill=\"", 7) == 0)
			assert_int_equal(sscanf(p, " fill=\"%23[^\"]", now.fill), 1);
		if (sscanf(p, " fill-opacity=\"%u.%2u\"", &ones, &hundredths) == 2)
			now.opacity = ones * 100 + hundredths;
		if (strncmp(p, " d=\"", 4) == 0)
			p = paint_runs(p + 4, &now, grid);
	}
}

/* The fill of the last swatch before a name in the legend. */
static void legend_fill(const char *svg, const char *name, char fill[24])
{
	const char *p = strstr(svg, "<g id=\"legend\">"), *at;
	char text[64];

	assert_non_null(p);
	snprintf(text, sizeof(text), ">%s<", name);
	at = strstr(p, text);
	assert_non_null(at);
	while (strncmp(at, "height=\"32\" fill=\"", 18) != 0)
		assert_true(--at > p);
	assert_int_equal(sscanf(at + 18, "%23[^\"]", fill), 1);
}

/* What a standard gives away, by its /16s. */
static bool is_special(uint32_t cell)
{
	const uint32_t a = cell >> 8, b = cell & 255;

	return a == 0 || a == 10 || a == 127 || a >= 224 || (a == 100 && b >= 64 && b < 128) ||
	       (a == 169 && b == 254) || (a == 172 && b >= 16 && b < 32) ||
	       (a == 192 && b == 168) || (a == 198 && (b == 18 || b == 19));
}

static unsigned int opacity_of(uint8_t share)
{
	return share < 52 ? 40 : share < 103 ? 55 : share < 154 ? 70 : share < 205 ? 85 : 100;
}

static void each_cell_is_as_the_legend_says(void **state)
{
	static struct paint grid[SIDE][SIDE];
	char fills[KINDS][24];
	uint32_t i;
	char *svg;

	(void)state;
	scatter();
	svg = draw();
	for (i = 4; i < KINDS; i++)
		legend_fill(svg, names[i], fills[i]);
	paint(svg, grid);
	for (i = 0; i < RF_MAP_CELLS; i++) {
		const struct rf_hilbert_place place = place_of(i);
		const struct paint *have = &grid[place.y][place.x];

		if (cells[i].kind == 0 || cells[i].kind >= KINDS) {
			assert_string_equal(have->fill, is_special(i) ? "url(#hatch-cells)" : "");
			continue;
		}
		assert_int_equal(have->opacity, opacity_of(cells[i].share));
		if (cells[i].kind > 3)
			assert_string_equal(have->fill, fills[cells[i].kind]);
	}
	free(svg);
}

static void all_special_ranges_are_hatched(void **state)
{
	static struct paint grid[SIDE][SIDE];
	uint32_t i;
	char *svg;

	(void)state;
	svg = draw();
	paint(svg, grid);
	for (i = 0; i < RF_MAP_CELLS; i++)
		assert_string_equal(grid[place_of(i).y][place_of(i).x].fill,
				    is_special(i) ? "url(#hatch-cells)" : "");
	free(svg);
}

static void fill_octet(uint32_t octet, uint32_t count, uint16_t kind)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		cells[octet << 8 | i] = (struct rf_map_cell){ kind, 255 };
}

static bool is_grey(const char *fill)
{
	unsigned int r, g, b;

	assert_int_equal(sscanf(fill, "#%2x%2x%2x", &r, &g, &b), 3);
	return abs((int)r - (int)g) < 20 && abs((int)g - (int)b) < 20;
}

static void the_dozen_largest_have_colours(void **state)
{
	static struct paint grid[SIDE][SIDE];
	struct rf_hilbert_place place;
	char fills[KINDS][24];
	uint32_t i, j;
	char *svg;

	(void)state;
	for (i = 1; i < KINDS; i++)
		fill_octet(40 + i, 256, (uint16_t)i);
	svg = draw();
	paint(svg, grid);
	for (i = 1; i < KINDS; i++) {
		place = place_of((40 + i) << 8);
		strcpy(fills[i], grid[place.y][place.x].fill);
		assert_int_equal(is_grey(fills[i]), i <= 3);
		for (j = 4; j < i; j++)
			assert_string_not_equal(fills[i], fills[j]);
	}
	assert_string_not_equal(fills[1], fills[2]);
	assert_non_null(strstr(svg, ">3 others</text>"));
	legend_fill(svg, "3 others", fills[0]);
	assert_true(is_grey(fills[0]));
	free(svg);
}

static void a_kind_may_have_a_special_range(void **state)
{
	static struct paint grid[SIDE][SIDE];
	struct rf_hilbert_place place = place_of(10 << 8 | 20);
	char fill[24];
	char *svg;

	(void)state;
	cells[10 << 8 | 20] = (struct rf_map_cell){ 7, 255 };
	svg = draw();
	paint(svg, grid);
	legend_fill(svg, "r7", fill);
	assert_string_equal(grid[place.y][place.x].fill, fill);
	place = place_of(10 << 8 | 21);
	assert_string_equal(grid[place.y][place.x].fill, "url(#hatch-cells)");
	free(svg);
}

/* The text of the label below a first octet's number, "" for none. */
static void label_of(const char *svg, unsigned int octet, char label[64])
{
	const struct rf_hilbert_place place = rf_hilbert_place(4, octet);
	char start[128];
	const char *p;

	snprintf(start, sizeof(start),
		 "<text x=\"%u\" y=\"%u\" font-size=\"12\" font-weight=\"bold\">%u</text>\n",
		 place.x * 64 + 5, place.y * 64 + 14, octet);
	p = strstr(svg, start);
	assert_non_null(p);
	*label = '\0';
	sscanf(p + strlen(start), "<text x=\"%*u\" y=\"%*u\" font-size=\"9\">%63[^<]", label);
}

static void octets_name_who_has_more_than_half(void **state)
{
	static const struct {
		unsigned int octet;
		const char *label;
	} expected[] = {
		{ 41, "r4" },	      { 42, "r5" },	   { 43, "" },	  { 44, "" },
		{ 0, "this host" },   { 10, "private" },   { 11, "" },	  { 100, "" },
		{ 127, "loopback" },  { 172, "" },	   { 223, "" },	  { 224, "multicast" },
		{ 239, "multicast" }, { 240, "reserved" }, { 254, "r6" }, { 255, "reserved" },
	};
	char label[64];
	char *svg;
	size_t i;

	(void)state;
	fill_octet(41, 256, 4);
	fill_octet(42, 129, 5);
	fill_octet(43, 128, 5);
	fill_octet(44, 128, 5);
	fill_octet(44, 85, 4);
	fill_octet(254, 200, 6);
	svg = draw();
	for (i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		label_of(svg, expected[i].octet, label);
		assert_string_equal(label, expected[i].label);
	}
	for (i = 0; i < 256; i++)
		label_of(svg, (unsigned int)i, label);
	free(svg);
}

static void the_legend_counts(void **state)
{
	char *svg;

	(void)state;
	addresses[9] = 1514791329;
	addresses[8] = (UINT64_C(1) << 32) - 1;
	addresses[1] = 1;
	addresses[2] = addresses[3] = 0;
	svg = draw();
	assert_non_null(strstr(svg, ">1,514,791,329 \xc2\xb7 35.3 %<"));
	assert_non_null(strstr(svg, ">4,294,967,295 \xc2\xb7 100.0 %<"));
	assert_non_null(strstr(svg, ">1,234 \xc2\xb7 &lt; 0.1 %<"));
	assert_non_null(strstr(svg, ">1 other</text>"));
	assert_non_null(strstr(svg, ">1 \xc2\xb7 &lt; 0.1 %<"));
	assert_non_null(strstr(svg, ">A title</text>"));
	assert_non_null(strstr(svg, ">A note</text>"));
	free(svg);
}

static void the_legend_is_in_order(void **state)
{
	const char *first, *second, *third;
	char *svg;

	(void)state;
	memset(addresses, 0, sizeof(addresses));
	addresses[5] = addresses[6] = 7;
	addresses[9] = 8;
	svg = draw();
	first = strstr(svg, ">r9</text>");
	second = strstr(svg, ">r5</text>");
	third = strstr(svg, ">r6</text>");
	assert_true(first && first < second && second < third);
	assert_null(strstr(svg, ">r7</text>"));
	assert_null(strstr(svg, " other"));
	free(svg);
}

static void there_may_be_no_kind_but_unknown(void **state)
{
	static struct paint grid[SIDE][SIDE];
	char *svg;

	(void)state;
	fill_octet(41, 256, 4);
	map.kind_count = 1;
	addresses[0] = 0;
	svg = draw();
	paint(svg, grid);
	assert_string_equal(grid[place_of(41 << 8).y][place_of(41 << 8).x].fill, "");
	assert_non_null(strstr(svg, ">nowhere</text>"));
	assert_non_null(strstr(svg, ">0 \xc2\xb7 0.0 %<"));
	assert_null(strstr(svg, " other"));
	free(svg);
}

static void texts_are_escaped(void **state)
{
	char *svg;

	(void)state;
	fill_octet(41, 256, 15);
	names[15] = "<b>&'\"";
	names[14] = "\x01\x1b[0m\xff\xef\xbf\xbf";
	names[0] = "]]><script>";
	map.title = "</title><script>alert(1)</script>";
	map.note = "&amp; \xe6\x9d\xad\xe5\xb7\x9e \xe2\x80\xae";
	svg = draw();
	assert_non_null(strstr(svg, ">&lt;b&gt;&amp;'\"<"));
	assert_non_null(strstr(svg, ">\xef\xbf\xbd\xef\xbf\xbd[0m\xef\xbf\xbd\xef\xbf\xbd"));
	assert_non_null(strstr(svg, ">]]&gt;&lt;script&gt;<"));
	assert_non_null(strstr(svg, ">&lt;/title&gt;&lt;script&gt;"));
	assert_non_null(strstr(svg, ">&amp;amp; \xe6\x9d\xad\xe5\xb7\x9e \xef\xbf\xbd"));
	assert_null(strstr(svg, "<script"));
	free(svg);
}

static void long_texts_are_cut_between_characters(void **state)
{
	char *svg;

	(void)state;
	fill_octet(41, 256, 15);
	names[15] = "\xc3\xa4\xc3\xb6\xc3\xbc<&>123456789012345678901234567890";
	names[14] = "as long as fits: 3456789";
	map.title = "123456789-123456789-123456789-123456789-123456789-123456789-123456789-"
		    "123456789-123456789-123456789-123456789-123456789-";
	svg = draw();
	assert_non_null(
		strstr(svg, ">\xc3\xa4\xc3\xb6\xc3\xbc&lt;&amp;&gt;1234\xe2\x80\xa6</text>"));
	assert_non_null(strstr(svg, "&lt;&amp;&gt;12345678901234567\xe2\x80\xa6</text>"));
	assert_non_null(strstr(svg, ">as long as fits: 3456789</text>"));
	assert_non_null(strstr(svg, "-123456789\xe2\x80\xa6</text>"));
	free(svg);
}

/* A script, a style sheet, an image or a font would need one of these. */
static void it_is_whole_in_itself(void **state)
{
	static const char *const outside[] = { "<script", "<style", "<image", "url(h", "@" };
	static const char link[] = "xlink:href=\"";
	char *svg, *p;
	size_t i;

	(void)state;
	scatter();
	svg = draw();
	for (i = 0; i < sizeof(outside) / sizeof(*outside); i++)
		assert_null(strstr(svg, outside[i]));
	for (p = strstr(svg, link); p; p = strstr(p + 1, link))
		assert_int_equal(p[strlen(link)], '#');
	free(svg);
}

static void it_is_small_at_worst(void **state)
{
	uint32_t i;
	char *svg;

	(void)state;
	for (i = 0; i < RF_MAP_CELLS; i++)
		cells[i] = (struct rf_map_cell){ (uint16_t)(1 + i % 2), 255 };
	svg = draw();
	assert_true(strlen(svg) < SIZE_LIMIT);
	free(svg);
}

static void what_is_not_written_is_told(void **state)
{
	static char buffer[SIZE_LIMIT];
	FILE *full = fopen("/dev/full", "w"), *late = fopen("/dev/full", "w");
	FILE *closed = fopen("/dev/null", "r");

	(void)state;
	assert_true(full && late && closed);
	assert_int_equal(setvbuf(late, buffer, _IOFBF, sizeof(buffer)), 0);
	assert_int_equal(rf_map_svg(full, &map), -EIO);
	assert_int_equal(rf_map_svg(late, &map), -EIO);
	assert_int_equal(rf_map_svg(closed, &map), -EIO);
	fclose(full);
	fclose(late);
	fclose(closed);
}

/* The check itself, or the others would prove nothing. */
static void malformed_xml_is_found(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "<a b=\"1\" c=\"&lt;\"><d/>x &amp; y</a>\n", true },
		{ "<a><b></a></b>", false },
		{ "<a>", false },
		{ "<a></a></a>", false },
		{ "<a/><b/>", false },
		{ "<a b=1/>", false },
		{ "<a b=\"<\"/>", false },
		{ "<a>&</a>", false },
		{ "<a>&nbsp;</a>", false },
		{ "<a>\x01</a>", false },
		{ "<a>\xff</a>", false },
		{ "<a>\xc3</a>", false },
		{ "<a>\xef\xbf\xbf</a>", false },
		{ "</a>", false },
		{ "text", false },
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(text, sizeof(text), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n%s",
			 cases[i].text);
		assert_int_equal(xml_is_well_formed(text), cases[i].good);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_index_has_its_place),
		cmocka_unit_test(the_next_index_is_beside),
		cmocka_unit_test(first_octets_lie_as_usual),
		cmocka_unit_test(orders_go_from_0_to_16),
		cmocka_unit_test(malformed_xml_is_found),
		cmocka_unit_test_setup(each_cell_is_as_the_legend_says, set_up),
		cmocka_unit_test_setup(all_special_ranges_are_hatched, set_up),
		cmocka_unit_test_setup(the_dozen_largest_have_colours, set_up),
		cmocka_unit_test_setup(a_kind_may_have_a_special_range, set_up),
		cmocka_unit_test_setup(octets_name_who_has_more_than_half, set_up),
		cmocka_unit_test_setup(the_legend_counts, set_up),
		cmocka_unit_test_setup(the_legend_is_in_order, set_up),
		cmocka_unit_test_setup(there_may_be_no_kind_but_unknown, set_up),
		cmocka_unit_test_setup(texts_are_escaped, set_up),
		cmocka_unit_test_setup(long_texts_are_cut_between_characters, set_up),
		cmocka_unit_test_setup(it_is_whole_in_itself, set_up),
		cmocka_unit_test_setup(it_is_small_at_worst, set_up),
		cmocka_unit_test_setup(what_is_not_written_is_told, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
