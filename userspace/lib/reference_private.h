/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reference_private.h - what the parts of the reference share
 *
 *	reference.c		which addresses to compare
 *	reference_table.c	the pieces of a compiled table
 *	reference_answer.c	who wins at one address
 *	reference_layer.c	statements, kept so that an address finds them
 *	reference_file.c	a source's files, and the numbers of its places
 *	reference_text.c	the formats of lines
 *	reference_json.c	the formats of clouds
 *	reference_mmdb.c	MaxMind DB
 *
 * None of them may call the builder's code: only types are shared, and how a
 * file is unpacked.
 */
#ifndef RF_REFERENCE_PRIVATE_H
#define RF_REFERENCE_PRIVATE_H

#include "userspace/lib/reference.h"

#define RF_REFERENCE_DEPTH_MAX 256 /* statements of one source at one address */

/* Places are numbered as atoms are; two of them are none. */
#define RF_REFERENCE_NOWHERE 0 /* "??" */
#define RF_REFERENCE_NOBODY (RF_ATOM_CODE_FIRST + 25 * RF_ATOM_CODE_BASE + 25) /* "ZZ" */

/**
 * struct rf_reference_line - these addresses are there
 * @place: a source's place, or the atom of a mark or of a policy's prefix
 */
struct rf_reference_line {
	rf_addr first;
	rf_addr last;
	__u16 place;
};

/**
 * struct rf_reference_layer - lines without overlaps, ascending
 * @at: the first line that does not end before the address asked for last
 */
struct rf_reference_layer {
	struct rf_reference_line *list;
	size_t count;
	size_t room;
	size_t at;
};

/**
 * struct rf_reference_stack - all statements of one kind and family; those
 * that overlap are in different layers
 * @unsorted: they were not added in ascending order
 */
struct rf_reference_stack {
	struct rf_reference_layer *layers;
	size_t count;
	bool unsorted;
};

/**
 * struct rf_reference_family - all that is known of IPv4, or of IPv6
 * @first, @last: of the space that its addresses are in
 * @sources: by their order of trust
 */
struct rf_reference_family {
	rf_addr first;
	rf_addr last;
	struct rf_reference_stack *sources;
	struct rf_reference_stack marks;
	struct rf_reference_stack blocks;
};

/**
 * struct rf_reference_world - all that was said
 * @cloud_country: by index of the cloud region
 */
struct rf_reference_world {
	struct rf_reference_family v4;
	struct rf_reference_family v6;
	size_t source_count;
	unsigned int agreement;
	const struct rf_clouds *clouds; /* borrowed */
	__u16 cloud_country[RF_CLOUDS_MAX];
};

/**
 * struct rf_reference_reader - one file on its way into the world
 * @data: @len bytes and a NUL
 * @at: how far the reading is, for the fault
 */
struct rf_reference_reader {
	struct rf_reference_world *world;
	size_t source;
	enum rf_format format;
	const char *data;
	size_t len;
	const char *at;
};

/**
 * rf_reference_world_make - read all that the input names
 * @world: release with rf_reference_world_free(), on error too
 *
 * Returns as rf_reference_check().
 */
int rf_reference_world_make(const struct rf_reference_input *input,
			    struct rf_reference_world *world, struct rf_fault *fault);
void rf_reference_world_free(struct rf_reference_world *world);

/**
 * rf_reference_stored - what the tables have to hold for an address
 *
 * As rf_reference_expected(), but for one that carries an IPv4 address it is
 * the atom that says how.
 */
__u16 rf_reference_stored(const struct rf_reference_world *world, rf_addr addr);

/**
 * rf_reference_expected - what the table has to answer for an address
 *
 * Any address; neighbours one after another are quick.
 */
__u16 rf_reference_expected(struct rf_reference_world *world, rf_addr addr);

/**
 * typedef rf_reference_piece - some addresses that a table has one answer for
 * @first, @last: IPv4 as ::ffff:a.b.c.d
 * @atom: what the table holds for each of them, 16 bits of whatever it is
 *
 * Returns 0, or an errno that ends the walk.
 */
