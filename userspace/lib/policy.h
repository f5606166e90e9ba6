/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy.h - a policy as its authors wrote it: parsed, checked, every value
 * with its place
 *
 * The model is plain data: the region compiler, diff and explain iterate over
 * it. It is built whole by rf_policy_load() or rf_policy_load_files(), is not
 * changed afterwards, and is released by rf_policy_free().
 *
 * What the rules mean. An address is in some regions (possibly none).
 *   allow only       the class may go where any region of allow holds it
 *   deny only        it may go to every known address outside deny's regions
 *   allow and deny   inside allow and outside deny
 *   an empty allow   it may go nowhere
 * A class without allow and with an empty or no deny is an error.
 *
 * Merging. Files are merged in the order given; each needs `version: 1`. A
 * region or class defined twice is an error that names both places. Lists
 * (management, declassifiers, exceptions) are joined.
 */
#ifndef RF_POLICY_H
#define RF_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kmod/uapi/ringfence.h"
#include "userspace/lib/cloud.h"
#include "userspace/lib/diagnostic.h"
#include "userspace/lib/format.h"

#define RF_POLICY_FILE_MAX (1u << 20) /* bytes of one file */
#define RF_POLICY_FILES_MAX 256
#define RF_POLICY_DEPTH_MAX 32 /* nesting of YAML collections */
#define RF_POLICY_REGIONS_MAX 1024
#define RF_POLICY_SOURCES_MAX 16
#define RF_POLICY_SOURCE_FILES_MAX 8
#define RF_POLICY_MAX_LOSS 10 /* percent, where the policy does not say */
#define RF_POLICY_HASH_LEN 32 /* SHA-256 */
#define RF_POLICY_DIGEST_LEN 32 /* likewise */
#define RF_POLICY_DECLASSIFIERS_MAX 1024
#define RF_POLICY_SERVICES_MAX 64 /* by address, in all classes */

/**
 * struct rf_pos - where a value stands
 * @file: index into struct rf_policy's files
 * @line, @column: from 1; the column counts characters
 */
struct rf_pos {
	uint32_t file;
	uint32_t line;
	uint32_t column;
};

#define RF_POLICY_NO_SET UINT32_MAX

/**
 * struct rf_policy_country - a country of a region
 * @code: ISO 3166 alpha-2, or one of the codes that only the region data
 *	knows; upper case, NUL-terminated
 * @pos: of the code, or of the include through which it came
 * @set: index of the shipped country set it came from, or RF_POLICY_NO_SET
 */
struct rf_policy_country {
	char code[3];
	struct rf_pos pos;
	uint32_t set;
};

struct rf_policy_prefix {
	struct rf_prefix net; /* IPv4 as ::ffff:a.b.c.d/96+n; host bits are zero */
	struct rf_pos pos;
};

enum rf_policy_include_kind {
	RF_POLICY_INCLUDE_REGION,
	RF_POLICY_INCLUDE_SET,
};

/** struct rf_policy_cloud - a cloud region of a region: index into clouds */
struct rf_policy_cloud {
	uint32_t index;
	struct rf_pos pos;
};

/** struct rf_policy_include - @index is into regions or sets, by @kind */
struct rf_policy_include {
	enum rf_policy_include_kind kind;
	uint32_t index;
	struct rf_pos pos;
};

/**
 * struct rf_policy_region - one region as written; not flattened, see
 * rf_policy_region_members()
 * @note: may be NULL
 * @pos: of the name
 */
struct rf_policy_region {
	char *name;
	char *note;
	struct rf_pos pos;
	struct rf_policy_country *countries;
	size_t country_count;
	struct rf_policy_prefix *prefixes;
	size_t prefix_count;
	struct rf_policy_cloud *clouds;
	size_t cloud_count;
	struct rf_policy_include *includes;
	size_t include_count;
};

/**
 * struct rf_policy_set - a shipped country set, such as "eea"
 * @source, @date: who says so and when (YYYY-MM-DD)
 * @pos: of the name in the set's own file
 */
struct rf_policy_set {
	char *name;
	char *source;
	char *date;
	struct rf_pos pos;
	char (*codes)[3]; /* sorted */
	size_t code_count;
};

enum rf_policy_origin_kind {
	RF_POLICY_ORIGIN_PATH, /* text: absolute path, a file or a tree */
	RF_POLICY_ORIGIN_UNIT, /* text: systemd unit name with its suffix */
	RF_POLICY_ORIGIN_CGROUP, /* text: path below the cgroup root, starts with / */
	RF_POLICY_ORIGIN_PROGRAM, /* text: absolute path of an executable */
	RF_POLICY_ORIGIN_USER, /* text: user name or decimal uid */
	RF_POLICY_ORIGIN_SERVICE, /* service, port; or text: path of a unix socket */
	RF_POLICY_ORIGIN_MAX,
};

