// SPDX-License-Identifier: GPL-2.0
/*
 * reference.c - is a compiled table right, at every address?
 *
 * Two functions that are constant over stretches are equal everywhere if they
 * are equal once in each stretch that both have in common. So both are cut:
 *
 * What the files, the marks and the policy say is cut into *parts* wherever a
 * statement starts or ends. Within one, the same statements hold each address,
 * but who of them wins may depend on the CIDR block that a range is there. For
 * marks and the policy's prefixes that is one. Against a prefix of the policy a
 * range is the same for the whole part: a block of it that is not longer holds
 * all of the prefix, and so the part. That leaves two statements of one source:
 * there the part is cut further, into the CIDR blocks that it is made of. Each
 * is within one block of any range that holds it.
 *
 * What the table answers is cut into *pieces* by reference_table.c, which reads
 * the layout as bpf/generation.h has it. By that layout an answer cannot change
 * within a piece: one entry decides for all of it, or neighbours in the first
 * level with the same content. The segments of a bucket or of a tail ascend
 * strictly (else the walk fails), so the last one that is not above an address
 * is the same until the next one starts. The leaf of a part of a node is found
 * by counting the leaf bits up to it, and there is none behind the first of the
 * parts that are one piece. Each piece is compared as it is stored with all
 * parts that it shares an address with; and rf_region_words() is asked, whether
 * it reads the layout in the same way, at the first address of each of these
 * and at the last one of the piece. It searches among ordered keys, so that
 * between two addresses that lead to one entry all do.
 *
 * Where an IPv6 address carries an IPv4 one, that one decides, and the answer
 * changes within a piece. There the table is right if it holds the right one of
 * the atoms that say how, and if IPv4's table is right. What is left is code,
 * the same for every table: how the address is taken out, and which may be
 * inside. Both look-ups are compared at the bounds of what may, and at a sample.
 */
#include "userspace/lib/reference_private.h"

#include <errno.h>

#include "bpf/region.h"

#define SAMPLES 1024 /* IPv4 addresses, looked at in each prefix that carries such */

/*
 * struct part - addresses that have one right answer
 * @next: the first one behind it; before the first part, that one's
 * @stored: what the table has to hold for all of them
 * @unused: IPv4's place in IPv6, which is not looked up there
 */
struct part {
	rf_addr last;
	rf_addr next;
	__u16 stored;
	bool unused;
};

/*
 * struct samples - some of the parts of IPv4, evenly
 * @every: how many parts there are for each that is kept
 * @skipped: since the last that was kept
 */
struct samples {
	__u32 list[SAMPLES];
	size_t count;
	size_t every;
	size_t skipped;
};

struct check {
	struct rf_reference_world *world;
	const struct rf_reference_family *family;
	const struct rf_generation *value;
	struct rf_reference_report *report;
	struct rf_fault *fault;
	struct samples samples;
	struct part part;
};

static int wrong_at(const struct check *check, rf_addr addr, unsigned int expected,
		    unsigned int found)
{
	char text[RF_ADDR_TEXT_MAX];

	return rf_fault_set(check->fault, -EBADMSG,
			    "compiled table is wrong at %s: expected atom %u, found %u",
			    rf_addr_text(addr, text), expected, found);
}

static int compare_with(const struct check *check, rf_addr addr, __u16 expected)
{
	const struct rf_words words = { (__u64)(addr >> 64), (__u64)addr };
	__u16 found = rf_region_words(&check->value->header, words);

	check->report->checked++;
	return expected == found ? 0 : wrong_at(check, addr, expected, found);
}

static int compare_at(const struct check *check, rf_addr addr)
{
	return compare_with(check, addr, rf_reference_expected(check->world, addr));
}

/* How many bits vary in the largest CIDR block at @first that ends by @last? Not all of them. */
static unsigned int block_bits(rf_addr first, rf_addr last)
{
	rf_addr size = last - first + 1, most = first & -first;
	unsigned int bits = 0;

	if (!most || most > size)
		most = size;
	if (most >> 64)
		bits = 64;
	return bits + 63 - (unsigned int)__builtin_clzll((__u64)(most >> bits));
}

/*
 * Shorten a part from @first on to where one of these statements starts or
 * ends. Returns how many of them hold @first.
 */
static size_t cut(const struct rf_reference_stack *stack, rf_addr first, rf_addr *last)
{
	size_t holding = 0;

	for (size_t i = 0; i < stack->count; i++) {
		const struct rf_reference_line *line;
		rf_addr end;

		line = rf_reference_line_at(&stack->layers[i], first);
		if (!line)
			continue;
		end = line->first > first ? line->first - 1 : line->last;
		if (end < *last)
			*last = end;
		holding += line->first <= first;
	}
	return holding;
}

