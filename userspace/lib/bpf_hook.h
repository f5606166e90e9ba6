/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf_hook.h - the programs that are attached for good, and the links that do it
 *
 * As bpf_object.h, of which it is a part.
 */
#ifndef RF_BPF_HOOK_H
#define RF_BPF_HOOK_H

#include "userspace/lib/bpf_object.h"

/* Hooks: the programs that are attached for good; numbers 0..count-1. */
size_t rf_object_hook_count(const struct rf_object *object);
const char *rf_object_hook_name(const struct rf_object *object, size_t hook);
bool rf_object_hook_wanted(const struct rf_object *object, size_t hook);
void rf_object_hook_leave_out(struct rf_object *object, size_t hook);

/*
 * Attaches and returns the link's descriptor: closing the last one detaches,
 * unless the link is pinned. @cgroup_root: path, for the programs that need it.
 */
int rf_object_attach(const struct rf_object *object, size_t hook, const char *cgroup_root);

/* True if the link runs the very program that is loaded, as it is set up. */
bool rf_object_runs(const struct rf_object *object, size_t hook, int link);

/* Does the program behind @link use our maps, where it uses any of their names? */
bool rf_object_shares(const struct rf_object *object, int link);

/* Links, of whatever object */
int rf_link_open(const char *path);
int rf_link_pin(int link, const char *path);
int rf_link_id(int link, __u32 *id);
/* False once its cgroup is gone or someone detached it. */
bool rf_link_attached(int link);

#endif /* RF_BPF_HOOK_H */
