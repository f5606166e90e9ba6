// SPDX-License-Identifier: GPL-2.0
/*
 * reference_mmdb.c - the reference's reader of MaxMind DB, from the raw bytes
 * (MaxMind DB File Format Specification 2.0)
 *
 * The tree is not traversed: address after address is looked up, and the depth
 * where it ends says which address is the next to look up. What both have in
 * common of their bits leads to the same node, so it starts there.
 */
#include "userspace/lib/reference_private.h"

#include <errno.h>
#include <string.h>

#define SEPARATOR 16 /* bytes between the tree and the data */
#define NESTING_MAX 16 /* maps and arrays within each other */
#define CACHED 4096 /* places of records; a power of two */
#define LOOK_UPS_MAX (1u << 26) /* nodes may be shared: a small tree can be endless */

enum type {
	EXTENDED = 0,
	POINTER = 1,
	STRING = 2,
	MAP = 7,
	UINT16 = 5,
	UINT32 = 6,
	UINT64 = 9,
	ARRAY = 11,
	BOOLEAN = 14,
};

/* struct section - where pointers count from */
struct section {
	const __u8 *data;
	size_t len;
};

/**
 * struct value - what stands at an offset of a section
 * @size: bytes, or how many elements
 * @at: of the content; of a pointer, where it leads
 * @next: behind the content, or behind the head of a map or an array
 */
struct value {
	unsigned int type;
	size_t size;
	size_t at;
	size_t next;
};

/**
 * struct database - an open one
 * @path: the nodes that the address looked up last went through, by depth
 */
struct database {
	struct section tree;
	struct section values;
	__u32 nodes;
	unsigned int record_bits;
	unsigned int width; /* bits of its addresses */
	__u32 v4_root; /* what ::/96 leads to */
	__u32 look_ups;
	__u32 path[129];
	struct {
		__u32 record;
		__u16 place;
	} cache[CACHED];
};

/* A big-endian number; false if it is not all within. */
static bool load(const struct section *section, size_t at, size_t len, __u64 *number)
{
	if (at > section->len || section->len - at < len || len > 8)
		return false;
	*number = 0;
	for (size_t i = 0; i < len; i++)
		*number = *number << 8 | section->data[at + i];
	return true;
}

static bool decode_pointer(const struct section *section, __u64 control, struct value *value)
{
	static const __u64 base[] = { 0, 2048, 526336, 0 };
	size_t len = (control >> 3 & 3) + 1;
	__u64 number;

	if (!load(section, value->next, len, &number))
		return false;
	value->next += len;
	if (len < 4)
		number |= (control & 7) << (8 * len);
	value->at = (size_t)(number + base[len - 1]);
	return true;
}

/* What stands at @at; pointers are not followed. */
static bool decode_here(const struct section *section, size_t at, struct value *value)
{
	static const size_t base[] = { 0, 29, 285, 65821 };
	__u64 control, more = 0;
	size_t extra;

	if (!load(section, at, 1, &control))
		return false;
	value->next = at + 1;
	value->type = (unsigned int)control >> 5;
	if (value->type == POINTER)
		return decode_pointer(section, control, value);
	if (value->type == EXTENDED) {
		if (!load(section, value->next++, 1, &more) || more > 8)
			return false;
		value->type = 7 + (unsigned int)more;
	}
	extra = (control & 31) > 28 ? (size_t)(control & 31) - 28 : 0;
	value->size = (size_t)(control & 31);
	if (extra && !load(section, value->next, extra, &more))
		return false;
	if (extra)
		value->size = base[extra] + (size_t)more;
	value->at = value->next + extra;
	value->next = value->at;
	if (value->type != MAP && value->type != ARRAY && value->type != BOOLEAN)
		value->next += value->size;
	return value->next <= section->len;
}

/* The same, behind a pointer if it is one; @next is behind the pointer. */
static bool decode(const struct section *section, size_t at, struct value *value)
{
	size_t next;

	if (!decode_here(section, at, value))
		return false;
	if (value->type != POINTER)
		return true;
	next = value->next;
	if (!decode_here(section, value->at, value) || value->type == POINTER)
		return false;
	value->next = next;
	return true;
}

/* Go behind a value and all that is in it. */
static bool skip(const struct section *section, size_t *at, unsigned int nesting)
{
	struct value value;
	size_t count = 0;

	if (nesting == NESTING_MAX || !decode_here(section, *at, &value))
		return false;
	*at = value.next;
	if (value.type == MAP)
		count = 2 * value.size;
	else if (value.type == ARRAY)
		count = value.size;
	while (count--)
		if (!skip(section, at, nesting + 1))
			return false;
	return true;
}

