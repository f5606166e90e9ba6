// SPDX-License-Identifier: GPL-2.0
/*
 * label.c - the labels of files, for `ringfence label`
 */
#include "userspace/daemon/label.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "userspace/daemon/chain.h"
#include "userspace/daemon/request.h"
#include "userspace/lib/anchor.h"
#include "userspace/lib/control.h"
#include "userspace/lib/timestamp.h"

#define COMM "ringfence label"

int rf_label_open(const struct rf_client *client, const json_t *request)
{
	const struct ucred *peer = rf_client_peer(client);
	json_t *number = json_object_get(request, "fd");
	char path[64];
	int fd;

	if (!json_is_integer(number) || peer->pid <= 0)
		return -EINVAL;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", peer->pid, (int)json_integer_value(number));
	fd = open(path, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int rf_label_origin(struct rf_daemon *daemon, const char *path, uint32_t *id)
{
	int err = rf_origins_number(&daemon->origins, "label", path, id);

	return err ? err :
		     rf_origins_save(rf_daemon_path(daemon, RF_ORIGINS_FILE), daemon->boot,
				     &daemon->origins);
}

/* What is open by O_PATH, to be read: an errno if that can't be. The daemon gets no label. */
static int open_to_read(struct rf_daemon *daemon, int fd)
{
	char path[64];
	int file, err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = rf_datapath_walk_begin(daemon->dp);
	if (err)
		return err;
	file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	err = file < 0 ? -errno : file;
	rf_datapath_walk_end(daemon->dp);
	return err;
}

int rf_label_keep(struct rf_daemon *daemon, int anchor, int fd, uint64_t classes, uint32_t flags)
{
	int err, file = open_to_read(daemon, fd);

	if (file < 0)
		return file;
	err = rf_anchor_keep(anchor, file, classes, flags);
	close(file);
	return err;
}

/* Only a file of overlayfs that is open says where its data is. To be closed; or an errno. */
static int open_layers(struct rf_daemon *daemon, int fd)
{
	struct statfs fs;
	struct stat st;
	int file;

	if (fstatfs(fd, &fs) || fstat(fd, &st))
		return -errno;
	if (fs.f_type == OVERLAYFS_SUPER_MAGIC && S_ISREG(st.st_mode))
		return open_to_read(daemon, fd);
	file = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return file < 0 ? -errno : file;
}

/* See rf_datapath_given() and the next ones. */
static int look(struct rf_daemon *daemon, int fd, struct rf_given *given)
{
	int err, file = open_layers(daemon, fd);

	if (file < 0)
		return file;
	err = rf_datapath_given(daemon->dp, file, given);
	close(file);
	return err;
}

int rf_label_mark(struct rf_daemon *daemon, int fd, const struct rf_mark *mark)
{
	int err, file = open_layers(daemon, fd);

	if (file < 0)
		return file;
	err = rf_datapath_mark_inodes(daemon->dp, &file, 1, mark);
	close(file);
	return err;
}

static int take(struct rf_daemon *daemon, int fd, uint64_t written)
{
	int err, file = open_layers(daemon, fd);

	if (file < 0)
		return file;
	err = rf_datapath_unmark_inode(daemon->dp, file, 0, written);
	if (!err)
		err = rf_datapath_unmark_beside(daemon->dp, file);
	close(file);
	return err;
}

/* The same without a module: 0, nothing is kept. */
static int keep(struct rf_daemon *daemon, int fd, uint64_t classes, uint32_t flags, bool *kept)
{
	struct stat st;
	int anchor, err;

	*kept = false;
	if (fstat(fd, &st) || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return 0;
	anchor = rf_anchor_open();
	if (anchor < 0)
		return anchor == -ENOENT ? 0 : anchor;
	err = rf_label_keep(daemon, anchor, fd, classes, flags);
	close(anchor);
	*kept = !err;
	return err;
}

/* What is above an inode gives to what is below; nothing if that can't be said. */
static void look_above(struct rf_daemon *daemon, int fd, struct rf_given *above)
{
	char link[64], path[PATH_MAX], *slash;
	ssize_t n;
	int dir;

	memset(above, 0, sizeof(*above));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash || !slash[1])
		return;
	slash[slash == path] = '\0';
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return;
	if (!rf_datapath_given(daemon->dp, dir, above))
		above->read &= ~above->mark.written;
	close(dir);
}

/* By which origin the tree, or the file as one, gives its classes. */
static json_t *tree_json(struct rf_daemon *daemon, int fd, const struct rf_given *given)
{
	const char *kind = "", *file = NULL, *what;
	char class[RF_CLASS_NAME_MAX + 1];
	struct rf_given above;
	uint32_t line = 0;
	uint64_t classes;

	look_above(daemon, fd, &above);
	classes = above.read | given->mark.read;
	if (!classes)
		return json_null();
	rf_classes_text(&daemon->classes, classes & -classes, class, sizeof(class));
	what = rf_origins_describe(&daemon->origins, above.read ? above.origin : given->mark.origin,
				   class, &kind, &file, &line);
	return json_pack("{s:o, s:s, s:s, s:s?, s:I}", "classes",
			 rf_classes_json(&daemon->classes, classes), "kind", kind, "what", what,
			 "file", file, "line", (json_int_t)line);
}

/* The names on the disk; null if there are none. */
static json_t *kept_json(int fd)
{
	char path[64], text[RF_CLASS_MAX * (RF_CLASS_NAME_MAX + 1) + 8], *save = NULL, *word;
	ssize_t n;
	json_t *names;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = getxattr(path, RF_KEEP_XATTR, text, sizeof(text) - 1);
	if (n <= 0)
		return json_null();
	text[n] = '\0';
	names = json_array();
	if (strtok_r(text, " ", &save)) /* the form's number */
		while ((word = strtok_r(NULL, " ", &save)))
			json_array_append_new(names, json_string(word));
	return names;
}

static void get(struct rf_daemon *daemon, struct rf_client *client, int fd)
{
	const struct rf_mark *first;
	struct rf_sources sources;
	struct rf_given given;
	json_t *json;
	int err;

	err = look(daemon, fd, &given);
	if (err) {
		rf_client_result(client, RF_EXIT_FAILED, NULL, "%s", strerror(-err));
		return;
	}
	first = given.mark.written  ? &given.mark :
		given.names.written ? &given.names :
				      &given.attributes;
	rf_datapath_sources(daemon->dp, first->node, &sources);
	json = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", "file", "classes",
			 rf_classes_json(&daemon->classes, given.read | given.mark.written), "tree",
			 tree_json(daemon, fd, &given), "written",
			 rf_classes_json(&daemon->classes, given.mark.written), "names",
			 rf_classes_json(&daemon->classes, given.names.written), "attributes",
			 rf_classes_json(&daemon->classes, given.attributes.written), "kept",
			 kept_json(fd));
	rf_chain_put(daemon, &sources, json);
	rf_client_say(client, json);
	rf_client_result(client, RF_EXIT_OK, NULL, "%s", "");
}

static int mark(struct rf_daemon *daemon, const struct rf_client *client, int fd, const char *path,
		uint64_t classes)
{
	struct rf_source source = {
		.classes = classes,
		.time_ns = rf_timestamp_boot(),
		.tgid = (uint32_t)rf_client_peer(client)->pid,
		.kind = RF_ORIGIN_PATH,
		.comm = COMM,
	};
	struct rf_mark mark = { .written = classes };
	int err;

	err = rf_label_origin(daemon, path, &source.origin);
	if (err)
		return err;
	mark.origin = source.origin;
	mark.node = rf_datapath_chain(daemon->dp, &source);
	return rf_label_mark(daemon, fd, &mark);
}

static void set(struct rf_daemon *daemon, struct rf_client *client, int fd, const char *path,
		const json_t *request)
{
	const struct ucred *peer = rf_client_peer(client);
	uint64_t classes;
	char text[512];
	struct stat st;
	bool kept;
	int err;

	classes = rf_request_classes(daemon, client, json_object_get(request, "classes"));
	if (!classes)
		return;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		rf_client_result(
			client, RF_EXIT_FAILED, NULL,
			"not a regular file; for a directory's files: ringfence label scan");
		return;
	}
	rf_classes_text(&daemon->classes, classes, text, sizeof(text));
	rf_daemon_say(daemon, RF_SYSLOG_ALERT, "LABEL-SET", "uid %u pid %d labels %s as %s",
		      peer->uid, peer->pid, path, text);
	err = mark(daemon, client, fd, path, classes);
	if (!err)
		err = keep(daemon, fd, classes, 0, &kept);
	/* Who has it open already. */
	if (!err)
		err = rf_datapath_label_holders(daemon->dp);
	if (err < 0)
		rf_client_result(client, RF_EXIT_FAILED, NULL, "%s %s", strerror(-err),
				 rf_datapath_error(daemon->dp));
	else
		rf_client_result(client, RF_EXIT_OK,
				 json_pack("{s:b, s:i}", "kept", kept, "labelled", err), "%s", "");
}

