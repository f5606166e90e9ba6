/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_build.h - between the files that turn YAML into a policy; nobody
 * else includes it
 *
 * Reading goes on after an error. What could not be read is left out of the
 * model, which is thrown away at the end if there was any error; so a reader
 * returns nothing, and out of memory is one more error.
 */
#ifndef RF_POLICY_BUILD_H
#define RF_POLICY_BUILD_H

#include <string.h>

#include "userspace/lib/policy.h"
#include "userspace/lib/policy_name.h"
#include "userspace/lib/policy_yaml.h"

struct rf_policy_name {
	const struct rf_yaml_node *key;
	const struct rf_yaml_node *value;
};

/** struct rf_policy_names - what a section has declared, in all files */
struct rf_policy_names {
	struct rf_policy_name *items;
	size_t count;
};

/**
 * struct rf_policy_build - a policy in the making
 * @trees: one for each policy file
 * @tree_count: of those
 * @regions, @classes: as declared; the order is that of the policy's
 * @set_names: the shipped country sets that there are
 * @clouds_read: the table of cloud regions was read, or reported
 * @service_count: services by address so far
 */
struct rf_policy_build {
	struct rf_policy *policy;
	struct rf_diagnostics *diagnostics;
	const char *sets_dir;
	char today[11];
	struct rf_yaml_tree *trees;
	size_t tree_count;
	struct rf_policy_names regions;
	struct rf_policy_names classes;
	char **set_names;
	size_t set_name_count;
	bool clouds_read;
	size_t service_count;
};

/**
 * struct rf_policy_key - a key that a mapping may have
 * @read: takes the value to where it belongs
 */
struct rf_policy_key {
	const char *name;
	bool required;
	void (*read)(struct rf_policy_build *build, const struct rf_yaml_node *key,
		     const struct rf_yaml_node *value, void *into);
};

/* policy_read.c: findings, mappings, lists, growing arrays */
void rf_policy_error(struct rf_policy_build *build, const struct rf_pos *pos, const char *hint,
		     const char *format, ...) __attribute__((format(printf, 4, 5)));
void rf_policy_warn(struct rf_policy_build *build, const struct rf_pos *pos, const char *hint,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));
void rf_policy_not_enforced(struct rf_policy_build *build, const struct rf_pos *pos,
			    const char *what);
void rf_policy_no_memory(struct rf_policy_build *build);

/* Reads a mapping by a table of keys; @what names it in messages. */
void rf_policy_read_mapping(struct rf_policy_build *build, const struct rf_yaml_node *node,
			    const char *what, const struct rf_policy_key *keys, size_t count,
			    void *into);

/* Has @node such a key? Broken ones count: a key given twice is not missing. */
bool rf_policy_has_key(const struct rf_yaml_node *node, const char *name);

/* Calls @each for the items of a list; anything but a list is an error. */
void rf_policy_read_list(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 const char *what,
			 void (*each)(struct rf_policy_build *build,
				      const struct rf_yaml_node *item, void *into),
			 void *into);

/* Room for one more of @count items of @size bytes; NULL after an error. */
void *rf_policy_grow(struct rf_policy_build *build, void *items, size_t count, size_t size);

/* A pointer to a new, zeroed item at the end of an array, or NULL. */
#define RF_POLICY_ADD(build, items, count)                                           \
	({                                                                           \
		__typeof__(items) more_ =                                            \
			rf_policy_grow((build), (items), (count), sizeof(*(items))); \
		if (more_) {                                                         \
			(items) = more_;                                             \
			more_ = memset(&more_[(count)++], 0, sizeof(*more_));        \
		}                                                                    \
		more_;                                                               \
	})

/* Warns of items that are equal by @compare, at the later one's place. */
void rf_policy_warn_twice(struct rf_policy_build *build, const void *items, size_t count,
			  size_t size, size_t pos_offset,
			  int (*compare)(const void *a, const void *b), const char *what);

/*
 * Is it worth looking for the nearest name? Not for the two hundredth mistake:
 * a file could hold a hundred thousand, each compared with a thousand names.
 */
bool rf_policy_suggests(const struct rf_policy_build *build);

/* '; did you mean "x"?' behind what is expected; returns @hint */
const char *rf_policy_hint(char hint[512], const char *expected,
			   const struct rf_name_search *search);

