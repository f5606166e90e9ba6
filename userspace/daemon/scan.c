// SPDX-License-Identifier: GPL-2.0
/*
 * scan.c - labels for the files of a tree that exist already
 *
 * The tree is marked first, so that what is opened meanwhile gives the label.
 */
#include "userspace/daemon/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "userspace/daemon/label.h"
#include "userspace/daemon/request.h"
#include "userspace/daemon/walk.h"
#include "userspace/lib/anchor.h"
#include "userspace/lib/control.h"
#include "userspace/lib/store.h"
#include "userspace/lib/timestamp.h"

#define NS_PER_S 1000000000ull
#define SAVE_NS (2 * NS_PER_S)

/**
 * struct rf_scan - one that runs
 * @client: who waits for its end; NULL in the background
 * @next: its next batch
 * @top: the tree, O_PATH; @path: its name
 * @mark: what each file gets
 * @lent: classes that the tree gives only while the scan runs
 * @anchor: the module, or -1
 * @before: files of the runs before this one
 * @failed: files that could not be labelled, @why the first
 * @at: behind the last batch that was labelled; "" at the beginning
 */
struct rf_scan {
	struct rf_daemon *daemon;
	struct rf_client *client;
	sd_event_source *next;
	struct rf_walk *walk;
	int top;
	char path[PATH_MAX];
	struct rf_mark mark;
	uint64_t lent;
	int anchor;
	uint64_t files;
	uint64_t before;
	uint64_t failed;
	char why[512];
	char at[2 * PATH_MAX];
	uint64_t started_ns;
	uint64_t said_ns;
	uint64_t saved_ns;
};

/* --- where it is, on disk: {PATH: {classes, at, files, background}} */

static json_t *load(const struct rf_daemon *daemon)
{
	json_t *json;

	return rf_store_read_json(rf_daemon_path(daemon, RF_SCANS_FILE), &json) ? json_object() :
										  json;
}

static void save(struct rf_scan *scan, bool over)
{
	json_t *all = load(scan->daemon);

	if (over)
		json_object_del(all, scan->path);
	else
		json_object_set_new(
			all, scan->path,
			json_pack("{s:o, s:s, s:I, s:b}", "classes",
				  rf_classes_json(&scan->daemon->classes, scan->mark.written), "at",
				  scan->at, "files", (json_int_t)(scan->before + scan->files),
				  "background", !scan->client));
	rf_store_write_json(rf_daemon_path(scan->daemon, RF_SCANS_FILE), all);
	json_decref(all);
	scan->saved_ns = rf_timestamp_boot();
}

static void release(struct rf_scan *scan)
{
	sd_event_source_disable_unref(scan->next);
	rf_walk_free(scan->walk);
	if (scan->top >= 0)
		close(scan->top);
	if (scan->anchor >= 0)
		close(scan->anchor);
	free(scan);
}

static uint64_t rate(const struct rf_scan *scan)
{
	uint64_t ms = (rf_timestamp_boot() - scan->started_ns) / 1000000;

	return ms ? scan->files * 1000 / ms : scan->files;
}

static void report(struct rf_scan *scan, int err)
{
	char text[512];

	rf_classes_text(&scan->daemon->classes, scan->mark.written, text, sizeof(text));
	if (err)
		rf_daemon_say(scan->daemon, RF_SYSLOG_WARNING, "LABEL-SCAN",
			      "the scan of %s ends after %" PRIu64 " files: %s", scan->path,
			      scan->before + scan->files, strerror(-err));
	else
		rf_daemon_say(scan->daemon, RF_SYSLOG_NOTICE, "LABEL-SCAN",
			      "%" PRIu64 " files of %s are labelled as %s, %" PRIu64
			      " could not be%s%s",
			      scan->before + scan->files, scan->path, text, scan->failed,
			      scan->failed ? ", the first: " : "", scan->why);
	if (!scan->client)
		return;
	rf_client_result(scan->client, err || scan->failed ? RF_EXIT_FAILED : RF_EXIT_OK,
			 json_pack("{s:I, s:I, s:I, s:I}", "files", (json_int_t)scan->files,
				   "before", (json_int_t)scan->before, "failed",
				   (json_int_t)scan->failed, "rate", (json_int_t)rate(scan)),
			 "%s%s", err ? strerror(-err) : scan->why,
			 err ? "; the same command goes on from there" : "");
}

/* To its end: what was lent for as long as it lasts goes. */
static void finish(struct rf_scan *scan, int err)
{
	scan->daemon->scan = NULL;
	save(scan, !err);
	if (!err && scan->lent)
		rf_datapath_unmark_inode(scan->daemon->dp, scan->top, scan->lent, 0);
	report(scan, err);
	release(scan);
}

