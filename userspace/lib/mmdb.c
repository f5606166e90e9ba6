// SPDX-License-Identifier: GPL-2.0
/*
 * mmdb.c - the MaxMind DB format, version 2
 */
#include "userspace/lib/mmdb.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SEPARATOR 16u /* zero bytes between the tree and the data */
#define METADATA_MAX (128u << 10)
#define WORK_MAX (256u << 20) /* values; a second or two */

static const unsigned char marker[] = "\xab\xcd\xefMaxMind.com";
#define MARKER_LEN (sizeof(marker) - 1)

enum type {
	TYPE_EXTENDED = 0,
	TYPE_POINTER,
	TYPE_STRING,
	TYPE_DOUBLE,
	TYPE_BYTES,
	TYPE_UINT16,
	TYPE_UINT32,
	TYPE_MAP,
	TYPE_INT32,
	TYPE_UINT64,
	TYPE_UINT128,
	TYPE_ARRAY,
	TYPE_CONTAINER,
	TYPE_END,
	TYPE_BOOLEAN,
	TYPE_FLOAT,
	TYPE_MAX,
};

/* The most bytes that a value of the type may have, 0 for those without any. */
static const size_t sizes[TYPE_MAX] = {
	[TYPE_STRING] = SIZE_MAX, [TYPE_DOUBLE] = 8,   [TYPE_BYTES] = SIZE_MAX,
	[TYPE_UINT16] = 2,	  [TYPE_UINT32] = 4,   [TYPE_INT32] = 4,
	[TYPE_UINT64] = 8,	  [TYPE_UINT128] = 16, [TYPE_FLOAT] = 4,
};

/*
 * struct value - one value, as its control bytes say
 * @size: entries of a map or array, else bytes; of a pointer, where it points
 * @body: the offset of its first byte, or of its first entry
 * @next: the offset behind it; of a map or array, the same as @body
 */
struct value {
	enum type type;
	size_t size;
	size_t body;
	size_t next;
};

static __u64 load(const unsigned char *at, size_t len)
{
	__u64 number = 0;

	while (len--)
		number = number << 8 | *at++;
	return number;
}

/* Sizes from 29 on are in bytes of their own behind the control bytes. */
static bool read_size(const struct rf_mmdb_section *section, struct value *value)
{
	static const size_t base[] = { 29, 285, 65821 };
	size_t more;

	if (value->size < 29)
		return true;
	more = value->size - 28;
	if (section->len - value->body < more)
		return false;
	value->size = base[more - 1] + load(section->at + value->body, more);
	value->body += more;
	return true;
}

static bool read_pointer(const struct rf_mmdb_section *section, struct value *value)
{
	static const size_t base[] = { 0, 2048, 526336, 0 };
	unsigned int more = (unsigned int)(value->size >> 3);
	size_t high = more < 3 ? value->size & 7 : 0;

	if (section->len - value->body < more + 1)
		return false;
	value->size =
		base[more] + (high << (8 * (more + 1)) | load(section->at + value->body, more + 1));
	value->next = value->body += more + 1;
	return true;
}

static bool read_body(const struct rf_mmdb_section *section, struct value *value)
{
	value->next = value->body;
	if (value->type == TYPE_MAP || value->type == TYPE_ARRAY)
		return value->size <= section->len - value->body;
	if (value->type == TYPE_BOOLEAN)
		return value->size <= 1;
	if (value->size > sizes[value->type] || value->size > section->len - value->body)
		return false;
	value->next += value->size;
	return value->type != TYPE_CONTAINER && value->type != TYPE_END;
}

static bool read_value(struct rf_mmdb *db, const struct rf_mmdb_section *section, size_t at,
		       struct value *value)
{
	unsigned char control;

	if (at >= section->len || !db->work)
		return false;
	db->work--;
	control = section->at[at++];
	*value = (struct value){ .type = control >> 5, .size = control & 31, .body = at };
	if (value->type == TYPE_POINTER)
		return read_pointer(section, value);
	if (value->type == TYPE_EXTENDED) {
		if (at == section->len || section->at[at] < 1 || section->at[at] > 8)
			return false;
		value->type = TYPE_MAP + section->at[at];
		value->body++;
	}
	return read_size(section, value) && read_body(section, value);
}

