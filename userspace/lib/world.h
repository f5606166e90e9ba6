/* SPDX-License-Identifier: GPL-2.0 */
/*
 * world.h - the region data: two files, what they say and when they were made
 */
#ifndef RF_WORLD_H
#define RF_WORLD_H

#include "userspace/lib/atom.h"
#include "userspace/lib/geoip.h"
#include "userspace/lib/places.h"

#define RF_WORLD_V4_PATH RF_GEOIP_DIR "/geoip"
#define RF_WORLD_V6_PATH RF_GEOIP_DIR "/geoip6"
#define RF_WORLD_SOURCE "tor-geoipdb (IPFire Location)"
#define RF_WORLD_HASH_LEN 32 /* SHA-256 */
#define RF_WORLD_FILE_MAX (256u << 20) /* bytes */

/**
 * struct rf_world_file - one file of region data
 * @path: owned
 * @date: when the source made it, RFC 3339, empty if it does not say
 * @hash: SHA-256 of the content
 * @ranges: ascending; NULL before rf_world_parse(). The source's "??" is kept,
 *	as RF_ATOM_UNKNOWN.
 */
struct rf_world_file {
	char *path;
	char date[RF_GEOIP_DATE_LEN];
	__u8 hash[RF_WORLD_HASH_LEN];
	struct rf_range *ranges;
	size_t range_count;
};

struct rf_world {
	struct rf_world_file file[2]; /* by enum rf_geoip_family */
};

/**
 * rf_world_open - read and hash the files; they are not parsed yet
 * @v4_path, @v6_path: NULL for the installed ones
 * @out: written only on success; release with rf_world_close()
 *
 * Returns 0, a negative errno of reading, -EFBIG, -EINVAL (not a regular
 * file), -ENOMEM.
 */
int rf_world_open(const char *v4_path, const char *v6_path, struct rf_world **out,
		  struct rf_fault *fault);
void rf_world_close(struct rf_world *world);

/**
 * rf_world_parse - read the ranges; nothing to do if they are there
 *
 * Returns 0, -EINVAL (see geoip.h), -ESTALE (a file changed since it was
 * opened: open the world again), or an errno as above.
 */
int rf_world_parse(struct rf_world *world, struct rf_fault *fault);

/* Give the memory of the ranges back; rf_world_parse() gets them again. */
void rf_world_forget(struct rf_world *world);

/**
 * struct rf_world_answer - who says where an address is
 * @first, @len: the prefix that decided; @len in the 128-bit form. Where
 *	nothing is known: the address itself, 128.
 * @atom: RF_ATOM_UNKNOWN if it is in no region
 * @is_policy: the policy's own prefix decided; @source and @date are then empty
 * @source: RF_WORLD_SOURCE, or "" where the source says nothing
 * @path, @date: of the file that was asked; valid as long as the world
 * @note: "??" where the source lists the range without a country, else ""
 */
struct rf_world_answer {
	rf_addr first;
	__u8 len;
	__u16 atom;
	bool is_policy;
	const char *source;
	const char *path;
	const char *date;
	const char *note;
};

/**
 * rf_world_lookup - where an address is, from the data itself and not from the
 * compiled tables
 * @world: parsed
 * @atoms: of the policy; NULL for the region data alone
 * @addr: network byte order; IPv4 as ::ffff:a.b.c.d
 */
void rf_world_lookup(const struct rf_world *world, const struct rf_atoms *atoms,
		     const __u8 addr[16], struct rf_world_answer *answer);

#endif /* RF_WORLD_H */
