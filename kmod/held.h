/* SPDX-License-Identifier: GPL-2.0 */
/*
 * files that a process can write already
 */
#ifndef RF_HELD_H
#define RF_HELD_H

#include <linux/types.h>

struct dentry;

/**
 * rf_held_keep() - rf_keep() for every file that the running process can write:
 * by a descriptor, or by a shared mapping whose descriptor may be closed
 *
 * What another thread is opening meanwhile is not there yet: its label has to
 * be set first, so that this open finds it, or to be asked for when it writes.
 *
 * Context: process; may sleep. Not of use to who has the memory map locked for
 *	writing (file_mprotect): -EBUSY.
 * Return: 0, or the first error; the rest is left then.
 */
int rf_held_keep(u64 label);

/**
 * rf_held_keep_soon() - rf_held_keep() by the task @pid, before it is back in user
 * space
 * @ends: false: if it can't be kept, only the log says so
 *
 * Whatever call it is in goes on until then. If it can't be kept, for whatever
 * reason, the process is ended: what it has obtained it can't be refused any
 * more. @pid is of the first namespace; kernel threads are left alone.
 *
 * Context: any but NMI.
 */
void rf_held_keep_soon(u32 pid, u64 label, bool ends);

/**
 * rf_held_note_soon() - rf_keep_beside(), before the running task is back in user
 * space
 * @dentry: somebody else keeps it, and its file system, for as long as this runs
 * @ends: as above
 *
 * For who holds locks of the file system. If it can't be kept, the process is
 * ended. For one of io_uring's workers a thread of its process does it.
 *
 * Context: process.
 */
void rf_held_note_soon(struct dentry *dentry, u64 label, bool attributes, bool ends);

/* Processes ended since load because a label could not be kept. */
u64 rf_held_ended(void);

/*
 * No task is in our code after this returns, and nobody may ask any more. Those
 * that wait in a call are interrupted. May sleep.
 */
void rf_held_exit(void);

#endif /* RF_HELD_H */
