/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lookup.h - what lookup.bpf.c and lookup.c say to each other
 */
#ifndef BENCH_LOOKUP_H
#define BENCH_LOOKUP_H

#include <linux/types.h>

#define POOL_MAX (1u << 20) /* addresses; a power of two */

/* Which of the two generations or tries an evicted look-up uses. */
#define TABLE_WARM 0 /* a small one, to have the code in the cache */
#define TABLE_WORLD 1

struct bench_address {
	__u8 bytes[16] __attribute__((aligned(8)));
};

#endif /* BENCH_LOOKUP_H */
