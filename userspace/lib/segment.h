/* SPDX-License-Identifier: GPL-2.0 */
/*
 * segment.h - the address space cut into pieces of one atom each, most
 * specific statement first
 */
#ifndef RF_SEGMENT_H
#define RF_SEGMENT_H

#include <stddef.h>

#include "userspace/lib/address.h"

/**
 * struct rf_range - what the region data says: these addresses have this atom
 *
 * For "most specific wins" a range counts as the CIDR blocks that it is made
 * of, each as large as fits. A range with RF_ATOM_UNKNOWN says nothing, as if
 * it were not there.
 */
struct rf_range {
	rf_addr first;
	rf_addr last;
	__u16 atom;
};

/**
 * struct rf_block - what the policy says: this prefix has this atom
 * @len: 0..128, of the 128-bit form
 */
struct rf_block {
	rf_addr first;
	__u8 len;
	__u16 atom;
};

/**
 * struct rf_segment - up to the next segment's first address, or to the end
 */
struct rf_segment {
	rf_addr first;
	__u16 atom;
};

/**
 * struct rf_segments - ascending; neighbours differ in their atom
 * @last: the last address of the last segment
 */
struct rf_segments {
	struct rf_segment *list;
	size_t count;
	size_t room;
	rf_addr last;
};

/**
 * rf_segments_flatten - who wins at each address of [first, last]
 * @ranges: ascending, without overlaps
 * @blocks: ascending by first, then by len; no two the same
 * @out: written only on success; release with rf_segments_free()
 *
 * A block wins over the parts of a range whose CIDR block is as long as it or
 * shorter, and over shorter blocks around it. What is outside the window is
 * ignored, though blocks may reach beyond it. The rest is RF_ATOM_UNKNOWN.
 *
 * Returns 0 or -ENOMEM.
 */
int rf_segments_flatten(rf_addr first, rf_addr last, const struct rf_range *ranges,
			size_t range_count, const struct rf_block *blocks, size_t block_count,
			struct rf_segments *out);

void rf_segments_free(struct rf_segments *segments);

#endif /* RF_SEGMENT_H */
