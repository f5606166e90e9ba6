/* SPDX-License-Identifier: GPL-2.0 */
/*
 * datapath_private.h - what the files of the datapath share
 *
 * Functions return 0 (or what they say) or a negative errno, and say in
 * dp->error what it was about.
 */
#ifndef RF_DATAPATH_PRIVATE_H
#define RF_DATAPATH_PRIVATE_H

#include "userspace/lib/bpf_hook.h"
#include "userspace/lib/bpf_object.h"
#include "userspace/lib/datapath.h"

#define RF_PIN_PATH_LEN 512

/* Where a hook's pin is. */
enum rf_pin_state {
	RF_PIN_NONE = 0, /* not made by us since the datapath was opened */
	RF_PIN_STAGED, /* under its second name, beside that of the old link */
	RF_PIN_PLACED, /* under its own */
};

/**
 * struct rf_hook - one program that is attached for good
 * @link: -1 while it is not attached
 * @old: the pinned link that @link replaces, until the pins are switched; -1
 */
struct rf_hook {
	const char *name;
	int link;
	int old;
	bool wanted;
	enum rf_pin_state pin;
};

struct rf_datapath {
	struct rf_object *object;
	struct rf_hook hooks[RF_LINKS_MAX];
	size_t hook_count;
	char pin_dir[256];
	char cgroup_root[256];
	char error[512];
	bool adopted;
};

/* Fills dp->error and returns @err. */
__attribute__((format(printf, 3, 4))) int rf_datapath_fail(struct rf_datapath *dp, int err,
							   const char *format, ...);

/*
 * Pins (datapath_pin.c): PIN_DIR/maps/NAME and PIN_DIR/links/NAME.
 */

/* @path has RF_PIN_PATH_LEN bytes. */
void rf_pin_path(const struct rf_datapath *dp, const char *kind, const char *name, char *path);

/* Between the two the guard lets us, and nobody else, take our pins away. */
int rf_pin_unlock(struct rf_datapath *dp);
void rf_pin_lock(struct rf_datapath *dp);

/* True if maps are pinned, all of them: the state map is the last. */
bool rf_pin_exists(const struct rf_datapath *dp);

/* Makes the directories that are not there. */
int rf_pin_make_dirs(struct rf_datapath *dp);

/*
 * Pins the maps that are not pinned and returns how many. If nothing was
 * adopted, pins of that name are leftovers of a start that was cut short:
 * they are replaced.
 */
int rf_pin_maps(struct rf_datapath *dp, bool adopted);

/* Tells the guard the directories: what is in them stays. */
int rf_pin_guard(struct rf_datapath *dp);

/* Unpins what is in PIN_DIR/@kind. 0 if that is not there. */
int rf_pin_clear(const struct rf_datapath *dp, const char *kind);

/* Removes those of the directories that are empty. */
void rf_pin_remove_dirs(const struct rf_datapath *dp);

/*
 * Hooks (datapath_hook.c). Replacing a program is three steps, of which only
 * the last changes what holds if we end: attach the new link beside the old,
 * pin it under a second name, give it the name of the old.
 */

/* Reads from the object what hooks there are. */
void rf_hooks_init(struct rf_datapath *dp);

/*
 * Keeps the pinned links that are attached and run this build's programs, and
 * attaches the other programs. Nothing is let go yet.
 */
int rf_hooks_attach(struct rf_datapath *dp);

/* Attaches again what is no longer attached. Returns how many. */
int rf_hooks_mend(struct rf_datapath *dp);

/*
 * Pins each link that is not pinned or replaces another; then lets the old
 * ones go. Returns how many pins were made. On error every hook that had a
 * pin has one.
 */
int rf_hooks_pin(struct rf_datapath *dp);

/*
 * Unpins what else is there: links of programs that this build does not have,
 * and second names that a start that was cut short left behind.
 */
void rf_hooks_unpin_others(struct rf_datapath *dp);

/* Takes back the pins that were made since the datapath was opened. */
void rf_hooks_unpin_new(struct rf_datapath *dp);

/* Closes the descriptors; links that are not pinned are detached by that. */
void rf_hooks_close(struct rf_datapath *dp);

/*
 * Requests to the iterators (datapath_request.c)
 */

/* Sends @ask to one iterator, over all tasks; the answer is in @ask. */
int rf_request_run(struct rf_datapath *dp, struct rf_request *ask, enum rf_iterator iterator);

/* Sends @ask and hands each record of @size bytes that comes back to @fn. */
int rf_request_read(struct rf_datapath *dp, const struct rf_request *ask, enum rf_iterator iterator,
		    size_t size, int (*fn)(void *ctx, const void *record), void *ctx);

/*
 * The kernel's own keys of the inodes behind @count of our descriptors, and what
 * they give. @found is undefined on error.
 */
int rf_request_identify(struct rf_datapath *dp, const int *fds, struct rf_identified *found,
			size_t count);

/* Passes over the tasks after which they are made faster than visited. */
#define RF_PASSES_MAX 100

/* A record for every task, or an error that names one without. */
int rf_request_record(struct rf_datapath *dp);

/*
 * Marks (datapath_mark.c, datapath_tree.c)
 */

/* What is done in place to the mark at @key, of the map's key size. */
int rf_mark_change(struct rf_datapath *dp, enum rf_map map, const void *key, enum rf_change_how how,
		   const struct rf_mark *mark);

/* Joins @mark with what is there at @key: its origin gives it from now on. */
int rf_mark_add(struct rf_datapath *dp, enum rf_map map, const void *key,
		const struct rf_mark *mark);

/* The same for the device @dev and all that it is made of. */
int rf_mark_devices(struct rf_datapath *dp, __u32 dev, const struct rf_mark *mark);

/*
 * Marks the inodes below the directory @fd that have further names. 0 if @fd
 * is no directory.
 */
int rf_mark_tree(struct rf_datapath *dp, int fd, const struct rf_mark *mark,
		 void (*progress)(void *ctx, unsigned long files), void *ctx);

#endif /* RF_DATAPATH_PRIVATE_H */