/* policy_value.c: single values. Each returns false after reporting an error. */
bool rf_policy_read_text(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 const char *what, char **text);
bool rf_policy_read_path(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 const char *what, char **path);
bool rf_policy_read_prefix(struct rf_policy_build *build, const struct rf_yaml_node *node,
			   struct rf_prefix *prefix);
bool rf_policy_read_country(struct rf_policy_build *build, const struct rf_yaml_node *node,
			    char code[3]);
bool rf_policy_read_port(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 uint16_t *port);
bool rf_policy_read_date(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 char date[11]);
bool rf_policy_read_digest(struct rf_policy_build *build, const struct rf_yaml_node *node,
			   uint8_t digest[RF_POLICY_DIGEST_LEN]);
bool rf_policy_read_bool(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 const char *what, bool *value);
/* A decimal number; @what names it in messages. */
bool rf_policy_read_number(struct rf_policy_build *build, const struct rf_yaml_node *node,
			   const char *what, unsigned int least, unsigned int most,
			   unsigned int *value);
/* Index of one of @count words, or -1. */
int rf_policy_read_word(struct rf_policy_build *build, const struct rf_yaml_node *node,
			const char *what, const char *const *words, size_t count);
void rf_policy_read_version(struct rf_policy_build *build, const struct rf_yaml_node *key,
			    const struct rf_yaml_node *value, void *into);
/* Each reports what is wrong and returns the index, or -1. */
int rf_policy_read_region_name(struct rf_policy_build *build, const struct rf_yaml_node *node);
int rf_policy_read_class_name(struct rf_policy_build *build, const struct rf_yaml_node *node);

/**
 * struct rf_policy_section - a section that is a mapping of names
 * @noun: what it has, for messages
 * @example: how to write it
 * @most, @most_hint: how many there may be, and what to do about it
 * @beside_sets: the names of shipped country sets are taken
 * @add: one more in the policy; takes over @name if it returns true
 */
struct rf_policy_section {
	const char *noun;
	const char *example;
	size_t most;
	const char *most_hint;
	bool beside_sets;
	bool (*add)(struct rf_policy_build *build, char *name, const struct rf_pos *pos);
};

/* policy_declare.c: the names, while the values wait in @names to be read */
void rf_policy_declare(struct rf_policy_build *build, const struct rf_policy_section *section,
		       struct rf_policy_names *names, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value);

/* One file per section */
void rf_policy_declare_regions(struct rf_policy_build *build, const struct rf_yaml_node *key,
			       const struct rf_yaml_node *value, void *into);
void rf_policy_read_regions(struct rf_policy_build *build);
void rf_policy_check_cycles(struct rf_policy_build *build);
void rf_policy_read_data(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into);
void rf_policy_declare_classes(struct rf_policy_build *build, const struct rf_yaml_node *key,
			       const struct rf_yaml_node *value, void *into);
void rf_policy_read_classes(struct rf_policy_build *build);
void rf_policy_read_origins(struct rf_policy_build *build, const struct rf_yaml_node *key,
			    const struct rf_yaml_node *value, void *into);
void rf_policy_read_declassifiers(struct rf_policy_build *build, const struct rf_yaml_node *key,
				  const struct rf_yaml_node *value, void *into);
void rf_policy_read_exceptions(struct rf_policy_build *build, const struct rf_yaml_node *key,
			       const struct rf_yaml_node *value, void *into);

/* policy_set.c: the shipped country sets */
void rf_policy_list_sets(struct rf_policy_build *build);
bool rf_policy_has_set(const struct rf_policy_build *build, const char *name);
/* Index of the set, read if it was not yet; -1 after reporting an error. */
int rf_policy_use_set(struct rf_policy_build *build, const char *name);

/* policy_cloud.c: read the table of cloud regions; false after reporting an error */
bool rf_policy_use_clouds(struct rf_policy_build *build, const struct rf_pos *pos);
void rf_policy_read_clouds(struct rf_policy_build *build, const struct rf_yaml_node *key,
			   const struct rf_yaml_node *value, void *into);

/* policy_hash.c: false without memory */
bool rf_policy_compute_hash(struct rf_policy *policy, const struct rf_policy_file *files,
			    size_t count);

/* policy_prefix lists: shared by regions, management and exceptions */
int rf_policy_compare_prefixes(const void *a, const void *b);

#endif /* RF_POLICY_BUILD_H */