static void clear(struct rf_daemon *daemon, struct rf_client *client, int fd, const char *path,
		  const json_t *request)
{
	const char *reason = json_string_value(json_object_get(request, "reason"));
	const struct ucred *peer = rf_client_peer(client);
	struct rf_given given;
	char text[512];
	json_t *tree;
	bool kept;
	int err;

	if (!reason || !*reason) {
		rf_client_result(client, RF_EXIT_USAGE, NULL, "a reason is needed");
		return;
	}
	err = look(daemon, fd, &given);
	rf_classes_text(&daemon->classes, err ? 0 : given.mark.written, text, sizeof(text));
	rf_daemon_say(daemon, RF_SYSLOG_ALERT, "LABEL-CLEAR",
		      "uid %u pid %d takes the label %s from %s: %s", peer->uid, peer->pid, text,
		      path, reason);
	/* The disk first: what is not known is read from there. */
	if (!err)
		err = keep(daemon, fd, 0, RF_KEEP_REPLACE, &kept);
	if (!err)
		err = take(daemon, fd, given.mark.written);
	if (err) {
		rf_client_result(client, RF_EXIT_FAILED, NULL, "%s", strerror(-err));
		return;
	}
	tree = tree_json(daemon, fd, &given);
	rf_client_result(client, RF_EXIT_OK, json_pack("{s:o}", "tree", tree), "%s", "");
}

void rf_label_request(struct rf_daemon *daemon, struct rf_client *client, const json_t *request)
{
	const char *what = json_string_value(json_object_get(request, "what")) ?: "";
	const char *path = json_string_value(json_object_get(request, "path")) ?: "";
	int fd;

	if (!daemon->dp) {
		rf_client_result(client, RF_EXIT_FAILED, NULL,
				 "disarmed: nothing is labelled; start ringfenced again");
		return;
	}
	fd = rf_label_open(client, request);
	if (fd < 0) {
		rf_client_result(client, RF_EXIT_FAILED, NULL, "%s", strerror(-fd));
		return;
	}
	if (!strcmp(what, "get"))
		get(daemon, client, fd);
	else if (!strcmp(what, "set"))
		set(daemon, client, fd, path, request);
	else if (!strcmp(what, "clear"))
		clear(daemon, client, fd, path, request);
	else
		rf_client_result(client, RF_EXIT_USAGE, NULL, "no such thing to do with a label");
	close(fd);
}
