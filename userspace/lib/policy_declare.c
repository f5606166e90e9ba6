// SPDX-License-Identifier: GPL-2.0
/*
 * policy_declare.c - the names that a section declares, before any is read
 */
#include "userspace/lib/policy_build.h"

#include <stdlib.h>

static const struct rf_yaml_node *find(const struct rf_policy_names *names, const char *text)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (!strcmp(names->items[i].key->text, text))
			return names->items[i].key;
	return NULL;
}

/* Says if the name may not be declared. */
static void check_name(struct rf_policy_build *build, const struct rf_policy_section *section,
		       const struct rf_policy_names *names, const struct rf_yaml_node *key)
{
	const struct rf_yaml_node *first;

	if (!rf_name_valid(key->text)) {
		rf_policy_error(build, &key->pos, "expected " RF_NAME_TEXT,
				"\"%s\" cannot name a %s", key->text, section->noun);
		return;
	}
	if (section->beside_sets && rf_policy_has_set(build, key->text)) {
		rf_policy_error(build, &key->pos, "choose another name and include the set",
				"\"%s\" is the name of a shipped country set", key->text);
		return;
	}
	first = find(names, key->text);
	/* Twice in one mapping was reported by the YAML layer. */
	if (first && key->kind == RF_YAML_TEXT)
		rf_policy_error(build, &key->pos, "join the two or rename one",
				"%s \"%s\" is defined twice, first in %s:%u:%u", section->noun,
				key->text, rf_policy_pos_file(build->policy, &first->pos),
				first->pos.line, first->pos.column);
}

static void declare(struct rf_policy_build *build, const struct rf_policy_section *section,
		    struct rf_policy_names *names, const struct rf_yaml_node *key,
		    const struct rf_yaml_node *value)
{
	struct rf_policy_name *name = RF_POLICY_ADD(build, names->items, names->count);
	char *text;

	if (!name)
		return;
	*name = (struct rf_policy_name){ key, value };
	text = strdup(key->text);
	if (!text)
		rf_policy_no_memory(build);
	else if (section->add(build, text, &key->pos))
		return;
	names->count--;
	free(text);
}

void rf_policy_declare(struct rf_policy_build *build, const struct rf_policy_section *section,
		       struct rf_policy_names *names, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value)
{
	size_t i;

	if (value->kind == RF_YAML_BROKEN)
		return;
	if (value->kind != RF_YAML_MAPPING) {
		rf_policy_error(build, &value->pos, section->example,
				"expected a mapping of names for \"%s\", found %s", key->text,
				rf_yaml_node_name(value));
		return;
	}
	for (i = 0; i + 1 < value->item_count; i += 2) {
		const struct rf_yaml_node *name = value->items[i];

		if (!name->text)
			continue;
		/* A bad name is declared too: its value may have errors of its own. */
		check_name(build, section, names, name);
		if (names->count == section->most) {
			rf_policy_error(build, &name->pos, section->most_hint, "more than %zu %s",
					section->most, key->text);
			return;
		}
		declare(build, section, names, name, value->items[i + 1]);
	}
}
