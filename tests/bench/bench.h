/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bench.h - what the benchmarks share
 *
 * Every benchmark measures all its alternatives in each round, one after the
 * other, so that what disturbs the machine disturbs all of them. It hands over
 * one sample per alternative and round; ratios are made of samples of the same
 * round.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/bench/result.h"

/**
 * struct bench_options - from the command line
 * @quick: fewer rounds, smaller sizes
 * @rounds: how often every alternative is measured
 * @output: directory of results.json and the plots
 * @mmdb: an MMDB of the world; NULL for none
 * @unsafe_swap: replace generations in two steps, to see that it is noticed
 * @large: this program again, built for tables of millions of prefixes
 */
struct bench_options {
	bool quick;
	int rounds;
	const char *output;
	const char *mmdb;
	const char *large;
	bool unsafe_swap;
};

extern struct bench_options bench;

/* The benchmarks */
void bench_lookup(void);
void bench_packet(void);
void bench_connect(void);
void bench_stream(void);
void bench_build(void);
void bench_growth(void);
void bench_growth_large(void);
void bench_crowd(void);
void bench_swap(void);

/* Ends the bench with a message: what is missing cannot be measured. */
__attribute__((noreturn, format(printf, 1, 2))) void bench_die(const char *format, ...);

/* Says on stderr what is being done, not more than once a second. */
__attribute__((format(printf, 1, 2))) void bench_progress(const char *format, ...);

/* Monotonic, nanoseconds */
uint64_t bench_now(void);

/* The same sequence in each run. */
uint64_t bench_random(void);

/* noise.c: one measurement of work that never changes; each round calls it. */
void bench_calibrate(void);
/* Its spread into the results. False if the machine was too noisy to tell. */
bool bench_noise(void);

/* @program: descriptor of a tc program. Returns nanoseconds per run. */
uint64_t bench_run_program(int program);

/* memory.c */

/* Bytes of a map, as the kernel says. */
uint64_t bench_map_bytes(int map);
/* Bytes that the kernel has in use, of the kinds that maps are made of. */
uint64_t bench_kernel_bytes(void);

#endif /* BENCH_H */