/**
 * struct rf_policy_origin - what gives the class
 * @text: by kind, see above; NULL for a service by address. Paths are normal:
 *	no "//", "/./", "/../" and no "/" at the end.
 * @service: only for a service by address
 * @port: 1..65535, or 0 for every port; host byte order
 * @pos: of the value
 */
struct rf_policy_origin {
	enum rf_policy_origin_kind kind;
	char *text;
	struct rf_prefix service;
	uint16_t port;
	struct rf_pos pos;
};

enum rf_policy_violation {
	RF_POLICY_VIOLATION_DENY = 0,
	RF_POLICY_VIOLATION_AUDIT,
	RF_POLICY_VIOLATION_KILL, /* not enforced yet */
	RF_POLICY_VIOLATION_MAX,
};

/** struct rf_policy_rule - one entry of allow or deny: index into regions */
struct rf_policy_rule {
	uint32_t region;
	struct rf_pos pos;
};

/**
 * struct rf_policy_class - one kind of regulated data
 * @law: may be NULL
 * @has_allow: there was an `allow` key, be it empty
 * @pos: of the name
 * @allow_pos, @deny_pos: of the keys; line 0 if absent
 */
struct rf_policy_class {
	char *name;
	char *law;
	struct rf_pos pos;
	struct rf_policy_origin *origins;
	size_t origin_count;
	bool has_allow;
	struct rf_pos allow_pos;
	struct rf_pos deny_pos;
	struct rf_policy_rule *allow;
	size_t allow_count;
	struct rf_policy_rule *deny;
	size_t deny_count;
	enum rf_policy_violation violation;
};

/**
 * struct rf_policy_declassifier - a program that may hold classes without
 * passing them on, or take them out of what it passes on
 * @holds, @removes: masks by index into the policy's classes (not by the bit
 *	that a class has in the kernel)
 * @holds_all: whatever class there is, in other policies too
 * @has_digest: the file must have this fs-verity digest
 * @pos: of the program
 */
struct rf_policy_declassifier {
	char *program;
	char *reason;
	uint64_t holds;
	uint64_t removes;
	bool holds_all;
	bool has_digest;
	uint8_t digest[RF_POLICY_DIGEST_LEN];
	struct rf_pos pos;
};

/**
 * struct rf_policy_exception - not enforced yet
 * @class_index: into the policy's classes
 * @prefixes, @regions: where it may go although the class's rules refuse
 * @until: last day, YYYY-MM-DD, in UTC
 */
struct rf_policy_exception {
	uint32_t class_index;
	struct rf_policy_prefix *prefixes;
	size_t prefix_count;
	struct rf_policy_rule *regions;
	size_t region_count;
	char until[11];
	char *approved_by;
	char *reason;
	struct rf_pos pos;
};

/**
 * struct rf_policy_source - who says where addresses are
 * @name: as the policy calls it, or the format's name
 * @has_format, @has_path: the keys were given
 * @paths: none for the installed tor-geoipdb
 * @max_age_days: older data is warned of; 0: no limit given
 * @sums: a file as sha256sum(1) writes it, or NULL
 * @signature, @key: detached signature and public key in PEM, or NULL
 */
struct rf_policy_source {
	char *name;
	enum rf_format format;
	bool has_format;
	bool has_path;
	char **paths;
	size_t path_count;
	unsigned int max_age_days;
	char *sums;
	char *signature;
	char *key;
	struct rf_pos pos;
};

enum rf_policy_mark_kind {
	RF_POLICY_MARK_ANYCAST,
	RF_POLICY_MARK_SATELLITE,
	RF_POLICY_MARK_NAT64,
};

/** struct rf_policy_mark - a prefix about which no source is asked */
struct rf_policy_mark {
	struct rf_prefix net;
	enum rf_policy_mark_kind kind;
	struct rf_pos pos;
};

/**
 * struct rf_policy_data - where the region data comes from
 * @sources: most trusted first; none: the installed tor-geoipdb
 * @agreement: how many sources must name the same country; 0: one will do
 * @max_loss: percent of a country's addresses that an update may lose; 0:
 *	RF_POLICY_MAX_LOSS
 * @pos: of the section; line 0 if there is none
 */
struct rf_policy_data {
	struct rf_policy_source *sources;
	size_t source_count;
	unsigned int agreement;
	struct rf_pos agreement_pos;
	unsigned int max_loss;
	struct rf_policy_mark *marks;
	size_t mark_count;
	struct rf_pos pos;
};

/**
 * struct rf_policy - a whole policy
 * @files: names as they were given, in the order of merging, then those of
 *	the country sets in use; struct rf_pos indexes them
 * @sets: the shipped sets that this policy includes, others are not kept
 * @clouds: the shipped table of cloud regions; empty unless it is needed
 * @audit: the whole host in audit mode; not enforced yet
 * @hash: see rf_policy_hash()
 */
