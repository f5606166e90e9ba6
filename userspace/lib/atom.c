// SPDX-License-Identifier: GPL-2.0
/*
 * atom.c - the atoms of a policy
 */
#include "userspace/lib/atom.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/grow.h"
#include "userspace/lib/policy_country.h"

/* struct mention - a region holds a prefix, by itself or through include */
struct mention {
	rf_addr first;
	__u8 len;
	bool owner;
	uint32_t region;
};

struct mentions {
	struct mention *list;
	size_t count;
	size_t room;
};

static int code_digit(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= '0' && byte <= '9')
		return byte - '0' + 26;
	return -1;
}

__u16 rf_atom_from_code(const char *code)
{
	int high = code_digit(code[0]), low = high < 0 ? -1 : code_digit(code[1]);

	if (low < 0 || code[2])
		return RF_ATOM_UNKNOWN;
	return (__u16)(RF_ATOM_CODE_FIRST + high * RF_ATOM_CODE_BASE + low);
}

bool rf_atom_code(__u16 atom, char code[3])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	if (atom < RF_ATOM_CODE_FIRST || atom >= RF_ATOM_CLOUD_FIRST)
		return false;
	code[0] = digits[(atom - RF_ATOM_CODE_FIRST) / RF_ATOM_CODE_BASE];
	code[1] = digits[(atom - RF_ATOM_CODE_FIRST) % RF_ATOM_CODE_BASE];
	code[2] = '\0';
	return true;
}

__u16 rf_atom_country(const struct rf_clouds *clouds, __u16 atom)
{
	size_t cloud = atom - RF_ATOM_CLOUD_FIRST;

	if (atom < RF_ATOM_CLOUD_FIRST || atom >= RF_ATOM_SET_FIRST)
		return atom;
	if (!clouds || cloud >= clouds->count)
		return RF_ATOM_NOBODY;
	return rf_atom_from_code(clouds->list[cloud].code);
}

__u16 rf_atom_from_place(const struct rf_clouds *clouds, const char *place)
{
	int cloud;

	if (!strchr(place, ':'))
		return rf_atom_from_code(place);
	cloud = clouds ? rf_clouds_find(clouds, place) : -1;
	return cloud < 0 ? RF_ATOM_NOBODY : (__u16)(RF_ATOM_CLOUD_FIRST + cloud);
}

static int add_index(uint32_t **list, size_t *count, uint32_t index)
{
	uint32_t *grown = reallocarray(*list, *count + 1, sizeof(**list));

	if (!grown)
		return -ENOMEM;
	*list = grown;
	grown[(*count)++] = index;
	return 0;
}

static int add_mention(struct mentions *mentions, const struct rf_prefix *net, uint32_t region,
		       bool owner)
{
	struct mention *list;

	list = rf_grow(mentions->list, mentions->count, &mentions->room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	mentions->list = list;
	mentions->list[mentions->count++] = (struct mention){
		.first = rf_addr_load(net->addr) & ~rf_addr_host_mask(net->len),
		.len = net->len,
		.owner = owner,
		.region = region,
	};
	return 0;
}

/* A region that has it already is the last one: they come in ascending order. */
static int add_region(struct rf_atoms *atoms, __u16 atom, uint32_t region)
{
	struct rf_atom *entry = &atoms->list[atom];

	if (entry->region_count && entry->regions[entry->region_count - 1] == region)
		return 0;
	return add_index(&entry->regions, &entry->region_count, region);
}

/* The country, and the cloud regions that lie in it. */
static int add_country(struct rf_atoms *atoms, uint32_t region, const char *code)
{
	const struct rf_clouds *clouds = &atoms->policy->clouds;
	__u16 atom = rf_atom_from_code(code);
	int error = 0;

	if (atom == RF_ATOM_UNKNOWN)
		return 0;
	for (size_t i = 0; !error && i < clouds->count; i++)
		if (!strcmp(clouds->list[i].code, code))
			error = add_region(atoms, (__u16)(RF_ATOM_CLOUD_FIRST + i), region);
	return error ? error : add_region(atoms, atom, region);
}

/*
 * What one region holds: its countries and clouds into the atoms, its prefixes
 * noted; its own ones twice, see drop_repeats().
 */
static int collect_region(struct rf_atoms *atoms, struct mentions *mentions, uint32_t region)
{
	const struct rf_policy_region *own = &atoms->policy->regions[region];
	struct rf_policy_members members;
	int error = rf_policy_region_members(atoms->policy, region, &members);

	if (error)
		return error;
	for (size_t i = 0; !error && i < members.country_count; i++)
		error = add_country(atoms, region, members.countries[i].code);
	for (size_t i = 0; !error && i < members.cloud_count; i++)
		error = add_region(atoms, (__u16)(RF_ATOM_CLOUD_FIRST + members.clouds[i]), region);
	for (size_t i = 0; !error && i < members.prefix_count; i++)
		error = add_mention(mentions, &members.prefixes[i].net, region, false);
	for (size_t i = 0; !error && i < own->prefix_count; i++)
		error = add_mention(mentions, &own->prefixes[i].net, region, true);
	rf_policy_members_free(&members);
	return error;
}

static int compare_prefixes(const struct mention *a, const struct mention *b)
{
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->len > b->len) - (a->len < b->len);
}

