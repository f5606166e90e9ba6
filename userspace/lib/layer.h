/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layer.h - what one source says of one family: nested and overlapping
 * statements made into pieces that lie side by side, most specific first
 */
#ifndef RF_LAYER_H
#define RF_LAYER_H

#include <stddef.h>

#include "userspace/lib/cloud.h"
#include "userspace/lib/segment.h"

/**
 * struct rf_layer - ascending, without overlaps
 * @list: owned. RF_ATOM_UNKNOWN: listed without a place, which says nothing;
 *	RF_ATOM_NOBODY: reserved, free, or the source contradicts itself
 * @contradictions: prefixes that it puts into several countries
 */
struct rf_layer {
	struct rf_range *list;
	size_t count;
	size_t contradictions;
};

/**
 * rf_layer_build - most specific prefix within a source
 * @statements: of one family, in any order; sorted in place
 * @clouds: NULL if no statement names a cloud region
 * @out: written only on success; release with rf_layer_free()
 *
 * A range counts as the CIDR blocks that it is made of, each as large as fits.
 * Equal blocks with different places give their country if that is the same,
 * or else nobody. Returns 0 or -ENOMEM.
 */
int rf_layer_build(struct rf_range *statements, size_t count, const struct rf_clouds *clouds,
		   struct rf_layer *out);
void rf_layer_free(struct rf_layer *layer);

/** rf_layer_seek - index of the piece that holds @addr, or of the first after it */
size_t rf_layer_seek(const struct rf_layer *layer, rf_addr addr);

#endif /* RF_LAYER_H */
