// SPDX-License-Identifier: GPL-2.0
/*
 * policy.c - a policy from its files: what is there is declared first, then
 * read, so that files and sections may name each other in any order
 */
#include "userspace/lib/policy_build.h"
#include "userspace/lib/policy_file.h"
#include "userspace/lib/policy_prefix.h"

#include <stdlib.h>
#include <time.h>

static void read_managed(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy *policy = build->policy;
	struct rf_policy_prefix *prefix;
	struct rf_prefix net;

	(void)into;
	if (!rf_policy_read_prefix(build, item, &net))
		return;
	if (policy->management_count == RF_MANAGEMENT_MAX) {
		rf_policy_error(build, &item->pos, "join some of them",
				"more than %d management prefixes", RF_MANAGEMENT_MAX);
		return;
	}
	if (rf_prefix_is_everywhere(&net))
		rf_policy_warn(build, &item->pos, "name the networks you manage the host from",
			       "\"%s\" leaves a quarantined host open to everywhere", item->text);
	prefix = RF_POLICY_ADD(build, policy->management, policy->management_count);
	if (prefix)
		*prefix = (struct rf_policy_prefix){ .net = net, .pos = item->pos };
}

static void read_management(struct rf_policy_build *build, const struct rf_yaml_node *key,
			    const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_managed, into);
}

static void read_audit(struct rf_policy_build *build, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value, void *into)
{
	bool audit = false;

	(void)into;
	if (!rf_policy_read_bool(build, value, key->text, &audit) || !audit)
		return;
	build->policy->audit = true;
	rf_policy_not_enforced(build, &key->pos, "audit for the whole host");
}

static void skip(struct rf_policy_build *build, const struct rf_yaml_node *key,
		 const struct rf_yaml_node *value, void *into)
{
	(void)build;
	(void)key;
	(void)value;
	(void)into;
}

#define SECTIONS 8

/* First all names, in all files; unknown keys are found here. */
static const struct rf_policy_key declaring[SECTIONS] = {
	{ "version", true, rf_policy_read_version },
	{ "regions", false, rf_policy_declare_regions },
	{ "region-data", false, rf_policy_read_data },
	{ "classes", false, rf_policy_declare_classes },
	{ "declassifiers", false, skip },
	{ "exceptions", false, skip },
	{ "management", false, skip },
	{ "audit", false, skip },
};

/* Then what stands in no region or class; those have a pass of their own. */
static const struct rf_policy_key reading[SECTIONS] = {
	{ "version", false, skip },
	{ "regions", false, skip },
	{ "region-data", false, skip },
	{ "classes", false, skip },
	{ "declassifiers", false, rf_policy_read_declassifiers },
	{ "exceptions", false, rf_policy_read_exceptions },
	{ "management", false, read_management },
	{ "audit", false, read_audit },
};

/* The second pass: unknown keys and a root of another kind were reported. */
static void read_sections(struct rf_policy_build *build, const struct rf_yaml_node *root)
{
	size_t i, k;

	if (root->kind != RF_YAML_MAPPING)
		return;
	for (i = 0; i + 1 < root->item_count; i += 2)
		for (k = 0; k < SECTIONS && root->items[i]->kind == RF_YAML_TEXT; k++)
			if (!strcmp(root->items[i]->text, reading[k].name))
				reading[k].read(build, root->items[i], root->items[i + 1], NULL);
}

static bool is_cut_short(const struct rf_policy_build *build)
{
	size_t i;

	for (i = 0; i < build->tree_count; i++)
		if (!build->trees[i].root)
			return true;
	return false;
}

/*
 * If a file could not be parsed, names from it are missing: what refers to
 * them would be reported wrongly, so only the other files' names are checked.
 */
static void read_policy(struct rf_policy_build *build)
{
	size_t i;

	rf_policy_list_sets(build);
	for (i = 0; i < build->tree_count; i++)
		if (build->trees[i].root)
			rf_policy_read_mapping(build, build->trees[i].root, "the policy", declaring,
					       SECTIONS, NULL);
	if (is_cut_short(build))
		return;
	rf_policy_read_regions(build);
	rf_policy_check_cycles(build);
	rf_policy_read_classes(build);
	for (i = 0; i < build->tree_count; i++)
		read_sections(build, build->trees[i].root);
	rf_policy_warn_twice(build, build->policy->management, build->policy->management_count,
			     sizeof(*build->policy->management),
			     offsetof(struct rf_policy_prefix, pos), rf_policy_compare_prefixes,
			     "management prefix");
}

