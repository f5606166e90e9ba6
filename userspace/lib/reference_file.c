// SPDX-License-Identifier: GPL-2.0
/*
 * reference_file.c - all that was said, read by the reference's own readers,
 * and the numbers of the places
 *
 * The readers check only what they need to be right; format_*.c are the strict
 * ones.
 */
#include "userspace/lib/reference_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/unpack.h"

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '0' && c <= '9' ? 26 + c - '0' : -1;
}

/* The numbering of bpf/generation.h, said again. */
int rf_reference_code(const char *text, size_t len)
{
	int high = len == 2 ? digit(text[0]) : -1, low = len == 2 ? digit(text[1]) : -1;

	if (high < 0 || low < 0)
		return -1;
	return RF_ATOM_CODE_FIRST + high * RF_ATOM_CODE_BASE + low;
}

static int cloud_order(const void *key, const void *element)
{
	const struct rf_cloud *cloud = element;

	return strcmp(key, cloud->name);
}

/* One that is in no country needs no number of its own. */
__u16 rf_reference_cloud(const struct rf_reference_world *world, const char *name)
{
	const struct rf_clouds *clouds = world->clouds;
	const struct rf_cloud *cloud = NULL;
	size_t index;

	if (clouds && clouds->count)
		cloud = bsearch(name, clouds->list, clouds->count, sizeof(*cloud), cloud_order);
	if (!cloud)
		return RF_REFERENCE_NOBODY;
	index = (size_t)(cloud - clouds->list);
	if (world->cloud_country[index] == RF_REFERENCE_NOBODY)
		return RF_REFERENCE_NOBODY;
	return (__u16)(RF_ATOM_CLOUD_FIRST + index);
}

/* IPv6's around IPv4's place are about what is before and behind it. */
static int take_v6(struct rf_reference_stack *stack, rf_addr first, rf_addr last, __u16 place)
{
	int error;

	if (first > RF_ADDR_V4_LAST || last < RF_ADDR_V4_FIRST)
		return rf_reference_add(stack, first, last, place);
	if (rf_addr_is_v4(first) || (rf_addr_is_v4(last) && last != RF_ADDR_V4_LAST))
		return -EINVAL;
	error = rf_reference_add(stack, first, RF_ADDR_V4_FIRST - 1, place);
	if (!error && last > RF_ADDR_V4_LAST)
		error = rf_reference_add(stack, RF_ADDR_V4_LAST + 1, last, place);
	return error;
}

int rf_reference_take(struct rf_reference_reader *reader, rf_addr first, rf_addr last, __u16 place)
{
	struct rf_reference_world *world = reader->world;

	if (rf_addr_is_v4(first) && rf_addr_is_v4(last))
		return rf_reference_add(&world->v4.sources[reader->source], first, last, place);
	return take_v6(&world->v6.sources[reader->source], first, last, place);
}

static int read_content(struct rf_reference_reader *reader)
{
	switch (reader->format) {
	case RF_FORMAT_GEOIP:
	case RF_FORMAT_CSV:
	case RF_FORMAT_GEOFEED:
	case RF_FORMAT_DELEGATED: return rf_reference_read_text(reader);
	case RF_FORMAT_AWS:
	case RF_FORMAT_GOOGLE:
	case RF_FORMAT_AZURE: return rf_reference_read_json(reader);
	case RF_FORMAT_MMDB: return rf_reference_read_mmdb(reader);
	case RF_FORMAT_MAX: break;
	}
	return -EINVAL;
}

int rf_reference_read(struct rf_reference_world *world, size_t source, enum rf_format format,
		      const char *path, struct rf_fault *fault)
{
	struct rf_reference_reader reader = { .world = world, .source = source, .format = format };
	void *data;
	int error = rf_unpack_file(path, &data, &reader.len, NULL, fault);

	if (error)
		return error;
	reader.data = reader.at = data;
	error = read_content(&reader);
	if (error)
		rf_fault_set(fault, error, "reference: %s: byte %zu: %s", path,
			     (size_t)(reader.at - reader.data), strerror(-error));
	free(data);
	return error;
}

