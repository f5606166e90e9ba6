/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reference.h - a second opinion on every compiled table before it is
 * published
 *
 * It reads the raw files again with readers of its own and finds for each
 * address who wins by looking at all candidates, where the builder sweeps. It
 * shares no parsing and no flattening with the builder, so that a mistake has
 * to be made twice to stay unseen.
 */
#ifndef RF_REFERENCE_H
#define RF_REFERENCE_H

#include "bpf/generation.h"
#include "userspace/lib/cloud.h"
#include "userspace/lib/fault.h"
#include "userspace/lib/format.h"
#include "userspace/lib/segment.h"

/**
 * struct rf_reference_source - one who says where addresses are; all borrowed
 * @paths: its raw files, packed or not, all of one format
 */
struct rf_reference_source {
	enum rf_format format;
	const char *const *paths;
	size_t path_count;
};

/**
 * struct rf_reference_input - what the table was made from; all borrowed
 * @sources: the most trusted first
 * @agreement: how many sources have to name a country for it to count; up to 1
 *	there is no such rule
 * @clouds: in which country each cloud region is; NULL: in none
 * @marks: prefixes above all sources, in any order, no two the same
 * @blocks: the policy's prefixes, in any order, no two the same
 */
struct rf_reference_input {
	const struct rf_reference_source *sources;
	size_t source_count;
	unsigned int agreement;
	const struct rf_clouds *clouds;
	const struct rf_block *marks;
	size_t mark_count;
	const struct rf_block *blocks;
	size_t block_count;
};

/**
 * struct rf_reference_report - what was done
 * @checked: addresses that were looked up and compared
 */
struct rf_reference_report {
	size_t checked;
};

/**
 * rf_reference_check - does the table say what the files and the policy say?
 * @value: the generation; only its tables are looked at
 * @report: may be NULL; written only on success
 *
 * For every address: all statements, marks and policy prefixes together cut the
 * address space into parts that have one answer each, and the table's layout
 * cuts it into pieces. What is stored for a piece is compared with each part
 * that it shares an address with, and rf_region_atom() at the first of these
 * addresses and at the last one of the piece; reference.c says why that is
 * enough. Where IPv6 addresses carry IPv4 ones, also at a sample of those at
 * both sides of IPv4's cuts, and at the bounds of the special-purpose ones.
 *
 * Returns 0, -EBADMSG with the address and what was expected and found there, or
 * what is broken in the table, -EINVAL (a file that it cannot read), -E2BIG (a
 * source with more than 256 statements over one another), -ENOMEM, or an errno
 * of reading; with @fault.
 */
int rf_reference_check(const struct rf_reference_input *input,
		       const struct rf_generation_header *value, struct rf_reference_report *report,
		       struct rf_fault *fault);

#endif /* RF_REFERENCE_H */
