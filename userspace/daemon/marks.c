// SPDX-License-Identifier: GPL-2.0
/*
 * marks.c - origins put into the kernel, and taken out again
 */
#include "userspace/daemon/marks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/declassifier.h"
#include "userspace/lib/mounts.h"

struct resolving {
	const struct rf_policy *policy;
	enum rf_severity missing;
	struct rf_diagnostics *diagnostics;
};

static void complain(const struct resolving *resolving, const struct rf_origin *origin,
		     const char *what, const char *hint)
{
	const struct rf_diagnostic_place place = {
		.file = rf_policy_pos_file(resolving->policy, &origin->pos),
		.line = origin->pos.line,
		.column = origin->pos.column,
	};

	rf_diagnostics_add(resolving->diagnostics, resolving->missing, 0, &place, hint, "%s %s: %s",
			   rf_policy_origin_kind_name(origin->kind), origin->text, what);
}

/* What must be behind a name, for a message; NULL if it is. */
static const char *wrong_kind(const struct rf_origin *origin, const struct stat *st)
{
	if (origin->kind == RF_POLICY_ORIGIN_SERVICE)
		return S_ISSOCK(st->st_mode) ? NULL : "not a unix socket";
	if (S_ISREG(st->st_mode))
		return NULL;
	if (origin->kind == RF_POLICY_ORIGIN_PROGRAM)
		return "not a regular file";
	return S_ISDIR(st->st_mode) ? NULL : "neither a file nor a directory";
}

static void close_target(struct rf_target *target)
{
	if (target->fd >= 0)
		close(target->fd);
	target->fd = -1;
}

static bool resolve_path(const struct resolving *resolving, struct rf_origin *origin,
			 struct rf_target *target)
{
	const char *wrong;
	struct stat st;

	target->fd = open(origin->text, O_PATH | O_CLOEXEC);
	if (target->fd < 0 || fstat(target->fd, &st)) {
		complain(resolving, origin, strerror(errno),
			 "create or mount it first, or take it out of the policy");
		return false;
	}
	wrong = wrong_kind(origin, &st);
	if (wrong) {
		complain(resolving, origin, wrong, NULL);
		close_target(target);
		return false;
	}
	origin->dev = st.st_dev;
	origin->ino = st.st_ino;
	return true;
}

/*
 * Not by name alone: another file than the one that was applied is a
 * declassifier only if a digest says that it is as good.
 */
static bool resolve_declassifier(const struct resolving *resolving, struct rf_origin *origin,
				 struct rf_target *target)
{
	const struct rf_origin before = *origin;
	bool good;

	if (!resolve_path(resolving, origin, target))
		return false;
	if (before.ino && (origin->ino != before.ino || origin->dev != before.dev) &&
	    !origin->declassifier->has_digest)
		origin->replaced = true;
	if (origin->replaced) {
		complain(resolving, origin, "another file took its place",
			 "apply the policy again if it is to declassify");
		close_target(target);
		return false;
	}
	close_target(target);
	target->fd = open(origin->text, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	good = target->fd >= 0 &&
	       rf_declassifier_examine(resolving->policy, origin->declassifier, target->fd,
				       resolving->missing, resolving->diagnostics);
	if (!good)
		close_target(target);
	return good;
}

/* Its server may come later, and again: it is known by its name until then. */
static bool resolve_socket(const struct resolving *resolving, struct rf_origin *origin,
			   struct rf_target *target)
{
	if (access(origin->text, F_OK) && errno == ENOENT)
		return true;
	return resolve_path(resolving, origin, target);
}

static bool by_address(const struct rf_origin *origin)
{
	return origin->service.classes;
}

static bool resolve_user(const struct resolving *resolving, const struct rf_origin *origin,
			 struct rf_target *target)
{
	const struct passwd *user = getpwnam(origin->text);
	unsigned long uid;
	char *end;

	if (user) {
		target->uid = user->pw_uid;
		return true;
	}
	errno = 0;
	uid = strtoul(origin->text, &end, 10);
	if (!errno && !*end && end != origin->text && uid < (uid_t)-1) {
		target->uid = (uid_t)uid;
		return true;
	}
	complain(resolving, origin, "there is no such user", "see: getent passwd");
	return false;
}

static bool resolve(const struct resolving *resolving, struct rf_origin *origin,
		    struct rf_target *target)
{
	target->fd = -1;
	switch (origin->kind) {
	case RF_POLICY_ORIGIN_PATH: return resolve_path(resolving, origin, target);
	case RF_POLICY_ORIGIN_PROGRAM:
		return origin->declassifier ? resolve_declassifier(resolving, origin, target) :
					      resolve_path(resolving, origin, target);
	case RF_POLICY_ORIGIN_USER: return resolve_user(resolving, origin, target);
	case RF_POLICY_ORIGIN_UNIT:
	case RF_POLICY_ORIGIN_CGROUP:
		/* By name: those that come later get the label too. */
		return true;
	case RF_POLICY_ORIGIN_SERVICE:
		return by_address(origin) || resolve_socket(resolving, origin, target);
	default: return false;
	}
}

int rf_targets_resolve(const struct rf_policy *policy, struct rf_origin_list *list,
		       enum rf_severity missing, struct rf_targets *targets,
		       struct rf_diagnostics *diagnostics)
{
	const struct resolving resolving = { policy, missing, diagnostics };
	int count = 0;
	size_t i;

