/* SPDX-License-Identifier: GPL-2.0 */
/*
 * dxr.h - builder of the IPv4 table, see struct rf_v4_table
 */
#ifndef RF_DXR_H
#define RF_DXR_H

#include "bpf/generation.h"
#include "userspace/lib/fault.h"
#include "userspace/lib/segment.h"

/**
 * rf_dxr_build - fill the table from segments that cover all of IPv4
 * @table: zeroed by the caller
 * @used: set to the bytes that matter
 *
 * Returns 0 or -E2BIG (more segments than fit; @table is then unusable).
 */
int rf_dxr_build(const struct rf_segments *segments, struct rf_v4_table *table, __u32 *used,
		 struct rf_fault *fault);

#endif /* RF_DXR_H */