static void fail_file(struct rf_scan *scan, const char *name, int err)
{
	if (!scan->failed++)
		snprintf(scan->why, sizeof(scan->why), "%s: %s", name, strerror(-err));
}

static void keep(struct rf_scan *scan, const struct rf_walk_batch *batch)
{
	for (size_t i = 0; scan->anchor >= 0 && i < batch->count; i++) {
		int err = rf_label_keep(scan->daemon, scan->anchor, batch->fds[i],
					scan->mark.written, 0);

		if (err)
			fail_file(scan, "security.ringfence", err);
	}
}

static void say(struct rf_scan *scan)
{
	uint64_t now = rf_timestamp_boot();
	char text[128];

	if (now < scan->said_ns + NS_PER_S)
		return;
	scan->said_ns = now;
	snprintf(text, sizeof(text), "%" PRIu64 " files labelled, %" PRIu64 " a second",
		 scan->before + scan->files, rate(scan));
	if (scan->client)
		rf_client_say(scan->client,
			      json_pack("{s:s, s:s}", "kind", "progress", "text", text));
}

/* All of them at once, but for overlayfs, whose files have others below. */
static int mark(struct rf_scan *scan, const struct rf_walk_batch *batch)
{
	struct statfs fs;
	int err = rf_datapath_mark_inodes(scan->daemon->dp, batch->fds, batch->count, &scan->mark);

	for (size_t i = 0; !err && i < batch->count; i++)
		if (!fstatfs(batch->fds[i], &fs) && fs.f_type == OVERLAYFS_SUPER_MAGIC)
			err = rf_label_mark(scan->daemon, batch->fds[i], &scan->mark);
	return err;
}

static int step(struct rf_scan *scan)
{
	struct rf_walk_batch batch;
	int more, err;

	err = rf_datapath_walk_begin(scan->daemon->dp);
	if (err)
		return err;
	more = rf_walk_next(scan->walk, &batch);
	rf_datapath_walk_end(scan->daemon->dp);
	if (batch.failed)
		fail_file(scan, batch.last, batch.failed);
	err = mark(scan, &batch);
	if (!err)
		keep(scan, &batch);
	if (!err)
		scan->files += batch.count;
	/* Too deep to be said: from the beginning again. */
	if (!err && rf_walk_position(scan->walk, scan->at, sizeof(scan->at)))
		scan->at[0] = '\0';
	rf_walk_batch_end(&batch);
	return err ? err : more;
}

static int on_next(sd_event_source *source, void *ctx)
{
	struct rf_scan *scan = ctx;
	int more;

	(void)source;
	more = scan->daemon->dp ? step(scan) : -ENODEV;
	if (more <= 0) {
		finish(scan, more);
		return 0;
	}
	say(scan);
	if (rf_timestamp_boot() > scan->saved_ns + SAVE_NS)
		save(scan, false);
	return 0;
}

static int prepare_marks(struct rf_scan *scan, uint64_t classes, uint32_t pid)
{
	struct rf_datapath *dp = scan->daemon->dp;
	struct rf_source source = {
		.classes = classes,
		.time_ns = rf_timestamp_boot(),
		.tgid = pid,
		.kind = RF_ORIGIN_PATH,
		.comm = "ringfence label",
	};
	struct rf_mark lend = { 0 };
	struct rf_given given;
	int err;

	err = rf_label_origin(scan->daemon, scan->path, &source.origin);
	if (!err)
		err = rf_datapath_given(dp, scan->top, &given);
	if (err)
		return err;
	scan->mark.written = classes;
	scan->mark.origin = source.origin;
	scan->mark.node = rf_datapath_chain(dp, &source);
	scan->lent = classes & ~given.read;
	lend.read = scan->lent;
	lend.origin = source.origin;
	if (lend.read)
		err = rf_datapath_mark_inodes(dp, &scan->top, 1, &lend);
	/* Who has a file of it open already. */
	if (!err)
		err = rf_datapath_label_holders(dp);
	return err < 0 ? err : 0;
}

/* It reads the names of the tree's top, which gives the label by now. */
static int begin_walk(struct rf_scan *scan, const char *position)
{
	int err = rf_datapath_walk_begin(scan->daemon->dp);

	if (!err)
		err = rf_walk_new(scan->top, position, &scan->walk);
	rf_datapath_walk_end(scan->daemon->dp);
	return err;
}

