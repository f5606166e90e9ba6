/* SPDX-License-Identifier: GPL-2.0 */
/*
 * datapath.h - the loaded BPF programs and their maps
 *
 * The only part of user space that knows libbpf. Functions return 0 or a
 * negative errno; where a person needs more than an errno they fill
 * rf_datapath_error(). Nothing here logs. Not thread-safe.
 */
#ifndef RF_DATAPATH_H
#define RF_DATAPATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bpf/generation.h"
#include "bpf/maps.h"

#define RF_CGROUP_ROOT "/sys/fs/cgroup"

struct rf_datapath;

/**
 * struct rf_datapath_options
 * @pin_dir: where links and maps are pinned
 * @cgroup_root: mount of cgroup v2; NULL for RF_CGROUP_ROOT
 * @disable: for tests only: comma-separated parts to leave out, "hook:NAME"
 *	(a program is not attached), "door:call", "door:packet" (its verdict
 *	is not applied, its labelling is). NULL for none.
 */
struct rf_datapath_options {
	const char *pin_dir;
	const char *cgroup_root;
	const char *disable;
};

/**
 * rf_datapath_open - load and attach, or adopt what is already attached
 *
 * If pins of this RF_ABI_VERSION exist their maps are taken over and nothing
 * is detached; if the programs differ from this build's, the new ones are
 * attached before the old ones are let go. All existing tasks get a record.
 * On error *@out is untouched, what ran before still runs and @error says for
 * a person what it was about.
 */
int rf_datapath_open(const struct rf_datapath_options *options, struct rf_datapath **out,
		     char *error, size_t error_size);

/* Closes the descriptors. Enforcement goes on: the pins hold it. */
void rf_datapath_close(struct rf_datapath *dp);

/* What the last failed call was about, for a person; never NULL. */
const char *rf_datapath_error(const struct rf_datapath *dp);

/* true if the last rf_datapath_open() took over what was attached before */
bool rf_datapath_adopted(const struct rf_datapath *dp);

/* Stop enforcing: unpin everything and close. @dp is freed. */
int rf_datapath_disarm(struct rf_datapath *dp);

/**
 * rf_datapath_heal - pin again what is no longer pinned, attach again what is
 * no longer attached
 *
 * Returns how many were mended, or a negative errno.
 */
int rf_datapath_heal(struct rf_datapath *dp);

/**
 * struct rf_hook_status - one program
 * @name: the hook, as in bpf/ ("file_open", "egress", …)
 * @attached: the kernel says that its link is attached
 * @pinned: its pin exists
 * @runs: always 0 unless kernel.bpf_stats_enabled is set
 */
struct rf_hook_status {
	char name[32];
	bool attached;
	bool pinned;
	__u64 runs;
};

/* Fills up to @max entries, returns how many hooks there are. */
int rf_datapath_hooks(struct rf_datapath *dp, struct rf_hook_status *list, size_t max);

/*
 * Descriptors of all links, owned by @dp, for rf_anchor_arm(). Returns the
 * number, at most RF_LINKS_MAX.
 */
int rf_datapath_links(struct rf_datapath *dp, int *fds, size_t max);

/**
 * rf_datapath_publish - make a generation the one that is enforced
 * @value: RF_GENERATION_SIZE bytes, checked by the caller
 *
 * Loaded aside and switched in with one store; returns after the kernel no
 * longer reads the old one. On error the old one is still enforced.
 */
int rf_datapath_publish(struct rf_datapath *dp, const void *value);

/*
 * Copy the enforced generation to @value (RF_GENERATION_SIZE bytes).
 * -ENOENT if none was published yet.
 */
int rf_datapath_generation(struct rf_datapath *dp, void *value);

/*
 * Origins. Each adds @mark to what is there (masks are joined). The *_label
 * functions then label who holds it already. @mark->origin identifies the
 * policy's origin in events and sources.
 */

/*
 * Mark the inode behind @fd (O_PATH is enough) and, if it is a directory, all
 * below it: the tree is walked for inodes with names elsewhere. @progress may
 * be NULL, and is called every few thousand files.
 */
int rf_datapath_mark_path(struct rf_datapath *dp, int fd, const struct rf_mark *mark,
			  void (*progress)(void *ctx, unsigned long files), void *ctx);
/* 1 if what is behind @fd gives all that @mark gives, 0 if not, or an error. */
int rf_datapath_has_mark(struct rf_datapath *dp, int fd, const struct rf_mark *mark);
/* @name: "NAME.service" (a unit) or "/path/from/root" (a cgroup) */
int rf_datapath_mark_cgroup(struct rf_datapath *dp, const char *name, const struct rf_mark *mark);
int rf_datapath_mark_user(struct rf_datapath *dp, uid_t uid, const struct rf_mark *mark);
/* @path: a unix socket as d_path shows it; whoever listens there next is marked */
int rf_datapath_mark_socket(struct rf_datapath *dp, const char *path, const struct rf_mark *mark);

