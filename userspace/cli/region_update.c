// SPDX-License-Identifier: GPL-2.0
/*
 * region_update.c - ringfence region update: look at what the sources' files
 * are now, and only then follow them
 *
 * The files are copied aside, and it is the copies that are checked, compiled
 * and kept: nobody can put others in their place meanwhile.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/progress.h"
#include "userspace/cli/region.h"
#include "userspace/cli/source.h"
#include "userspace/lib/accepted.h"
#include "userspace/lib/compiled.h"
#include "userspace/lib/saved.h"
#include "userspace/lib/trust.h"

/**
 * struct update - from the accepted data to what the files are now
 * @old: NULL as long as nothing was accepted; of a source that is new, what was
 *	staged
 * @files: by source: what was staged
 * @known: by source: something was accepted before
 */
struct update {
	struct rf_region *region;
	struct rf_world *old;
	struct rf_world *new;
	struct rf_accepted_files files[RF_MERGE_LAYERS_MAX];
	bool known[RF_MERGE_LAYERS_MAX];
	size_t count;
};

/* NULL for the installed source of a policy that names none. */
static const struct rf_policy_source *source_of(const struct update *update, size_t i)
{
	return rf_policy_source(update->region->policy, i);
}

static void drop(struct update *update)
{
	for (size_t i = 0; i < update->count; i++)
		rf_accepted_drop(source_of(update, i), &rf_places);
}

static int stage(struct update *update, struct rf_fault *fault)
{
	struct rf_accepted_files *named = malloc(sizeof(*named));
	int err = named ? 0 : rf_fault_set(fault, -ENOMEM, "out of memory");

	rf_progress_say("copying the files of the sources");
	for (size_t i = 0; !err && i < rf_policy_source_count(update->region->policy); i++) {
		const struct rf_policy_source *source = source_of(update, i);

		err = rf_accepted_stage(source, &rf_places, &update->files[i], fault);
		if (err)
			break;
		update->count++;
		rf_accepted_named(source, &rf_places, named);
		err = rf_trust_files(source, named, &update->files[i], NULL, fault);
	}
	free(named);
	return err;
}

/* A world of the staged copies. */
static int open_new(struct update *update, struct rf_fault *fault)
{
	int err = rf_compiled_world_of(update->region->policy, update->files, update->count,
				       &update->new, fault);

	rf_progress_say("reading the new data");
	return err ? err : rf_world_parse(update->new, fault);
}

/* The accepted copies of the sources that have any; false if none has. */
static bool find_old(struct update *update, struct rf_accepted_files *files)
{
	bool any = false;

	for (size_t i = 0; i < update->count; i++) {
		rf_accepted_find(source_of(update, i), &rf_places, &files[i]);
		update->known[i] = files[i].accepted;
		any |= update->known[i];
		if (!update->known[i])
			files[i] = update->files[i];
	}
	return any;
}

/*
 * What was accepted. That it cannot be read is an error: there would be nothing
 * to compare any source with.
 */
static int open_old(struct update *update, struct rf_fault *fault)
{
	struct rf_accepted_files *files = calloc(update->count, sizeof(*files));
	int err = 0;

	if (!files)
		return rf_fault_set(fault, -ENOMEM, "out of memory");
	rf_progress_say("reading the accepted data");
	if (find_old(update, files))
		err = rf_compiled_world_of(update->region->policy, files, update->count,
					   &update->old, fault);
	if (!err && update->old)
		err = rf_world_parse(update->old, fault);
	free(files);
	return err;
}

static int compare(struct update *update, struct rf_fault *fault)
{
	const struct rf_policy *policy = update->region->policy;
	struct rf_trust_limits limits = { .now = time(NULL), .max_loss = RF_POLICY_MAX_LOSS };
	int err = 0;

	if (policy && policy->data.max_loss)
		limits.max_loss = policy->data.max_loss;
	for (size_t i = 0; !err && i < update->new->source_count; i++) {
		const struct rf_policy_source *source = source_of(update, i);

		limits.max_age_days = source ? source->max_age_days : 0;
		err = rf_trust_change(update->known[i] ? &update->old->sources[i] : NULL,
				      &update->new->sources[i], update->new->clouds, &limits,
				      fault);
	}
	return err;
}

/* The whole path to the kernel but for the last store. */
static int compile(struct update *update, struct rf_fault *fault)
{
	void *value = malloc(RF_GENERATION_SIZE);
	int err = value ? rf_region_compile(update->region, update->new, value, NULL, fault) :
			  rf_fault_set(fault, -ENOMEM, "out of memory");

	free(value);
	return err;
}

/* All sources follow, or none does. */
static int switch_all(struct update *update, struct rf_fault *fault)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < update->count; i++)
		err = rf_accepted_switch(source_of(update, i), &rf_places, fault);
	if (err)
		for (i--; i-- > 0;)
			rf_accepted_restore(source_of(update, i), &rf_places);
	return err;
}

static void restore_all(struct update *update)
{
	for (size_t i = 0; i < update->count; i++)
		rf_accepted_restore(source_of(update, i), &rf_places);
}

static json_t *saved_files(void)
{
	json_t *files = json_array();
	struct rf_saved saved = { 0 };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" RF_SAVED_FILE, rf_places.state_dir);
	if (rf_saved_load(path, &saved)) {
		json_decref(files);
		return NULL;
	}
	for (size_t i = 0; i < saved.count; i++)
		json_array_append_new(
			files, json_pack("{s:s, s:o}", "name", saved.files[i].name, "content",
					 json_stringn(saved.files[i].data, saved.files[i].len)));
	rf_saved_free(&saved);
	return files;
}

