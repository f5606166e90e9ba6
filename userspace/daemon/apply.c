// SPDX-License-Identifier: GPL-2.0
/*
 * apply.c - the transaction that makes a policy the enforced one
 */
#include "userspace/daemon/apply.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/daemon/anchoring.h"
#include "userspace/daemon/marks.h"
#include "userspace/daemon/opened.h"
#include "userspace/lib/control.h"
#include "userspace/lib/timestamp.h"

/*
 * What one run makes. Until `switched` it is thrown away on failure; then
 * it is the daemon's.
 */
struct making {
	struct rf_classes classes;
	uint8_t bits[RF_CLASS_MAX];
	struct rf_policy *policy;
	struct rf_compiled *compiled;
	struct rf_origin_list list;
	struct rf_targets targets;
	struct rf_saved saved;
};

static void __attribute__((format(printf, 2, 3)))
progress(struct rf_apply *apply, const char *format, ...)
{
	char text[256];
	va_list args;

	if (!apply->progress)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	apply->progress(apply->ctx, text);
}

static int __attribute__((format(printf, 3, 4)))
fail(struct rf_apply *apply, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(apply->message, sizeof(apply->message), format, args);
	va_end(args);
	return code;
}

static int parse(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	const struct rf_policy_options options = { .sets_dir = daemon->options.places.sets_dir };

	progress(apply, "reading the policy");
	making->policy =
		rf_policy_load_files(apply->files, apply->count, &options, &apply->diagnostics);
	if (!making->policy)
		return fail(apply, RF_EXIT_DENIED,
			    "the policy is invalid; what ran before still runs");
	if (apply->diagnostics.not_enforced)
		return fail(
			apply, RF_EXIT_DENIED,
			"the policy asks for what this version does not enforce yet; take it out "
			"to apply the rest. What ran before still runs");
	return RF_EXIT_OK;
}

static int give_bits(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	const char *names[RF_CLASS_MAX];
	size_t i;

	for (i = 0; i < making->policy->class_count; i++)
		names[i] = making->policy->classes[i].name;
	making->classes = daemon->classes;
	if (!rf_classes_assign(&making->classes, daemon->boot, names, i, making->bits))
		return RF_EXIT_OK;
	return fail(
		apply, RF_EXIT_FAILED,
		"all %d class bits were used since the last boot; a reboot frees those of classes "
		"that are gone. What ran before still runs",
		RF_CLASS_MAX);
}

static uint64_t next_number(const struct rf_daemon *daemon, const struct rf_apply *apply)
{
	uint64_t number = daemon->compiled ? daemon->compiled->value->number : 0;

	if (apply->resume && apply->number)
		return apply->number;
	if (daemon->saved.number > number)
		number = daemon->saved.number;
	if (apply->number > number)
		number = apply->number;
	return number + 1;
}

static int compile(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	char cache[PATH_MAX];
	struct rf_fault fault = { 0 };
	struct rf_compiled_input input = {
		.policy = making->policy,
		.bits = making->bits,
		.number = next_number(daemon, apply),
		.places = &daemon->options.places,
		.cache_dir = cache,
	};
	int err;

	snprintf(cache, sizeof(cache), "%s", rf_daemon_path(daemon, "cache"));
	progress(apply, "compiling, and checking every table against the region data");
	err = rf_compiled_new(&input, &making->compiled, &fault);
	if (err)
		return fail(apply, err == -E2BIG ? RF_EXIT_DENIED : RF_EXIT_FAILED,
			    "cannot compile: %s; what ran before still runs", fault.text);
	making->policy = NULL; /* the compiled one owns it */
	return RF_EXIT_OK;
}

static int find_origins(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	enum rf_severity severity = apply->resume ? RF_SEVERITY_WARNING : RF_SEVERITY_ERROR;
	int missing;

	progress(apply, "looking for the origins");
	if (rf_origins_list(&daemon->origins, making->compiled->policy, making->bits,
			    &making->list))
		return fail(apply, RF_EXIT_FAILED,
			    "no more numbers for origins; reboot to free them");
	missing = rf_targets_resolve(making->compiled->policy, &making->list, severity,
				     &making->targets, &apply->diagnostics);
	if (missing < 0)
		return fail(apply, RF_EXIT_FAILED, "%s", strerror(-missing));
	apply->missing = missing;
	if (missing && !apply->resume)
		return fail(
			apply, RF_EXIT_DENIED,
			"an origin cannot be found, so its data could not be protected; what ran "
			"before still runs");
	return RF_EXIT_OK;
}

