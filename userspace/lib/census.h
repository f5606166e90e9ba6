/* SPDX-License-Identifier: GPL-2.0 */
/*
 * census.h - how much of the address space a source puts where
 */
#ifndef RF_CENSUS_H
#define RF_CENSUS_H

#include "userspace/lib/world.h"

/**
 * struct rf_census - of one source
 * @size: by family and atom: IPv4 in addresses, IPv6 in networks of 64 bits
 *	(one that is shared counts for each), at most INT64_MAX
 * @ranges: by family: pieces that lie side by side
 * @contradictions: prefixes that the source puts into several countries
 */
struct rf_census {
	__u64 size[RF_FAMILY_MAX][RF_ATOM_MAX];
	size_t ranges[RF_FAMILY_MAX];
	size_t contradictions;
};

/** rf_census_take - count; @source is parsed */
void rf_census_take(const struct rf_world_source *source, struct rf_census *census);

/** rf_census_size - of a range: addresses of IPv4, networks of 64 bits of IPv6 */
__u64 rf_census_size(rf_addr first, rf_addr last);

/** rf_census_country - what lies in a country, in its cloud regions too */
__u64 rf_census_country(const struct rf_census *census, const struct rf_clouds *clouds,
			enum rf_family family, __u16 country);

/** rf_census_total - what the source puts anywhere */
__u64 rf_census_total(const struct rf_census *census, enum rf_family family);

#endif /* RF_CENSUS_H */
