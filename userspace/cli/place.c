// SPDX-License-Identifier: GPL-2.0
/*
 * place.c - where an address is and who says so, for people and programs
 */
#include "userspace/cli/place.h"

#include <stdio.h>
#include <string.h>

const char *rf_place_atom_name(const struct rf_world *world, __u16 atom, char *name)
{
	size_t cloud = atom - RF_ATOM_CLOUD_FIRST;

	if (atom == RF_ATOM_NOBODY)
		return strcpy(name, "nobody");
	if (rf_atom_code(atom, name))
		return name;
	if (atom >= RF_ATOM_CLOUD_FIRST && world->clouds && cloud < world->clouds->count)
		return strcpy(name, world->clouds->list[cloud].name);
	return strcpy(name, "unknown");
}

int rf_place_find(const struct rf_world *world, const struct rf_atoms *atoms,
		  const uint8_t addr[16], struct rf_place *place)
{
	int error;

	*place = (struct rf_place){ .world = world, .atoms = atoms };
	error = rf_world_lookup(world, atoms, addr, &place->answer);
	if (error)
		return error;
	rf_addr_text(rf_addr_load(addr), place->address);
	rf_addr_prefix_text(place->answer.first, place->answer.len, place->prefix);
	if (atoms)
		rf_atoms_name(atoms, place->answer.atom, place->name);
	else
		rf_place_atom_name(world, place->answer.atom, place->name);
	return 0;
}

/* The file in which a source says it: tor-geoipdb has one for each family. */
static const struct rf_world_file *file_of(const struct rf_place *place, size_t source)
{
	const struct rf_world_source *from = &place->world->sources[source];
	bool v6 = !rf_addr_is_v4(place->answer.first);

	return &from->files[from->format == RF_FORMAT_GEOIP && v6 && from->file_count > 1];
}

static const char *date_of(const struct rf_place *place, size_t source)
{
	const char *date = file_of(place, source)->date;

	return *date ? date : "unknown date";
}

/* The source that decided, or the first, if none did; -1 if none was asked. */
static int asked_source(const struct rf_place *place)
{
	const struct rf_merge_piece *piece = &place->answer.piece;

	if (piece->by_block || piece->mark || !place->world->source_count)
		return -1;
	return piece->winner >= 0 ? piece->winner : 0;
}

static bool is_disputed(const struct rf_place *place)
{
	const struct rf_merge_piece *piece = &place->answer.piece;

	return piece->winner >= 0 && place->world->agreement > 1 &&
	       piece->agreeing < place->world->agreement;
}

static void say_mark(const struct rf_place *place, char *text, size_t size)
{
	/* Of the address that decided; answer.special may be of who carries it. */
	const struct rf_block *mark = place->answer.piece.mark;
	const struct rf_special *special = rf_special_find(mark->first, mark->len);
	char code[3] = "";

	rf_atom_code(mark->atom, code);
	if (special && mark->atom == RF_ATOM_UNKNOWN)
		snprintf(text, size, "%s, %s", special->name, special->rfc);
	else
		snprintf(text, size, "marked by the policy as %s",
			 !strcmp(code, "A3") ? "anycast" : "satellite");
}

static void say_source(const struct rf_place *place, char *text, size_t size)
{
	const struct rf_merge_piece *piece = &place->answer.piece;
	const char *name = place->world->sources[asked_source(place)].name;
	const char *date = date_of(place, (size_t)asked_source(place));

	if (is_disputed(place))
		snprintf(text, size, "disputed: %u of the %u sources that must agree",
			 piece->agreeing, place->world->agreement);
	else if (piece->winner >= 0 && place->answer.piece.atom == RF_ATOM_UNKNOWN)
		snprintf(text, size, "belongs to nobody, says %s of %s", name, date);
	else if (piece->winner >= 0)
		snprintf(text, size, "%s of %s", name, date);
	else
		snprintf(text, size, "no source gives it a country, %s of %s", name, date);
}

void rf_place_source(const struct rf_place *place, char *text, size_t size)
{
	const struct rf_world_answer *answer = &place->answer;
	char carried[RF_ADDR_TEXT_MAX];

	if (answer->carries) {
		int used = snprintf(
			text, size, "carries %s%s%s%s%s: ", rf_addr_text(answer->carried, carried),
			answer->special ? " by " : "", answer->special ? answer->special->name : "",
			answer->special ? ", " : "", answer->special ? answer->special->rfc : "");

		if (used < 0 || (size_t)used >= size)
			return;
		text += used;
		size -= (size_t)used;
	}
	if (answer->atom != answer->piece.atom)
		snprintf(text, size, "which it may not carry");
	else if (answer->piece.by_block)
		snprintf(text, size, "the policy's own prefix");
	else if (answer->piece.mark)
		say_mark(place, text, size);
	else if (asked_source(place) >= 0)
		say_source(place, text, size);
	else
		snprintf(text, size, "no source was asked");
}

