// SPDX-License-Identifier: GPL-2.0
/*
 * generation.c - compiler: policy and region data into the value that the
 * kernel reads
 */
#include "userspace/lib/generation.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "userspace/lib/cache.h"
#include "userspace/lib/dxr.h"
#include "userspace/lib/poptrie.h"
#include "userspace/lib/reference.h"

#define TABLE_FORMAT 2 /* changes whenever the same inputs give other tables */

/* struct tables - what the cache keeps: all of a generation that is not rules */
struct tables {
	__u32 v4_len;
	__u32 v6_len;
	struct rf_v4_table v4;
	struct rf_v6_table v6;
};

static __u64 now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000 + (__u64)now.tv_nsec / 1000;
}

/* Hash a prefix field by field: the struct has holes. */
static int hash_block(EVP_MD_CTX *hash, const struct rf_block *block)
{
	__u8 bytes[19];

	rf_addr_store(block->first, bytes);
	bytes[16] = block->len;
	bytes[17] = (__u8)(block->atom >> 8);
	bytes[18] = (__u8)block->atom;
	return EVP_DigestUpdate(hash, bytes, sizeof(bytes));
}

/* All that the tables depend on. */
static int tables_key(const struct rf_generation_input *input, unsigned char key[32])
{
	const __u32 format[] = { TABLE_FORMAT, RF_ABI_VERSION, sizeof(struct tables), RF_ATOM_MAX };
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	int good;

	good = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) &&
	       EVP_DigestUpdate(hash, format, sizeof(format));
	for (int i = 0; good && i < 2; i++)
		good = EVP_DigestUpdate(hash, input->world->file[i].hash, RF_WORLD_HASH_LEN);
	for (size_t i = 0; good && i < input->atoms->block_count; i++)
		good = hash_block(hash, &input->atoms->blocks[i]);
	good = good && EVP_DigestFinal_ex(hash, key, NULL);
	EVP_MD_CTX_free(hash);
	return good ? 0 : -ENOMEM;
}

void rf_generation_hash(const struct rf_policy *policy, const struct rf_world *world, __u8 hash[32])
{
	__u8 parts[RF_POLICY_HASH_LEN + 2 * RF_WORLD_HASH_LEN];

	memcpy(parts, policy->hash, RF_POLICY_HASH_LEN);
	memcpy(parts + RF_POLICY_HASH_LEN, world->file[0].hash, RF_WORLD_HASH_LEN);
	memcpy(parts + RF_POLICY_HASH_LEN + RF_WORLD_HASH_LEN, world->file[1].hash,
	       RF_WORLD_HASH_LEN);
	SHA256(parts, sizeof(parts), hash);
}

/*
 * The policy's prefixes of one family. An IPv6 prefix that is shorter than
 * IPv4's place in the space (::/0) says nothing about IPv4.
 */
static struct rf_block *select_blocks(const struct rf_atoms *atoms, bool v4, size_t *count)
{
	struct rf_block *list = calloc(atoms->block_count + 1, sizeof(*list));

	*count = 0;
	for (size_t i = 0; list && i < atoms->block_count; i++) {
		const struct rf_block *block = &atoms->blocks[i];

		if ((rf_addr_is_v4(block->first) && block->len >= 96) == v4)
			list[(*count)++] = *block;
	}
	return list;
}

static int flatten(const struct rf_generation_input *input, enum rf_geoip_family family,
		   struct rf_segments *segments)
{
	const struct rf_world_file *file = &input->world->file[family];
	bool v4 = family == RF_GEOIP_V4;
	size_t count;
	struct rf_block *blocks = select_blocks(input->atoms, v4, &count);
	int error;

	if (!blocks)
		return -ENOMEM;
	error = rf_segments_flatten(v4 ? RF_ADDR_V4_FIRST : 0, v4 ? RF_ADDR_V4_LAST : RF_ADDR_MAX,
				    file->ranges, file->range_count, blocks, count, segments);
	free(blocks);
	return error;
}

static int build_v4(const struct rf_generation_input *input, struct rf_generation *gen,
		    struct rf_fault *fault)
{
	struct rf_segments segments;
	int error = flatten(input, RF_GEOIP_V4, &segments);

	if (error)
		return rf_fault_set(fault, error, "out of memory");
	error = rf_dxr_build(&segments, &gen->v4, &gen->header.v4_len, fault);
	rf_segments_free(&segments);
	return error;
}

static int build_v6(const struct rf_generation_input *input, struct rf_generation *gen,
		    struct rf_fault *fault)
{
	struct rf_segments segments;
	int error = flatten(input, RF_GEOIP_V6, &segments);