/* What is at @at, or what the pointer there points to; *next is behind @at. */
static bool read_target(struct rf_mmdb *db, const struct rf_mmdb_section *section, size_t at,
			struct value *value, size_t *next)
{
	if (!read_value(db, section, at, value))
		return false;
	*next = value->next;
	if (value->type != TYPE_POINTER)
		return true;
	return read_value(db, section, value->size, value) && value->type != TYPE_POINTER;
}

/* Past the value at *@at and all within it; pointers are not followed. */
static bool skip(struct rf_mmdb *db, const struct rf_mmdb_section *section, size_t *at)
{
	struct value value;

	for (size_t left = 1; left; left--) {
		if (!read_value(db, section, *at, &value))
			return false;
		if (value.type == TYPE_MAP)
			left += 2 * value.size;
		else if (value.type == TYPE_ARRAY)
			left += value.size;
		/* each takes a byte at least */
		if (left - 1 > section->len - value.next)
			return false;
		*at = value.next;
	}
	return true;
}

static bool is_text(const struct rf_mmdb_section *section, const struct value *value,
		    const char *text)
{
	return value->size == strlen(text) && !memcmp(section->at + value->body, text, value->size);
}

/* Look @key up: *@found is of TYPE_END if the map does not have it. */
static bool find(struct rf_mmdb *db, const struct rf_mmdb_section *section, const struct value *map,
		 const char *key, struct value *found)
{
	size_t at = map->body, next;
	struct value name;

	*found = (struct value){ .type = TYPE_END };
	for (size_t i = 0; i < map->size; i++) {
		if (!read_target(db, section, at, &name, &next) || name.type != TYPE_STRING)
			return false;
		at = next;
		if (is_text(section, &name, key))
			return read_target(db, section, at, found, &next);
		if (!skip(db, section, &at))
			return false;
	}
	return true;
}

static bool find_number(struct rf_mmdb *db, const struct rf_mmdb_section *section,
			const struct value *map, const char *key, __u64 *number)
{
	struct value value;

	*number = 0;
	if (!find(db, section, map, key, &value))
		return false;
	if (value.type == TYPE_END)
		return true;
	if (value.type != TYPE_UINT16 && value.type != TYPE_UINT32 && value.type != TYPE_UINT64)
		return false;
	*number = load(section->at + value.body, value.size);
	return true;
}

static const char *read_metadata(struct rf_mmdb *db, const struct rf_mmdb_section *section)
{
	__u64 version, node_count, record_bits, ip_version;
	struct value map;
	size_t next;

	if (!read_target(db, section, 0, &map, &next) || map.type != TYPE_MAP ||
	    !find_number(db, section, &map, "binary_format_major_version", &version) ||
	    !find_number(db, section, &map, "node_count", &node_count) ||
	    !find_number(db, section, &map, "record_size", &record_bits) ||
	    !find_number(db, section, &map, "ip_version", &ip_version) ||
	    !find_number(db, section, &map, "build_epoch", &db->build_epoch))
		return "damaged metadata";
	if (version != 2)
		return "not of version 2 of the format";
	if (record_bits != 24 && record_bits != 28 && record_bits != 32)
		return "record_size is none of 24, 28 and 32";
	if (ip_version != 4 && ip_version != 6)
		return "ip_version is neither 4 nor 6";
	if (!node_count || node_count > 0xffffffffu - SEPARATOR)
		return "node_count is 0, or too large";
	db->node_count = (__u32)node_count;
	db->record_bits = (unsigned int)record_bits;
	db->address_bits = ip_version == 4 ? 32 : 128;
	return NULL;
}

