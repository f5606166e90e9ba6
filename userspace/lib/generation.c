// SPDX-License-Identifier: GPL-2.0
/*
 * generation.c - compiler: policy and region data into the value that the
 * kernel reads
 */
#include "userspace/lib/generation.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cache.h"
#include "userspace/lib/dxr.h"
#include "userspace/lib/poptrie.h"
#include "userspace/lib/reference.h"
#include "userspace/lib/timestamp.h"

#define TABLE_FORMAT 2 /* changes whenever the same inputs give other tables */

/* struct tables - what the cache keeps: all of a generation that is not rules */
struct tables {
	__u32 v4_len;
	__u32 v6_len;
	struct rf_v4_table v4;
	struct rf_v6_table v6;
};

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

static bool hash_source(EVP_MD_CTX *hash, const struct rf_world_source *source)
{
	const __u32 head[] = { source->format, (__u32)source->file_count };
	bool good = EVP_DigestUpdate(hash, head, sizeof(head));

	for (size_t i = 0; good && i < source->file_count; i++)
		good = EVP_DigestUpdate(hash, source->files[i].hash, RF_WORLD_HASH_LEN);
	return good;
}

/* What the sources say, whom to believe, and what no source decides. */
static bool hash_world(EVP_MD_CTX *hash, const struct rf_world *world)
{
	const __u32 head[] = { world->agreement, (__u32)world->source_count,
			       (__u32)world->mark_count };
	bool good = EVP_DigestUpdate(hash, head, sizeof(head));

	for (size_t i = 0; good && i < world->source_count; i++)
		good = hash_source(hash, &world->sources[i]);
	for (size_t i = 0; good && i < world->mark_count; i++)
		good = hash_block(hash, &world->marks[i]);
	if (good && world->clouds)
		good = EVP_DigestUpdate(hash, world->clouds->hash, sizeof(world->clouds->hash));
	return good;
}

/* All that the tables depend on. */
static int tables_key(const struct rf_generation_input *input, unsigned char key[32])
{
	const __u32 format[] = { TABLE_FORMAT, RF_ABI_VERSION, sizeof(struct tables), RF_ATOM_MAX };
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	int good;

	good = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) &&
	       EVP_DigestUpdate(hash, format, sizeof(format));
	good = good && hash_world(hash, input->world);
	for (size_t i = 0; good && i < input->atoms->block_count; i++)
		good = hash_block(hash, &input->atoms->blocks[i]);
	good = good && EVP_DigestFinal_ex(hash, key, NULL);
	EVP_MD_CTX_free(hash);
	return good ? 0 : -ENOMEM;
}

static int hash_all(const struct rf_policy *policy, const struct rf_world *world, __u8 hash[32])
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	bool good = digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) &&
		    EVP_DigestUpdate(digest, policy->hash, RF_POLICY_HASH_LEN) &&
		    hash_world(digest, world) && EVP_DigestFinal_ex(digest, hash, NULL);

	EVP_MD_CTX_free(digest);
	return good ? 0 : -ENOMEM;
}

static int build_table(const struct rf_generation_input *input, enum rf_family family,
		       struct rf_generation *gen, struct rf_fault *fault)
{
	struct rf_segments segments;
	struct rf_view view;
	int error = rf_world_view(input->world, input->atoms, family, &view);

	if (error)
		return rf_fault_set(fault, error, "out of memory");
	error = rf_merge_segments(view.first, view.last, &view.merge, &segments);
	rf_view_free(&view);
	if (error)
		return rf_fault_set(fault, error, "out of memory");
	if (family == RF_FAMILY_V4)
		error = rf_dxr_build(&segments, &gen->v4, &gen->header.v4_len, fault);
	else
		error = rf_poptrie_build(&segments, &gen->v6, &gen->header.v6_len, fault);
	rf_segments_free(&segments);
	return error;
}

static int check_tables(const struct rf_generation_input *input, const struct rf_generation *gen,
			struct rf_generation_report *report, struct rf_fault *fault)
{
	const char *paths[RF_MERGE_LAYERS_MAX][RF_WORLD_FILES_MAX];
	struct rf_reference_source sources[RF_MERGE_LAYERS_MAX];
	const struct rf_world *world = input->world;
	const struct rf_reference_input from = {
		.sources = sources,
		.source_count = world->source_count,
		.agreement = world->agreement,
		.clouds = world->clouds,
		.marks = world->marks,
		.mark_count = world->mark_count,
		.blocks = input->atoms->blocks,
		.block_count = input->atoms->block_count,
	};
	struct rf_reference_report checked;
	__u64 start = rf_timestamp_monotonic();
	int error;

	for (size_t i = 0; i < world->source_count; i++) {
		const struct rf_world_source *source = &world->sources[i];

		for (size_t k = 0; k < source->file_count; k++)
			paths[i][k] = source->files[k].path;
		sources[i] = (struct rf_reference_source){ source->format, paths[i],
							   source->file_count };
	}
	error = rf_reference_check(&from, &gen->header, &checked, fault);
	if (error)
		return error;
	report->check_us = (rf_timestamp_monotonic() - start) / 1000;
	report->checked = checked.checked;
	return 0;
}

static int build_tables(const struct rf_generation_input *input, struct rf_generation *gen,
			struct rf_generation_report *report, struct rf_fault *fault)
{
	__u64 start;
	int error = rf_world_parse(input->world, fault);

	if (error)
		return error;
	start = rf_timestamp_monotonic();
	for (int family = 0; !error && family < RF_FAMILY_MAX; family++)
		error = build_table(input, family, gen, fault);
	if (error)
		return error;
	report->read_us = input->world->read_us;
	report->build_us = (rf_timestamp_monotonic() - start) / 1000;
	return check_tables(input, gen, report, fault);
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

static int fill_rules(const struct rf_generation_input *input, struct rf_generation_header *header)
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
	return hash_all(policy, input->world, header->hash);
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
	if (fill_rules(input, &gen->header))
		return rf_fault_set(fault, -ENOMEM, "out of memory");
	gen->header.abi = RF_ABI_VERSION;
	gen->header.magic = RF_GENERATION_MAGIC;
	return 0;
}