	targets->count = 0;
	targets->items = calloc(list->count + 1, sizeof(*targets->items));
	if (!targets->items)
		return -ENOMEM;
	for (i = 0; i < list->count; i++) {
		struct rf_target *target = &targets->items[targets->count++];

		target->missing = !resolve(&resolving, &list->items[i], target);
		/* At start a declassifier that isn't there is only stricter. */
		count += target->missing &&
			 !(list->items[i].declassifier && missing == RF_SEVERITY_WARNING);
	}
	return count;
}

void rf_targets_free(struct rf_targets *targets)
{
	size_t i;

	for (i = 0; i < targets->count; i++)
		if (targets->items[i].fd >= 0)
			close(targets->items[i].fd);
	free(targets->items);
	memset(targets, 0, sizeof(*targets));
}

struct progress {
	void (*fn)(void *ctx, unsigned long files);
	void *ctx;
};

static struct rf_mark mark_of(const struct rf_origin *origin)
{
	struct rf_mark give = { .origin = origin->id };

	if (origin->kind == RF_POLICY_ORIGIN_PROGRAM)
		give.exec = origin->classes;
	else
		give.read = origin->classes;
	give.holds = origin->holds;
	give.removes = origin->removes;
	return give;
}

/* What is behind a name in the file system, and may be replaced there. */
static bool is_file(const struct rf_origin *origin)
{
	return origin->kind == RF_POLICY_ORIGIN_PATH || origin->kind == RF_POLICY_ORIGIN_PROGRAM ||
	       (origin->kind == RF_POLICY_ORIGIN_SERVICE && !by_address(origin));
}

/* Opens @path and calls @fn on it; 0 if it is gone. */
static int with_path(const char *path, int (*fn)(void *ctx, int fd), void *ctx)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	int err;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	err = fn(ctx, fd);
	close(fd);
	return err;
}

struct marking {
	struct rf_datapath *dp;
	struct rf_mark give;
	const struct progress *progress;
};

static int mark_fd(void *ctx, int fd)
{
	const struct marking *marking = ctx;

	return rf_datapath_mark_path(marking->dp, fd, &marking->give, marking->progress->fn,
				     marking->progress->ctx);
}

static int mark_mount(void *ctx, const char *target)
{
	return with_path(target, mark_fd, ctx);
}

/* By name for the next that listens there, by inode for the one that does. */
static int mark_socket(struct rf_datapath *dp, const struct rf_origin *origin,
		       const struct rf_target *target, struct marking *marking)
{
	char path[PATH_MAX], dir[PATH_MAX];
	const char *name = strrchr(origin->text, '/');
	int err;

	/* As the kernel will show it: links in the directory resolved. */
	snprintf(dir, sizeof(dir), "%.*s", (int)(name - origin->text), origin->text);
	if (!realpath(*dir ? dir : "/", path))
		snprintf(path, sizeof(path), "%s", dir);
	if (strlen(path) + strlen(name) >= sizeof(path))
		return -ENAMETOOLONG;
	strcat(strcmp(path, "/") ? path : strcpy(path, ""), name);
	err = rf_datapath_mark_socket(dp, path, &marking->give);
	return err || target->fd < 0 ? err : mark_fd(marking, target->fd);
}

static int mark_service(struct rf_datapath *dp, const struct rf_origin *origin,
			const struct rf_target *target, struct marking *marking)
{
	if (by_address(origin))
		return rf_datapath_add_services(dp, &origin->service, 1);
	return mark_socket(dp, origin, target, marking);
}

static int mark(struct rf_datapath *dp, const struct rf_origin *origin,
		const struct rf_target *target, const struct progress *progress)
{
	struct marking marking = { dp, mark_of(origin), progress };
	const struct rf_mark give = marking.give;
	int err;

	switch (origin->kind) {
	case RF_POLICY_ORIGIN_PATH:
		/* What is mounted in the tree is of another tree, or file system. */
		err = mark_fd(&marking, target->fd);
		return err ? err : rf_mounts_below(origin->text, mark_mount, &marking);
	case RF_POLICY_ORIGIN_PROGRAM: return mark_fd(&marking, target->fd);
	case RF_POLICY_ORIGIN_USER: return rf_datapath_mark_user(dp, target->uid, &give);
	case RF_POLICY_ORIGIN_SERVICE: return mark_service(dp, origin, target, &marking);
	default: return rf_datapath_mark_cgroup(dp, origin->text, &give);
	}
}

/* Declassifiers last: what they may do goes with the origin that a mark names. */
static int by_length(const void *a, const void *b, void *ctx)
{
	const struct rf_origin_list *list = ctx;
	const struct rf_origin *left = &list->items[*(const size_t *)a];
	const struct rf_origin *right = &list->items[*(const size_t *)b];

	if (!left->declassifier != !right->declassifier)
		return left->declassifier ? 1 : -1;
	return (strlen(left->text) > strlen(right->text)) -
	       (strlen(left->text) < strlen(right->text));
}

