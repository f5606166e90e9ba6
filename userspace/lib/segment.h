/* SPDX-License-Identifier: GPL-2.0 */
/*
 * segment.h - the address space cut into pieces of one atom each
 */
#ifndef RF_SEGMENT_H
#define RF_SEGMENT_H

#include <stddef.h>

#include "userspace/lib/address.h"

/**
 * struct rf_range - what region data says: these addresses have this atom
 * @piece_of: 1 + the length of the prefix that the statement is about, of
 *	which this is a piece. 0: the range is its own, and counts for "most
 *	specific wins" as the CIDR blocks that it is made of, each as large as fits.
 */
struct rf_range {
	rf_addr first;
	rf_addr last;
	__u16 atom;
	__u8 piece_of;
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

/** rf_block_order - for qsort(): ascending by first, then by len */
int rf_block_order(const void *a, const void *b);

/** rf_block_find - the same prefix in a list in that order, or NULL */
const struct rf_block *rf_block_find(const struct rf_block *list, size_t count,
				     const struct rf_block *key);

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
 * rf_segments_append - one more segment, unless it has the last one's atom
 *
 * Returns 0 or -ENOMEM.
 */
int rf_segments_append(struct rf_segments *segments, rf_addr first, __u16 atom);

void rf_segments_free(struct rf_segments *segments);

#endif /* RF_SEGMENT_H */