/* Where the part that starts at @first ends, by @last at most. */
static rf_addr part_last(const struct rf_reference_world *world,
			 const struct rf_reference_family *family, rf_addr first, rf_addr last)
{
	size_t most = 0;

	cut(&family->marks, first, &last);
	cut(&family->blocks, first, &last);
	for (size_t i = 0; i < world->source_count; i++) {
		size_t holding = cut(&family->sources[i], first, &last);

		most = holding > most ? holding : most;
	}
	if (most > 1)
		last = first + (((rf_addr)1 << block_bits(first, last)) - 1);
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

static __u16 plain(__u16 atom)
{
	return atom < RF_ATOM_EMBED_FIRST ? atom : RF_ATOM_UNKNOWN;
}

static void next_part_v4(struct check *check, rf_addr first)
{
	struct part *part = &check->part;

	part->last = part_last(check->world, check->family, first, RF_ADDR_V4_LAST);
	part->stored = plain(rf_reference_stored(check->world, first));
	sample(&check->samples, (__u32)first);
}

static void next_part_v6(struct check *check, rf_addr first)
{
	struct part *part = &check->part;

	part->unused = first == RF_ADDR_V4_FIRST;
	part->last = RF_ADDR_V4_LAST;
	if (part->unused)
		return;
	part->last = part_last(check->world, check->family, first,
			       first < RF_ADDR_V4_FIRST ? RF_ADDR_V4_FIRST - 1 : RF_ADDR_MAX);
	part->stored = rf_reference_stored(check->world, first);
}

/* One address of the part. */
static int compare_addr(const struct check *check, rf_addr addr)
{
	__u16 stored = check->part.stored;

	if (check->part.unused)
		return 0;
	return stored < RF_ATOM_EMBED_FIRST ? compare_with(check, addr, stored) :
					      compare_at(check, addr);
}

/* What the piece and the part have in common, from @first on. */
static int compare_common(const struct check *check, rf_addr first, __u16 atom)
{
	const struct part *part = &check->part;
	int error = compare_addr(check, first);

	if (!error && !part->unused && atom != part->stored)
		error = wrong_at(check, first, part->stored, atom);
	return error;
}

static void next_part(struct check *check, rf_addr first)
{
	if (check->family == &check->world->v4)
		next_part_v4(check, first);
	else
		next_part_v6(check, first);
	check->part.next = check->part.last + 1;
}

/* A piece of either table. */
static int compare_piece(struct check *check, rf_addr first, rf_addr last, __u16 atom)
{
	const struct part *part = &check->part;
	bool single = first == last;

	for (;; first = part->next) {
		int error;

		if (first == part->next)
			next_part(check, first);
		error = compare_common(check, first, atom);
		if (error)
			return error;
		if (part->last >= last)
			return single ? 0 : compare_addr(check, last);
	}
}

static int compare_piece_v4(void *ctx, rf_addr first, rf_addr last, __u16 atom)
{
	return compare_piece(ctx, first, last, plain(atom));
}

static int compare_piece_v6(void *ctx, rf_addr first, rf_addr last, __u16 atom)
{
	return compare_piece(ctx, first, last, atom);
}

static int compare_v4(struct check *check)
{
	check->family = &check->world->v4;
	check->part = (struct part){ .next = check->family->first };
	return rf_reference_walk_v4(&check->value->v4, compare_piece_v4, check, check->fault);
}

static int compare_v6(struct check *check)
{
	check->family = &check->world->v6;
	check->part = (struct part){ .next = check->family->first };
	return rf_reference_walk_v6(&check->value->v6, compare_piece_v6, check, check->fault);
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

static int compare_embedded(const struct check *check, const struct rf_block *mark)
{
	const struct samples *samples = &check->samples;
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

static int compare_all(struct check *check, const struct rf_block *marks, size_t count)
{
	int error = compare_v4(check);

	if (!error)
		error = compare_v6(check);
	for (size_t i = 0; !error && i < count; i++)
		if (marks[i].atom >= RF_ATOM_EMBED_FIRST)
			error = compare_embedded(check, &marks[i]);
	return error;
}

int rf_reference_check(const struct rf_reference_input *input,
		       const struct rf_generation_header *value, struct rf_reference_report *report,
		       struct rf_fault *fault)
{
	struct rf_reference_report counted = { 0 };
	struct rf_reference_world world;
	struct check check = {
		.world = &world,
		.value = (const struct rf_generation *)value,
		.report = &counted,
		.fault = fault,
		.samples = { .every = 1 },
	};
	int error = rf_reference_world_make(input, &world, fault);

	if (!error)
		error = compare_all(&check, input->marks, input->mark_count);
	rf_reference_world_free(&world);
	if (!error && report)
		*report = counted;
	return error;
}
