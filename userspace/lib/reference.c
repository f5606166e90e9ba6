// SPDX-License-Identifier: GPL-2.0
/*
 * reference.c - which addresses of a compiled table to look at, and the looking
 *
 * All that was said, by whomever, cuts the space into stretches. Within one of
 * the CIDR blocks that a stretch is made of the answer cannot change: whoever
 * speaks there has a block that holds it whole.
 */
#include "userspace/lib/reference_private.h"

#include <errno.h>

#include "bpf/region.h"

#define SAMPLES 1024 /* IPv4 addresses, looked at in each prefix that carries such */

struct check {
	struct rf_reference_world *world;
	const struct rf_generation_header *value;
	struct rf_reference_report *report;
	struct rf_fault *fault;
};

/*
 * struct samples - some of the stretches of IPv4, evenly
 * @every: how many stretches there are for each that is kept
 * @skipped: since the last that was kept
 */
struct samples {
	__u32 list[SAMPLES];
	size_t count;
	size_t every;
	size_t skipped;
};

static int compare_at(const struct check *check, rf_addr addr)
{
	unsigned int expected = rf_reference_expected(check->world, addr), found;
	char text[RF_ADDR_TEXT_MAX];
	__u8 bytes[16];

	for (int i = 0; i < 16; i++)
		bytes[i] = (__u8)(addr >> (120 - 8 * i));
	found = rf_region_atom(check->value, bytes);
	check->report->checked++;
	if (expected == found)
		return 0;
	return rf_fault_set(check->fault, -EBADMSG,
			    "compiled table is wrong at %s: expected atom %u, found %u",
			    rf_addr_text(addr, text), expected, found);
}

/* How many bits vary in the largest CIDR block at @first that ends by @last? */
static unsigned int block_bits(rf_addr first, rf_addr last)
{
	rf_addr size = last - first + 1, most = first & -first;
	unsigned int bits = 0;

	if (!size)
		return 128;
	if (!most || most > size)
		most = size;
	if (most >> 64)
		bits = 64;
	return bits + 63 - (unsigned int)__builtin_clzll((__u64)(most >> bits));
}

static int compare_stretch(const struct check *check, rf_addr first, rf_addr last)
{
	int error = last - first < 2 ? 0 : compare_at(check, first + (last - first) / 2);

	for (rf_addr addr = first; !error; addr++) {
		rf_addr end = addr + (((rf_addr)1 << block_bits(addr, last)) - 1);

		error = compare_at(check, addr);
		if (!error && end != addr)
			error = compare_at(check, end);
		if (end == last)
			break;
		addr = end;
	}
	return error;
}

/* Shorten a stretch from @first on to where one of these statements starts or ends. */
static void cut(const struct rf_reference_stack *stack, rf_addr first, rf_addr *last)
{
	for (size_t i = 0; i < stack->count; i++) {
		const struct rf_reference_line *line;
		rf_addr end;

		line = rf_reference_line_at(&stack->layers[i], first);
		if (!line)
			continue;
		end = line->first > first ? line->first - 1 : line->last;
		if (end < *last)
			*last = end;
	}
}

/* From @first on nobody starts or ends to say something before the address returned. */
static rf_addr stretch_last(const struct rf_reference_world *world,
			    const struct rf_reference_family *family, rf_addr first, rf_addr step)
{
	rf_addr last = first | (step - 1);

	cut(&family->marks, first, &last);
	cut(&family->blocks, first, &last);
	for (size_t i = 0; i < world->source_count; i++)
		cut(&family->sources[i], first, &last);
	return last;
}

/* Keep every n-th; when there is no more room, half of them and every 2n-th. */
static void sample(struct samples *samples, __u32 v4)
{
	if (++samples->skipped < samples->every)
		return;
	samples->skipped = 0;
	if (samples->count == SAMPLES) {
		for (size_t i = 0; i < SAMPLES / 2; i++)
			samples->list[i] = samples->list[2 * i];
		samples->count = SAMPLES / 2;
		samples->every *= 2;
	}
	samples->list[samples->count++] = v4;
}

/* Each /16 has an entry of its own in the first level of the table. */
static int compare_v4(const struct check *check, struct samples *samples)
{
	const struct rf_reference_family *family = &check->world->v4;
	rf_addr first = family->first, last;
	int error;

	for (;; first = last + 1) {
		last = stretch_last(check->world, family, first, 1u << 16);
		sample(samples, (__u32)first);
		error = compare_stretch(check, first, last);
		if (error || last == family->last)
			return error;
	}
}

/* The same; IPv4's place within is not looked up here. */
static int compare_v6(const struct check *check)
{
	const struct rf_reference_family *family = &check->world->v6;
	const rf_addr step = (rf_addr)1 << 112;
	rf_addr first = family->first, last;
	int error = 0;

	for (;; first = last + 1) {
		if (rf_addr_is_v4(first)) {
			last = RF_ADDR_V4_LAST;
			continue;
		}
		last = stretch_last(check->world, family, first, step);
		if (first < RF_ADDR_V4_FIRST && last >= RF_ADDR_V4_FIRST)
			last = RF_ADDR_V4_FIRST - 1;
		error = compare_stretch(check, first, last);
		if (error || last == family->last)
			return error;
	}
}

/* The first and the last IPv6 address that carries the IPv4 address. */
static int compare_wrapped(const struct check *check, const struct rf_block *mark, __u32 v4)
{
	const rf_addr tail = ((rf_addr)1 << 80) - 1;
	int error;

	if (mark->atom == RF_ATOM_NAT64)
		return compare_at(check, mark->first | v4);
	if (mark->atom == RF_ATOM_TEREDO)
		return compare_at(check, mark->first | (v4 ^ 0xffffffffu));
	error = compare_at(check, mark->first | (rf_addr)v4 << 80);
	return error ? error : compare_at(check, mark->first | (rf_addr)v4 << 80 | tail);
}

/* One address, and the one before it. */
static int compare_cut(const struct check *check, const struct rf_block *mark, __u32 v4)
{
	int error = compare_wrapped(check, mark, v4);

	return error ? error : compare_wrapped(check, mark, v4 - 1);
}

static int compare_embedded(const struct check *check, const struct rf_block *mark,
			    const struct samples *samples)
{
	__u32 first, last;
	int error = 0;

	for (size_t i = 0; !error && i < samples->count; i++)
		error = compare_cut(check, mark, samples->list[i]);
	for (size_t i = 0; !error && rf_reference_special(i, &first, &last); i++) {
		error = compare_cut(check, mark, first);
		if (!error)
			error = compare_cut(check, mark, last + 1);
	}
	return error;
}

static int compare_all(const struct check *check, const struct rf_block *marks, size_t count)
{
	struct samples samples = { .every = 1 };
	int error = compare_v4(check, &samples);

	if (!error)
		error = compare_v6(check);
	for (size_t i = 0; !error && i < count; i++)
		if (marks[i].atom >= RF_ATOM_EMBED_FIRST)
			error = compare_embedded(check, &marks[i], &samples);
	return error;
}

int rf_reference_check(const struct rf_reference_input *input,
		       const struct rf_generation_header *value, struct rf_reference_report *report,
		       struct rf_fault *fault)
{
	struct rf_reference_report counted = { 0 };
	struct rf_reference_world world;
	const struct check check = {
		.world = &world, .value = value, .report = &counted, .fault = fault
	};
	int error = rf_reference_world_make(input, &world, fault);

	if (!error)
		error = compare_all(&check, input->marks, input->mark_count);
	rf_reference_world_free(&world);
	if (!error && report)
		*report = counted;
	return error;
}
