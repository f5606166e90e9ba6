/* SPDX-License-Identifier: GPL-2.0 */
/*
 * origins.h - the policy's origins as the kernel knows them: by number
 *
 * Marks and events carry the number of an origin, and holders keep it for as
 * long as they live. So a number, once given to a kind and a text ("path",
 * "/srv/customers/cn"), stays theirs until the next boot; the numbers are kept
 * on disk with the places in the policy that they came from.
 */
#ifndef RF_ORIGINS_H
#define RF_ORIGINS_H

#include <stdint.h>

#include <jansson.h>

#include "bpf/maps.h"
#include "userspace/lib/policy.h"

#define RF_ORIGINS_FILE "origins.json"
#define RF_ORIGINS_MAX 1000000

/**
 * struct rf_origin - one origin of one policy, or a declassifier: a program
 * that gives no class
 * @id: its number, from 1
 * @text: as in struct rf_policy_origin, or address and port of a service
 * @classes: label bits that it gives: of all classes that name it
 * @holds, @removes: label bits, of a declassifier
 * @declassifier: belongs to the policy; NULL for an origin
 * @pos: where the policy names it first
 * @service: of a service by address; all zero for others
 * @dev, @ino: what was marked of a path, program or unix socket, so that a
 *	replaced file is noticed; 0 before
 * @replaced: a declassifier is another file than the one that was applied, and
 *	has no digest to tell that it is as good
 */
struct rf_origin {
	uint32_t id;
	enum rf_policy_origin_kind kind;
	char *text;
	uint64_t classes;
	uint64_t holds;
	uint64_t removes;
	const struct rf_policy_declassifier *declassifier;
	struct rf_pos pos;
	struct rf_service service;
	uint64_t dev;
	uint64_t ino;
	bool replaced;
};

/** struct rf_origin_list - all of a policy, each kind and text once */
struct rf_origin_list {
	struct rf_origin *items;
	size_t count;
};

/** struct rf_origins - the numbers given so far; zeroed memory is empty */
struct rf_origins {
	json_t *known;
};

/** rf_origins_load - no file, or one of another boot, reads as empty */
int rf_origins_load(const char *path, const char *boot, struct rf_origins *origins);
int rf_origins_save(const char *path, const char *boot, const struct rf_origins *origins);
void rf_origins_free(struct rf_origins *origins);

/**
 * rf_origins_list - number the origins and declassifiers of a policy
 * @bits: label bit of each of the policy's classes
 * @list: written only on success; release with rf_origin_list_free()
 *
 * Returns 0, -ENOSPC (reboot to free numbers) or -ENOMEM.
 */
int rf_origins_list(struct rf_origins *origins, const struct rf_policy *policy, const uint8_t *bits,
		    struct rf_origin_list *list);
void rf_origin_list_free(struct rf_origin_list *list);

/** rf_origins_number - the number of what is no origin of a policy; 0 or -ENOSPC */
int rf_origins_number(struct rf_origins *origins, const char *kind, const char *text, uint32_t *id);

/**
 * rf_origins_describe - where a number comes from
 * @class: the class whose place is wanted; NULL or unknown for any
 * @file, @line: set to its place in the policy, NULL and 0 if there is none
 *
 * Returns what it is ("/srv/customers/cn"), "" if the number is not known.
 * The strings belong to @origins.
 */
const char *rf_origins_describe(const struct rf_origins *origins, uint32_t id, const char *class,
				const char **kind, const char **file, uint32_t *line);

#endif /* RF_ORIGINS_H */
