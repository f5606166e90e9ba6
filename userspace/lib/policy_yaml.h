/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_yaml.h - YAML as a tree in which every node knows its place
 *
 * Only what a policy needs: mappings with text keys, lists and text. Anchors,
 * aliases, tags, duplicate keys and further documents are errors, since each
 * of them makes a text mean something else than a reader sees.
 */
#ifndef RF_POLICY_YAML_H
#define RF_POLICY_YAML_H

#include "userspace/lib/policy.h"

enum rf_yaml_kind {
	RF_YAML_TEXT,
	RF_YAML_LIST,
	RF_YAML_MAPPING,
	RF_YAML_BROKEN, /* already reported: to be passed over in silence */
};

/**
 * struct rf_yaml_node - a value with its place
 * @text: NUL-terminated, no NUL inside; only for RF_YAML_TEXT
 * @plain: written without quotes, so that empty means absent
 * @items: of a list its values; of a mapping keys and values in turn
 * @item_count: of @items
 * @next: internal
 */
struct rf_yaml_node {
	enum rf_yaml_kind kind;
	bool plain;
	struct rf_pos pos;
	char *text;
	struct rf_yaml_node **items;
	size_t item_count;
	size_t item_capacity;
	struct rf_yaml_node *next;
};

/**
 * struct rf_yaml_tree - one document; owns all its nodes
 * @root: NULL if there is none
 */
struct rf_yaml_tree {
	struct rf_yaml_node *root;
	struct rf_yaml_node *nodes;
};

/**
 * rf_yaml_parse - parse one file
 * @index: the file's index, put into every place
 * @tree: always written, to be released with rf_yaml_tree_free()
 *
 * Returns 0 if @tree->root can be used, else -EINVAL or -ENOMEM. Every error
 * is in @diagnostics, including those (aliases, tags, duplicate keys) that
 * leave a usable tree.
 */
int rf_yaml_parse(const struct rf_policy_file *file, uint32_t index, struct rf_yaml_tree *tree,
		  struct rf_diagnostics *diagnostics);
void rf_yaml_tree_free(struct rf_yaml_tree *tree);

/** rf_yaml_node_name - "text", "a list", "a mapping", "nothing", for messages */
const char *rf_yaml_node_name(const struct rf_yaml_node *node);

#endif /* RF_POLICY_YAML_H */
