/* SPDX-License-Identifier: GPL-2.0 */
/*
 * world.h - the world that is measured: the installed region data, as the
 * library compiles it and as prefixes
 */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include "userspace/lib/generation.h"

/**
 * struct bench_world
 * @value: a generation, RF_GENERATION_SIZE bytes
 * @segments: by enum rf_family; what the tables were made from
 */
struct bench_world {
	struct rf_policy *policy;
	struct rf_atoms atoms;
	struct rf_world *files;
	struct rf_generation_header *value;
	struct rf_generation_report report;
	struct rf_segments segments[2];
};

/* Data may go to China and to private networks: one class, bit 0. */
#define BENCH_CLASS 1ull
extern const char bench_policy_small[];
/* 64 classes, 200 regions. The caller frees it. */
char *bench_policy_large(void);

/*
 * Compile the installed data with the policy @text; ends the bench if it
 * cannot. To be closed.
 */
void bench_world_open(struct bench_world *world, const char *text);
void bench_world_close(struct bench_world *world);

/* The installed data, parsed. To be closed. */
struct rf_world *bench_world_read(void);

/* The segments of one family, from the parsed files. To be freed. */
void bench_world_segments(const struct bench_world *world, enum rf_family family,
			  struct rf_segments *out);

/*
 * The same as prefixes, for other filters; of the atoms that @keep says yes
 * to.
 */
struct bench_prefix {
	rf_addr first;
	uint8_t len; /* of the 128-bit form */
	uint16_t atom;
};

struct bench_prefixes {
	struct bench_prefix *list;
	size_t count;
	size_t room;
};

void bench_prefixes_of(const struct rf_segments *segments, bool (*keep)(uint16_t atom, void *ctx),
		       void *ctx, struct bench_prefixes *out);
void bench_prefixes_free(struct bench_prefixes *prefixes);

/*
 * An LPM trie of them: keys of IPv4 if @v4; values are 32-bit atoms. Returns
 * the map's descriptor; @load_ns is how long the filling took, in batches.
 */
int bench_trie_new(const struct bench_prefixes *prefixes, bool v4, uint64_t *load_ns);

/* A random address of a random segment */
rf_addr bench_random_address(const struct rf_segments *segments);

#endif /* BENCH_WORLD_H */
