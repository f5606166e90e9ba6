// SPDX-License-Identifier: GPL-2.0
/*
 * resume.c - at start: enforce again, or understand, what was applied last
 */
#include "userspace/daemon/resume.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/daemon/apply.h"

static int join_label(void *ctx, const struct rf_process *process)
{
	*(uint64_t *)ctx |= process->label;
	return 0;
}

/* Header of the enforced generation; number 0 if none is. */
static void read_enforced(struct rf_daemon *daemon, struct rf_generation_header *header)
{
	void *value = aligned_alloc(4096, RF_GENERATION_SIZE);

	memset(header, 0, sizeof(*header));
	if (value && !rf_datapath_generation(daemon->dp, value))
		memcpy(header, value, sizeof(*header));
	free(value);
}

/* Names of bits are lost: what may be held must not get another meaning. */
static void reserve(struct rf_daemon *daemon)
{
	static struct rf_generation_header header;
	uint64_t held = 0;

	read_enforced(daemon, &header);
	rf_datapath_processes(daemon->dp, join_label, &held);
	memset(&daemon->classes, 0, sizeof(daemon->classes));
	strcpy(daemon->classes.boot, daemon->boot);
	daemon->classes.reserved = held | (header.magic ? header.classes : 0);
	if (daemon->classes.reserved)
		rf_daemon_say(
			daemon, RF_SYSLOG_WARNING, "STATE",
			"%s is lost: labels that are held now stay denied everywhere until the "
			"next boot",
			rf_daemon_path(daemon, RF_CLASSES_FILE));
}

int rf_resume_load(struct rf_daemon *daemon)
{
	int err;

	err = rf_classes_load(rf_daemon_path(daemon, RF_CLASSES_FILE), &daemon->classes);
	if (err == -ENOENT || err == -EBADMSG)
		reserve(daemon);
	else if (err)
		return err;
	return rf_origins_load(rf_daemon_path(daemon, RF_ORIGINS_FILE), daemon->boot,
			       &daemon->origins);
}

/*
 * A daemon that died between the switch and the rename left the enforced
 * policy under the second name.
 */
static int load_saved(struct rf_daemon *daemon, uint64_t enforced, struct rf_saved *saved)
{
	int err;

	err = rf_saved_load(rf_daemon_path(daemon, RF_SAVED_NEXT), saved);
	if (!err && enforced && saved->number == enforced)
		return 0;
	if (!err)
		rf_saved_free(saved);
	return rf_saved_load(rf_daemon_path(daemon, RF_SAVED_FILE), saved);
}

static void tell(struct rf_daemon *daemon, const struct rf_apply *apply, int code, bool was)
{
	static char last[sizeof(apply->message)];
	const struct rf_diagnostics *found = &apply->diagnostics;
	size_t i;

	if (!strcmp(last, apply->message))
		return; /* tried again every second: said once */
	snprintf(last, sizeof(last), "%s", apply->message);
	for (i = 0; i < found->count; i++)
		if (found->items[i].severity == RF_SEVERITY_ERROR || apply->missing)
			rf_daemon_say(daemon, RF_SYSLOG_WARNING, "POLICY", "%s:%u: %s",
				      found->items[i].file, found->items[i].line,
				      found->items[i].message);
	if (code)
		rf_daemon_say(daemon, RF_SYSLOG_ALERT, "POLICY",
			      "the policy applied last could not be applied again: %s",
			      apply->message);
	else
		rf_daemon_say(daemon, RF_SYSLOG_NOTICE, "POLICY", "%s: %s",
			      was ? "taken over" : "applied again", apply->message);
}

void rf_resume_policy(struct rf_daemon *daemon)
{
	static struct rf_generation_header header;
	struct rf_apply apply = { .resume = true };
	struct rf_saved saved = { 0 };
	int code, err;

	read_enforced(daemon, &header);
	daemon->found = header.number;
	err = load_saved(daemon, header.number, &saved);
	if (err) {
		daemon->resume = false;
		if (err != -ENOENT || header.magic)
			rf_daemon_say(
				daemon, RF_SYSLOG_ALERT, "POLICY",
				"the policy applied last cannot be read (%s); what was enforced "
				"before still is. Apply a policy again",
				err == -EBADMSG ? "it is damaged" : strerror(-err));
		return;
	}
	apply.files = saved.files;
	apply.count = saved.count;
	apply.number = header.number;
	/* The record of who applied it goes with it. */
	rf_saved_free(&daemon->saved);
	daemon->saved.number = saved.number;
	daemon->saved.applied_ns = saved.applied_ns;
	daemon->saved.uid = saved.uid;
	daemon->saved.pid = saved.pid;
	code = rf_apply_policy(daemon, &apply);
	if (code)
		daemon->resume = true;
	tell(daemon, &apply, code, header.number != 0);
	rf_apply_free(&apply);
	rf_saved_free(&saved);
}
