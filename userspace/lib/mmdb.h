/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmdb.h - the MaxMind DB format: a binary tree over addresses, and records
 *
 * Reader of our own: libmaxminddb 1.7 follows nested values by recursion as
 * deep as the file says, and walks a value anew for each look-up, so that a
 * small hostile file ends the program or keeps it busy for hours. Here nothing
 * recurses, and the work is bounded. The tests compare the two.
 */
#ifndef RF_MMDB_H
#define RF_MMDB_H

#include <stddef.h>

#include "kmod/uapi/ringfence.h"

/** struct rf_mmdb_section - where values are; pointers count from its start */
struct rf_mmdb_section {
	const unsigned char *at;
	size_t len;
};

/**
 * struct rf_mmdb - an open database
 * @tree: @node_count nodes of two records of @record_bits (24, 28, 32)
 * @address_bits: 32 or 128
 * @build_epoch: seconds since 1970; 0 if it does not say
 * @work: values that may still be looked at
 */
struct rf_mmdb {
	const unsigned char *tree;
	struct rf_mmdb_section data;
	__u32 node_count;
	unsigned int record_bits;
	unsigned int address_bits;
	__u64 build_epoch;
	size_t work;
};

/**
 * enum rf_mmdb_kind - what a record of a node is
 * @RF_MMDB_NODE: the number of another one
 * @RF_MMDB_EMPTY: nothing is known below
 * @RF_MMDB_DATA: an offset into the data
 */
enum rf_mmdb_kind { RF_MMDB_NODE, RF_MMDB_EMPTY, RF_MMDB_DATA, RF_MMDB_INVALID };

/**
 * rf_mmdb_open - find the parts
 * @db: written only on success; borrows @file
 *
 * Returns NULL, or what is wrong.
 */
const char *rf_mmdb_open(const void *file, size_t len, struct rf_mmdb *db);

/**
 * rf_mmdb_record - one of the two records of a node
 * @node: below node_count
 * @side: 0 or 1, the bit of the address
 * @value: the number of a node, or an offset into the data
 */
enum rf_mmdb_kind rf_mmdb_record(const struct rf_mmdb *db, __u32 node, unsigned int side,
				 __u32 *value);

/**
 * rf_mmdb_country - the country of a record of the data
 * @code: "??" if it has none; written only on success
 *
 * country.iso_code as MaxMind has it, else country_code, else country where it
 * is a code itself. Returns NULL, or what is wrong.
 */
const char *rf_mmdb_country(struct rf_mmdb *db, __u32 offset, char code[3]);

#endif /* RF_MMDB_H */
