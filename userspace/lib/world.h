/* SPDX-License-Identifier: GPL-2.0 */
/*
 * world.h - the region data: its sources in order of trust, what they say and
 * when they were made
 */
#ifndef RF_WORLD_H
#define RF_WORLD_H

#include "userspace/lib/atom.h"
#include "userspace/lib/format.h"
#include "userspace/lib/merge.h"
#include "userspace/lib/places.h"
#include "userspace/lib/special.h"

#define RF_WORLD_SOURCE "tor-geoipdb (IPFire Location)"
#define RF_WORLD_HASH_LEN 32 /* SHA-256 */
#define RF_WORLD_FILES_MAX 8 /* of one source */

enum rf_family { RF_FAMILY_V4, RF_FAMILY_V6, RF_FAMILY_MAX };

/**
 * struct rf_world_file - one file of region data
 * @path: owned
 * @date: when the source made it, RFC 3339, empty if it does not say
 * @hash: SHA-256 of the file as it is on disk
 */
struct rf_world_file {
	char *path;
	char date[RF_DATE_LEN];
	__u8 hash[RF_WORLD_HASH_LEN];
};

/**
 * struct rf_world_source - who says where addresses are
 * @name: owned
 * @layers: empty before rf_world_parse()
 */
struct rf_world_source {
	char *name;
	enum rf_format format;
	struct rf_world_file files[RF_WORLD_FILES_MAX];
	size_t file_count;
	struct rf_layer layers[RF_FAMILY_MAX];
};

/**
 * struct rf_world - all that is known beside the policy's own prefixes
 * @sources: most trusted first
 * @clouds: borrowed; NULL if no source names cloud regions
 * @agreement: how many sources must name the same country; 0 and 1: one will do
 * @marks: what decides over the sources, ascending by first, then by len
 * @read_us: microseconds of reading and parsing; 0 before rf_world_parse()
 */
struct rf_world {
	struct rf_world_source sources[RF_MERGE_LAYERS_MAX];
	size_t source_count;
	const struct rf_clouds *clouds;
	unsigned int agreement;
	struct rf_block *marks;
	size_t mark_count;
	__u64 read_us;
	bool parsed;
};

/** rf_world_new - without sources; its marks are the special-purpose prefixes */
struct rf_world *rf_world_new(void);
void rf_world_close(struct rf_world *world);

/**
 * rf_world_add - open one more source, trusted less than those before; its
 * files are read and hashed, not parsed yet
 * @paths: @count of them, at least 1
 *
 * Returns 0, a negative errno of reading, -EFBIG, -EINVAL (not a regular file,
 * damaged, not the format), -E2BIG (too many sources or files), -ENOMEM; with
 * @fault.
 */
int rf_world_add(struct rf_world *world, const char *name, enum rf_format format,
		 const char *const *paths, size_t count, struct rf_fault *fault);

/**
 * rf_world_mark - these prefixes are as @atom says, whatever the sources say
 *
 * A mark that stands already is replaced. Returns 0 or -ENOMEM.
 */
int rf_world_mark(struct rf_world *world, rf_addr first, unsigned int len, __u16 atom);

/**
 * rf_world_parse - read what the sources say; nothing to do if that was done
 *
 * Returns 0, -EINVAL (see format.h), -ESTALE (a file changed since it was
 * opened: open the world again), or an errno as above.
 */
int rf_world_parse(struct rf_world *world, struct rf_fault *fault);

/* Give the memory of the layers back; rf_world_parse() gets them again. */
void rf_world_forget(struct rf_world *world);

/** rf_world_date - when the oldest of the files was made; "" if one does not say */
const char *rf_world_date(const struct rf_world *world);

/**
 * struct rf_view - all that is said of one family, for rf_merge_walk()
 * @first, @last: its addresses. Those of IPv6 have IPv4's among them, of which
 *	nothing is said there.
 */
struct rf_view {
	rf_addr first;
	rf_addr last;
	struct rf_merge merge;
	struct rf_block *marks;
	struct rf_block *blocks;
};

/**
 * rf_world_view - what the sources, the marks and the policy say
 * @world: parsed
 * @atoms: of the policy; NULL for the region data alone
 * @out: written only on success; release with rf_view_free()
 *
 * Returns 0 or -ENOMEM.
 */
int rf_world_view(const struct rf_world *world, const struct rf_atoms *atoms, enum rf_family family,
		  struct rf_view *out);
void rf_view_free(struct rf_view *view);

/**
 * struct rf_world_answer - who says where an address is
 * @piece: what everybody says, see merge.h. What it points to is valid as long
 *	as the world and the atoms.
 * @first, @len: the prefix that decided; @len in the 128-bit form. Where
 *	nothing is known: the address itself, 128.
 * @atom: RF_ATOM_UNKNOWN if it is in no region
 * @special: the standard that decided, or NULL
 * @carries: the address carries the IPv4 address @carried, which decided: all
 *	but @special is about that
 */
struct rf_world_answer {
	struct rf_merge_piece piece;
	rf_addr first;
	__u8 len;
	__u16 atom;
	const struct rf_special *special;
	bool carries;
	rf_addr carried;
};

/**
 * rf_world_lookup - where an address is, from the data itself and not from the
 * compiled tables
 * @world: parsed
 * @atoms: of the policy; NULL for the region data alone
 * @addr: network byte order; IPv4 as ::ffff:a.b.c.d
 *
 * Returns 0 or -ENOMEM.
 */
int rf_world_lookup(const struct rf_world *world, const struct rf_atoms *atoms, const __u8 addr[16],
		    struct rf_world_answer *answer);

#endif /* RF_WORLD_H */