	if (error)
		return rf_fault_set(fault, error, "out of memory");
	error = rf_poptrie_build(&segments, &gen->v6, &gen->header.v6_len, fault);
	rf_segments_free(&segments);
	return error;
}

static int check_tables(const struct rf_generation_input *input, const struct rf_generation *gen,
			struct rf_reference_report *report, struct rf_fault *fault)
{
	const char *const paths[] = { input->world->file[RF_GEOIP_V4].path,
				      input->world->file[RF_GEOIP_V6].path };
	const struct rf_reference_source source = { RF_FORMAT_GEOIP, paths, 2 };
	const struct rf_reference_input raw = {
		.sources = &source,
		.source_count = 1,
		.blocks = input->atoms->blocks,
		.block_count = input->atoms->block_count,
	};

	return rf_reference_check(&raw, &gen->header, report, fault);
}

static int build_tables(const struct rf_generation_input *input, struct rf_generation *gen,
			struct rf_generation_report *report, struct rf_fault *fault)
{
	struct rf_reference_report checked;
	__u64 start = now_us();
	int error = rf_world_parse(input->world, fault);

	if (!error)
		error = build_v4(input, gen, fault);
	if (!error)
		error = build_v6(input, gen, fault);
	if (error)
		return error;
	report->build_us = now_us() - start;
	start = now_us();
	error = check_tables(input, gen, &checked, fault);
	if (error)
		return error;
	report->check_us = now_us() - start;
	report->checked = checked.checked;
	return 0;
}

static bool load_tables(const char *dir, const unsigned char *key, struct rf_generation *gen,
			struct tables *tables)
{
	if (rf_cache_load(dir, key, tables, sizeof(*tables)))
		return false;
	gen->header.v4_len = tables->v4_len;
	gen->header.v6_len = tables->v6_len;
	gen->v4 = tables->v4;
	gen->v6 = tables->v6;
	return true;
}

static void store_tables(const char *dir, const unsigned char *key, const struct rf_generation *gen,
			 struct tables *tables, struct rf_fault *fault)
{
	tables->v4_len = gen->header.v4_len;
	tables->v6_len = gen->header.v6_len;
	tables->v4 = gen->v4;
	tables->v6 = gen->v6;
	rf_cache_store(dir, key, tables, sizeof(*tables), fault);
}

/* From the cache, or built, checked and then kept. */
static int get_tables(const struct rf_generation_input *input, struct rf_generation *gen,
		      struct rf_generation_report *report, struct rf_fault *fault)
{
	struct tables *tables = NULL;
	unsigned char key[RF_CACHE_KEY_LEN];
	int error = 0;

	if (!input->cache_dir)
		return build_tables(input, gen, report, fault);
	error = tables_key(input, key);
	if (error)
		return rf_fault_set(fault, error, "out of memory");
	tables = malloc(sizeof(*tables));
	if (!tables)
		return rf_fault_set(fault, -ENOMEM, "out of memory");
	report->cached = load_tables(input->cache_dir, key, gen, tables);
	if (!report->cached) {
		error = build_tables(input, gen, report, fault);
		if (!error)
			store_tables(input->cache_dir, key, gen, tables, &report->cache_fault);
	}
	free(tables);
	return error;
}

static void fill_rules(const struct rf_generation_input *input, struct rf_generation_header *header)
{
	const struct rf_policy *policy = input->atoms->policy;

	for (size_t i = 0; i < policy->class_count; i++) {
		__u64 bit = 1ull << (input->bits ? input->bits[i] : i);

		header->classes |= bit;
		if (policy->classes[i].violation == RF_POLICY_VIOLATION_AUDIT)
			header->audit |= bit;
	}
	for (size_t i = 0; i < input->atoms->count; i++)
		header->allow[i] = rf_atoms_row(input->atoms, (__u16)i, input->bits);
	header->number = input->number;
	rf_generation_hash(policy, input->world, header->hash);
}

int rf_generation_build(const struct rf_generation_input *input, void *value,
			struct rf_generation_report *report, struct rf_fault *fault)
{
	struct rf_generation_report unused = { 0 };
	struct rf_generation *gen = value;
	int error;

	if (!report)
		report = &unused;
	*report = (struct rf_generation_report){ 0 };
	memset(value, 0, RF_GENERATION_SIZE);
	error = get_tables(input, gen, report, fault);
	if (error)
		return error;
	fill_rules(input, &gen->header);
	gen->header.abi = RF_ABI_VERSION;
	gen->header.magic = RF_GENERATION_MAGIC;
	return 0;
}
