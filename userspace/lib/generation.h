/* SPDX-License-Identifier: GPL-2.0 */
/*
 * generation.h - compiler: policy and region data into the value that the
 * kernel reads (bpf/generation.h)
 */
#ifndef RF_GENERATION_BUILD_H
#define RF_GENERATION_BUILD_H

#include "userspace/lib/atom.h"
#include "userspace/lib/fault.h"
#include "userspace/lib/world.h"

/**
 * struct rf_generation_input - what a generation is made from; all borrowed
 * @atoms: of the policy, rf_atoms_build()
 * @world: parsed only if the tables are not in the cache
 * @bits: the bit number of each class of the policy; NULL: its index
 * @number: counts up with each apply
 * @cache_dir: NULL for no cache
 */
struct rf_generation_input {
	const struct rf_atoms *atoms;
	struct rf_world *world;
	const uint8_t *bits;
	__u64 number;
	const char *cache_dir;
};

/**
 * struct rf_generation_report - how it went, for status and for people
 * @cached: the tables came from the cache
 * @read_us, @build_us, @check_us: microseconds of reading and parsing the
 *	sources, of building the tables and of checking them; 0 if cached
 * @checked: addresses compared with the reference; 0 if cached
 * @cache_fault: why the tables could not be kept; empty if they were
 */
struct rf_generation_report {
	bool cached;
	__u64 read_us;
	__u64 build_us;
	__u64 check_us;
	size_t checked;
	struct rf_fault cache_fault;
};

/**
 * rf_generation_build - compile, and check against the reference
 * @value: RF_GENERATION_SIZE bytes, 8-byte aligned. On error it denies
 *	everything (its magic is zero).
 * @report: may be NULL
 *
 * Tables that were checked once are taken from the cache, by the hash of all
 * that they were made from. Returns 0 or a negative errno, with @fault.
 */
int rf_generation_build(const struct rf_generation_input *input, void *value,
			struct rf_generation_report *report, struct rf_fault *fault);

#endif /* RF_GENERATION_BUILD_H */
