/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf_object.h - libbpf and our skeleton, as the datapath needs them
 *
 * bpf_object.c and, for what is attached, bpf_hook.c are the only files of user
 * space that include libbpf. They know no pins' names and no policy. Functions return 0 (or what they say) or a
 * negative errno and leave their outputs untouched on error. Descriptors that
 * they return are close-on-exec and the caller's. Not thread-safe.
 */
#ifndef RF_BPF_OBJECT_H
#define RF_BPF_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/bpf.h>

#include "bpf/maps.h"

/*
 * Every map of bpf/storage.h, in the order in which they are pinned. The state
 * is the last: its pin says that the others are complete.
 */
/* clang-format off */
#define RF_MAPS(map) \
	map(TASKS, tasks) map(HOLDERS, holders) map(SOURCES, sources) map(INODES, inodes) \
	map(DEVICES, devices) map(CGROUPS, cgroups) map(NAMES, names) map(USERS, users) \
	map(GROUPS, groups) map(LINKS, links) map(CHANNELS, channels) map(EDGES, edges) map(WORK, work) \
	map(UNKEPT, unkept) map(SERVICES, services) map(LATE, late) map(SPLICED, spliced) map(SOCKS, socks) \
	map(GENERATIONS, generations) map(STATS, stats) map(REQUEST, request) \
	map(EVENTS, events) map(STATE, state)
/* clang-format on */

#define RF_MAP_NUMBER(number, name) RF_MAP_##number,
enum rf_map { RF_MAPS(RF_MAP_NUMBER) RF_MAP_MAX };

enum rf_iterator {
	RF_ITERATOR_TASK = 0,
	RF_ITERATOR_FILE,
	RF_ITERATOR_VMA,
	RF_ITERATOR_SOCK,
	RF_ITERATOR_MAX,
};

struct rf_object;

/*
 * The programs as this build has them, not yet in the kernel. -EINVAL if the
 * skeleton and enum rf_map do not agree, -E2BIG for too many programs.
 */
int rf_object_open(struct rf_object **out);

/* NULL is fine. Closes what was loaded, not what was pinned. */
void rf_object_close(struct rf_object *object);

/* Before rf_object_load(): bits RF_DOOR_* of the doors without a verdict. */
void rf_object_set_doors(struct rf_object *object, __u32 open);

/*
 * Before rf_object_load(): leave out the hooks of functions that this kernel
 * lacks; it does not need them. Tell the programs what else it has. -ENOENT and
 * the like if it has no BTF.
 */
int rf_object_fit(struct rf_object *object);

/* What libbpf or the verifier says of an error is in warning.h. */
int rf_object_load(struct rf_object *object);

/*
 * Maps, before rf_object_load(). Adopting takes the place of the map that
 * would be made: -EPROTO if the pinned one is of another shape.
 */
const char *rf_object_map_name(enum rf_map map);
int rf_object_map_resize(struct rf_object *object, enum rf_map map, __u32 entries);
int rf_object_map_adopt(struct rf_object *object, enum rf_map map, const char *path);

/* Maps, loaded. -ENOENT if there is no such key. @flags: BPF_ANY and so on. */
int rf_object_map_pin(const struct rf_object *object, enum rf_map map, const char *path);
int rf_object_get(const struct rf_object *object, enum rf_map map, const void *key, void *value);
int rf_object_put(const struct rf_object *object, enum rf_map map, const void *key,
		  const void *value, __u64 flags);
int rf_object_delete(const struct rf_object *object, enum rf_map map, const void *key);
/* By the program, which knows how. -EEXIST and -EAGAIN: again. */
int rf_object_change(const struct rf_object *object, const struct rf_change *change);
/* The key after @key; the first if that is NULL or gone. -ENOENT at the end. */
int rf_object_next(const struct rf_object *object, enum rf_map map, const void *key, void *next);

size_t rf_object_key_size(const struct rf_object *object, enum rf_map map);
__u32 rf_object_capacity(const struct rf_object *object, enum rf_map map);
/* Bytes of kernel memory; 0 if the kernel does not say. */
__u64 rf_object_bytes(const struct rf_object *object, enum rf_map map);
bool rf_object_is_hash(const struct rf_object *object, enum rf_map map);

/*
 * The state map itself, shared with the programs. They count in it at any
 * time: store single fields, never the whole.
 */
struct rf_state *rf_object_state(const struct rf_object *object);

/*
 * A frozen array that holds one value, for RF_MAP_GENERATIONS. Returns a
 * descriptor.
 */
int rf_object_array_new(const char *name, const void *value, size_t size);
/* The value of the array with identifier @id. -ENOENT if it is gone. */
int rf_object_array_read(__u32 id, void *value);

/**
 * rf_object_iterate - run an iterator to its end
 * @tgid: look at this process only; 0 for all
 * @size: of one record that the program writes
 * @fn: gets each record and stops the run if it returns nonzero, which is
 *	then returned; NULL to ignore them
 */
int rf_object_iterate(const struct rf_object *object, enum rf_iterator iterator, pid_t tgid,
		      size_t size, int (*fn)(void *ctx, const void *record), void *ctx);

/* The ring: once, after rf_object_load(); then the descriptor to poll. */
int rf_object_events_open(struct rf_object *object);
int rf_object_events_fd(const struct rf_object *object);
/* Hands what is there to @fn, some hundreds at most; returns how many it were. */
int rf_object_events(struct rf_object *object, void (*fn)(void *ctx, const struct rf_event *event),
		     void *ctx);

/* How many processors a value of RF_MAP_STATS has: one __u64 each. */
int rf_object_cpus(void);

#endif /* RF_BPF_OBJECT_H */
