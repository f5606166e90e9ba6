// SPDX-License-Identifier: GPL-2.0
/*
 * reference_json.c - the reference's reader of what the clouds publish
 *
 * It does not ask where in the file something is: an object that has prefixes
 * and a region is a statement, wherever it stands.
 */
#include "userspace/lib/reference_private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define DEPTH_MAX 32 /* objects and arrays within each other */
#define WORD_MAX 64 /* bytes of a key, a prefix or a region */

/* struct shape - the keys that make an object a statement */
struct shape {
	const char *provider;
	const char *region;
	const char *prefix[2];
};

static const struct shape shapes[RF_FORMAT_MAX] = {
	[RF_FORMAT_AWS] = { "aws", "region", { "ip_prefix", "ipv6_prefix" } },
	[RF_FORMAT_GOOGLE] = { "google", "scope", { "ipv4Prefix", "ipv6Prefix" } },
	[RF_FORMAT_AZURE] = { "azure", "region", { "addressPrefixes", "addressPrefixes" } },
};

/* struct object - where the values of a statement start; NULL if it has none */
struct object {
	const char *region;
	const char *prefix[2];
};

static int walk(struct rf_reference_reader *reader, unsigned int depth);

static void skip_space(struct rf_reference_reader *reader)
{
	while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' ||
	       *reader->at == '\r')
		reader->at++;
}

/* Is it the next thing? Then go behind it. */
static bool accept(struct rf_reference_reader *reader, char c)
{
	skip_space(reader);
	if (*reader->at != c)
		return false;
	reader->at++;
	return true;
}

/* A character that is written as an escape; of those in \u only ASCII's. */
static bool scan_escape(const char **at, char *c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found = **at ? strchr(from, **at) : NULL;
	unsigned int code = 0;

	if (found) {
		*c = to[found - from];
		++*at;
		return true;
	}
	if (*(*at)++ != 'u')
		return false;
	for (int i = 0; i < 4; i++, ++*at) {
		if (!isxdigit((unsigned char)**at))
			return false;
		code = code << 4 |
		       (unsigned int)(isdigit((unsigned char)**at) ? **at - '0' :
								     (**at | 0x20) - 'a' + 10);
	}
	*c = code && code < 128 ? (char)code : '?';
	return true;
}

/* A string; what does not fit into @word is cut. */
static bool scan_string(struct rf_reference_reader *reader, char word[WORD_MAX])
{
	size_t len = 0;

	if (!accept(reader, '"'))
		return false;
	while (*reader->at != '"') {
		char c = *reader->at++;

		if (c == '\0' || (c == '\\' && !scan_escape(&reader->at, &c)))
			return false;
		if (len < WORD_MAX - 1)
			word[len++] = c;
	}
	reader->at++;
	word[len] = '\0';
	return true;
}

static bool skip_scalar(struct rf_reference_reader *reader)
{
	size_t len = strcspn(reader->at, ",]}: \t\r\n");

	reader->at += len;
	return len > 0;
}

static int take_prefix(struct rf_reference_reader *reader, __u16 place)
{
	char word[WORD_MAX];
	const char *at = word;
	rf_addr first, last;

	if (!scan_string(reader, word) || !rf_reference_scan_prefix(&at, &first, &last) || *at)
		return -EINVAL;
	return rf_reference_take(reader, first, last, place);
}

/* One prefix, or an array of them; the walk has seen that it is well-formed. */
static int take_prefixes(struct rf_reference_reader *reader, __u16 place)
{
	int error;

	if (!accept(reader, '['))
		return take_prefix(reader, place);
	if (accept(reader, ']'))
		return 0;
	do
		error = take_prefix(reader, place);
	while (!error && accept(reader, ','));
	return error;
}

/* "provider:region", lower case. */
static bool scan_place(struct rf_reference_reader *reader, const char *provider, bool *empty,
		       __u16 *place)
{
	char name[2 * WORD_MAX], *region;

	strcpy(name, provider);
	region = strchr(name, '\0');
	*region++ = ':';
	if (!scan_string(reader, region))
		return false;
	for (char *c = region; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	*empty = *region == '\0';
	*place = rf_reference_cloud(reader->world, name);
	return true;
}

/* Go back to the values; the order of the keys says nothing. */
static int take_object(struct rf_reference_reader *reader, const struct object *object)
{
	const char *end = reader->at;
	bool empty;
	__u16 place;
	int error = 0;

	if (!object->region || (!object->prefix[0] && !object->prefix[1]))
		return 0;
	reader->at = object->region;
	if (!scan_place(reader, shapes[reader->format].provider, &empty, &place))
		return -EINVAL;
	for (int i = 0; !error && !empty && i < 2; i++) {
		if (!object->prefix[i])
			continue;
		reader->at = object->prefix[i];
		error = take_prefixes(reader, place);
	}
	if (!error)
		reader->at = end;
	return error;
}

static void note(struct rf_reference_reader *reader, const char *key, struct object *object)
{
	const struct shape *shape = &shapes[reader->format];

	skip_space(reader);
	if (!strcmp(key, shape->region))
		object->region = reader->at;
	else if (!strcmp(key, shape->prefix[0]))
		object->prefix[0] = reader->at;
	else if (!strcmp(key, shape->prefix[1]))
		object->prefix[1] = reader->at;
}

static int walk_object(struct rf_reference_reader *reader, unsigned int depth)
{
	struct object object = { 0 };
	char key[WORD_MAX];
	int error;

	if (accept(reader, '}'))
		return 0;
	do {
		if (!scan_string(reader, key) || !accept(reader, ':'))
			return -EINVAL;
		note(reader, key, &object);
		error = walk(reader, depth);
		if (error)
			return error;
	} while (accept(reader, ','));
	if (!accept(reader, '}'))
		return -EINVAL;
	return take_object(reader, &object);
}

static int walk_array(struct rf_reference_reader *reader, unsigned int depth)
{
	int error;

	if (accept(reader, ']'))
		return 0;
	do {
		error = walk(reader, depth);
		if (error)
			return error;
	} while (accept(reader, ','));
	return accept(reader, ']') ? 0 : -EINVAL;
}

/* Any value. */
static int walk(struct rf_reference_reader *reader, unsigned int depth)
{
	char word[WORD_MAX];

	if (depth == DEPTH_MAX)
		return -EINVAL;
	if (accept(reader, '{'))
		return walk_object(reader, depth + 1);
	if (accept(reader, '['))
		return walk_array(reader, depth + 1);
	if (*reader->at == '"')
		return scan_string(reader, word) ? 0 : -EINVAL;
	return skip_scalar(reader) ? 0 : -EINVAL;
}

int rf_reference_read_json(struct rf_reference_reader *reader)
{
	int error = walk(reader, 0);

	if (error)
		return error;
	skip_space(reader);
	return reader->at == reader->data + reader->len ? 0 : -EINVAL;
}
