// SPDX-License-Identifier: GPL-2.0
/*
 * request.c - what a client of the control socket may ask for
 */
#include "userspace/daemon/request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/daemon/anchoring.h"
#include "userspace/daemon/apply.h"
#include "userspace/daemon/chain.h"
#include "userspace/daemon/label.h"
#include "userspace/daemon/roster.h"
#include "userspace/daemon/scan.h"
#include "userspace/daemon/state.h"
#include "userspace/lib/control.h"
#include "userspace/lib/timestamp.h"

#define DISARMED "disarmed: nobody has a label; start ringfenced again"

static void do_status(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	json_t *state = rf_state_json(daemon);
	bool well = !json_array_size(json_object_get(state, "problems"));

	(void)request;
	rf_client_result(client, well ? RF_EXIT_OK : RF_EXIT_FAILED,
			 json_pack("{s:o}", "status", state), "%s", "");
}

static void end_list(struct rf_client *client, const char *what, int err)
{
	if (err)
		rf_client_result(client, RF_EXIT_FAILED, NULL, "cannot list %s: %s", what,
				 err == -ENODEV ? DISARMED : strerror(-err));
	else
		rf_client_result(client, RF_EXIT_OK, NULL, "%s", "");
}

static void do_ps(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	pid_t pid = (pid_t)json_integer_value(json_object_get(request, "pid"));
	int err = rf_roster_tell(daemon, client, pid);

	if (err == -ESRCH)
		rf_client_result(client, RF_EXIT_FAILED, NULL, "there is no process %d", pid);
	else
		end_list(client, "processes", err);
}

static void do_flows(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	(void)request;
	end_list(client, "connections", rf_roster_flows(daemon, client));
}

static void do_watch(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	(void)request;
	if (daemon->dp)
		rf_client_watch(client);
	else
		rf_client_result(client, RF_EXIT_FAILED, NULL,
				 "disarmed: there is nothing to watch");
}

static void say_progress(void *ctx, const char *text)
{
	rf_client_say(ctx, json_pack("{s:s, s:s}", "kind", "progress", "text", text));
}

static void say_findings(struct rf_client *client, const struct rf_apply *apply, int code)
{
	json_t *changes, *change;
	size_t i;

	for (i = 0; i < apply->diagnostics.count; i++) {
		json_t *finding = rf_diagnostic_json(&apply->diagnostics.items[i]);

		json_object_set_new(finding, "kind", json_string("diagnostic"));
		rf_client_say(client, finding);
	}
	if (code)
		return; /* nothing changed */
	changes = rf_policy_diff_json(&apply->diff);
	json_array_foreach(changes, i, change) {
		char *text = rf_policy_change_text(&apply->diff.changes[i]);

		json_object_set_new(change, "kind", json_string("change"));
		json_object_set_new(change, "text", json_string(text ? text : ""));
		free(text);
		rf_client_say(client, json_incref(change));
	}
	json_decref(changes);
}

/* Files of a request; the strings stay the request's. -EINVAL if malformed. */
static int take_files(const json_t *list, struct rf_policy_file **out, size_t *count)
{
	struct rf_policy_file *files;
	json_t *name, *content;
	size_t i;

	*count = json_array_size(list);
	if (!*count || *count > RF_POLICY_FILES_MAX)
		return -EINVAL;
	files = calloc(*count, sizeof(*files));
	if (!files)
		return -ENOMEM;
	for (i = 0; i < *count; i++) {
		name = json_object_get(json_array_get(list, i), "name");
		content = json_object_get(json_array_get(list, i), "content");
		if (!json_is_string(name) || !json_is_string(content) ||
		    json_string_length(content) > RF_POLICY_FILE_MAX) {
			free(files);
			return -EINVAL;
		}
		files[i].name = json_string_value(name);
		files[i].data = json_string_value(content);
		files[i].len = json_string_length(content);
	}
	*out = files;
	return 0;
}

static void record_apply(struct rf_daemon *daemon, const struct rf_apply *apply, int code)
{
	if (apply->dry_run)
		return;
	rf_daemon_say(daemon, code ? RF_SYSLOG_WARNING : RF_SYSLOG_NOTICE, "POLICY",
		      "%s by uid %u pid %d: %s", code ? "policy not applied" : "policy applied",
		      apply->uid, apply->pid, apply->message);
}

static void do_apply(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	struct rf_apply apply = {
		.dry_run = json_is_true(json_object_get(request, "dry_run")),
		.uid = rf_client_peer(client)->uid,
		.pid = rf_client_peer(client)->pid,
		.progress = say_progress,
		.ctx = client,
	};
	struct rf_policy_file *files;
	int code, err;

	err = take_files(json_object_get(request, "files"), &files, &apply.count);
	if (err) {
		rf_client_result(client, RF_EXIT_USAGE, NULL, "no usable list of policy files");
		return;
	}
	apply.files = files;
	code = rf_apply_policy(daemon, &apply);
	record_apply(daemon, &apply, code);
	say_findings(client, &apply, code);
	rf_client_result(
		client, code,
		json_pack("{s:I, s:i, s:i}", "generation",
			  (json_int_t)(daemon->compiled ? daemon->compiled->value->number : 0),
			  "labelled", apply.labelled, "changes", (int)apply.diff.count),
		"%s", apply.message);
	rf_apply_free(&apply);
	free(files);
}

