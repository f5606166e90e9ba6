// SPDX-License-Identifier: GPL-2.0
/*
 * reference_layer.c - statements, kept so that an address finds all that hold
 * it
 *
 * Statements seldom overlap. Those that do are spread over layers, so that
 * within a layer at most one holds an address.
 */
#include "userspace/lib/reference_private.h"

#include <errno.h>
#include <stdlib.h>

static int append(struct rf_reference_layer *layer, const struct rf_reference_line *line)
{
	if (layer->count == layer->room) {
		size_t room = layer->room ? layer->room * 2 : 64;
		struct rf_reference_line *grown = realloc(layer->list, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		layer->list = grown;
		layer->room = room;
	}
	layer->list[layer->count++] = *line;
	return 0;
}

static int add_layer(struct rf_reference_stack *stack)
{
	struct rf_reference_layer *grown;

	if (stack->count == RF_REFERENCE_DEPTH_MAX)
		return -E2BIG;
	grown = realloc(stack->layers, (stack->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	stack->layers = grown;
	stack->layers[stack->count++] = (struct rf_reference_layer){ 0 };
	return 0;
}

static int line_order(const void *left, const void *right)
{
	const struct rf_reference_line *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->last != b->last)
		return a->last < b->last ? -1 : 1;
	return a->place - b->place;
}

/* All go to the first layer until they settle. */
int rf_reference_add(struct rf_reference_stack *stack, rf_addr first, rf_addr last, __u16 place)
{
	const struct rf_reference_line line = { first, last, place };
	struct rf_reference_layer *layer;
	int error = stack->count ? 0 : add_layer(stack);

	if (error)
		return error;
	if (first > last)
		return -EINVAL;
	layer = stack->layers;
	if (layer->count && line_order(&layer->list[layer->count - 1], &line) > 0)
		stack->unsorted = true;
	return append(layer, &line);
}

/* To the first layer where it has room. */
static int lay(struct rf_reference_stack *stack, const struct rf_reference_line *line)
{
	int error;

	for (size_t i = 0; i < stack->count; i++) {
		struct rf_reference_layer *layer = &stack->layers[i];

		if (!layer->count || layer->list[layer->count - 1].last < line->first)
			return append(layer, line);
	}
	error = add_layer(stack);
	return error ? error : append(&stack->layers[stack->count - 1], line);
}

/* What stays in the first layer moves to its front. */
int rf_reference_settle(struct rf_reference_stack *stack)
{
	struct rf_reference_line *list, before;
	size_t count;
	int error = 0;

	if (!stack->count)
		return 0;
	list = stack->layers[0].list;
	count = stack->layers[0].count;
	if (stack->unsorted)
		qsort(list, count, sizeof(*list), line_order);
	stack->layers[0].count = 0;
	for (size_t i = 0; !error && i < count; i++) {
		struct rf_reference_line line = list[i];

		if (i == 0 || line_order(&before, &line) != 0)
			error = lay(stack, &line);
		before = line;
	}
	return error;
}

void rf_reference_stack_free(struct rf_reference_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		free(stack->layers[i].list);
	free(stack->layers);
	*stack = (struct rf_reference_stack){ 0 };
}

static size_t bisect(const struct rf_reference_layer *layer, rf_addr addr)
{
	size_t low = 0, high = layer->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (layer->list[middle].last < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct rf_reference_line *rf_reference_line_at(struct rf_reference_layer *layer, rf_addr addr)
{
	const struct rf_reference_line *list = layer->list;
	size_t at = layer->at, count = layer->count;

	if (at < count && list[at].last < addr)
		at++;
	if ((at < count && list[at].last < addr) || (at > 0 && list[at - 1].last >= addr))
		at = bisect(layer, addr);
	layer->at = at;
	return at < count ? &list[at] : NULL;
}
