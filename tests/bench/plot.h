/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plot.h - charts as SVG, in the bench's output directory
 */
#ifndef BENCH_PLOT_H
#define BENCH_PLOT_H

#include "tests/bench/result.h"

/**
 * struct plot_bars - bars in groups
 * @groups: under the bars; @series: in the legend
 * @values: group by group; a count of 0 leaves a gap. Whiskers are quartiles.
 */
struct plot_bars {
	const char *title;
	const char *unit;
	const char *const *groups;
	size_t group_count;
	const char *const *series;
	size_t series_count;
	const struct bench_summary *values;
	bool logarithmic;
};

void plot_bars(const struct plot_bars *plot, const char *file);

/**
 * struct plot_lines - lines over a logarithmic axis
 * @x: @point_count numbers above zero
 * @values: line by line; a count of 0 leaves the point out
 */
struct plot_lines {
	const char *title;
	const char *x_unit;
	const char *unit;
	const double *x;
	size_t point_count;
	const char *const *series;
	size_t series_count;
	const struct bench_summary *values;
	bool logarithmic;
};

void plot_lines(const struct plot_lines *plot, const char *file);

#endif /* BENCH_PLOT_H */