static int compare_mentions(const void *left, const void *right)
{
	const struct mention *a = left, *b = right;
	int order = compare_prefixes(a, b);

	if (order)
		return order;
	if (a->region != b->region)
		return a->region < b->region ? -1 : 1;
	return b->owner - a->owner;
}

/* One mention of each prefix by each region; the owner's sorts first. */
static void drop_repeats(struct mentions *mentions)
{
	size_t kept = 0;

	for (size_t i = 0; i < mentions->count; i++) {
		const struct mention *at = &mentions->list[i];

		if (!kept || compare_prefixes(&mentions->list[kept - 1], at) ||
		    mentions->list[kept - 1].region != at->region)
			mentions->list[kept++] = *at;
	}
	mentions->count = kept;
}

/* Do the mentions of one prefix name the regions and owners of this atom? */
static bool atom_matches(const struct rf_atom *atom, const struct mention *group, size_t count)
{
	size_t owner = 0;

	if (atom->region_count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (atom->regions[i] != group[i].region)
			return false;
		if (!group[i].owner)
			continue;
		if (owner == atom->owner_count || atom->owners[owner] != group[i].region)
			return false;
		owner++;
	}
	return owner == atom->owner_count;
}

static int fill_atom(struct rf_atom *atom, const struct mention *group, size_t count)
{
	int error = 0;

	for (size_t i = 0; !error && i < count; i++) {
		error = add_index(&atom->regions, &atom->region_count, group[i].region);
		if (!error && group[i].owner)
			error = add_index(&atom->owners, &atom->owner_count, group[i].region);
	}
	return error;
}

/* The atom for the mentions of one prefix, a new one if need be. */
static int group_atom(struct rf_atoms *atoms, const struct mention *group, size_t count,
		      __u16 *atom, struct rf_fault *fault)
{
	for (size_t i = RF_ATOM_SET_FIRST; i < atoms->count; i++) {
		if (atom_matches(&atoms->list[i], group, count)) {
			*atom = (__u16)i;
			return 0;
		}
	}
	if (atoms->count == RF_ATOM_EMBED_FIRST)
		return rf_fault_set(fault, -E2BIG,
				    "prefixes belong to more than %d different sets of regions",
				    RF_ATOM_EMBED_FIRST - RF_ATOM_SET_FIRST);
	*atom = (__u16)atoms->count++;
	return fill_atom(&atoms->list[*atom], group, count);
}

/* One block for each prefix, from the sorted mentions. */
static int make_blocks(struct rf_atoms *atoms, const struct mentions *mentions,
		       struct rf_fault *fault)
{
	const struct mention *at = mentions->list, *end = at + mentions->count;