static const unsigned char *find_marker(const unsigned char *file, size_t len)
{
	size_t lowest = len > METADATA_MAX ? len - METADATA_MAX : 0;

	for (size_t at = len; at-- > lowest;)
		if (file[at] == marker[0] && len - at >= MARKER_LEN &&
		    !memcmp(file + at, marker, MARKER_LEN))
			return file + at;
	return NULL;
}

const char *rf_mmdb_open(const void *file, size_t len, struct rf_mmdb *out)
{
	const unsigned char *start = file, *end = find_marker(start, len);
	struct rf_mmdb db = { .tree = start, .work = WORK_MAX };
	struct rf_mmdb_section metadata;
	const char *wrong;
	size_t tree_len;

	if (!end)
		return "not a MaxMind DB, or cut short";
	metadata.at = end + MARKER_LEN;
	metadata.len = len - (size_t)(metadata.at - start);
	wrong = read_metadata(&db, &metadata);
	if (wrong)
		return wrong;
	tree_len = (size_t)db.node_count * (db.record_bits / 4);
	if (tree_len + SEPARATOR > (size_t)(end - start))
		return "tree larger than the file";
	if (load(start + tree_len, 8) | load(start + tree_len + 8, 8))
		return "no separator behind the tree";
	db.data.at = start + tree_len + SEPARATOR;
	db.data.len = (size_t)(end - db.data.at);
	*out = db;
	return NULL;
}

static __u32 load_record(const struct rf_mmdb *db, __u32 node, unsigned int side)
{
	size_t len = db->record_bits / 4;
	const unsigned char *at = db->tree + node * len;

	if (db->record_bits != 28)
		return (__u32)load(at + side * (len / 2), len / 2);
	/* The byte in the middle holds the highest bits of both. */
	if (side)
		return (__u32)(load(at + 4, 3) | (at[3] & 0x0fu) << 24);
	return (__u32)(load(at, 3) | (at[3] & 0xf0u) << 20);
}

enum rf_mmdb_kind rf_mmdb_record(const struct rf_mmdb *db, __u32 node, unsigned int side,
				 __u32 *value)
{
	__u32 record = load_record(db, node, side);

	*value = record;
	if (record < db->node_count)
		return RF_MMDB_NODE;
	if (record == db->node_count)
		return RF_MMDB_EMPTY;
	if (record - db->node_count < SEPARATOR ||
	    record - db->node_count - SEPARATOR >= db->data.len)
		return RF_MMDB_INVALID;
	*value = record - db->node_count - SEPARATOR;
	return RF_MMDB_DATA;
}

static const char *read_code(const struct rf_mmdb_section *section, const struct value *value,
			     char code[3])
{
	const unsigned char *text = section->at + value->body;

	if (value->type != TYPE_STRING)
		return "country is not a string";
	if (!value->size) {
		memcpy(code, "??", 3);
		return NULL;
	}
	if (value->size != 2)
		return "country is not a code of two";
	for (int i = 0; i < 2; i++)
		if (!(text[i] >= 'A' && text[i] <= 'Z') && !(text[i] >= '0' && text[i] <= '9'))
			return "country code is not two of A-Z and 0-9";
	memcpy(code, text, 2);
	code[2] = '\0';
	return NULL;
}

/* The value that names the country: of TYPE_END if there is none */
static bool find_country(struct rf_mmdb *db, __u32 offset, struct value *value)
{
	struct value record, country;
	size_t next;

	if (!read_target(db, &db->data, offset, &record, &next) || record.type != TYPE_MAP ||
	    !find(db, &db->data, &record, "country", &country))
		return false;
	if (country.type == TYPE_MAP)
		return find(db, &db->data, &country, "iso_code", value);
	if (!find(db, &db->data, &record, "country_code", value))
		return false;
	if (value->type == TYPE_END)
		*value = country;
	return true;
}

const char *rf_mmdb_country(struct rf_mmdb *db, __u32 offset, char code[3])
{
	struct value value;

	if (!find_country(db, offset, &value))
		return db->work ? "damaged record" : "records too intricate";
	if (value.type != TYPE_END)
		return read_code(&db->data, &value, code);
	memcpy(code, "??", 3);
	return NULL;
}
