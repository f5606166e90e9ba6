// SPDX-License-Identifier: GPL-2.0
/*
 * policy_set.c - the shipped country sets, such as "eea"
 *
 * A set is a YAML file of the sets directory, called after the set. It is
 * read when a policy includes it, so that a set nobody uses cannot break one.
 */
#include "userspace/lib/policy_build.h"
#include "userspace/lib/policy_country.h"
#include "userspace/lib/policy_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char ending[] = ".yaml";

void rf_policy_list_sets(struct rf_policy_build *build)
{
	static const char *const endings[] = { ending, NULL };
	size_t i;

	/* Without the directory there are no sets: an include will say so. */
	if (rf_policy_names_read(build->sets_dir, endings, &build->set_names,
				 &build->set_name_count))
		return;
	for (i = 0; i < build->set_name_count; i++)
		*strrchr(build->set_names[i], '.') = '\0';
}

bool rf_policy_has_set(const struct rf_policy_build *build, const char *name)
{
	size_t i;

	for (i = 0; i < build->set_name_count; i++)
		if (!strcmp(build->set_names[i], name))
			return true;
	return false;
}

static void read_name(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_set *set = into;

	(void)key;
	set->pos = value->pos;
	if (value->kind == RF_YAML_TEXT && !strcmp(value->text, set->name))
		return;
	rf_policy_error(build, &value->pos, NULL, "expected \"%s\", as the file is called",
			set->name);
}

static void read_source(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_text(build, value, key->text, &((struct rf_policy_set *)into)->source);
}

static void read_date(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_set *set = into;
	char date[11];

	(void)key;
	if (!rf_policy_read_date(build, value, date))
		return;
	free(set->date);
	set->date = strdup(date);
	if (!set->date)
		rf_policy_no_memory(build);
}

static void read_note(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	char *note = NULL;

	(void)into;
	rf_policy_read_text(build, value, key->text, &note);
	free(note);
}

static void read_code(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_set *set = into;
	char code[3], (*place)[3];

	if (!rf_policy_read_country(build, item, code))
		return;
	if (rf_country_kind(code) == RF_COUNTRY_VAGUE) {
		rf_policy_error(build, &item->pos, NULL, "\"%s\" is no country", code);
		return;
	}
	place = RF_POLICY_ADD(build, set->codes, set->code_count);
	if (place)
		memcpy(*place, code, sizeof(code));
}

static void read_codes(struct rf_policy_build *build, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_code, into);
}

static const struct rf_policy_key keys[] = {
	{ "version", true, rf_policy_read_version },
	{ "set", true, read_name },
	{ "source", true, read_source },
	{ "date", true, read_date },
	{ "countries", true, read_codes },
	{ "note", false, read_note },
};

static int by_code(const void *a, const void *b)
{
	return memcmp(a, b, 3);
}

/* The set's file joins the policy's, so that places in it have a name. */
static bool add_file(struct rf_policy_build *build, const char *path)
{
	char **file = RF_POLICY_ADD(build, build->policy->files, build->policy->file_count);

	if (!file)
		return false;
	*file = strdup(path);
	if (*file)
		return true;
	build->policy->file_count--;
	rf_policy_no_memory(build);
	return false;
}

static void parse_set(struct rf_policy_build *build, const struct rf_policy_file *file,
		      struct rf_policy_set *set)
{
	struct rf_yaml_tree tree = { 0 };

	if (!add_file(build, file->name))
		return;
	if (!rf_yaml_parse(file, build->policy->file_count - 1, &tree, build->diagnostics))
		rf_policy_read_mapping(build, tree.root, "a country set", keys,
				       sizeof(keys) / sizeof(keys[0]), set);
	rf_yaml_tree_free(&tree);
	if (set->code_count)
		qsort(set->codes, set->code_count, sizeof(*set->codes), by_code);
}

static void read_set(struct rf_policy_build *build, struct rf_policy_set *set)
{
	struct rf_policy_files files = { 0 };
	char *path;

	if (asprintf(&path, "%s/%s%s", build->sets_dir, set->name, ending) < 0) {
		rf_policy_no_memory(build);
		return;
	}
	if (!rf_policy_file_read(path, &files, build->diagnostics))
		parse_set(build, &files.items[0], set);
	rf_policy_files_free(&files);
	free(path);
}

/*
 * A set that has errors is kept all the same: the load fails, and another
 * include of it does not repeat them.
 */
int rf_policy_use_set(struct rf_policy_build *build, const char *name)
{
	struct rf_policy *policy = build->policy;
	struct rf_policy_set *set;
	size_t i;

	for (i = 0; i < policy->set_count; i++)
		if (!strcmp(policy->sets[i].name, name))
			return i;
	set = RF_POLICY_ADD(build, policy->sets, policy->set_count);
	if (!set)
		return -1;
	set->name = strdup(name);
	if (!set->name) {
		policy->set_count--;
		rf_policy_no_memory(build);
		return -1;
	}
	read_set(build, set);
	return i;
}