/*
 * Services by address: add some, with their classes joined to those of a
 * service that is there already; or end all that are not in the list.
 */
int rf_datapath_add_services(struct rf_datapath *dp, const struct rf_service *list, size_t count);
int rf_datapath_keep_services(struct rf_datapath *dp, const struct rf_service *list, size_t count);

/**
 * struct rf_given - what a file gives to who opens it
 * @mark: the inode's own; zeroed if it has none
 * @read: all that it gives, with what is above it
 * @names, @attributes: what labelled processes named in a directory or where they
 *	made a link point, and what they put into extended attributes; zeroed if none
 * @origin: of the last mark on the way up
 */
struct rf_given {
	struct rf_mark mark;
	struct rf_mark names;
	struct rf_mark attributes;
	__u64 read;
	__u32 origin;
};

/* O_PATH is enough. */
int rf_datapath_given(struct rf_datapath *dp, int fd, struct rf_given *out);

/* A chain that begins with @source, for rf_mark.node; 0 if there is no room for one. */
__u64 rf_datapath_chain(struct rf_datapath *dp, const struct rf_source *source);

/**
 * rf_datapath_mark_inodes - add to the marks of single inodes
 * @fds: @count of them, at most RF_INODES_BATCH; O_PATH is enough
 *
 * A mark that is there keeps its origin. Nothing below a directory is visited.
 */
int rf_datapath_mark_inodes(struct rf_datapath *dp, const int *fds, size_t count,
			    const struct rf_mark *mark);
#define RF_INODES_BATCH 256

/* Take classes out of the mark of an inode. */
int rf_datapath_unmark_inode(struct rf_datapath *dp, int fd, __u64 read, __u64 written);

/* Takes away what labelled processes named in a directory, or put into attributes. */
int rf_datapath_unmark_beside(struct rf_datapath *dp, int fd);

/*
 * Between the two, opening a marked file gives this process no label. It must
 * read nothing but names and attributes.
 */
int rf_datapath_walk_begin(struct rf_datapath *dp);
void rf_datapath_walk_end(struct rf_datapath *dp);

/*
 * Label every process that already holds a marked file open or mapped, runs
 * a marked program, is in a marked cgroup or runs as a marked user. Returns
 * how many processes got a label, or a negative errno: -EPERM if some process
 * could not be labelled, rf_datapath_error() names the first.
 */
int rf_datapath_label_holders(struct rf_datapath *dp);

/* Give @classes to the process @tgid (and to who shares memory with it). */
int rf_datapath_label_process(struct rf_datapath *dp, pid_t tgid, __u64 classes,
			      const struct rf_source *source);

/**
 * rf_datapath_forget_marks - end origins that the new policy does not have
 * @keep: called with each mark; it edits the masks to what is still given.
 *	A mark that gives nothing any more is removed.
 */
int rf_datapath_forget_marks(struct rf_datapath *dp, void (*keep)(void *ctx, struct rf_mark *mark),
			     void *ctx);

/**
 * struct rf_process - a labelled process, as `ringfence ps` shows it
 */
struct rf_process {
	pid_t tgid;
	__u64 holder;
	__u64 label;
	__u64 cgroup;
	uid_t uid;
	char comm[RF_COMM_LEN];
	struct rf_sources sources;
};

/* The chain of a holder, a channel or a written inode; empty if it has none. */
void rf_datapath_sources(struct rf_datapath *dp, __u64 node, struct rf_sources *out);

/* Calls @fn for every labelled process; stops if it returns nonzero. */
int rf_datapath_processes(struct rf_datapath *dp, int (*fn)(void *ctx, const struct rf_process *p),
			  void *ctx);

/* The label of one process; -ESRCH if there is none such. */
int rf_datapath_process(struct rf_datapath *dp, pid_t tgid, struct rf_process *out);

/* Calls @fn for every connected socket with a label; stops if it returns nonzero. */
int rf_datapath_flows(struct rf_datapath *dp, int (*fn)(void *ctx, const struct rf_flow *flow),
		      void *ctx);

/* Sums over processors; @out has RF_STATS_MAX entries (bpf/maps.h). */
int rf_datapath_stats(struct rf_datapath *dp, __u64 *out);
int rf_datapath_state(struct rf_datapath *dp, struct rf_state *out);

/*
 * How full the maps are: name, used, capacity. Returns how many, fills up to
 * @max.
 */
struct rf_map_usage {
	char name[32];
	__u64 used;
	__u64 max;
	__u64 bytes;
};
int rf_datapath_usage(struct rf_datapath *dp, struct rf_map_usage *list, size_t max);

/*
 * Events: poll the descriptor for input, then call rf_datapath_events(),
 * which hands pending ones to @fn, some hundreds at most, and returns how
 * many it were.
 */
int rf_datapath_events_fd(struct rf_datapath *dp);
int rf_datapath_events(struct rf_datapath *dp, void (*fn)(void *ctx, const struct rf_event *event),
		       void *ctx);

#endif /* RF_DATAPATH_H */
