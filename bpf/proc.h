/* SPDX-License-Identifier: GPL-2.0 */
/*
 * proc.h - what /proc shows of a process to who may not trace it: its arguments, its
 * environment, its auxiliary vector; what is set for its timers and descriptors
 *
 * The process may have put anything there.
 * Everybody's `ps` and `systemctl status` (that is: process 1) reads them of
 * everybody. A label for each of these would end on the whole host, so they are
 * not shown to who has not the label already.
 */
#ifndef RF_BPF_PROC_H
#define RF_BPF_PROC_H

#include "bpf/declassify.h"
#include "bpf/verdict.h"

/* The process that a file of /proc/PID is about; NULL if it is gone, or none. */
static __always_inline const struct task_struct *rf_proc_task(const struct inode *inode)
{
	const struct proc_inode *proc;
	__u64 link;

	proc = (const void *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode);
	link = (__u64)BPF_CORE_READ(proc, pid, tasks[0].first);
	if (!link)
		return NULL;
	return (const void *)(link - bpf_core_field_offset(struct task_struct, pid_links));
}

/* Its name is one of those; others' with the same name are of no process. */
static __always_inline bool rf_proc_shows(const struct file *file)
{
	const struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	const unsigned char *at = BPF_CORE_READ(dentry, d_name.name);
	char name[8] = {};

	bpf_probe_read_kernel_str(name, sizeof(name), at);
	if (!__builtin_memcmp(name, "cmdline", 8) || !__builtin_memcmp(name, "environ", 8) ||
	    !__builtin_memcmp(name, "auxv\0\0\0", 8) || !__builtin_memcmp(name, "timers\0", 8))
		return true;
	at = BPF_CORE_READ(dentry, d_parent, d_name.name);
	bpf_probe_read_kernel_str(name, sizeof(name), at);
	return !__builtin_memcmp(name, "fdinfo\0", 8);
}

/* -EACCES if the running task may not see what @file, which is in /proc, shows. */
static __always_inline int rf_proc_open(const struct file *file)
{
	const struct rf_task *from, *task = rf_task_find(rf_task_current());
	struct rf_join join = { .task = rf_task_current(), .kind = RF_FLOW_TRACE };
	const struct rf_holder *holder;

	if (!rf_proc_shows(file))
		return 0;
	from = rf_task_find(rf_proc_task(BPF_CORE_READ(file, f_inode)));
	holder = from ? rf_holder_find(from->holder) : NULL;
	if (!holder || (task && task->holder == from->holder))
		return 0;
	join.classes = rf_holder_passes(holder) & ~rf_audited();
	if (!join.classes)
		return 0;
	holder = task ? rf_holder_find(task->holder) : NULL;
	if (holder)
		join.classes &= ~(holder->label | rf_holder_powers(holder));
	if (!join.classes)
		return 0;
	return rf_join_refuse(&join, task ? task->holder : 0, holder ? holder->label : 0,
			      RF_REASON_SHOWN);
}

#endif /* RF_BPF_PROC_H */
