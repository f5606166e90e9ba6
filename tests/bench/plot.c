// SPDX-License-Identifier: GPL-2.0
/*
 * plot.c - charts as SVG
 */
#include "tests/bench/plot.h"

#include <math.h>

#include "tests/bench/bench.h"

#define WIDTH 960.0
#define HEIGHT 480.0
#define LEFT 80.0
#define RIGHT 930.0
#define TOP 96.0
#define BOTTOM 410.0

static const char *const colours[] = { "#1b6ca8", "#e08e1b", "#5b8c3a", "#a83b5b",
				       "#7a5bb0", "#4c9aa0", "#8a6d3b", "#777777" };

/**
 * struct axis - from values to places
 */
struct axis {
	double low;
	double high;
	double from; /* where low is drawn */
	double to;
	bool logarithmic;
};

static double place(const struct axis *axis, double value)
{
	double part;

	if (axis->logarithmic)
		part = (log10(fmax(value, axis->low)) - log10(axis->low)) /
		       (log10(axis->high) - log10(axis->low));
	else
		part = (value - axis->low) / (axis->high - axis->low);
	return axis->from + part * (axis->to - axis->from);
}

static FILE *begin(const char *name, const char *title, const char *unit)
{
	char path[512];
	FILE *svg;

	snprintf(path, sizeof(path), "%s/%s", bench.output, name);
	svg = fopen(path, "we");
	if (!svg)
		bench_die("%s: %m", path);
	fprintf(svg,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" "
		"font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
		"<text x=\"%g\" y=\"30\" font-size=\"20\" font-weight=\"bold\">%s</text>\n"
		"<text x=\"%g\" y=\"50\" fill=\"#666\">%s</text>\n",
		WIDTH, HEIGHT, LEFT, title, LEFT, unit);
	return svg;
}

static void end(FILE *svg)
{
	fputs("</svg>\n", svg);
	if (fclose(svg))
		bench_die("a plot cannot be written: %m");
}

static void legend(FILE *svg, const char *const *series, size_t count)
{
	double x = LEFT;

	for (size_t i = 0; i < count; i++) {
		size_t length = 0;

		while (series[i][length])
			length++;
		fprintf(svg,
			"<rect x=\"%g\" y=\"64\" width=\"12\" height=\"12\" rx=\"2\" fill=\"%s\"/>"
			"<text x=\"%g\" y=\"75\">%s</text>\n",
			x, colours[i % 8], x + 18, series[i]);
		x += 40 + 7.2 * (double)length;
	}
}

/* 1500 as 1.5k: ticks shall be short. */
static void print_short(FILE *svg, double value)
{
	static const char *const suffixes[] = { "", "k", "M", "G" };
	size_t i = 0;

	while (fabs(value) >= 1000 && i < 3) {
		value /= 1000;
		i++;
	}
	fprintf(svg, "%.3g%s", value, suffixes[i]);
}

static void tick(FILE *svg, const struct axis *axis, double value)
{
	double y = place(axis, value);

	fprintf(svg,
		"<line x1=\"%g\" y1=\"%.1f\" x2=\"%g\" y2=\"%.1f\" stroke=\"#ddd\"/>"
		"<text x=\"%g\" y=\"%.1f\" text-anchor=\"end\" fill=\"#666\">",
		LEFT, y, RIGHT, y, LEFT - 8, y + 4);
	print_short(svg, value);
	fputs("</text>\n", svg);
}

/* 1, 2 or 5 times a power of ten, for five steps or so */
static double step_of(double span)
{
	double power = pow(10, floor(log10(span / 5))), rest = span / 5 / power;

	return power * (rest < 1.5 ? 1 : rest < 3.5 ? 2 : rest < 7.5 ? 5 : 10);
}

static struct axis y_axis(FILE *svg, const struct bench_summary *values, size_t count,
			  bool logarithmic)
{
	struct axis axis = { 0, 0, BOTTOM, TOP, logarithmic };
	double low = INFINITY;

	for (size_t i = 0; i < count; i++) {
		if (!values[i].count)
			continue;
		axis.high = fmax(axis.high, values[i].q3);
		if (values[i].q1 > 0)
			low = fmin(low, values[i].q1);
	}
	if (!(axis.high > 0))
		axis.high = 1;
	if (logarithmic) {
		axis.low = pow(10, floor(log10(fmin(low, axis.high) * 0.99)));
		axis.high = pow(10, ceil(log10(axis.high)));
		for (double at = axis.low; at <= axis.high * 1.01; at *= 10)
			tick(svg, &axis, at);
		return axis;
	}
	axis.high *= 1.08;
	for (double at = 0; at <= axis.high; at += step_of(axis.high))
		tick(svg, &axis, at);
	return axis;
}

