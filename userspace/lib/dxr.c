// SPDX-License-Identifier: GPL-2.0
/*
 * dxr.c - builder of the IPv4 table
 */
#include "userspace/lib/dxr.h"

#include <errno.h>

#define BUCKET_SIZE 65536u

int rf_dxr_build(const struct rf_segments *segments, struct rf_v4_table *table, __u32 *used,
		 struct rf_fault *fault)
{
	const struct rf_segment *at = segments->list, *end = at + segments->count;
	__u16 atom = RF_ATOM_UNKNOWN;
	__u32 filled = 0;

	for (__u32 i = 0; i < RF_V4_BUCKETS; i++) {
		struct rf_v4_bucket *bucket = &table->bucket[i];
		rf_addr first = RF_ADDR_V4_FIRST + (rf_addr)i * BUCKET_SIZE;

		if (at < end && at->first == first)
			atom = at++->atom;
		bucket->start = filled;
		bucket->atom = atom;
		/* At most 65535: the bucket's first address is not among them. */
		for (; at < end && at->first < first + BUCKET_SIZE; at++) {
			if (filled == RF_V4_SEGMENTS)
				return rf_fault_set(fault, -E2BIG,
						    "IPv4 needs more than %u segments",
						    RF_V4_SEGMENTS);
			atom = at->atom;
			table->segment[filled++] = (__u32)atom << 16 | (__u16)at->first;
			bucket->count++;
		}
	}
	*used = sizeof(table->bucket) + filled * sizeof(table->segment[0]);
	return 0;
}
