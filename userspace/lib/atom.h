/* SPDX-License-Identifier: GPL-2.0 */
/*
 * atom.h - the atoms of a policy: which number stands for what, in which
 * regions it is, which classes may go there
 *
 * A country has the same atom in every policy, computed from its code: the
 * compiled tables depend on the region data and on the policy's prefixes, and
 * on nothing else of the policy. The atoms after those are the policy's sets
 * of regions that name the same prefix.
 */
#ifndef RF_ATOM_H
#define RF_ATOM_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/generation.h"
#include "userspace/lib/cloud.h"
#include "userspace/lib/fault.h"
#include "userspace/lib/policy.h"
#include "userspace/lib/segment.h"

#define RF_ATOM_NAME_MAX 256

/**
 * struct rf_atom - what is known of one atom
 * @regions: indexes of the policy's regions that hold it, by themselves or
 *	through include; ascending
 * @owners: of a prefix atom, those of @regions that name the prefix themselves
 */
struct rf_atom {
	uint32_t *regions;
	size_t region_count;
	uint32_t *owners;
	size_t owner_count;
};

/**
 * struct rf_atoms - all atoms of a policy
 * @list: by atom, RF_ATOM_MAX entries
 * @count: atoms below this may be in use
 * @blocks: the policy's prefixes, ascending by first, then by len, each once
 */
struct rf_atoms {
	const struct rf_policy *policy; /* borrowed, must outlive this */
	struct rf_atom *list;
	size_t count;
	struct rf_block *blocks;
	size_t block_count;
};

/**
 * rf_atom_from_code - the atom of a country code
 * @code: two of A-Z and 0-9; anything else ("??") has none
 */
__u16 rf_atom_from_code(const char *code);

/** rf_atom_code - the code of a country's atom; false if it is not one */
bool rf_atom_code(__u16 atom, char code[3]);

/* "ZZ": belongs to nobody, is everywhere, or is disputed. Foreign to all. */
#define RF_ATOM_NOBODY (RF_ATOM_CODE_FIRST + 25 * RF_ATOM_CODE_BASE + 25)

/**
 * rf_atom_country - the atom of the country that an atom lies in
 * @clouds: NULL if @atom is no cloud region
 *
 * RF_ATOM_NOBODY for a cloud region that is everywhere or not known.
 */
__u16 rf_atom_country(const struct rf_clouds *clouds, __u16 atom);

/**
 * rf_atom_from_place - the atom of what a source says
 * @place: see struct rf_statement
 *
 * RF_ATOM_NOBODY for a cloud region that is not in @clouds.
 */
__u16 rf_atom_from_place(const struct rf_clouds *clouds, const char *place);

/**
 * rf_atoms_build - number the policy's prefixes
 * @out: written only on success; release with rf_atoms_free()
 *
 * Returns 0, -ENOMEM, or -E2BIG (more sets of regions than atoms).
 */
int rf_atoms_build(const struct rf_policy *policy, struct rf_atoms *out, struct rf_fault *fault);
void rf_atoms_free(struct rf_atoms *atoms);

/**
 * rf_atoms_name - as alerts show it: the country's code, the cloud region's
 * name, the owners' names joined by "+", or "unknown"; cut if too long
 * @name: RF_ATOM_NAME_MAX bytes
 *
 * Returns @name.
 */
const char *rf_atoms_name(const struct rf_atoms *atoms, __u16 atom, char *name);

/**
 * rf_atoms_allows - may the class go to addresses of this atom?
 * @class: index into the policy's classes
 * @rule: as for rf_policy_class_allows(); may be NULL
 *
 * A code that is not a country ("EU", "AP", a withdrawn one) could be any of
 * several: only an allow list that holds it lets data go there, not the
 * absence of a deny.
 */
bool rf_atoms_allows(const struct rf_atoms *atoms, __u16 atom, size_t class, struct rf_pos *rule);

/**
 * rf_atoms_row - the row of the rule matrix
 * @bits: the bit number of each class of the policy; NULL: its index
 */
__u64 rf_atoms_row(const struct rf_atoms *atoms, __u16 atom, const uint8_t *bits);

#endif /* RF_ATOM_H */
