// SPDX-License-Identifier: GPL-2.0
/*
 * format_mmdb.c - a MaxMind DB as statements: its tree, walked once
 *
 * In a database of both families IPv4 is below ::/96, and other networks point
 * there too, so that one can ask for them: those are left out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/format_reader.h"
#include "userspace/lib/mmdb.h"

/* Nodes may be shared, so a small tree can be endless. The largest known have 10M. */
#define VISITS_MAX (64u << 20)
#define STATEMENTS_MAX (16u << 20)
#define MEMORIES 65536u

/*
 * struct branch - a record to look at
 * @first: lowest address, IPv4 as ::ffff:a.b.c.d
 * @depth: bits that are fixed, IPv4 has 96 more
 * @v4: below IPv4's root
 */
struct branch {
	rf_addr first;
	unsigned int depth;
	bool v4;
	enum rf_mmdb_kind kind;
	__u32 value;
};

/* struct memory - the country of a record that was looked at; by offset + 1 */
struct memory {
	__u32 offset;
	char code[3];
};

/*
 * struct walk - the branches still to see, lowest addresses on top
 * @v4: what is at ::/96 of a database of both families
 */
struct walk {
	struct rf_reader *reader;
	struct rf_mmdb db;
	struct branch todo[130];
	unsigned int count;
	struct branch v4;
	size_t visits;
	struct memory memories[MEMORIES];
};

static int wrong(struct walk *walk, const struct branch *branch, const char *what)
{
	char text[RF_ADDR_TEXT_MAX];

	return rf_reader_wrong(walk->reader, "%s: %s",
			       rf_addr_prefix_text(branch->first, branch->depth, text), what);
}

static struct branch child(const struct walk *walk, const struct branch *branch, unsigned int side)
{
	struct branch below = *branch;

	below.depth++;
	below.first |= (rf_addr)side << (128 - below.depth);
	below.kind = rf_mmdb_record(&walk->db, branch->value, side, &below.value);
	return below;
}

/* Where IPv4 is, or RF_MMDB_EMPTY if nowhere by itself */
static struct branch find_v4(const struct walk *walk, struct branch at)
{
	while (at.kind == RF_MMDB_NODE && at.depth < 96)
		at = child(walk, &at, 0);
	if (at.depth < 96)
		at.kind = RF_MMDB_EMPTY;
	return at;
}

/* Networks that carry IPv4 addresses, where makers of databases point to IPv4 */
static bool is_alias(const struct walk *walk, const struct branch *branch)
{
	static const struct {
		__u32 high; /* of the address */
		__u32 middle;
		unsigned int depth;
	} aliases[] = {
		{ 0x20010000, 0, 32 }, /* Teredo */
		{ 0x20020000, 0, 16 }, /* 6to4 */
		{ 0x0064ff9b, 0, 96 }, /* NAT64 */
		{ 0, 0xffff, 96 }, /* IPv4-mapped */
	};

	if (branch->v4 || branch->kind != walk->v4.kind || branch->value != walk->v4.value)
		return false;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (branch->depth == aliases[i].depth &&
		    branch->first ==
			    ((rf_addr)aliases[i].high << 96 | (rf_addr)aliases[i].middle << 32))
			return true;
	return false;
}

static int take_data(struct walk *walk, const struct branch *branch)
{
	struct memory *memory = &walk->memories[branch->value % MEMORIES];

	if (!branch->v4 && !branch->first && branch->depth < 96)
		return wrong(walk, branch, "a record for both IPv4 and IPv6");
	if (memory->offset != branch->value + 1) {
		const char *cause = rf_mmdb_country(&walk->db, branch->value, memory->code);

		if (cause)
			return wrong(walk, branch, cause);
		memory->offset = branch->value + 1;
	}
	if (walk->reader->taken >= STATEMENTS_MAX)
		return wrong(walk, branch, "more networks than a database can have");
	return rf_reader_take(walk->reader, branch->first,
			      branch->first | rf_addr_host_mask(branch->depth), memory->code);
}

static int visit(struct walk *walk, struct branch *branch)
{
	if (++walk->visits > VISITS_MAX)
		return wrong(walk, branch, "more nodes than a database can have");
	if (branch->kind == RF_MMDB_EMPTY || is_alias(walk, branch))
		return 0;
	if (branch->kind == RF_MMDB_INVALID)
		return wrong(walk, branch, "record that is outside of the file");
	if (!branch->v4 && branch->depth == 96 && branch->first == RF_ADDR_V4_FIRST)
		return wrong(walk, branch, "IPv4 addresses apart from those at ::/96");
	if (!branch->v4 && branch->depth == 96 && !branch->first) {
		branch->v4 = true;
		branch->first = RF_ADDR_V4_FIRST;
	}
	if (branch->kind == RF_MMDB_DATA)
		return take_data(walk, branch);
	if (branch->depth == 128)
		return wrong(walk, branch, "tree deeper than an address is long");
	walk->todo[walk->count++] = child(walk, branch, 1);
	walk->todo[walk->count++] = child(walk, branch, 0);
	return 0;
}

int rf_format_read_mmdb(struct rf_reader *reader)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	const char *cause;
	int result = 0;

	if (!walk)
		return rf_fault_set(reader->fault, -ENOMEM, "out of memory");
	walk->reader = reader;
	cause = rf_mmdb_open(reader->data, reader->len, &walk->db);
	if (cause)
		result = rf_reader_wrong(reader, "%s", cause);
	if (!result) {
		struct branch root = { .kind = RF_MMDB_NODE };

		if (walk->db.address_bits == 32)
			root = (struct branch){ .first = RF_ADDR_V4_FIRST,
						.depth = 96,
						.v4 = true };
		if (walk->db.build_epoch)
			rf_reader_date(reader, walk->db.build_epoch);
		walk->v4 = find_v4(walk, root);
		walk->todo[walk->count++] = root;
	}
	while (!result && walk->count) {
		struct branch branch = walk->todo[--walk->count];

		result = visit(walk, &branch);
	}
	free(walk);
	return result;
}
