/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmdb_image.h - MaxMind DBs made by hand, sound ones and hostile ones
 *
 * Names of what goes in: image_node() appends a node, image_text() and its
 * like append values to the data, image_end() puts the parts together.
 */
#ifndef RF_TEST_MMDB_IMAGE_H
#define RF_TEST_MMDB_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define IMAGE_MAX (4u << 20)
#define IMAGE_NODES_MAX 512
#define IMAGE_EMPTY 0xfffffff0u /* a record: nothing is known */
#define IMAGE_DATA 0x80000000u /* + offset into the data */

/* struct bytes - what was appended */
struct bytes {
	unsigned char at[IMAGE_MAX];
	size_t len;
};

/*
 * struct image - a database in the making
 * @count_said: node_count in the metadata, if it is not to be the true one
 * @version, @bits, @family: of the metadata
 */
struct image {
	uint32_t nodes[IMAGE_NODES_MAX][2];
	uint32_t count;
	uint32_t count_said;
	unsigned int version;
	unsigned int bits;
	unsigned int family;
	uint64_t epoch;
	struct bytes data;
	struct bytes file;
};

static inline void put(struct bytes *to, uint64_t number, unsigned int len)
{
	while (len--)
		to->at[to->len++] = (unsigned char)(number >> (8 * len));
}

/* Control bytes; types from 8 on are extended ones. */
static inline void put_control(struct bytes *to, unsigned int type, size_t size)
{
	size_t small = size < 29 ? size : size < 285 ? 29 : size < 65821 ? 30 : 31;

	put(to, (type < 8 ? type << 5 : 0) | small, 1);
	if (type >= 8)
		put(to, type - 7, 1);
	if (small == 29)
		put(to, size - 29, 1);
	else if (small == 30)
		put(to, size - 285, 2);
	else if (small == 31)
		put(to, size - 65821, 3);
}

static inline void put_text(struct bytes *to, const char *text)
{
	put_control(to, 2, strlen(text));
	for (; *text; text++)
		put(to, (unsigned char)*text, 1);
}

static inline void put_map(struct bytes *to, size_t entries)
{
	put_control(to, 7, entries);
}

static inline void put_number(struct bytes *to, unsigned int type, uint64_t number,
			      unsigned int len)
{
	put_control(to, type, len);
	put(to, number, len);
}

/* A pointer of the smallest form that can hold it */
static inline void put_pointer(struct bytes *to, uint32_t target)
{
	if (target < 2048)
		put(to, 0x20 | target >> 8, 1), put(to, target & 0xff, 1);
	else if (target < 526336)
		put(to, 0x28 | (target - 2048) >> 16, 1), put(to, target - 2048, 2);
	else if (target < 134744064)
		put(to, 0x30 | (target - 526336) >> 24, 1), put(to, target - 526336, 3);
	else
		put(to, 0x38, 1), put(to, target, 4);
}

/* {"country_code": CODE} */
static inline uint32_t image_flat(struct image *image, const char *code)
{
	uint32_t at = (uint32_t)image->data.len;

	put_map(&image->data, 1);
	put_text(&image->data, "country_code");
	put_text(&image->data, code);
	return IMAGE_DATA + at;
}

/* {"country": {"iso_code": CODE}} */
static inline uint32_t image_nested(struct image *image, const char *code)
{
	uint32_t at = (uint32_t)image->data.len;

	put_map(&image->data, 1);
	put_text(&image->data, "country");
	put_map(&image->data, 1);
	put_text(&image->data, "iso_code");
	put_text(&image->data, code);
	return IMAGE_DATA + at;
}

static inline uint32_t image_node(struct image *image, uint32_t left, uint32_t right)
{
	image->nodes[image->count][0] = left;
	image->nodes[image->count][1] = right;
	return image->count++;
}

/*
 * Nodes from the one at @node down to the end of a prefix, of which @record is
 * then the value; nodes that are there already are used
 */
static inline void image_insert(struct image *image, const unsigned char *addr, unsigned int len,
				uint32_t record)
{
	uint32_t node = 0;

	if (!image->count)
		image_node(image, IMAGE_EMPTY, IMAGE_EMPTY);
	for (unsigned int i = 0; i < len - 1; i++) {
		uint32_t *next = &image->nodes[node][addr[i / 8] >> (7 - i % 8) & 1];

		if (*next == IMAGE_EMPTY)
			*next = image_node(image, IMAGE_EMPTY, IMAGE_EMPTY);
		node = *next;
	}
	image->nodes[node][addr[(len - 1) / 8] >> (7 - (len - 1) % 8) & 1] = record;
}

static inline uint64_t image_record(const struct image *image, uint32_t record)
{
	uint64_t count = image->count_said ? image->count_said : image->count;

	if (record == IMAGE_EMPTY)
		return count;
	return record >= IMAGE_DATA ? count + 16 + (record - IMAGE_DATA) : record;
}

static inline void image_put_node(struct image *image, uint32_t node)
{
	uint64_t left = image_record(image, image->nodes[node][0]);
	uint64_t right = image_record(image, image->nodes[node][1]);

	if (image->bits == 28) {
		put(&image->file, left, 3);
		put(&image->file, (left >> 24 & 15) << 4 | (right >> 24 & 15), 1);
		put(&image->file, right, 3);
	} else {
		put(&image->file, left, image->bits / 8);
		put(&image->file, right, image->bits / 8);
	}
}

static inline void image_put_metadata(struct image *image)
{
	struct bytes *to = &image->file;

	put_map(to, 9);
	put_text(to, "binary_format_major_version");
	put_number(to, 5, image->version, 2);
	put_text(to, "binary_format_minor_version");
	put_number(to, 5, 0, 0);
	put_text(to, "build_epoch");
	put_number(to, 9, image->epoch, 8);
	put_text(to, "database_type");
	put_text(to, "Test-Country");
	put_text(to, "description");
	put_map(to, 0);
	put_text(to, "ip_version");
	put_number(to, 5, image->family, 1);
	put_text(to, "languages");
	put_control(to, 11, 0);
	put_text(to, "node_count");
	put_number(to, 6, image->count_said ? image->count_said : image->count, 4);
	put_text(to, "record_size");
	put_number(to, 5, image->bits, 1);
}

static inline void image_start(struct image *image, unsigned int family, unsigned int bits)
{
	memset(image->nodes, 0, sizeof(image->nodes));
	image->count = image->count_said = 0;
	image->version = 2;
	image->bits = bits;
	image->family = family;
	image->epoch = 1781725900;
	image->data.len = image->file.len = 0;
}

static inline void image_end(struct image *image)
{
	struct bytes *to = &image->file;

	to->len = 0;
	for (uint32_t i = 0; i < image->count; i++)
		image_put_node(image, i);
	put(to, 0, 8), put(to, 0, 8);
	memcpy(to->at + to->len, image->data.at, image->data.len);
	to->len += image->data.len;
	memcpy(to->at + to->len, "\xab\xcd\xefMaxMind.com", 14);
	to->len += 14;
	image_put_metadata(image);
}

#endif /* RF_TEST_MMDB_IMAGE_H */
