// SPDX-License-Identifier: GPL-2.0
/*
 * world.c - the region data: its sources, opened, hashed and parsed
 */
#include "userspace/lib/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/grow.h"
#include "userspace/lib/timestamp.h"
#include "userspace/lib/unpack.h"

/* struct taker - where a file's statements go, by family */
struct taker {
	const struct rf_clouds *clouds;
	struct statements {
		struct rf_range *list;
		size_t count;
		size_t room;
	} family[RF_FAMILY_MAX];
};

struct rf_world *rf_world_new(void)
{
	struct rf_world *world = calloc(1, sizeof(*world));
	size_t count;
	const struct rf_special *specials = rf_specials(&count);

	for (size_t i = 0; world && i < count; i++) {
		if (rf_world_mark(world, specials[i].first, specials[i].len, specials[i].atom)) {
			rf_world_close(world);
			return NULL;
		}
	}
	return world;
}

void rf_world_forget(struct rf_world *world)
{
	for (size_t i = 0; i < world->source_count; i++)
		for (int family = 0; family < RF_FAMILY_MAX; family++)
			rf_layer_free(&world->sources[i].layers[family]);
	world->parsed = false;
}

static void free_source(struct rf_world_source *source)
{
	for (size_t i = 0; i < source->file_count; i++)
		free(source->files[i].path);
	free(source->name);
}

void rf_world_close(struct rf_world *world)
{
	if (!world)
		return;
	rf_world_forget(world);
	for (size_t i = 0; i < world->source_count; i++)
		free_source(&world->sources[i]);
	free(world->marks);
	free(world);
}

/* The date stands before the first statement, or the format has none. */
static int stop_at_first(void *ctx, const struct rf_statement *statement)
{
	(void)ctx;
	(void)statement;
	return 1;
}

static int open_file(struct rf_world_source *source, const char *path, struct rf_fault *fault)
{
	struct rf_world_file *file = &source->files[source->file_count];
	void *data;
	size_t len;
	int error = rf_unpack_file(path, &data, &len, file->hash, fault);

	if (error)
		return error;
	error = rf_format_read(source->format, path, data, len, stop_at_first, NULL, file->date,
			       fault);
	free(data);
	if (error < 0)
		return error;
	file->path = strdup(path);
	if (!file->path)
		return rf_fault_set(fault, -ENOMEM, "out of memory");
	source->file_count++;
	return 0;
}

int rf_world_add(struct rf_world *world, const char *name, enum rf_format format,
		 const char *const *paths, size_t count, struct rf_fault *fault)
{
	struct rf_world_source *source = &world->sources[world->source_count];
	int error = 0;

	if (world->source_count == RF_MERGE_LAYERS_MAX)
		return rf_fault_set(fault, -E2BIG, "more than %d sources of region data",
				    RF_MERGE_LAYERS_MAX);
	if (count > RF_WORLD_FILES_MAX)
		return rf_fault_set(fault, -E2BIG, "%s: more than %d files", name,
				    RF_WORLD_FILES_MAX);
	*source = (struct rf_world_source){ .name = strdup(name), .format = format };
	if (!source->name)
		return rf_fault_set(fault, -ENOMEM, "out of memory");
	for (size_t i = 0; !error && i < count; i++)
		error = open_file(source, paths[i], fault);
	if (error) {
		free_source(source);
		return error;
	}
	world->source_count++;
	return 0;
}

int rf_world_mark(struct rf_world *world, rf_addr first, unsigned int len, __u16 atom)
{
	const struct rf_block mark = { first, (__u8)len, atom };
	struct rf_block *list;
	size_t i = 0;

	while (i < world->mark_count && rf_block_order(&world->marks[i], &mark) < 0)
		i++;
	if (i < world->mark_count && !rf_block_order(&world->marks[i], &mark)) {
		world->marks[i].atom = atom;
		return 0;
	}
	list = reallocarray(world->marks, world->mark_count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	world->marks = list;
	memmove(&list[i + 1], &list[i], (world->mark_count - i) * sizeof(*list));
	list[i] = mark;
	world->mark_count++;
	return 0;
}

static int take_statement(void *ctx, const struct rf_statement *statement)
{
	struct taker *taker = ctx;
	enum rf_family family = rf_addr_is_v4(statement->first) ? RF_FAMILY_V4 : RF_FAMILY_V6;
	struct statements *to = &taker->family[family];
	struct rf_range *list;

	list = rf_grow(to->list, to->count, &to->room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	to->list = list;
	to->list[to->count++] = (struct rf_range){
		.first = statement->first,
		.last = statement->last,
		.atom = rf_atom_from_place(taker->clouds, statement->place),
	};
	return 0;
}

static int parse_file(const struct rf_world_source *source, const struct rf_world_file *file,
		      struct taker *taker, struct rf_fault *fault)
{
	__u8 hash[RF_WORLD_HASH_LEN];
	char date[RF_DATE_LEN];
	void *data;
	size_t len;
	int error = rf_unpack_file(file->path, &data, &len, hash, fault);

	if (error)
		return error;
	if (memcmp(hash, file->hash, sizeof(hash)))
		error = rf_fault_set(fault, -ESTALE, "%s: changed while it was used", file->path);
	else
		error = rf_format_read(source->format, file->path, data, len, take_statement, taker,
				       date, fault);
	free(data);
	return error == -ENOMEM ? rf_fault_set(fault, error, "out of memory") : error;
}

static int parse_source(struct rf_world_source *source, const struct rf_clouds *clouds,
			struct rf_fault *fault)
{
	struct taker taker = { .clouds = clouds };
	int error = 0;

	for (size_t i = 0; !error && i < source->file_count; i++)
		error = parse_file(source, &source->files[i], &taker, fault);
	for (int i = 0; i < RF_FAMILY_MAX; i++) {
		struct statements *said = &taker.family[i];

		if (!error && rf_layer_build(said->list, said->count, clouds, &source->layers[i]))
			error = rf_fault_set(fault, -ENOMEM, "out of memory");
		free(said->list);
	}
	return error;
}

int rf_world_parse(struct rf_world *world, struct rf_fault *fault)
{
	__u64 start = rf_timestamp_monotonic();
	int error = 0;

	if (world->parsed)
		return 0;
	for (size_t i = 0; !error && i < world->source_count; i++)
		error = parse_source(&world->sources[i], world->clouds, fault);
	if (error) {
		rf_world_forget(world);
		return error;
	}
	world->parsed = true;
	world->read_us = (rf_timestamp_monotonic() - start) / 1000;
	return 0;
}

const char *rf_world_date(const struct rf_world *world)
{
	const char *oldest = NULL;

	for (size_t i = 0; i < world->source_count; i++) {
		const struct rf_world_source *source = &world->sources[i];

		for (size_t k = 0; k < source->file_count; k++)
			if (!oldest || strcmp(source->files[k].date, oldest) < 0)
				oldest = source->files[k].date;
	}
	return oldest ? oldest : "";
}