static bool parse_file(struct rf_policy_build *build, const struct rf_policy_file *file)
{
	struct rf_policy *policy = build->policy;
	struct rf_yaml_tree *tree;
	char **name = RF_POLICY_ADD(build, policy->files, policy->file_count);

	if (!name)
		return false;
	*name = strdup(file->name);
	if (!*name) {
		policy->file_count--;
		return false;
	}
	tree = RF_POLICY_ADD(build, build->trees, build->tree_count);
	if (!tree)
		return false;
	/* A tree that failed half way says nothing reliable: drop it. */
	if (rf_yaml_parse(file, policy->file_count - 1, tree, build->diagnostics))
		rf_yaml_tree_free(tree);
	return true;
}

static void warn_without_class(struct rf_policy_build *build)
{
	const struct rf_pos pos = { 0 };

	if (!build->policy->class_count)
		rf_policy_warn(build, &pos, "expected classes",
			       "the policy has no class: it would enforce nothing");
}

static void set_today(struct rf_policy_build *build, const struct rf_policy_options *options)
{
	time_t now = time(NULL);
	struct tm tm;

	if (options && options->today)
		strncpy(build->today, options->today, sizeof(build->today) - 1);
	else if (gmtime_r(&now, &tm))
		strftime(build->today, sizeof(build->today), "%Y-%m-%d", &tm);
}

static void build_policy(struct rf_policy_build *build, const struct rf_policy_file *files,
			 size_t count)
{
	size_t errors = build->diagnostics->errors, i;

	for (i = 0; i < count; i++)
		if (!parse_file(build, &files[i])) {
			rf_policy_no_memory(build);
			return;
		}
	read_policy(build);
	if (errors != build->diagnostics->errors)
		return;
	warn_without_class(build);
	if (!rf_policy_compute_hash(build->policy, files, count))
		rf_policy_no_memory(build);
}

static void release_build(struct rf_policy_build *build)
{
	size_t i;

	for (i = 0; i < build->tree_count; i++)
		rf_yaml_tree_free(&build->trees[i]);
	for (i = 0; i < build->set_name_count; i++)
		free(build->set_names[i]);
	free(build->trees);
	free(build->set_names);
	free(build->regions.items);
	free(build->classes.items);
}

struct rf_policy *rf_policy_load_files(const struct rf_policy_file *files, size_t count,
				       const struct rf_policy_options *options,
				       struct rf_diagnostics *diagnostics)
{
	struct rf_policy_build build = { .diagnostics = diagnostics };
	size_t errors = diagnostics->errors;
	char sets_dir[4200];

	build.policy = calloc(1, sizeof(*build.policy));
	if (!build.policy) {
		rf_policy_no_memory(&build);
		return NULL;
	}
	rf_policy_sets_dir(sets_dir, sizeof(sets_dir));
	build.sets_dir = options && options->sets_dir ? options->sets_dir : sets_dir;
	set_today(&build, options);
	if (!count || count > RF_POLICY_FILES_MAX)
		rf_diagnostics_add(diagnostics, RF_SEVERITY_ERROR, 0, NULL, "expected 1 to 256",
				   "%zu policy files", count);
	else
		build_policy(&build, files, count);
	release_build(&build);
	rf_diagnostics_sort(diagnostics);
	if (errors == diagnostics->errors)
		return build.policy;
	rf_policy_free(build.policy);
	return NULL;
}

struct rf_policy *rf_policy_load(const char *path, const struct rf_policy_options *options,
				 struct rf_diagnostics *diagnostics)
{
	struct rf_policy_files files = { 0 };
	struct rf_policy *policy = NULL;
	int ret = rf_policy_files_read(path, &files, diagnostics);

	/* What could be read is checked even so, to report all there is. */
	if (files.count)
		policy = rf_policy_load_files(files.items, files.count, options, diagnostics);
	rf_policy_files_free(&files);
	if (ret) {
		rf_policy_free(policy);
		policy = NULL;
	}
	return policy;
}
