/* SPDX-License-Identifier: GPL-2.0 */
/*
 * difference.h - where two sources, or the same one at two times, do not say the
 * same
 */
#ifndef RF_DIFFERENCE_H
#define RF_DIFFERENCE_H

#include "userspace/lib/world.h"

/**
 * struct rf_difference - a stretch of addresses about which two sources differ
 * @places: what each says; RF_ATOM_UNKNOWN: nothing
 * @atom: the outcome, see struct rf_merge_piece
 * @size: addresses of IPv4, networks of 64 bits of IPv6
 */
struct rf_difference {
	rf_addr first;
	rf_addr last;
	__u16 places[2];
	__u16 atom;
	__u64 size;
};

/**
 * struct rf_differences - IPv4 before IPv6, each largest first
 * @v4_count: how many of @count are of IPv4
 * @size: of all, by family
 */
struct rf_differences {
	struct rf_difference *list;
	size_t count;
	size_t v4_count;
	size_t room;
	__u64 size[RF_FAMILY_MAX];
};

/**
 * rf_differences_find - where do two sources of a world differ?
 * @world: parsed
 * @atoms: of the policy, or NULL
 * @a, @b: indexes of the sources
 * @silence: count where one says nothing, and compare places and not only
 *	countries: what moved from @a to @b. Else only where both name a country.
 * @out: written only on success; release with rf_differences_free()
 *
 * Returns 0 or -ENOMEM.
 */
int rf_differences_find(const struct rf_world *world, const struct rf_atoms *atoms, size_t a,
			size_t b, bool silence, struct rf_differences *out);
void rf_differences_free(struct rf_differences *differences);

#endif /* RF_DIFFERENCE_H */
