// SPDX-License-Identifier: GPL-2.0
/*
 * reference.c - a second opinion on every compiled table
 *
 * Nothing here and in reference_file.c may call the builder's code (geoip.c,
 * segment.c, atom.c): only the types that carry the question are shared.
 */
#include "userspace/lib/reference.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/region.h"
#include "userspace/lib/address.h"
#include "userspace/lib/reference_file.h"

/* struct span - what a prefix that is in no other prefix covers */
struct span {
	rf_addr first;
	rf_addr last;
};

/* struct family - all that is known of IPv4, or of IPv6 */
struct family {
	rf_addr first; /* of the space that this family's addresses are in */
	rf_addr last;
	struct rf_reference_line *lines;
	size_t line_count;
	struct rf_block *blocks; /* longest first, then ascending */
	size_t block_count;
	struct span *spans; /* ascending, apart from each other */
	size_t span_count;
};

struct check {
	const struct family *family;
	const struct rf_generation_header *value;
	struct rf_reference_report *report;
	struct rf_fault *fault;
};

/* The bits below a prefix of @len bits. */
static rf_addr below(unsigned int len)
{
	return len == 0 ? ~(rf_addr)0 : ~(~(rf_addr)0 << (128 - len));
}

static int longest_first(const void *left, const void *right)
{
	const struct rf_block *a = left, *b = right;

	if (a->len != b->len)
		return a->len > b->len ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

/* Keep the prefixes of this family: IPv4's are those inside ::ffff:0:0/96. */
static int keep_blocks(struct family *family, bool is_v4, const struct rf_block *blocks,
		       size_t count)
{
	family->blocks = calloc(count + 1, sizeof(*blocks));
	if (!family->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if ((blocks[i].len >= 96 && blocks[i].first >> 32 == 0xffff) == is_v4)
			family->blocks[family->block_count++] = blocks[i];
	qsort(family->blocks, family->block_count, sizeof(*blocks), longest_first);
	return 0;
}

static int span_order(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->last < b->last) - (a->last > b->last);
}

/* The outermost prefixes, to see quickly that an address is in none. */
static int find_spans(struct family *family)
{
	struct span *spans = calloc(family->block_count + 1, sizeof(*spans));
	size_t kept = 0;

	if (!spans)
		return -ENOMEM;
	for (size_t i = 0; i < family->block_count; i++) {
		spans[i].first = family->blocks[i].first;
		spans[i].last = spans[i].first | below(family->blocks[i].len);
	}
	qsort(spans, family->block_count, sizeof(*spans), span_order);
	for (size_t i = 0; i < family->block_count; i++)
		if (!kept || spans[i].first > spans[kept - 1].last)
			spans[kept++] = spans[i];
	family->spans = spans;
	family->span_count = kept;
	return 0;
}

static bool in_span(const struct family *family, rf_addr addr)
{
	size_t low = 0, high = family->span_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (family->spans[middle].last < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < family->span_count && family->spans[low].first <= addr;
}

/* The longest prefix around @addr: all of one length are tried, then shorter. */
static const struct rf_block *longest_block(const struct family *family, rf_addr addr)
{
	size_t from = 0;

	if (!in_span(family, addr))
		return NULL;
	while (from < family->block_count) {
		struct rf_block key = { .len = family->blocks[from].len };
		struct rf_block *found;

		key.first = addr & ~below(key.len);
		found = bsearch(&key, family->blocks + from, family->block_count - from,
				sizeof(key), longest_first);
		if (found)
			return found;
		while (from < family->block_count && family->blocks[from].len == key.len)
			from++;
	}
	return NULL;
}

/* How long is the largest CIDR block around @addr that the range holds whole? */
static unsigned int cidr_length(const struct rf_reference_line *line, rf_addr addr)
{
	unsigned int len = 0;

	while ((addr & ~below(len)) < line->first || (addr | below(len)) > line->last)
		len++;
	return len;
}

static unsigned int expected_atom(const struct family *family, const struct rf_reference_line *line,
				  rf_addr addr)
{
	const struct rf_block *block = longest_block(family, addr);
	unsigned int source = line ? line->atom : 0;

	if (!block)
		return source;
	if (source && cidr_length(line, addr) > block->len)
		return source;
	return block->atom;
}

static int compare_at(const struct check *check, const struct rf_reference_line *line, rf_addr addr)
{
	unsigned int expected = expected_atom(check->family, line, addr), found;
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

static bool in_v4_space(rf_addr addr)
{
	return addr >> 32 == 0xffff;
}

static unsigned int trailing_zeros(rf_addr addr)
{
	if ((__u64)addr)
		return (unsigned int)__builtin_ctzll((__u64)addr);
	return addr ? 64 + (unsigned int)__builtin_ctzll((__u64)(addr >> 64)) : 128;
}

/* The last address of the largest CIDR block at @first that ends by @last. */
static rf_addr cidr_last(rf_addr first, rf_addr last)
{
	unsigned int bits = trailing_zeros(first);

	while ((first | below(128 - bits)) > last)
		bits--;
	return first | below(128 - bits);
}

/*
 * A stretch that one line (or none) covers: one address inside, and the ends
 * of each of its CIDR blocks. Its own ends alone would leave out the leaves
 * that the trie has for the blocks between them.
 */
static int compare_stretch(const struct check *check, const struct rf_reference_line *line,
			   rf_addr first, rf_addr last)
{
	int error = compare_at(check, line, first + (last - first) / 2);

	for (rf_addr addr = first; !error; addr++) {
		rf_addr end = cidr_last(addr, last);

		error = compare_at(check, line, addr);
		if (!error && end != addr)
			error = compare_at(check, line, end);
		if (end == last)
			break;
		addr = end;
	}
	return error;
}

/* The gap [first, last]; in IPv6 it may have IPv4's space in it. */
static int compare_gap(const struct check *check, rf_addr first, rf_addr last)
{
	const rf_addr v4 = (rf_addr)0xffff << 32, v4_size = (rf_addr)1 << 32;
	int error;

	if (check->family->first != 0 || first >= v4 + v4_size || last < v4)
		return compare_stretch(check, NULL, first, last);
	error = first < v4 ? compare_stretch(check, NULL, first, v4 - 1) : 0;
	if (!error && last >= v4 + v4_size)
		error = compare_stretch(check, NULL, v4 + v4_size, last);
	return error;
}

static int compare_lines(const struct check *check)
{
	const struct family *family = check->family;
	rf_addr gap = family->first;
	bool ended = false;
	int error = 0;

	for (size_t i = 0; !error && i < family->line_count; i++) {
		const struct rf_reference_line *line = &family->lines[i];

		if (line->first > gap)
			error = compare_gap(check, gap, line->first - 1);
		if (!error)
			error = compare_stretch(check, line, line->first, line->last);
		ended = line->last == family->last;
		gap = line->last + 1;
	}
	if (!error && !ended)
		error = compare_gap(check, gap, family->last);
	return error;
}

static int line_order(const void *key, const void *element)
{
	rf_addr addr = *(const rf_addr *)key;
	const struct rf_reference_line *line = element;

	return addr < line->first ? -1 : addr > line->last;
}

/* Any address of the family; others are none of its business. */
static int compare_any(const struct check *check, rf_addr addr)
{
	const struct family *family = check->family;

	if (addr < family->first || addr > family->last ||
	    in_v4_space(addr) != (family->first != 0))
		return 0;
	return compare_at(check,
			  bsearch(&addr, family->lines, family->line_count, sizeof(*family->lines),
				  line_order),
			  addr);
}

static int compare_ends(const struct check *check, rf_addr first, rf_addr last)
{
	int error = compare_any(check, first);

	if (!error)
		error = compare_any(check, last);
	return error ? error : compare_any(check, first + (last - first) / 2);
}

/* A prefix, and around it the other half of each prefix that holds it. */
static int compare_block(const struct check *check, const struct rf_block *block)
{
	rf_addr last = block->first | below(block->len);
	int error = compare_ends(check, block->first, last);

	for (unsigned int len = block->len; !error && len > 0; len--) {
		rf_addr half = (block->first & ~below(len)) ^ ((rf_addr)1 << (128 - len));

		error = compare_ends(check, half, half | below(len));
	}
	if (!error)
		error = compare_any(check, block->first - 1);
	return error ? error : compare_any(check, last + 1);
}

static int check_family(bool is_v4, const char *path, const struct rf_block *blocks, size_t count,
			struct check *check)
{
	struct family family = { .last = ~(rf_addr)0 };
	int error;

	if (is_v4) {
		family.first = (rf_addr)0xffff << 32;
		family.last = family.first + 0xffffffffu;
	}
	check->family = &family;
	error = rf_reference_read(path, is_v4, &family.lines, &family.line_count, check->fault);
	if (!error)
		error = keep_blocks(&family, is_v4, blocks, count);
	if (!error)
		error = find_spans(&family);
	if (!error)
		error = compare_lines(check);
	for (size_t i = 0; !error && i < family.block_count; i++)
		error = compare_block(check, &family.blocks[i]);
	free(family.lines);
	free(family.blocks);
	free(family.spans);
	return error;
}

int rf_reference_check(const char *v4_path, const char *v6_path, const struct rf_block *blocks,
		       size_t block_count, const struct rf_generation_header *value,
		       struct rf_reference_report *report, struct rf_fault *fault)
{
	struct rf_reference_report counted = { 0 };
	struct check check = { .value = value, .report = &counted, .fault = fault };
	int error = check_family(true, v4_path, blocks, block_count, &check);

	if (!error)
		error = check_family(false, v6_path, blocks, block_count, &check);
	if (!error && report)
		*report = counted;
	return error;
}
