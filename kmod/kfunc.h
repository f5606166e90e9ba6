/* SPDX-License-Identifier: GPL-2.0 */
/*
 * what BPF programs may call: programs of LSM and tracing hooks
 */
#ifndef RF_KFUNC_H
#define RF_KFUNC_H

#include <linux/types.h>

struct dentry;
struct file;

/* rf_keep(): for file_open and the like */
int ringfence_keep(struct file *file, u64 label);

/* rf_held_keep(): for what gives the running process a label */
int ringfence_keep_held(u64 label);

/* rf_held_keep_soon(): for what gives any task a label; in any context */
void ringfence_keep_soon(u32 pid, u64 label, u32 ends);

/* rf_kept() */
int ringfence_kept(struct file *file, u64 *label);

/* rf_held_note_soon(), with the address of a dentry */
void ringfence_note_soon(u64 dentry, u64 label, u32 attributes, u32 ends);

/* rf_kept_beside() */
int ringfence_kept_beside(struct dentry *dentry, u32 attributes, u64 *label);

/* rf_kept_more(), with the address that inode_setxattr has: 1 or 0 */
int ringfence_kept_more(struct dentry *dentry, u32 attributes, u64 text, u64 len);

/*
 * Offers them, if the module was built with BTF; without, it works and says
 * that labels are not kept. They go with the module, which each program that
 * calls them holds. May sleep.
 */
void rf_kfunc_init(void);

/* Are they offered? */
bool rf_kfunc_offered(void);

#endif /* RF_KFUNC_H */
