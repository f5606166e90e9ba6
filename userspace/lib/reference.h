/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reference.h - a second opinion on every compiled table before it is
 * published
 *
 * It reads the raw files again with a reader of its own and finds for each
 * address who wins by looking at all candidates, where the builder sweeps. It
 * shares no parsing and no flattening with the builder, so that a mistake has
 * to be made twice to stay unseen.
 */
#ifndef RF_REFERENCE_H
#define RF_REFERENCE_H

#include "bpf/generation.h"
#include "userspace/lib/fault.h"
#include "userspace/lib/segment.h"

/**
 * struct rf_reference_report - what was done
 * @checked: addresses that were compared
 */
struct rf_reference_report {
	size_t checked;
};

/**
 * rf_reference_check - does the table say what the files and the policy say?
 * @v4_path, @v6_path: the raw files
 * @blocks: the policy's prefixes, in any order, no two the same
 * @value: the generation; only its tables are looked at
 * @report: may be NULL
 *
 * Compares, through rf_region_atom(): one address inside each range and each
 * gap between ranges, and both ends of each CIDR block that they are made of;
 * both ends and one inside of each prefix of the policy, and of the other half
 * of each prefix around it; and the addresses just outside of a prefix.
 *
 * Returns 0, -EBADMSG with the address, what was expected and what was found,
 * -EINVAL (a file that it cannot read), -ENOMEM, or an errno of reading.
 */
int rf_reference_check(const char *v4_path, const char *v6_path, const struct rf_block *blocks,
		       size_t block_count, const struct rf_generation_header *value,
		       struct rf_reference_report *report, struct rf_fault *fault);

#endif /* RF_REFERENCE_H */
