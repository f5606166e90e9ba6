/* SPDX-License-Identifier: GPL-2.0 */
/*
 * loop.h - many look-ups inside BPF, each after the answer of the one before
 */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include "tests/bench/lookup.h"
#include "userspace/lib/address.h"

enum bench_finder { FIND_NOTHING = 0, FIND_OURS, FIND_TRIE4, FIND_TRIE6, FIND_MAX };

/* Loads the programs for a generation and two tries, which stay the caller's. */
void bench_loop_open(int generation, int trie4, int trie6);
void bench_loop_close(void);

/* A map of one generation */
int bench_generation_map(const void *value);

/* The small tables for bench_loop_shoot() */
void bench_loop_warm(int generation, int trie4, int trie6);

/* The addresses to look up: POOL_MAX of them */
void bench_loop_fill(const rf_addr *pool);

/* Nanoseconds for each of @count look-ups among the first @mask + 1 addresses. */
double bench_loop_run(enum bench_finder finder, uint32_t first, uint32_t count, uint32_t mask);

/* The sum of the answers of the last run */
uint64_t bench_loop_sum(void);

/* Nanoseconds for one look-up, the clock's own included */
double bench_loop_shoot(enum bench_finder finder, uint32_t which);

#endif /* BENCH_LOOP_H */
