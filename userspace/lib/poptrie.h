/* SPDX-License-Identifier: GPL-2.0 */
/*
 * poptrie.h - builder of the IPv6 table, see struct rf_v6_table
 */
#ifndef RF_POPTRIE_H
#define RF_POPTRIE_H

#include "bpf/generation.h"
#include "userspace/lib/fault.h"
#include "userspace/lib/segment.h"

/**
 * rf_poptrie_build - fill the table from segments that cover all of IPv6
 * @table: zeroed by the caller
 * @used: set to the bytes that matter
 *
 * Returns 0 or -E2BIG (a part of the table is full; @table is then unusable).
 */
int rf_poptrie_build(const struct rf_segments *segments, struct rf_v6_table *table, __u32 *used,
		     struct rf_fault *fault);

#endif /* RF_POPTRIE_H */
