/* SPDX-License-Identifier: GPL-2.0 */
/*
 * special.h - addresses that no region data decides about, because a standard
 * does: they are nowhere, or they carry an IPv4 address that decides
 */
#ifndef RF_SPECIAL_H
#define RF_SPECIAL_H

#include <stddef.h>

#include "userspace/lib/address.h"

/**
 * struct rf_special - one prefix of the special-purpose registries
 * @first, @len: in the 128-bit form
 * @atom: RF_ATOM_UNKNOWN (foreign, unless the policy names it), or the
 *	RF_ATOM_* of a prefix that carries IPv4 addresses
 * @name, @rfc: what it is and who says so
 */
struct rf_special {
	rf_addr first;
	__u8 len;
	__u16 atom;
	const char *name;
	const char *rfc;
};

/** rf_specials - all of them, ascending by address, then by length */
const struct rf_special *rf_specials(size_t *count);

/** rf_special_find - the one that is exactly this prefix, or NULL */
const struct rf_special *rf_special_find(rf_addr first, unsigned int len);

#endif /* RF_SPECIAL_H */
