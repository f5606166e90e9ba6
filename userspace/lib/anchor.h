/* SPDX-License-Identifier: GPL-2.0 */
/*
 * anchor.h - the kernel module, as seen from user space
 *
 * The only part of user space that talks to the module. Every function but
 * rf_anchor_read() needs root. Functions return 0 (or a descriptor) or a
 * negative errno; outputs are untouched on error.
 */
#ifndef RF_ANCHOR_H
#define RF_ANCHOR_H

#include <stdbool.h>
#include <stddef.h>

#include "kmod/uapi/ringfence.h"

#define RF_ANCHOR_STATE_PATH "/sys/kernel/security/ringfence/state"
/* There if BPF programs can call it. */
#define RF_ANCHOR_BTF_PATH "/sys/kernel/btf/ringfence"

/**
 * rf_anchor_open - open the module's device
 *
 * Opening changes nothing, and closing releases nothing.
 *
 * Returns a descriptor that the caller closes, close-on-exec, or
 *	-ENOENT	the module is not loaded
 *	-EPROTO	it is loaded, and of another ABI or not Ringfence at all
 *	-EACCES, -EPERM	the caller is not root
 */
int rf_anchor_open(void);

/**
 * rf_anchor_arm - let the module hold links, in place of those it holds
 * @fd: of rf_anchor_open()
 * @link_fds: BPF links; the caller keeps its descriptors
 * @count: 1..RF_LINKS_MAX, the egress link at the cgroup root among them
 * @generation: shown in the state
 *
 * Returns 0 or -EINVAL, -EBADF, -ENOLINK, -EPERM, as struct rf_ioc_arm
 * documents them. On error the module holds what it held.
 */
int rf_anchor_arm(int fd, const int *link_fds, size_t count, __u64 generation);

/**
 * rf_anchor_disarm - stop: the links are let go, quarantine is lifted
 *
 * The kernel writes an audit record that names the caller.
 */
int rf_anchor_disarm(int fd);

/**
 * rf_anchor_management - replace the prefixes that the policy keeps open
 * @prefixes: @count of them, 0..RF_MANAGEMENT_MAX, no bits behind the length
 *
 * Those of the module's parameter stay open beside them.
 */
int rf_anchor_management(int fd, const struct rf_prefix *prefixes, size_t count);

/**
 * rf_anchor_classes - say which bit of a label is which class, for labels that
 * are kept with files; replaces what was said before
 * @names: by bit; "" for a bit without a class
 */
int rf_anchor_classes(int fd, const char (*names)[RF_CLASS_NAME_MAX + 1]);

/**
 * rf_anchor_keep - add a label to what is kept with a file, or replace that
 * @file: any descriptor of it that is not O_PATH
 * @flags: 0 or RF_KEEP_REPLACE
 *
 * Returns 0 or as struct rf_ioc_keep documents it. On a file system that ends
 * with the boot nothing is kept, which is no error.
 */
int rf_anchor_keep(int fd, int file, __u64 label, __u32 flags);

/** rf_anchor_status - state, links, generation and the gate's counter */
int rf_anchor_status(int fd, struct rf_ioc_status *status);

/**
 * rf_anchor_read - the same from the module's state file, without the device
 * @path: NULL for RF_ANCHOR_STATE_PATH
 *
 * For everyone, root or not. Keys that are not known are skipped.
 *
 * Returns 0, -ENOENT (not loaded, or securityfs is not mounted) or -EPROTO
 * (a key is missing or has no number).
 */
int rf_anchor_read(const char *path, struct rf_ioc_status *status);

/**
 * rf_anchor_keeps - are labels kept with files, by a module that was built with BTF?
 *
 * Else labelled processes write to what outlives the boot only in trees that the
 * policy names.
 */
bool rf_anchor_keeps(void);

#endif /* RF_ANCHOR_H */