static bool is_string(const struct section *section, const struct value *value, const char *text)
{
	return value->type == STRING && value->size == strlen(text) &&
	       !memcmp(section->data + value->at, text, value->size);
}

/*
 * The value of a key of the map at @at, which is not behind a pointer to a
 * pointer. 1, or 0 if it is no map or has no such key; -1 if it is damaged.
 */
static int find(const struct section *section, size_t at, const char *key, size_t *found)
{
	struct value map, name;

	if (!decode(section, at, &map))
		return -1;
	if (map.type != MAP)
		return 0;
	at = map.at;
	for (size_t i = 0; i < map.size; i++) {
		if (!decode(section, at, &name))
			return -1;
		*found = name.next;
		if (is_string(section, &name, key))
			return 1;
		at = name.next;
		if (!skip(section, &at, 0))
			return -1;
	}
	return 0;
}

/* A number of the metadata. */
static bool find_number(const struct section *section, const char *key, __u64 *number)
{
	struct value value;
	size_t at;

	return find(section, 0, key, &at) > 0 && decode(section, at, &value) &&
	       (value.type == UINT16 || value.type == UINT32 || value.type == UINT64) &&
	       load(section, value.at, value.size, number);
}

/* The last marker in the file starts the metadata. */
static bool find_metadata(const struct section *file, struct section *metadata)
{
	static const char marker[] = "\xab\xcd\xefMaxMind.com";
	const size_t len = sizeof(marker) - 1;

	for (size_t at = file->len; at >= len; at--) {
		if (memcmp(file->data + at - len, marker, len) != 0)
			continue;
		*metadata = (struct section){ file->data + at, file->len - at };
		return true;
	}
	return false;
}

static bool open_sections(const struct section *file, struct database *db)
{
	__u64 nodes, bits, version, tree;
	struct section metadata;

	if (!find_metadata(file, &metadata) || !find_number(&metadata, "node_count", &nodes) ||
	    !find_number(&metadata, "record_size", &bits) ||
	    !find_number(&metadata, "ip_version", &version))
		return false;
	if ((bits != 24 && bits != 28 && bits != 32) || (version != 4 && version != 6) ||
	    nodes == 0 || nodes > 0xffffffff)
		return false;
	tree = nodes * bits / 4;
	if (tree + SEPARATOR > file->len)
		return false;
	db->nodes = (__u32)nodes;
	db->record_bits = (unsigned int)bits;
	db->width = version == 4 ? 32 : 128;
	db->tree = (struct section){ file->data, (size_t)tree };
	db->values = (struct section){ file->data + tree + SEPARATOR,
				       file->len - (size_t)tree - SEPARATOR };
	return true;
}

/* Where a node, which is one, leads for the next bit of the address. */
static __u32 follow(const struct database *db, __u32 node, unsigned int right)
{
	const __u8 *at = db->tree.data + (size_t)node * db->record_bits / 4;

	switch (db->record_bits) {
	case 24: at += 3 * right; return (__u32)at[0] << 16 | (__u32)at[1] << 8 | at[2];
	case 28:
		if (right)
			return (at[3] & 0xfu) << 24 | (__u32)at[4] << 16 | (__u32)at[5] << 8 |
			       at[6];
		return (at[3] & 0xf0u) << 20 | (__u32)at[0] << 16 | (__u32)at[1] << 8 | at[2];
	default:
		at += 4 * right;
		return (__u32)at[0] << 24 | (__u32)at[1] << 16 | (__u32)at[2] << 8 | at[3];
	}
}

/* Where IPv4 starts: behind 96 zeros, or the record that comes sooner. */
static void find_v4(struct database *db)
{
	db->v4_root = 0;
	for (unsigned int bit = 32; bit < db->width && db->v4_root < db->nodes; bit++)
		db->v4_root = follow(db, db->v4_root, 0);
}

/* The country in what "country" or "country_code" leads to; nowhere if it is none. */
static int read_code(const struct section *section, size_t at, bool strict)
{
	struct value value;
	int code;

	if (!decode(section, at, &value))
		return -1;
	if (value.type != STRING)
		return strict ? -1 : RF_REFERENCE_NOWHERE;
	code = rf_reference_code((const char *)section->data + value.at, value.size);
	return code < 0 && !strict ? RF_REFERENCE_NOWHERE : code;
}

