/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unkept.h - where the module is not there to keep labels: who asks whether
 * something would lose its label with the boot
 */
#ifndef RF_BPF_UNKEPT_H
#define RF_BPF_UNKEPT_H

#include "bpf/kernel.h"

/* The programs that call the module are there. Set before loading. */
extern const volatile bool rf_keeps;

/*
 * Functions of unkept.bpf.c: see holder.h on global ones. Those that take the
 * address of a file are to be asked before that has a label.
 */

/* -EACCES, told and counted, if the running task may not open it for writing. */
int rf_unkept_open(__u64 file);

/* The same of a mapping, shared and of a file that is open for writing. */
int rf_unkept_map(__u64 file);

/*
 * The same of a name, link or attribute, of who passes on @classes: where they are
 * put, by the address of a dentry.
 */
int rf_unkept_beside(__u64 dentry, __u64 classes);

/**
 * rf_unkept_mapped - of @classes, what a holder can write by its memory into files
 * that would lose it
 * @id: the holder
 *
 * A mapping counts until exec, whatever became of it.
 */
__u64 rf_unkept_mapped(__u64 id, __u64 classes);

#endif /* RF_BPF_UNKEPT_H */