struct rf_policy {
	char **files;
	size_t file_count;
	struct rf_policy_region *regions;
	size_t region_count;
	struct rf_policy_set *sets;
	size_t set_count;
	struct rf_clouds clouds;
	struct rf_policy_data data;
	struct rf_policy_class *classes; /* at most RF_CLASS_MAX */
	size_t class_count;
	struct rf_policy_prefix *management; /* at most RF_MANAGEMENT_MAX */
	size_t management_count;
	struct rf_policy_declassifier *declassifiers;
	size_t declassifier_count;
	struct rf_policy_exception *exceptions;
	size_t exception_count;
	bool audit;
	uint8_t hash[RF_POLICY_HASH_LEN];
};

/**
 * struct rf_policy_options - how to load; NULL stands for all defaults
 * @sets_dir: directory of the shipped country sets; NULL for the installed one
 * @today: YYYY-MM-DD in UTC, against which `until` is held; NULL for the
 *	clock's
 */
struct rf_policy_options {
	const char *sets_dir;
	const char *today;
};

/** struct rf_policy_file - one policy file in memory; not owned by the callee */
struct rf_policy_file {
	const char *name;
	const char *data;
	size_t len;
};

/**
 * rf_policy_load - read, parse and check the policy at a path
 * @path: a *.yaml or *.yml file, or a directory whose *.yaml and *.yml are
 *	merged in byte order of their names. Anything but a regular file of at
 *	most RF_POLICY_FILE_MAX bytes is refused without waiting; symbolic links
 *	are not followed (but @path's own directories may be links).
 * @options: may be NULL
 * @diagnostics: findings are added; must be initialised. Sorted by place.
 *
 * Returns a policy that the caller frees, or NULL if anything found is an
 * error; then there is at least one error in @diagnostics.
 */
struct rf_policy *rf_policy_load(const char *path, const struct rf_policy_options *options,
				 struct rf_diagnostics *diagnostics);

/** rf_policy_load_files - as rf_policy_load(), of contents in memory */
struct rf_policy *rf_policy_load_files(const struct rf_policy_file *files, size_t count,
				       const struct rf_policy_options *options,
				       struct rf_diagnostics *diagnostics);

/** rf_policy_free - release a policy; NULL is allowed */
void rf_policy_free(struct rf_policy *policy);

/** rf_policy_sets_dir - where the shipped country sets are, NUL-terminated */
void rf_policy_sets_dir(char *dir, size_t size);

/**
 * struct rf_policy_members - a region with its includes resolved
 * @countries: sorted by code, each once
 * @prefixes: sorted by address, then length, each once
 * @clouds: indexes into the policy's clouds, ascending, each once
 */
struct rf_policy_members {
	struct rf_policy_country *countries;
	size_t country_count;
	struct rf_policy_prefix *prefixes;
	size_t prefix_count;
	uint32_t *clouds;
	size_t cloud_count;
};

/**
 * rf_policy_region_members - flatten a region
 * @region: index into the policy's regions
 * @members: written only on success; release with rf_policy_members_free()
 *
 * Returns 0, -EINVAL (no such region) or -ENOMEM.
 */
int rf_policy_region_members(const struct rf_policy *policy, size_t region,
			     struct rf_policy_members *members);
void rf_policy_members_free(struct rf_policy_members *members);

/** rf_policy_region_find, rf_policy_class_find - index by name, or -1 */
int rf_policy_region_find(const struct rf_policy *policy, const char *name);
int rf_policy_class_find(const struct rf_policy *policy, const char *name);

/**
 * rf_policy_class_allows - may a class go to an address that is in these regions?
 * @class: index into the policy's classes
 * @regions: indexes of the policy's regions that hold the address; may be
 *	empty for an address that is known, but in no region of the policy
 * @rule: set to what decided: an entry of allow or deny, or the `allow` or
 *	`deny` key where no entry did. May be NULL.
 *
 * An unknown address is the caller's to refuse. A class that does not exist is
 * refused.
 */
bool rf_policy_class_allows(const struct rf_policy *policy, size_t class, const uint32_t *regions,
			    size_t region_count, struct rf_pos *rule);

/** rf_policy_source_count - at least 1: without any it is the installed one; @policy may be NULL */
size_t rf_policy_source_count(const struct rf_policy *policy);

/** rf_policy_source - by its rank; NULL for the installed tor-geoipdb where none is named */
const struct rf_policy_source *rf_policy_source(const struct rf_policy *policy, size_t rank);

/** rf_policy_pos_file - name of the file of a place, "" if there is none */
const char *rf_policy_pos_file(const struct rf_policy *policy, const struct rf_pos *pos);

/**
 * rf_policy_hash - SHA-256 of what the policy was loaded from: base names and
 * contents of its files in order, and the country sets that it uses
 *
 * The same whether it came from a path or from memory. Not salted, not secret.
 */
const uint8_t *rf_policy_hash(const struct rf_policy *policy);

/** rf_policy_origin_kind_name - the policy's key: "path", "unit", … */
const char *rf_policy_origin_kind_name(enum rf_policy_origin_kind kind);

/** rf_policy_violation_name - "deny", "audit", "kill" */
const char *rf_policy_violation_name(enum rf_policy_violation violation);

#endif /* RF_POLICY_H */