/* The place that the data names: country.iso_code, else country_code, else country. */
static int read_place(const struct database *db, size_t at)
{
	const struct section *section = &db->values;
	size_t country, code;
	int named = find(section, at, "country", &country), found = named;

	if (named > 0)
		found = find(section, country, "iso_code", &code);
	if (found == 0)
		found = find(section, at, "country_code", &code);
	if (found != 0)
		return found < 0 ? -1 : read_code(section, code, true);
	return named ? read_code(section, country, false) : RF_REFERENCE_NOWHERE;
}

/* The same for a record that is data; most have the data of another one. */
static int place_of(struct database *db, __u32 record)
{
	size_t slot = record & (CACHED - 1);
	int place;

	if (db->cache[slot].record == record)
		return db->cache[slot].place;
	if (record - db->nodes < SEPARATOR)
		return -1;
	place = read_place(db, record - db->nodes - SEPARATOR);
	if (place < 0)
		return -1;
	db->cache[slot].record = record;
	db->cache[slot].place = (__u16)place;
	return place;
}

/* Where databases say IPv4's again, for those who look such addresses up; and its own place. */
static bool is_v4s_place(rf_addr first, unsigned int depth)
{
	return (depth == 96 &&
		(first == 0 || first == RF_ADDR_V4_FIRST || first == (rf_addr)0x0064ff9b << 96)) ||
	       (depth == 32 && first == (rf_addr)0x20010000 << 96) ||
	       (depth == 16 && first == (rf_addr)0x2002 << 112);
}

/*
 * Look @addr up, from the node that its first @depth bits lead to and that is
 * in the path. Ends where IPv4 is, too.
 */
static __u32 look_up(struct database *db, rf_addr addr, unsigned int *depth, bool *v4s)
{
	unsigned int at = *depth;
	__u32 node = db->path[at];

	db->look_ups++;
	*v4s = false;
	while (node < db->nodes && at < 128 && !*v4s) {
		node = follow(db, node, (unsigned int)(addr >> (127 - at)) & 1);
		db->path[++at] = node;
		*v4s = node == db->v4_root && is_v4s_place(addr, at);
	}
	*depth = at;
	return node;
}

/* How many of its first bits have the last address and the one behind it in common? */
static unsigned int common_bits(rf_addr last)
{
	rf_addr changed = last ^ (last + 1);
	__u64 high = (__u64)(changed >> 64);

	return high ? (unsigned int)__builtin_clzll(high) :
		      64 + (unsigned int)__builtin_clzll((__u64)changed);
}

static int take(struct rf_reference_reader *reader, struct database *db, __u32 record,
		rf_addr first, rf_addr last)
{
	int place;

	if (record == db->nodes && db->look_ups <= LOOK_UPS_MAX)
		return 0;
	reader->at = (const char *)db->values.data;
	if (record < db->nodes || db->look_ups > LOOK_UPS_MAX)
		return -EINVAL;
	place = place_of(db, record);
	if (place < 0)
		return -EINVAL;
	return rf_reference_take(reader, first, last, (__u16)place);
}

/* All of IPv4: the low bits count, the others of the statements are ::ffff's. */
static int read_v4(struct rf_reference_reader *reader, struct database *db)
{
	unsigned int start = 96;
	rf_addr first = 0, last;
	bool v4s;
	int error;

	db->path[start] = db->v4_root;
	do {
		unsigned int depth = start;
		__u32 record = look_up(db, first, &depth, &v4s);

		last = first + (((rf_addr)1 << (128 - depth)) - 1);
		error = take(reader, db, record, RF_ADDR_V4_FIRST | first, RF_ADDR_V4_FIRST | last);
		first = last + 1;
		start = common_bits(last);
	} while (!error && last < 0xffffffffu);
	return error;
}

/* All of IPv6 that is not IPv4's. */
static int read_v6(struct rf_reference_reader *reader, struct database *db)
{
	unsigned int start = 0;
	rf_addr first = 0, last;
	bool v4s;
	int error = 0;

	db->path[start] = 0;
	do {
		unsigned int depth = start;
		__u32 record = look_up(db, first, &depth, &v4s);

		last = first + (((rf_addr)1 << (128 - depth)) - 1);
		if (!v4s)
			error = take(reader, db, record, first, last);
		first = last + 1;
		start = common_bits(last);
	} while (!error && first);
	return error;
}

int rf_reference_read_mmdb(struct rf_reference_reader *reader)
{
	const struct section file = { (const __u8 *)reader->data, reader->len };
	struct database db = { 0 };
	int error;

	if (!open_sections(&file, &db))
		return -EINVAL;
	find_v4(&db);
	error = read_v4(reader, &db);
	if (!error && db.width == 128)
		error = read_v6(reader, &db);
	return error;
}