/* What became of a source's answer. */
static const char *worth(const struct rf_place *place, size_t source)
{
	const struct rf_merge_piece *piece = &place->answer.piece;
	const struct rf_range *range = piece->answers[source];

	if (!range)
		return "does not know it";
	if (range->atom == RF_ATOM_UNKNOWN)
		return "lists it without a country";
	if (piece->by_block)
		return "the policy's prefix is as specific or more";
	if (piece->mark)
		return "not asked: marked";
	if (is_disputed(place))
		return "disputed";
	if ((int)source == piece->winner)
		return "followed: the most trusted that knows it";
	if (rf_atom_country(place->world->clouds, range->atom) ==
	    rf_atom_country(place->world->clouds, piece->answers[piece->winner]->atom))
		return "agrees";
	return "overruled by one that is trusted more";
}

/* What one source says; the prefix, too, if it is known. */
static void said_by(const struct rf_place *place, size_t source, char *name, char *prefix)
{
	const struct rf_range *range = place->answer.piece.answers[source];
	rf_addr addr = place->answer.piece.first;
	unsigned int len;

	strcpy(name, "-");
	strcpy(prefix, "-");
	if (!range)
		return;
	len = range->piece_of ? range->piece_of - 1u :
				rf_cidr_around(range->first, range->last, addr);
	rf_addr_prefix_text(addr & ~rf_addr_host_mask(len), len, prefix);
	rf_place_atom_name(place->world, range->atom, name);
	if (range->atom == RF_ATOM_UNKNOWN)
		strcpy(name, "??");
}

void rf_place_print_sources(const struct rf_place *place)
{
	char name[RF_ATOM_NAME_MAX], prefix[RF_ADDR_TEXT_MAX];

	for (size_t i = 0; i < place->world->source_count; i++) {
		said_by(place, i, name, prefix);
		printf("  %-20s %-16s %-20s %s (%s)\n", place->world->sources[i].name, name, prefix,
		       worth(place, i), date_of(place, i));
	}
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

static json_t *sources_json(const struct rf_place *place)
{
	char name[RF_ATOM_NAME_MAX], prefix[RF_ADDR_TEXT_MAX];
	json_t *list = json_array();

	for (size_t i = 0; i < place->world->source_count; i++) {
		const struct rf_world_file *file = file_of(place, i);

		said_by(place, i, name, prefix);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "source",
						      place->world->sources[i].name, "region", name,
						      "prefix", prefix, "because", worth(place, i),
						      "path", file->path, "date",
						      text_or_null(file->date)));
	}
	return list;
}

static json_t *regions_json(const struct rf_place *place)
{
	json_t *regions = json_array();
	const struct rf_atom *atom;

	if (!place->atoms)
		return regions;
	atom = &place->atoms->list[place->answer.atom];
	for (size_t i = 0; i < atom->region_count; i++)
		json_array_append_new(
			regions, json_string(place->atoms->policy->regions[atom->regions[i]].name));
	return regions;
}

json_t *rf_place_json(const struct rf_place *place)
{
	const struct rf_world_answer *answer = &place->answer;
	char carried[RF_ADDR_TEXT_MAX] = "", source[256];
	int asked = asked_source(place);
	const struct rf_world_file *file = asked < 0 ? NULL : file_of(place, (size_t)asked);
	const char *name = answer->piece.by_block ? "policy" : answer->special ? "standard" : NULL;

	rf_place_source(place, source, sizeof(source));
	if (answer->carries)
		rf_addr_text(answer->carried, carried);
	if (answer->piece.winner >= 0 && !answer->piece.by_block)
		name = place->world->sources[answer->piece.winner].name;
	return json_pack("{s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:b, s:o, s:o}", "known",
			 answer->atom != RF_ATOM_UNKNOWN, "region", place->name, "prefix",
			 place->prefix, "regions", regions_json(place), "source",
			 text_or_null(name), "source_path", text_or_null(file ? file->path : NULL),
			 "source_date", text_or_null(file ? file->date : NULL), "source_says",
			 source, "disputed", is_disputed(place), "carries", text_or_null(carried),
			 "sources", sources_json(place));
}