/* Everything that is needed to know later what the kernel holds. */
static int keep_files(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	int err;

	making->saved.number = making->compiled->value->number;
	making->saved.applied_ns = rf_timestamp_now();
	making->saved.uid = apply->uid;
	making->saved.pid = apply->pid;
	if (apply->resume) {
		making->saved.applied_ns = daemon->saved.applied_ns;
		making->saved.uid = daemon->saved.uid;
		making->saved.pid = daemon->saved.pid;
	}
	err = rf_saved_copy(&making->saved, apply->files, apply->count);
	if (!err)
		err = rf_classes_save(rf_daemon_path(daemon, RF_CLASSES_FILE), &making->classes);
	if (!err)
		err = rf_origins_save(rf_daemon_path(daemon, RF_ORIGINS_FILE), daemon->boot,
				      &daemon->origins);
	if (!err)
		err = rf_saved_write(rf_daemon_path(daemon, RF_SAVED_NEXT), &making->saved);
	if (err)
		return fail(apply, RF_EXIT_FAILED,
			    "cannot write to %s: %s; what ran before still runs",
			    daemon->options.places.state_dir, strerror(-err));
	/* From here on marks may carry the new bits, so the names must last. */
	daemon->classes = making->classes;
	err = rf_anchoring_classes(daemon);
	if (err)
		return fail(apply, RF_EXIT_FAILED,
			    "the module does not take the classes: %s; what ran before still runs",
			    strerror(-err));
	return RF_EXIT_OK;
}

struct counting {
	struct rf_daemon *daemon;
	struct rf_apply *apply;
};

static void count_files(void *ctx, unsigned long files)
{
	struct counting *counting = ctx;

	progress(counting->apply, "marking: %lu files looked at", files);
	rf_daemon_drain(counting->daemon);
}

static int mark(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	struct counting counting = { daemon, apply };
	const struct rf_origin *failed = NULL;
	char path[PATH_MAX];
	int err;

	progress(apply, "marking the origins");
	err = rf_marks_add(daemon->dp, &making->list, &making->targets, count_files, &counting,
			   &failed);
	if (err)
		return fail(apply, RF_EXIT_FAILED,
			    "cannot mark %s: %s %s; what ran before still runs",
			    failed ? failed->text : "the origins", strerror(-err),
			    rf_datapath_error(daemon->dp));
	progress(apply, "labelling the processes that hold this data already");
	err = rf_opened_learn(daemon, path, sizeof(path));
	if (err)
		return fail(
			apply, RF_EXIT_FAILED,
			"cannot read the label that is kept with %s: %s; what ran before still runs",
			path, strerror(-err));
	err = rf_datapath_label_holders(daemon->dp);
	if (err < 0)
		return fail(
			apply, RF_EXIT_FAILED,
			"cannot label a process that holds this data already: %s (%s). End it and "
			"apply again; what ran before still runs",
			rf_datapath_error(daemon->dp), strerror(-err));
	apply->labelled = err;
	return RF_EXIT_OK;
}

/* true if the kernel enforces exactly this value already */
static bool enforced(struct rf_daemon *daemon, const struct rf_compiled *compiled)
{
	void *value = aligned_alloc(4096, RF_GENERATION_SIZE);
	bool same;

	if (!value)
		return false;
	same = !rf_datapath_generation(daemon->dp, value) &&
	       !memcmp(value, compiled->value, RF_GENERATION_SIZE);
	free(value);
	return same;
}

static int publish(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	int err;

	if (apply->resume && enforced(daemon, making->compiled))
		return RF_EXIT_OK;
	/* Other content under the same number would be two generations in one. */
	if (apply->resume && apply->number) {
		making->compiled->value->number = apply->number + 1;
		making->saved.number = apply->number + 1;
		err = rf_saved_write(rf_daemon_path(daemon, RF_SAVED_NEXT), &making->saved);
		if (err)
			return fail(apply, RF_EXIT_FAILED, "cannot write to %s: %s",
				    daemon->options.places.state_dir, strerror(-err));
	}
	progress(apply, "switching");
	err = rf_datapath_publish(daemon->dp, making->compiled->value);
	if (err)
		return fail(apply, RF_EXIT_FAILED,
			    "cannot switch: %s %s; what ran before still runs", strerror(-err),
			    rf_datapath_error(daemon->dp));
	return RF_EXIT_OK;
}

/* The switch is done: the daemon's picture follows. */
static void adopt(struct rf_daemon *daemon, struct making *making)
{
	rf_compiled_free(daemon->compiled);
	rf_origin_list_free(&daemon->current);
	rf_saved_free(&daemon->saved);
	daemon->compiled = making->compiled;
	daemon->current = making->list;
	daemon->saved = making->saved;
	making->compiled = NULL;
	memset(&making->list, 0, sizeof(making->list));
	memset(&making->saved, 0, sizeof(making->saved));
}

static void finish(struct rf_daemon *daemon, struct rf_apply *apply)
{
	char next[PATH_MAX];
	int err;

	err = rf_marks_keep(daemon->dp, &daemon->current);
	if (err < 0)
		rf_daemon_say(daemon, RF_SYSLOG_WARNING, "STATE",
			      "old origins could not be ended: %s", strerror(-err));
	snprintf(next, sizeof(next), "%s", rf_daemon_path(daemon, RF_SAVED_NEXT));
	if (rename(next, rf_daemon_path(daemon, RF_SAVED_FILE)))
		rf_daemon_say(
			daemon, RF_SYSLOG_WARNING, "STATE",
			"the policy is enforced, but could not be kept for the next start: %s",
			strerror(errno));
	daemon->resume = apply->missing > 0;
	err = daemon->resume ? -ENOENT : rf_anchoring_arm(daemon);
	if (err && err != -ENOENT)
		rf_daemon_say(daemon, RF_SYSLOG_WARNING, "STATE",
			      "the module could not be armed: %s", strerror(-err));
}

