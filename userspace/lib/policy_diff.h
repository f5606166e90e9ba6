/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_diff.h - what changes from one policy to another, in words
 */
#ifndef RF_POLICY_DIFF_H
#define RF_POLICY_DIFF_H

#include <jansson.h>

#include "userspace/lib/policy.h"

enum rf_policy_change_kind {
	RF_POLICY_ADDED,
	RF_POLICY_REMOVED,
	RF_POLICY_CHANGED,
};

/**
 * struct rf_policy_change - one difference
 * @object: "region", "class" or "policy"
 * @name: of the region or class; "" for the policy itself
 * @item: what of it: "" for the whole, else a key such as "allow", "prefix"
 * @old, @new: values; NULL where there was or is none
 */
struct rf_policy_change {
	enum rf_policy_change_kind kind;
	const char *object;
	char *name;
	const char *item;
	char *old;
	char *new;
};

/** struct rf_policy_diff - changes: policy, then regions, then classes, by name */
struct rf_policy_diff {
	struct rf_policy_change *changes;
	size_t count;
	size_t capacity;
};

/**
 * rf_policy_diff - compare two policies by meaning
 * @old, @new: either may be NULL: no policy
 * @diff: written only on success; release with rf_policy_diff_free()
 *
 * Order of lists, places in files and ways of writing a prefix make no
 * difference; regions are compared with their includes resolved.
 *
 * Returns 0 or -ENOMEM.
 */
int rf_policy_diff(const struct rf_policy *old, const struct rf_policy *new,
		   struct rf_policy_diff *diff);
void rf_policy_diff_free(struct rf_policy_diff *diff);

/** rf_policy_change_text - one line for people, to be freed; NULL without memory */
char *rf_policy_change_text(const struct rf_policy_change *change);

/**
 * rf_policy_diff_json - a new array of objects with the keys change ("added",
 * "removed", "changed"), object, name, item, old, new; NULL without memory
 */
json_t *rf_policy_diff_json(const struct rf_policy_diff *diff);

#endif /* RF_POLICY_DIFF_H */