int rf_marks_add(struct rf_datapath *dp, const struct rf_origin_list *list,
		 const struct rf_targets *targets, void (*progress)(void *ctx, unsigned long files),
		 void *ctx, const struct rf_origin **failed)
{
	const struct progress report = { progress, ctx };
	size_t *order = calloc(list->count + 1, sizeof(*order));
	int err = 0;
	size_t i;

	if (!order)
		return -ENOMEM;
	for (i = 0; i < list->count; i++)
		order[i] = i;
	qsort_r(order, list->count, sizeof(*order), by_length, (void *)list);
	for (i = 0; !err && i < list->count; i++) {
		const struct rf_origin *origin = &list->items[order[i]];

		if (targets->items[order[i]].missing)
			continue;
		*failed = origin;
		err = mark(dp, origin, &targets->items[order[i]], &report);
	}
	free(order);
	return err < 0 ? err : 0;
}

struct keep {
	const struct rf_origin_list *list;
	uint64_t paths; /* classes that any path gives */
	uint64_t programs;
	uint64_t all;
	bool undo;
};

static const struct rf_origin *find(const struct rf_origin_list *list, uint32_t id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].id == id)
			return &list->items[i];
	return NULL;
}

static void keep_mark(void *ctx, struct rf_mark *mark)
{
	const struct keep *keep = ctx;
	const struct rf_origin *origin = find(keep->list, mark->origin);

	/* Powers are given by one only, and rather end than stay. */
	mark->holds &= origin ? origin->holds : 0;
	mark->removes &= origin ? origin->removes : 0;
	/*
	 * A mark names the origin that gave it last. After a switch that is one
	 * of the new policy's, or none of them. After a failure it may be one of
	 * the failed policy's, over one that is still enforced.
	 */
	if (!origin && keep->undo) {
		mark->read &= keep->all;
		mark->exec &= keep->programs;
		return;
	}
	if (!origin && !(mark->flags & RF_MARK_DERIVED)) {
		mark->read = 0;
		mark->exec = 0;
		return;
	}
	if (origin && !is_file(origin)) {
		mark->read &= origin->classes;
		mark->exec = 0;
		return;
	}
	mark->read &= keep->paths;
	mark->exec &= keep->programs;
}

static int keep_services(struct rf_datapath *dp, const struct rf_origin_list *list)
{
	struct rf_service *services = calloc(list->count + 1, sizeof(*services));
	size_t count = 0, i;
	int err;

	if (!services)
		return -ENOMEM;
	for (i = 0; i < list->count; i++)
		if (by_address(&list->items[i]))
			services[count++] = list->items[i].service;
	err = rf_datapath_keep_services(dp, services, count);
	free(services);
	return err;
}

static int forget(struct rf_datapath *dp, const struct rf_origin_list *list, bool undo)
{
	struct keep keep = { .list = list, .undo = undo };
	size_t i;
	int err;

	for (i = 0; i < list->count; i++) {
		keep.all |= list->items[i].classes;
		if (list->items[i].kind != RF_POLICY_ORIGIN_PROGRAM && is_file(&list->items[i]))
			keep.paths |= list->items[i].classes;
		if (list->items[i].kind == RF_POLICY_ORIGIN_PROGRAM)
			keep.programs |= list->items[i].classes;
	}
	err = rf_datapath_forget_marks(dp, keep_mark, &keep);
	return err ? err : keep_services(dp, list);
}

int rf_marks_keep(struct rf_datapath *dp, const struct rf_origin_list *list)
{
	return forget(dp, list, false);
}

int rf_marks_undo(struct rf_datapath *dp, const struct rf_origin_list *list)
{
	return forget(dp, list, true);
}

bool rf_marks_moved(const struct rf_origin *origin)
{
	struct stat st;

	if (!is_file(origin))
		return false;
	if (origin->replaced || stat(origin->text, &st))
		return false;
	return st.st_ino != origin->ino || st.st_dev != origin->dev;
}

/* 1 where the mark is missing, to end a walk */
static int unmarked_fd(void *ctx, int fd)
{
	const struct marking *marking = ctx;
	int has = rf_datapath_has_mark(marking->dp, fd, &marking->give);

	return has < 0 ? has : !has;
}

static int unmarked_mount(void *ctx, const char *target)
{
	return with_path(target, unmarked_fd, ctx);
}

int rf_marks_missing(struct rf_datapath *dp, const struct rf_origin_list *list)
{
	int missing = 0;
	size_t i;

	for (i = 0; !missing && i < list->count; i++) {
		const struct rf_origin *origin = &list->items[i];
		struct marking marking = { .dp = dp, .give = mark_of(origin) };

		/* What was mounted over a declassifier is none. */
		if (!is_file(origin) || origin->declassifier)
			continue;
		missing = with_path(origin->text, unmarked_fd, &marking);
		if (!missing && origin->kind == RF_POLICY_ORIGIN_PATH)
			missing = rf_mounts_below(origin->text, unmarked_mount, &marking);
	}
	return missing;
}