static void bar(FILE *svg, const struct axis *axis, const struct bench_summary *value, double x,
		double width, const char *colour)
{
	double y = place(axis, value->median), middle = x + width / 2;

	fprintf(svg,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" fill=\"%s\"/>",
		x, y, width, fmax(BOTTOM - y, 0), colour);
	fprintf(svg,
		"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#222\"/>"
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"11\">",
		middle, place(axis, value->q1), middle, place(axis, value->q3), middle,
		place(axis, value->q3) - 5);
	print_short(svg, value->median);
	fputs("</text>\n", svg);
}

void plot_bars(const struct plot_bars *plot, const char *file)
{
	FILE *svg = begin(file, plot->title, plot->unit);
	double slot = (RIGHT - LEFT) / (double)plot->group_count;
	double width = fmin(slot * 0.84 / (double)plot->series_count, 56);
	struct axis axis = y_axis(svg, plot->values, plot->group_count * plot->series_count,
				  plot->logarithmic);

	legend(svg, plot->series, plot->series_count);
	for (size_t i = 0; i < plot->group_count; i++) {
		double middle = LEFT + slot * ((double)i + 0.5);
		double x = middle - width * (double)plot->series_count / 2;

		for (size_t j = 0; j < plot->series_count; j++, x += width) {
			const struct bench_summary *value =
				&plot->values[i * plot->series_count + j];

			if (value->count)
				bar(svg, &axis, value, x + 1, width - 2, colours[j % 8]);
		}
		fprintf(svg, "<text x=\"%.1f\" y=\"%g\" text-anchor=\"middle\">%s</text>\n", middle,
			BOTTOM + 20, plot->groups[i]);
	}
	fprintf(svg, "<line x1=\"%g\" y1=\"%g\" x2=\"%g\" y2=\"%g\" stroke=\"#333\"/>\n", LEFT,
		BOTTOM, RIGHT, BOTTOM);
	end(svg);
}

static void line(FILE *svg, const struct plot_lines *plot, const struct axis *x,
		 const struct axis *y, size_t series)
{
	const struct bench_summary *values = &plot->values[series * plot->point_count];
	/* Numbers of lines that lie together shall not. */
	static const double beside[] = { 18, -9, 18, -22 };
	const char *colour = colours[series % 8];

	fprintf(svg, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\" points=\"",
		colour);
	for (size_t i = 0; i < plot->point_count; i++)
		if (values[i].count)
			fprintf(svg, "%.1f,%.1f ", place(x, plot->x[i]),
				place(y, values[i].median));
	fputs("\"/>\n", svg);
	for (size_t i = 0; i < plot->point_count; i++) {
		if (!values[i].count)
			continue;
		fprintf(svg,
			"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>"
			"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"11\">",
			place(x, plot->x[i]), place(y, values[i].median), colour,
			place(x, plot->x[i]), place(y, values[i].median) + beside[series % 4]);
		print_short(svg, values[i].median);
		fputs("</text>\n", svg);
	}
}

void plot_lines(const struct plot_lines *plot, const char *file)
{
	FILE *svg = begin(file, plot->title, plot->unit);
	struct axis x = { plot->x[0], plot->x[plot->point_count - 1], LEFT + 30, RIGHT - 30, true };
	struct axis y = y_axis(svg, plot->values, plot->series_count * plot->point_count,
			       plot->logarithmic);

	legend(svg, plot->series, plot->series_count);
	for (size_t i = 0; i < plot->point_count; i++) {
		fprintf(svg, "<text x=\"%.1f\" y=\"%g\" text-anchor=\"middle\" fill=\"#666\">",
			place(&x, plot->x[i]), BOTTOM + 20);
		print_short(svg, plot->x[i]);
		fputs("</text>\n", svg);
	}
	fprintf(svg, "<text x=\"%g\" y=\"%g\" text-anchor=\"middle\" fill=\"#666\">%s</text>\n",
		(LEFT + RIGHT) / 2, BOTTOM + 44, plot->x_unit);
	fprintf(svg, "<line x1=\"%g\" y1=\"%g\" x2=\"%g\" y2=\"%g\" stroke=\"#333\"/>\n", LEFT,
		BOTTOM, RIGHT, BOTTOM);
	for (size_t i = 0; i < plot->series_count; i++)
		line(svg, plot, &x, &y, i);
	end(svg);
}