uint64_t rf_request_classes(struct rf_daemon *daemon, struct rf_client *client, const json_t *names)
{
	uint64_t label = 0;
	json_t *item;
	size_t i;

	json_array_foreach(names, i, item) {
		const char *name = json_string_value(item);
		int at = -1;

		if (name && daemon->compiled)
			at = rf_policy_class_find(daemon->compiled->policy, name);
		if (at < 0) {
			rf_client_result(
				client, RF_EXIT_USAGE, NULL,
				"the running policy has no class '%s'; ringfence status --json "
				"lists its classes",
				name ? name : "");
			return 0;
		}
		label |= 1ull << daemon->compiled->bits[at];
	}
	if (!label)
		rf_client_result(client, RF_EXIT_USAGE, NULL, "no class was given");
	return label;
}

static void do_run(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	const struct ucred *peer = rf_client_peer(client);
	struct rf_source source = { .kind = RF_ORIGIN_RUN };
	uint64_t label;
	int err;

	if (!daemon->dp) {
		rf_client_result(client, RF_EXIT_FAILED, NULL, "disarmed: start ringfenced again");
		return;
	}
	label = rf_request_classes(daemon, client, json_object_get(request, "classes"));
	if (!label)
		return;
	source.classes = label;
	source.time_ns = rf_timestamp_boot();
	source.tgid = (uint32_t)peer->pid;
	memcpy(source.comm, "ringfence run", sizeof("ringfence run"));
	err = peer->pid > 0 ? rf_datapath_label_process(daemon->dp, peer->pid, label, &source) :
			      -ESRCH;
	if (err)
		rf_client_result(client, RF_EXIT_FAILED, NULL, "cannot label process %d: %s %s",
				 peer->pid, strerror(-err), rf_datapath_error(daemon->dp));
	else
		rf_client_result(client, RF_EXIT_OK, NULL, "%s", "");
}

static void say_holder(struct rf_daemon *daemon, struct rf_client *client,
		       const struct rf_process *process)
{
	json_t *json =
		json_pack("{s:o}", "classes", rf_classes_json(&daemon->classes, process->label));

	rf_chain_put(daemon, &process->sources, json);
	rf_client_result(client, RF_EXIT_OK, json, "%s", "");
}

static void do_holder(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	pid_t pid = (pid_t)json_integer_value(json_object_get(request, "pid"));
	struct rf_process process;
	int err;

	err = daemon->dp ? rf_datapath_process(daemon->dp, pid, &process) : -ENODEV;
	if (err)
		rf_client_result(client, RF_EXIT_FAILED, NULL, "cannot ask for process %d: %s", pid,
				 err == -ESRCH	? "there is none" :
				 err == -ENODEV ? DISARMED :
						  strerror(-err));
	else
		say_holder(daemon, client, &process);
}

static void do_disarm(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	const struct ucred *peer = rf_client_peer(client);
	int err;

	(void)request;
	if (!daemon->dp) {
		rf_client_result(client, RF_EXIT_OK, NULL, "it was disarmed already");
		return;
	}
	rf_daemon_say(daemon, RF_SYSLOG_ALERT, "DISARM", "uid %u pid %d stops the enforcement",
		      peer->uid, peer->pid);
	err = rf_anchoring_disarm(daemon);
	if (err) {
		rf_daemon_say(daemon, RF_SYSLOG_ALERT, "DISARM", "refused by the module: %s",
			      strerror(-err));
		rf_client_result(client, RF_EXIT_FAILED, NULL,
				 "the module refused: %s; everything is still enforced",
				 strerror(-err));
		return;
	}
	/* The kernel waits for all processors and tasks, program by program. */
	say_progress(client, "detaching the programs");
	err = rf_daemon_detach(daemon);
	rf_daemon_say(daemon, RF_SYSLOG_ALERT, "DISARM", "%s",
		      err ? "failed: some programs may still be attached" :
			    "nothing is enforced any more");
	if (err)
		rf_client_result(client, RF_EXIT_FAILED, NULL,
				 "cannot detach: %s; see ringfence status", strerror(-err));
	else
		rf_client_result(
			client, RF_EXIT_OK, NULL,
			"Nothing is enforced any more. Start ringfenced again to enforce the "
			"policy applied last.");
}

static const struct {
	const char *name;
	void (*fn)(struct rf_daemon *daemon, struct rf_client *client, const json_t *request);
} requests[] = {
	{ "status", do_status },     { "ps", do_ps },	    { "watch", do_watch },
	{ "apply", do_apply },	     { "run", do_run },	    { "holder", do_holder },
	{ "disarm", do_disarm },     { "flows", do_flows }, { "label", rf_label_request },
	{ "scan", rf_scan_request },
};

void rf_request_handle(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "do"));
	size_t i;

	for (i = 0; name && i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (strcmp(name, requests[i].name))
			continue;
		requests[i].fn(daemon, client, request);
		return;
	}
	rf_client_result(client, RF_EXIT_USAGE, NULL, "this ringfenced does not know that request");
}
