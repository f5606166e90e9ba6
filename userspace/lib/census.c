// SPDX-License-Identifier: GPL-2.0
/*
 * census.c - how much of the address space a source puts where
 */
#include "userspace/lib/census.h"

#include <stdint.h>
#include <string.h>

/* All of IPv6 is more than fits; as much as JSON has numbers for. */
static __u64 add(__u64 a, __u64 b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

__u64 rf_census_size(rf_addr first, rf_addr last)
{
	if (rf_addr_is_v4(first))
		return (__u64)(last - first) + 1;
	if ((__u64)(last >> 64) - (__u64)(first >> 64) >= INT64_MAX)
		return INT64_MAX;
	return (__u64)(last >> 64) - (__u64)(first >> 64) + 1;
}

void rf_census_take(const struct rf_world_source *source, struct rf_census *census)
{
	memset(census, 0, sizeof(*census));
	for (int family = 0; family < RF_FAMILY_MAX; family++) {
		const struct rf_layer *layer = &source->layers[family];

		for (size_t i = 0; i < layer->count; i++) {
			const struct rf_range *range = &layer->list[i];
			__u64 *size = &census->size[family][range->atom];

			*size = add(*size, rf_census_size(range->first, range->last));
		}
		census->ranges[family] = layer->count;
		census->contradictions += layer->contradictions;
	}
}

__u64 rf_census_country(const struct rf_census *census, const struct rf_clouds *clouds,
			enum rf_family family, __u16 country)
{
	__u64 size = census->size[family][country];

	for (size_t i = 0; clouds && i < clouds->count; i++) {
		__u16 cloud = (__u16)(RF_ATOM_CLOUD_FIRST + i);

		if (rf_atom_country(clouds, cloud) == country)
			size = add(size, census->size[family][cloud]);
	}
	return size;
}

__u64 rf_census_total(const struct rf_census *census, enum rf_family family)
{
	__u64 size = 0;

	for (__u16 atom = 0; atom < RF_ATOM_MAX; atom++)
		if (atom != RF_ATOM_UNKNOWN && atom != RF_ATOM_NOBODY)
			size = add(size, census->size[family][atom]);
	return size;
}
