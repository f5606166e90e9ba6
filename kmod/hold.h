/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BPF links in the module's keeping
 *
 * A hold is a set of links, each with a reference of ours, so that they live
 * on without pins and without a process. It never changes after it was made,
 * but for one mark: that it was found broken.
 *
 * What can break it: only cgroup links can be detached or given another
 * program (BPF_LINK_DETACH, BPF_LINK_UPDATE). Tracing, LSM and raw
 * tracepoint links offer neither operation: they work as long as they live.
 */
#ifndef RF_HOLD_H
#define RF_HOLD_H

#include <linux/types.h>

struct rf_hold;

/**
 * rf_hold_take() - take references to links of the calling process
 * @fds: descriptors of the links
 * @count: how many, 1..RF_LINKS_MAX
 * @generation: what the caller calls them, for rf_hold_generation()
 *
 * One of them must be a cgroup egress link at the root of the cgroup
 * hierarchy: without it no packet would be checked.
 *
 * Context: process; may sleep.
 * Return: the hold, to be given to rf_hold_release(), or ERR_PTR():
 *	-EINVAL	 @count, a link of a kind that can be switched off unnoticed,
 *		 or no egress link at the root
 *	-EBADF	 not a link
 *	-ENOLINK a link that is already detached
 *	-ENOMEM
 */
struct rf_hold *rf_hold_take(const __s32 *fds, u32 count, u64 generation);

/**
 * rf_hold_release() - drop the references
 * @hold: nobody may read it any more (after synchronize_rcu()); NULL is fine
 *
 * Links that nobody else holds are detached.
 *
 * Context: process; may sleep.
 */
void rf_hold_release(struct rf_hold *hold);

/**
 * rf_hold_intact() - is every link attached, with the program it was taken with?
 * @hold: kept alive by RCU or by the anchor's lock
 *
 * Once it was found broken it stays so: a program put back does not undo that
 * packets may have passed without it.
 *
 * Context: any, once per packet.
 */
bool rf_hold_intact(const struct rf_hold *hold);

/**
 * rf_hold_break() - mark it broken
 * @hold: kept alive by RCU or by the anchor's lock
 *
 * Context: any.
 * Return: true for the first caller only.
 */
bool rf_hold_break(struct rf_hold *hold);

/* How many links are held, and how many of them still work. */
u32 rf_hold_links(const struct rf_hold *hold);
u32 rf_hold_attached(const struct rf_hold *hold);

u64 rf_hold_generation(const struct rf_hold *hold);

#endif /* RF_HOLD_H */