	atoms->blocks = calloc(mentions->count + 1, sizeof(*atoms->blocks));
	if (!atoms->blocks)
		return -ENOMEM;
	while (at < end) {
		struct rf_block *block = &atoms->blocks[atoms->block_count++];
		size_t count = 1;
		int error;

		while (at + count < end && !compare_prefixes(at, at + count))
			count++;
		block->first = at->first;
		block->len = at->len;
		error = group_atom(atoms, at, count, &block->atom, fault);
		if (error)
			return error;
		at += count;
	}
	return 0;
}

int rf_atoms_build(const struct rf_policy *policy, struct rf_atoms *out, struct rf_fault *fault)
{
	struct rf_atoms atoms = { .policy = policy, .count = RF_ATOM_SET_FIRST };
	struct mentions mentions = { 0 };
	int error = 0;

	atoms.list = calloc(RF_ATOM_MAX, sizeof(*atoms.list));
	if (!atoms.list)
		return rf_fault_set(fault, -ENOMEM, "out of memory");
	for (uint32_t i = 0; !error && i < policy->region_count; i++)
		error = collect_region(&atoms, &mentions, i);
	if (!error && mentions.count)
		qsort(mentions.list, mentions.count, sizeof(*mentions.list), compare_mentions);
	drop_repeats(&mentions);
	if (!error)
		error = make_blocks(&atoms, &mentions, fault);
	free(mentions.list);
	if (error) {
		if (error != -E2BIG)
			rf_fault_set(fault, error, "regions of the policy: %s", strerror(-error));
		rf_atoms_free(&atoms);
		return error;
	}
	*out = atoms;
	return 0;
}

void rf_atoms_free(struct rf_atoms *atoms)
{
	for (size_t i = 0; atoms->list && i < RF_ATOM_MAX; i++) {
		free(atoms->list[i].regions);
		free(atoms->list[i].owners);
	}
	free(atoms->list);
	free(atoms->blocks);
	*atoms = (struct rf_atoms){ 0 };
}

const char *rf_atoms_name(const struct rf_atoms *atoms, __u16 atom, char *name)
{
	const struct rf_clouds *clouds = &atoms->policy->clouds;
	const struct rf_atom *entry;
	size_t used = 0;

	if (rf_atom_code(atom, name))
		return name;
	if (atom >= RF_ATOM_CLOUD_FIRST && atom < RF_ATOM_CLOUD_FIRST + clouds->count)
		return strcpy(name, clouds->list[atom - RF_ATOM_CLOUD_FIRST].name);
	snprintf(name, RF_ATOM_NAME_MAX, "unknown");
	if (atom < RF_ATOM_SET_FIRST || atom >= atoms->count)
		return name;
	entry = &atoms->list[atom];
	for (size_t i = 0; i < entry->owner_count && used < RF_ATOM_NAME_MAX; i++)
		used += (size_t)snprintf(name + used, RF_ATOM_NAME_MAX - used, "%s%s", i ? "+" : "",
					 atoms->policy->regions[entry->owners[i]].name);
	return name;
}

bool rf_atoms_allows(const struct rf_atoms *atoms, __u16 atom, size_t class, struct rf_pos *rule)
{
	const struct rf_policy *policy = atoms->policy;
	const struct rf_atom *entry;
	char code[3];

	if (atom == RF_ATOM_UNKNOWN || atom >= atoms->count || class >= policy->class_count)
		return false;
	entry = &atoms->list[atom];
	if (!rf_policy_class_allows(policy, class, entry->regions, entry->region_count, rule))
		return false;
	if (!rf_atom_code(atom, code) || rf_country_kind(code) == RF_COUNTRY_ASSIGNED)
		return true;
	return policy->classes[class].has_allow;
}

__u64 rf_atoms_row(const struct rf_atoms *atoms, __u16 atom, const uint8_t *bits)
{
	__u64 row = 0;

	for (size_t i = 0; i < atoms->policy->class_count; i++)
		if (rf_atoms_allows(atoms, atom, i, NULL))
			row |= 1ull << (bits ? bits[i] : i);
	return row;
}