static int start(struct rf_daemon *daemon, struct rf_client *client, int top, const char *path,
		 uint64_t classes)
{
	struct rf_scan *scan = calloc(1, sizeof(*scan));
	json_t *all = load(daemon), *was = json_object_get(all, path);
	int err = -ENOMEM;

	if (!scan) {
		close(top);
		json_decref(all);
		return err;
	}
	scan->daemon = daemon;
	scan->client = client;
	scan->top = top;
	scan->anchor = rf_anchor_open();
	scan->started_ns = rf_timestamp_boot();
	scan->said_ns = scan->started_ns;
	scan->saved_ns = scan->started_ns;
	snprintf(scan->path, sizeof(scan->path), "%s", path);
	err = prepare_marks(scan, classes, client ? (uint32_t)rf_client_peer(client)->pid : 0);
	if (!err)
		err = begin_walk(scan, json_string_value(json_object_get(was, "at")));
	if (!err)
		err = sd_event_add_defer(daemon->loop, &scan->next, on_next, scan);
	if (err < 0) {
		json_decref(all);
		release(scan);
		return err;
	}
	scan->before = (uint64_t)json_integer_value(json_object_get(was, "files"));
	snprintf(scan->at, sizeof(scan->at), "%s",
		 json_string_value(json_object_get(was, "at")) ?: "");
	json_decref(all);
	sd_event_source_set_priority(scan->next, SD_EVENT_PRIORITY_IDLE);
	sd_event_source_set_enabled(scan->next, SD_EVENT_ON);
	daemon->scan = scan;
	save(scan, false);
	return 0;
}

/* What the tree gives by itself, or what is asked for; 0 with the answer given. */
static uint64_t wanted(struct rf_daemon *daemon, struct rf_client *client, const json_t *request,
		       int top)
{
	json_t *names = json_object_get(request, "classes");
	struct rf_given given;

	if (json_array_size(names))
		return rf_request_classes(daemon, client, names);
	if (!rf_datapath_given(daemon->dp, top, &given) && given.read & ~given.mark.written)
		return given.read & ~given.mark.written;
	rf_client_result(client, RF_EXIT_USAGE, NULL,
			 "no origin of the policy names it: say --class CLASS");
	return 0;
}

void rf_scan_request(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	const char *path = json_string_value(json_object_get(request, "path"));
	bool background = json_is_true(json_object_get(request, "background"));
	const struct ucred *peer = rf_client_peer(client);
	char text[512];
	uint64_t classes;
	int top, err;

	if (!daemon->dp || daemon->scan || !path) {
		rf_client_result(client, RF_EXIT_FAILED, NULL, "%s%s",
				 daemon->scan ? "another scan runs, of " :
				 path	      ? "disarmed: nothing is labelled" :
						"no path",
				 daemon->scan ? daemon->scan->path : "");
		return;
	}
	top = rf_label_open(client, request);
	if (top < 0) {
		rf_client_result(client, RF_EXIT_FAILED, NULL, "%s", strerror(-top));
		return;
	}
	classes = wanted(daemon, client, request, top);
	if (!classes) {
		close(top);
		return;
	}
	rf_classes_text(&daemon->classes, classes, text, sizeof(text));
	rf_daemon_say(daemon, RF_SYSLOG_ALERT, "LABEL-SCAN",
		      "uid %u pid %d labels what is in %s as %s", peer->uid, peer->pid, path, text);
	err = start(daemon, background ? NULL : client, top, path, classes);
	if (err)
		rf_client_result(client, RF_EXIT_FAILED, NULL, "%s", strerror(-err));
	else if (background)
		rf_client_result(client, RF_EXIT_OK, NULL, "%s", "");
}

void rf_scan_gone(struct rf_daemon *daemon, const struct rf_client *client)
{
	struct rf_scan *scan = daemon->scan;

	if (!scan || !scan->client || scan->client != client)
		return;
	daemon->scan = NULL;
	save(scan, false);
	rf_daemon_say(daemon, RF_SYSLOG_NOTICE, "LABEL-SCAN",
		      "the scan of %s was stopped after %" PRIu64 " files", scan->path,
		      scan->before + scan->files);
	release(scan);
}

void rf_scan_resume(struct rf_daemon *daemon)
{
	json_t *all = load(daemon), *was, *name;
	uint64_t classes = 0;
	const char *path;
	size_t i;

	json_object_foreach(all, path, was) {
		int top = -1, bit;

		if (daemon->scan || !json_is_true(json_object_get(was, "background")))
			continue;
		json_array_foreach(json_object_get(was, "classes"), i, name) {
			bit = rf_classes_bit(&daemon->classes, json_string_value(name) ?: "");
			classes |= bit < 0 ? 0 : 1ull << bit;
		}
		if (classes)
			top = open(path, O_PATH | O_CLOEXEC);
		if (top >= 0 && start(daemon, NULL, top, path, classes))
			rf_daemon_log("cannot go on with the scan of %s", path);
	}
	json_decref(all);
}

void rf_scan_free(struct rf_daemon *daemon)
{
	struct rf_scan *scan = daemon->scan;

	if (!scan)
		return;
	daemon->scan = NULL;
	save(scan, false);
	release(scan);
}