/* The daemon applies its policy again, with the data that is accepted now. */
static int follow(struct update *update, const char **outcome)
{
	json_t *files = saved_files(), *result;
	int err, code;

	*outcome = "no policy is applied yet; the first that is will use it";
	if (!files)
		return RF_EXIT_OK;
	err = rf_ask(json_pack("{s:s, s:o, s:b}", "do", "apply", "files", files, "dry_run", 0),
		     NULL, NULL, &result);
	*outcome = "ringfenced does not run; it will use it when it starts";
	if (err == -ENOENT || err == -ECONNREFUSED)
		return RF_EXIT_OK;
	if (err)
		code = rf_ask_failed("region update", err);
	else
		code = rf_ask_finish("region update", result);
	*outcome = "";
	if (!code)
		return RF_EXIT_OK;
	restore_all(update);
	fprintf(stderr, "ringfence: region: what was accepted before stays\n");
	return code;
}

static bool is_changed(const struct rf_world_source *old, const struct rf_world_source *new)
{
	bool same = old && old->file_count == new->file_count;

	for (size_t i = 0; same && i < new->file_count; i++)
		same = !memcmp(old->files[i].hash, new->files[i].hash, RF_WORLD_HASH_LEN);
	return !same;
}

static void say_source(const struct update *update, size_t i)
{
	const struct rf_world_source *new = &update->new->sources[i];
	const struct rf_world_source *old = update->known[i] ? &update->old->sources[i] : NULL;

	if (update->region->invocation->json)
		rf_region_print(json_pack("{s:s, s:s?, s:s, s:b}", "source", new->name, "from",
					  old ? old->files[0].date : NULL, "to", new->files[0].date,
					  "changed", is_changed(old, new)));
	else
		printf("%s: %s%s%s\n", new->name, old ? old->files[0].date : "",
		       old ? " -> " : "first accepted: ",
		       *new->files[0].date ? new->files[0].date : "unknown date");
}

static int look(struct update *update)
{
	struct rf_fault fault = { 0 };
	int err = stage(update, &fault);

	if (!err)
		err = open_new(update, &fault);
	if (!err)
		err = open_old(update, &fault);
	if (!err)
		err = compare(update, &fault);
	if (!err)
		err = compile(update, &fault);
	rf_progress_end();
	if (!err)
		return RF_EXIT_OK;
	fprintf(stderr, "ringfence: region: refused: %s\nWhat was accepted before stays.\n",
		fault.text);
	return err == -EPERM || err == -EINVAL || err == -EBADMSG ? RF_EXIT_DENIED : RF_EXIT_FAILED;
}

static int take(struct update *update)
{
	struct rf_fault fault = { 0 };
	const char *outcome;
	int code;

	if (switch_all(update, &fault))
		return rf_region_fail(&fault);
	code = follow(update, &outcome);
	if (!code && *outcome && !update->region->invocation->json)
		printf("accepted; %s\n", outcome);
	return code;
}

static int check_source(const struct rf_policy *applied, const struct rf_policy_source *source)
{
	for (size_t i = 0; i < applied->data.source_count; i++) {
		if (!rf_accepted_clash(source, &applied->data.sources[i], &rf_places))
			continue;
		fprintf(stderr,
			"ringfence: region: refused: the policy that was applied has accepted other "
			"files as %s; give the source another name\n",
			applied->data.sources[i].name);
		return RF_EXIT_DENIED;
	}
	return RF_EXIT_OK;
}

/* A policy that is given must not take its data away from the one in force. */
static int check_names(const struct update *update)
{
	const struct rf_invocation *invocation = update->region->invocation;
	struct rf_policy *applied;
	char path[PATH_MAX];
	int code;

	snprintf(path, sizeof(path), "%s/" RF_SAVED_FILE, rf_places.state_dir);
	if (!rf_option_value(invocation, "policy") || access(path, F_OK))
		return RF_EXIT_OK;
	code = rf_source_load("region update", NULL, invocation->json, &applied);
	if (code)
		return code;
	for (size_t i = 0; !code && i < rf_policy_source_count(update->region->policy); i++)
		code = check_source(applied, source_of(update, i));
	rf_policy_free(applied);
	return code;
}

/* Look, and take unless it is only to be looked. */
static int run(struct update *update, bool dry_run)
{
	int code = check_names(update);

	if (!code)
		code = look(update);

	for (size_t i = 0; !code && i < update->count; i++)
		say_source(update, i);
	if (!code && !dry_run)
		code = take(update);
	else if (!code && !update->region->invocation->json)
		printf("this could be accepted; nothing was changed\n");
	if (code || dry_run)
		drop(update);
	return code;
}

int rf_region_update(struct rf_region *region)
{
	struct update *update = calloc(1, sizeof(*update));
	struct rf_fault fault = { .text = "out of memory" };
	int code = RF_EXIT_FAILED, lock;

	if (geteuid()) {
		fprintf(stderr, "ringfence: region update needs root\n");
		free(update);
		return RF_EXIT_FAILED;
	}
	if (!update)
		return rf_region_fail(&fault);
	update->region = region;
	if (rf_accepted_lock(&rf_places, &lock, &fault)) {
		rf_region_fail(&fault);
	} else {
		code = run(update, rf_option_value(region->invocation, "dry-run"));
		close(lock);
	}
	rf_world_close(update->old);
	rf_world_close(update->new);
	free(update);
	return code;
}
