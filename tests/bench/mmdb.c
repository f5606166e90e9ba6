// SPDX-License-Identifier: GPL-2.0
/*
 * mmdb.c - looking up addresses with libmaxminddb, for comparison
 */
#include "tests/bench/mmdb.h"

#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

struct bench_mmdb {
	MMDB_s file;
};

static volatile uint64_t never, sink; /* zero; the compiler does not know */

struct bench_mmdb *bench_mmdb_open(const char *path)
{
	struct bench_mmdb *mmdb = calloc(1, sizeof(*mmdb));
	int error = mmdb ? MMDB_open(path, MMDB_MODE_MMAP, &mmdb->file) : MMDB_OUT_OF_MEMORY_ERROR;

	if (!error)
		return mmdb;
	fprintf(stderr, "%s: %s; not compared with libmaxminddb\n", path, MMDB_strerror(error));
	free(mmdb);
	return NULL;
}

void bench_mmdb_close(struct bench_mmdb *mmdb)
{
	if (mmdb)
		MMDB_close(&mmdb->file);
	free(mmdb);
}

static uint64_t find(struct bench_mmdb *mmdb, rf_addr addr, bool v4)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4_name = { .sin_family = AF_INET };
	MMDB_lookup_result_s result;
	__u8 bytes[16];
	int error;

	rf_addr_store(addr, bytes);
	memcpy(&v6.sin6_addr, bytes, 16);
	memcpy(&v4_name.sin_addr, bytes + 12, 4);
	result = MMDB_lookup_sockaddr(&mmdb->file, v4 ? (void *)&v4_name : (void *)&v6, &error);
	return result.found_entry ? result.entry.offset : 0;
}

static uint64_t take(rf_addr addr)
{
	return (uint64_t)(addr >> 64) ^ (uint64_t)addr;
}

static double run(struct bench_mmdb *mmdb, const rf_addr *pool, bool v4, uint32_t first,
		  uint32_t count, uint32_t mask)
{
	uint64_t start = bench_now(), answer = 0, zero = never;

	for (uint32_t i = 0; i < count; i++) {
		rf_addr addr = pool[(first + i + (uint32_t)(answer & zero)) & mask];

		answer = mmdb ? find(mmdb, addr, v4) : take(addr);
	}
	sink = answer;
	return (double)(bench_now() - start) / count;
}

double bench_mmdb_run(struct bench_mmdb *mmdb, const rf_addr *pool, bool v4, uint32_t first,
		      uint32_t count, uint32_t mask)
{
	double loop = run(NULL, pool, v4, first, count, mask);

	run(mmdb, pool, v4, first, count / 16, mask);
	return run(mmdb, pool, v4, first + count / 16, count, mask) - loop;
}
