// SPDX-License-Identifier: GPL-2.0
/*
 * reference_answer.c - who wins at one address, by looking at all candidates
 */
#include "userspace/lib/reference_private.h"

/* struct answer - what was said, and how long the CIDR block that says so is */
struct answer {
	__u16 place;
	unsigned int len;
};

/* struct special - IPv4 addresses that do not mean the same everywhere */
struct special {
	__u8 net[4];
	unsigned int len;
};

/* RFC 6890 and its successors, for what may not be carried in IPv6. */
static const struct special specials[] = {
	{ { 0, 0, 0, 0 }, 8 },	   { { 10, 0, 0, 0 }, 8 },	{ { 100, 64, 0, 0 }, 10 },
	{ { 127, 0, 0, 0 }, 8 },   { { 169, 254, 0, 0 }, 16 },	{ { 172, 16, 0, 0 }, 12 },
	{ { 192, 0, 0, 0 }, 24 },  { { 192, 0, 2, 0 }, 24 },	{ { 192, 168, 0, 0 }, 16 },
	{ { 198, 18, 0, 0 }, 15 }, { { 198, 51, 100, 0 }, 24 }, { { 203, 0, 113, 0 }, 24 },
	{ { 224, 0, 0, 0 }, 4 },   { { 240, 0, 0, 0 }, 4 },
};

bool rf_reference_special(size_t n, __u32 *first, __u32 *last)
{
	const struct special *special = &specials[n];

	if (n >= sizeof(specials) / sizeof(specials[0]))
		return false;
	*first = (__u32)special->net[0] << 24 | (__u32)special->net[1] << 16 |
		 (__u32)special->net[2] << 8 | special->net[3];
	*last = *first + ((1u << (32 - special->len)) - 1);
	return true;
}

bool rf_reference_is_global(__u32 v4)
{
	__u32 first, last;

	for (size_t i = 0; rf_reference_special(i, &first, &last); i++)
		if (v4 >= first && v4 <= last)
			return false;
	return true;
}

/* The number of the highest bit that differs; @a is not @b. */
static unsigned int highest_difference(rf_addr a, rf_addr b)
{
	__u64 high = (__u64)((a ^ b) >> 64), low = (__u64)(a ^ b);

	return high ? 127 - (unsigned int)__builtin_clzll(high) :
		      63 - (unsigned int)__builtin_clzll(low);
}

/*
 * How long is the largest CIDR block around @addr that the line holds whole?
 * One of 2^n addresses around it holds the neighbour on a side as soon as both
 * have all bits from n on in common.
 */
static unsigned int cidr_length(const struct rf_reference_line *line, rf_addr addr)
{
	unsigned int bits = 128, most;

	if (line->first != 0) {
		most = highest_difference(addr, line->first - 1);
		bits = most < bits ? most : bits;
	}
	if (line->last != RF_ADDR_MAX) {
		most = highest_difference(addr, line->last + 1);
		bits = most < bits ? most : bits;
	}
	return 128 - bits;
}

static __u16 country_of(const struct rf_reference_world *world, __u16 place)
{
	if (place < RF_ATOM_CLOUD_FIRST || place >= RF_ATOM_CLOUD_FIRST + RF_CLOUDS_MAX)
		return place;
	return world->cloud_country[place - RF_ATOM_CLOUD_FIRST];
}

/* Two say something with the same right. */
static __u16 reconcile(const struct rf_reference_world *world, __u16 a, __u16 b)
{
	if (a == b)
		return a;
	a = country_of(world, a);
	return a == country_of(world, b) ? a : RF_REFERENCE_NOBODY;
}

/* The longest CIDR block around @addr of all statements; false if there is none. */
static bool ask(const struct rf_reference_world *world, const struct rf_reference_stack *stack,
		rf_addr addr, struct answer *answer)
{
	bool found = false;

	for (size_t i = 0; i < stack->count; i++) {
		const struct rf_reference_line *line;
		unsigned int len;

		line = rf_reference_line_at(&stack->layers[i], addr);
		if (!line || line->first > addr)
			continue;
		len = cidr_length(line, addr);
		if (!found || len > answer->len)
			*answer = (struct answer){ line->place, len };
		else if (len == answer->len)
			answer->place = reconcile(world, answer->place, line->place);
		found = true;
	}
	return found;
}

static bool ask_source(const struct rf_reference_world *world,
		       const struct rf_reference_family *family, size_t source, rf_addr addr,
		       struct answer *answer)
{
	return ask(world, &family->sources[source], addr, answer) &&
	       answer->place != RF_REFERENCE_NOWHERE;
}

/* How many sources from @source on name the country? */
static unsigned int count_agreeing(const struct rf_reference_world *world,
				   const struct rf_reference_family *family, size_t source,
				   rf_addr addr, __u16 country)
{
	struct answer answer;
	unsigned int agree = 0;

	for (; source < world->source_count; source++)
		if (ask_source(world, family, source, addr, &answer) &&
		    country_of(world, answer.place) == country)
			agree++;
	return agree;
}

/* The first source that says something; its place becomes an atom. */
static bool ask_sources(const struct rf_reference_world *world,
			const struct rf_reference_family *family, rf_addr addr,
			struct answer *answer)
{
	size_t winner = 0;
	__u16 country;

	while (winner < world->source_count && !ask_source(world, family, winner, addr, answer))
		winner++;
	if (winner == world->source_count)
		return false;
	country = country_of(world, answer->place);
	if (country == RF_REFERENCE_NOBODY)
		answer->place = RF_ATOM_UNKNOWN;
	else if (world->agreement > 1 &&
		 count_agreeing(world, family, winner, addr, country) < world->agreement)
		answer->place = RF_ATOM_UNKNOWN;
	return true;
}

__u16 rf_reference_stored(const struct rf_reference_world *world, rf_addr addr)
{
	const struct rf_reference_family *family = rf_addr_is_v4(addr) ? &world->v4 : &world->v6;
	struct answer said, policy;
	bool is_said = ask(world, &family->marks, addr, &said) ||
		       ask_sources(world, family, addr, &said);

	if (ask(world, &family->blocks, addr, &policy) && (!is_said || policy.len >= said.len))
		return policy.place;
	return is_said ? said.place : RF_ATOM_UNKNOWN;
}

/* The IPv4 address inside; false if it must not be there. */
static bool unwrap(__u16 atom, rf_addr addr, __u32 *v4)
{
	const rf_addr well_known = (rf_addr)0x0064ff9b << 96;
	bool any = false;

	if (atom == RF_ATOM_6TO4) {
		*v4 = (__u32)(addr >> 80);
	} else if (atom == RF_ATOM_TEREDO) {
		*v4 = (__u32)addr ^ 0xffffffffu;
	} else {
		*v4 = (__u32)addr;
		any = addr >> 32 != well_known >> 32;
	}
	return any || rf_reference_is_global(*v4);
}

__u16 rf_reference_expected(struct rf_reference_world *world, rf_addr addr)
{
	__u32 v4 = (__u32)addr;
	__u16 atom;

	if (!rf_addr_is_v4(addr)) {
		atom = rf_reference_stored(world, addr);
		if (atom < RF_ATOM_EMBED_FIRST)
			return atom;
		if (!unwrap(atom, addr, &v4))
			return RF_ATOM_UNKNOWN;
	}
	atom = rf_reference_stored(world, RF_ADDR_V4_FIRST | v4);
	return atom < RF_ATOM_EMBED_FIRST ? atom : RF_ATOM_UNKNOWN;
}