static int read_source(struct rf_reference_world *world, size_t index,
		       const struct rf_reference_source *source, struct rf_fault *fault)
{
	int error = 0;

	for (size_t i = 0; !error && i < source->path_count; i++)
		error = rf_reference_read(world, index, source->format, source->paths[i], fault);
	if (error)
		return error;
	error = rf_reference_settle(&world->v4.sources[index]);
	if (!error)
		error = rf_reference_settle(&world->v6.sources[index]);
	if (error)
		rf_fault_set(fault, error, "reference: %s: %s", source->paths[0], strerror(-error));
	return error;
}

/* IPv4's prefixes are those inside ::ffff:0:0/96; one around it is IPv6's. */
static int stack_blocks(const struct rf_block *blocks, size_t count, struct rf_reference_stack *v4,
			struct rf_reference_stack *v6)
{
	int error = 0;

	for (size_t i = 0; !error && i < count; i++) {
		rf_addr size = blocks[i].len ? (rf_addr)1 << (128 - blocks[i].len) : 0;
		rf_addr first = blocks[i].first, last = first + (size - 1);

		error = rf_reference_add(rf_addr_is_v4(first) && rf_addr_is_v4(last) ? v4 : v6,
					 first, last, blocks[i].atom);
	}
	if (!error)
		error = rf_reference_settle(v4);
	return error ? error : rf_reference_settle(v6);
}

static int take_clouds(struct rf_reference_world *world, const struct rf_clouds *clouds)
{
	if (clouds && clouds->count > RF_CLOUDS_MAX)
		return -EINVAL;
	for (size_t i = 0; clouds && i < clouds->count; i++) {
		int code = rf_reference_code(clouds->list[i].code, strlen(clouds->list[i].code));

		if (code < 0)
			return -EINVAL;
		world->cloud_country[i] = (__u16)code;
	}
	world->clouds = clouds;
	return 0;
}

static int make_room(struct rf_reference_world *world, const struct rf_reference_input *input)
{
	*world = (struct rf_reference_world){
		.v4 = { .first = RF_ADDR_V4_FIRST, .last = RF_ADDR_V4_LAST },
		.v6 = { .last = RF_ADDR_MAX },
		.agreement = input->agreement,
	};
	world->v4.sources = calloc(input->source_count + 1, sizeof(*world->v4.sources));
	world->v6.sources = calloc(input->source_count + 1, sizeof(*world->v6.sources));
	if (!world->v4.sources || !world->v6.sources)
		return -ENOMEM;
	world->source_count = input->source_count;
	return take_clouds(world, input->clouds);
}

int rf_reference_world_make(const struct rf_reference_input *input,
			    struct rf_reference_world *world, struct rf_fault *fault)
{
	int error = make_room(world, input);

	if (!error)
		error = stack_blocks(input->marks, input->mark_count, &world->v4.marks,
				     &world->v6.marks);
	if (!error)
		error = stack_blocks(input->blocks, input->block_count, &world->v4.blocks,
				     &world->v6.blocks);
	if (error)
		return rf_fault_set(fault, error, "reference: %s", strerror(-error));
	for (size_t i = 0; !error && i < input->source_count; i++)
		error = read_source(world, i, &input->sources[i], fault);
	return error;
}

static void free_family(struct rf_reference_family *family, size_t source_count)
{
	for (size_t i = 0; i < source_count; i++)
		rf_reference_stack_free(&family->sources[i]);
	free(family->sources);
	rf_reference_stack_free(&family->marks);
	rf_reference_stack_free(&family->blocks);
}

void rf_reference_world_free(struct rf_reference_world *world)
{
	free_family(&world->v4, world->source_count);
	free_family(&world->v6, world->source_count);
}