typedef int rf_reference_piece(void *ctx, rf_addr first, rf_addr last, __u16 atom);

/**
 * rf_reference_walk_v4 - the pieces of a table, ascending and without gaps
 *
 * From 0.0.0.0 to 255.255.255.255, or from :: to the last address; IPv4's place
 * in IPv6 included, which no look-up gets to. All addresses of a piece are read
 * from the same entry of the table: a leaf, a segment of a bucket or of a tail,
 * the atom before the first of them; or from neighbours in the first level that
 * are whole and the same.
 *
 * Returns 0, what @piece returned, or -EBADMSG with @fault for a table that no
 * builder makes: an index that is outside, segments out of order, a node without
 * a first leaf, a node below a /64, a tail of something else than a /64, more
 * nodes or segments on the way than there is room for. What was told before an
 * error counts for nothing. Nothing outside of the table is read, whatever its
 * bytes are.
 */
int rf_reference_walk_v4(const struct rf_v4_table *table, rf_reference_piece *piece, void *ctx,
			 struct rf_fault *fault);
int rf_reference_walk_v6(const struct rf_v6_table *table, rf_reference_piece *piece, void *ctx,
			 struct rf_fault *fault);

/** rf_reference_is_global - may it be carried by 6to4, Teredo, the well-known NAT64? */
bool rf_reference_is_global(__u32 v4);

/** rf_reference_special - the n-th prefix that is not global; false after the last */
bool rf_reference_special(size_t n, __u32 *first, __u32 *last);

/** rf_reference_add - one statement more; 0, -EINVAL (ends before it starts), -ENOMEM */
int rf_reference_add(struct rf_reference_stack *stack, rf_addr first, rf_addr last, __u16 place);

/** rf_reference_settle - after the last statement; 0, -E2BIG, -ENOMEM */
int rf_reference_settle(struct rf_reference_stack *stack);
void rf_reference_stack_free(struct rf_reference_stack *stack);

/** rf_reference_line_at - the line that holds the address, or else the next one, or NULL */
const struct rf_reference_line *rf_reference_line_at(struct rf_reference_layer *layer,
						     rf_addr addr);

/**
 * rf_reference_read - the statements of one file
 *
 * Returns 0, -EINVAL (not the format), -E2BIG, -ENOMEM, or an errno of
 * reading; with @fault.
 */
int rf_reference_read(struct rf_reference_world *world, size_t source, enum rf_format format,
		      const char *path, struct rf_fault *fault);

/* The readers: 0, -EINVAL with @at where it is not the format, -ENOMEM. */
int rf_reference_read_text(struct rf_reference_reader *reader);
int rf_reference_read_json(struct rf_reference_reader *reader);
int rf_reference_read_mmdb(struct rf_reference_reader *reader);

/**
 * rf_reference_take - one statement of the file; IPv4 as ::ffff:a.b.c.d
 *
 * Returns 0, -EINVAL (ends before it starts, or in the other family), -ENOMEM.
 */
int rf_reference_take(struct rf_reference_reader *reader, rf_addr first, rf_addr last, __u16 place);

/** rf_reference_code - the number of a country code, any case; -1 if it is none */
int rf_reference_code(const char *text, size_t len);

/** rf_reference_cloud - the number of a cloud region ("aws:cn-north-1") */
__u16 rf_reference_cloud(const struct rf_reference_world *world, const char *name);

/**
 * rf_reference_scan_addr - an address as text, or IPv4's as a decimal number
 * @at: moved behind it on success
 */
bool rf_reference_scan_addr(const char **at, rf_addr *addr);

/** rf_reference_scan_prefix - an address and perhaps its length: the ends */
bool rf_reference_scan_prefix(const char **at, rf_addr *first, rf_addr *last);

#endif /* RF_REFERENCE_PRIVATE_H */
