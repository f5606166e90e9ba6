// SPDX-License-Identifier: GPL-2.0
/*
 * layer.c - one source's statements, side by side
 *
 * Nearly all files list ranges that do not overlap; those are taken as they
 * are. Where some overlap, all that touch each other are cut into CIDR blocks,
 * which nest or are apart, and laid out by a stack of those that are open.
 */
#include "userspace/lib/layer.h"

#include <errno.h>
#include <stdlib.h>

#include "userspace/lib/atom.h"
#include "userspace/lib/grow.h"

#define DEPTH_MAX 129 /* nested blocks: one for each length */

/* struct blocks - CIDR blocks of the statements that touch each other */
struct blocks {
	struct rf_block *list;
	size_t count;
	size_t room;
};

struct builder {
	const struct rf_clouds *clouds;
	struct rf_layer layer;
	size_t room;
	struct blocks blocks;
};

static int by_place(const void *left, const void *right)
{
	const struct rf_range *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->last < b->last) - (a->last > b->last);
}

static bool is_side_by_side(const struct rf_range *list, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (list[i].first <= list[i - 1].last)
			return false;
	return true;
}

static int append(struct builder *builder, rf_addr first, rf_addr last, __u16 atom, __u8 piece_of)
{
	struct rf_layer *layer = &builder->layer;
	struct rf_range *list;

	list = rf_grow(layer->list, layer->count, &builder->room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	layer->list = list;
	layer->list[layer->count++] = (struct rf_range){ first, last, atom, piece_of };
	return 0;
}

static int add_block(struct blocks *blocks, rf_addr first, unsigned int len, __u16 atom)
{
	struct rf_block *list;

	list = rf_grow(blocks->list, blocks->count, &blocks->room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	blocks->list = list;
	blocks->list[blocks->count++] = (struct rf_block){ first, (__u8)len, atom };
	return 0;
}

static int cut_into_blocks(struct blocks *blocks, const struct rf_range *range)
{
	for (rf_addr first = range->first;; first++) {
		unsigned int len = rf_cidr_length(first, range->last);
		int error = add_block(blocks, first, len, range->atom);

		if (error)
			return error;
		first |= rf_addr_host_mask(len);
		if (first == range->last)
			return 0;
	}
}

/* Two places for one block. */
static __u16 reconcile(struct builder *builder, __u16 a, __u16 b)
{
	__u16 country = rf_atom_country(builder->clouds, a);

	if (a == b)
		return a;
	if (country == rf_atom_country(builder->clouds, b))
		return country;
	builder->layer.contradictions++;
	return RF_ATOM_NOBODY;
}

static void join_equal(struct builder *builder)
{
	struct blocks *blocks = &builder->blocks;
	size_t kept = 0;

	qsort(blocks->list, blocks->count, sizeof(*blocks->list), rf_block_order);
	for (size_t i = 0; i < blocks->count; i++) {
		struct rf_block *before = kept ? &blocks->list[kept - 1] : NULL;

		if (before && !rf_block_order(before, &blocks->list[i]))
			before->atom = reconcile(builder, before->atom, blocks->list[i].atom);
		else
			blocks->list[kept++] = blocks->list[i];
	}
	blocks->count = kept;
}

static rf_addr block_last(const struct rf_block *block)
{
	return block->first | rf_addr_host_mask(block->len);
}

/*
 * struct stack - the blocks around an address
 * @next: what is below it is laid out; @full: all is, up to the space's end
 */
struct stack {
	const struct rf_block *open[DEPTH_MAX];
	size_t depth;
	rf_addr next;
	bool full;
};

/* What the innermost open block holds of [next, last]. */
static int lay_out(struct builder *builder, struct stack *stack, rf_addr last)
{
	const struct rf_block *block = stack->open[stack->depth - 1];
	rf_addr first = stack->next;

	if (stack->full || first > last)
		return 0;
	stack->next = last + 1;
	stack->full = !stack->next;
	return append(builder, first, last, block->atom, (__u8)(block->len + 1));
}

/* Close the blocks that end before @addr. */
static int close_before(struct builder *builder, struct stack *stack, rf_addr addr)
{
	int error = 0;

	while (!error && stack->depth && block_last(stack->open[stack->depth - 1]) < addr) {
		error = lay_out(builder, stack, block_last(stack->open[stack->depth - 1]));
		stack->depth--;
	}
	return error;
}

static int close_all(struct builder *builder, struct stack *stack)
{
	int error = 0;

	for (; !error && stack->depth; stack->depth--)
		error = lay_out(builder, stack, block_last(stack->open[stack->depth - 1]));
	return error;
}

static int nest(struct builder *builder)
{
	const struct blocks *blocks = &builder->blocks;
	struct stack stack = { 0 };
	int error = 0;

	for (size_t i = 0; !error && i < blocks->count; i++) {
		const struct rf_block *block = &blocks->list[i];

		error = close_before(builder, &stack, block->first);
		if (!error && stack.depth && block->first)
			error = lay_out(builder, &stack, block->first - 1);
		stack.next = block->first;
		stack.open[stack.depth++] = block;
	}
	return error ? error : close_all(builder, &stack);
}

/* Statements that touch each other, by themselves or through others. */
static int resolve(struct builder *builder, const struct rf_range *group, size_t count)
{
	int error = 0;

	if (count == 1)
		return append(builder, group->first, group->last, group->atom, 0);
	builder->blocks.count = 0;
	for (size_t i = 0; !error && i < count; i++)
		error = cut_into_blocks(&builder->blocks, &group[i]);
	if (error)
		return error;
	join_equal(builder);
	return nest(builder);
}

static int build(struct builder *builder, const struct rf_range *list, size_t count)
{
	size_t in_group;
	int error = 0;

	for (size_t i = 0; !error && i < count; i += in_group) {
		rf_addr last = list[i].last;

		for (in_group = 1; i + in_group < count && list[i + in_group].first <= last;
		     in_group++)
			if (list[i + in_group].last > last)
				last = list[i + in_group].last;
		error = resolve(builder, &list[i], in_group);
	}
	free(builder->blocks.list);
	return error;
}

int rf_layer_build(struct rf_range *statements, size_t count, const struct rf_clouds *clouds,
		   struct rf_layer *out)
{
	struct builder builder = { .clouds = clouds };
	int error;

	if (!is_side_by_side(statements, count))
		qsort(statements, count, sizeof(*statements), by_place);
	error = build(&builder, statements, count);
	if (error) {
		rf_layer_free(&builder.layer);
		return error;
	}
	*out = builder.layer;
	return 0;
}

void rf_layer_free(struct rf_layer *layer)
{
	free(layer->list);
	*layer = (struct rf_layer){ 0 };
}

size_t rf_layer_seek(const struct rf_layer *layer, rf_addr addr)
{
	size_t low = 0, high = layer->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (layer->list[middle].last < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
