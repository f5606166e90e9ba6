/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmdb.h - looking up addresses with libmaxminddb
 */
#ifndef BENCH_MMDB_H
#define BENCH_MMDB_H

#include <stdint.h>

#include "userspace/lib/address.h"

struct bench_mmdb;

/* NULL, with a warning, if the file cannot be opened. */
struct bench_mmdb *bench_mmdb_open(const char *path);
void bench_mmdb_close(struct bench_mmdb *mmdb);

/*
 * Nanoseconds for each of @count dependent look-ups among the @mask + 1 first
 * addresses of @pool, the loop subtracted. The tree is walked; the record is
 * not read.
 */
double bench_mmdb_run(struct bench_mmdb *mmdb, const rf_addr *pool, bool v4, uint32_t first,
		      uint32_t count, uint32_t mask);

#endif /* BENCH_MMDB_H */
