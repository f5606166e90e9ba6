/* SPDX-License-Identifier: GPL-2.0 */
/*
 * files that a process can write already
 */
#ifndef RF_HELD_H
#define RF_HELD_H

#include <linux/types.h>

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

#endif /* RF_HELD_H */