static int prepare(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	int code;

	code = parse(daemon, apply, making);
	if (!code)
		code = give_bits(daemon, apply, making);
	if (!code)
		code = compile(daemon, apply, making);
	if (!code)
		code = find_origins(daemon, apply, making);
	if (!code && rf_policy_diff(daemon->compiled ? daemon->compiled->policy : NULL,
				    making->compiled->policy, &apply->diff))
		code = fail(apply, RF_EXIT_FAILED, "no memory");
	return code;
}

static int commit(struct rf_daemon *daemon, struct rf_apply *apply, struct making *making)
{
	int code;

	code = keep_files(daemon, apply, making);
	if (code)
		return code;
	code = mark(daemon, apply, making);
	if (!code)
		code = publish(daemon, apply, making);
	if (code) {
		/* Marks that only this policy gives go again. */
		if (!apply->resume)
			rf_marks_undo(daemon->dp, &daemon->current);
		unlink(rf_daemon_path(daemon, RF_SAVED_NEXT));
		return code;
	}
	adopt(daemon, making);
	finish(daemon, apply);
	snprintf(apply->message, sizeof(apply->message),
		 "generation %" PRIu64 " is enforced; origins: %zu, processes that held their data "
		 "already: %d%s",
		 (uint64_t)daemon->compiled->value->number, daemon->current.count, apply->labelled,
		 apply->missing ? "; some origins are missing" : "");
	return RF_EXIT_OK;
}

static void throw_away(struct making *making)
{
	rf_policy_free(making->policy);
	rf_compiled_free(making->compiled);
	rf_origin_list_free(&making->list);
	rf_targets_free(&making->targets);
	rf_saved_free(&making->saved);
}

int rf_apply_policy(struct rf_daemon *daemon, struct rf_apply *apply)
{
	struct making making = { 0 };
	int code;

	if (!daemon->dp)
		return fail(apply, RF_EXIT_FAILED, "it was disarmed; start ringfenced again first");
	code = prepare(daemon, apply, &making);
	if (!code && apply->dry_run)
		snprintf(apply->message, sizeof(apply->message),
			 "the policy could be applied; nothing was changed");
	else if (!code)
		code = commit(daemon, apply, &making);
	throw_away(&making);
	return code;
}

void rf_apply_free(struct rf_apply *apply)
{
	rf_diagnostics_free(&apply->diagnostics);
	rf_policy_diff_free(&apply->diff);
}

static bool any_moved(const struct rf_daemon *daemon)
{
	size_t i;

	for (i = 0; i < daemon->current.count; i++)
		if (rf_marks_moved(&daemon->current.items[i]))
			return true;
	return false;
}

static void mark_again(struct rf_daemon *daemon)
{
	struct rf_diagnostics diagnostics = { 0 };
	const struct rf_origin *failed = NULL;
	struct rf_targets targets = { 0 };
	int missing, err;

	missing = rf_targets_resolve(daemon->compiled->policy, &daemon->current,
				     RF_SEVERITY_WARNING, &targets, &diagnostics);
	err = missing < 0 ?
		      missing :
		      rf_marks_add(daemon->dp, &daemon->current, &targets, NULL, NULL, &failed);
	if (!err)
		err = rf_datapath_label_holders(daemon->dp);
	rf_daemon_say(daemon, err < 0 ? RF_SYSLOG_WARNING : RF_SYSLOG_NOTICE, "STATE",
		      err < 0 ? "an origin was replaced or mounted on, and could not be marked "
				"again: %s" :
				"an origin was replaced or mounted on, and is marked again%s",
		      err < 0 ? strerror(-err) : "");
	for (size_t i = 0; i < diagnostics.count; i++)
		rf_daemon_say(daemon, RF_SYSLOG_WARNING, "POLICY", "%s:%u: %s",
			      diagnostics.items[i].file, diagnostics.items[i].line,
			      diagnostics.items[i].message);
	if (!err && missing == 0 && daemon->resume)
		daemon->resume = false;
	rf_targets_free(&targets);
	rf_diagnostics_free(&diagnostics);
}

void rf_apply_moved(struct rf_daemon *daemon)
{
	if (daemon->dp && daemon->compiled && any_moved(daemon))
		mark_again(daemon);
}

void rf_apply_mounted(struct rf_daemon *daemon)
{
	int missing;

	if (!daemon->dp || !daemon->compiled)
		return;
	missing = rf_marks_missing(daemon->dp, &daemon->current);
	if (missing < 0)
		rf_daemon_say(daemon, RF_SYSLOG_WARNING, "STATE",
			      "what is mounted on the origins cannot be told: %s",
			      strerror(-missing));
	else if (missing)
		mark_again(daemon);
}
