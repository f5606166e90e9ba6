// SPDX-License-Identifier: GPL-2.0
/*
 * keep.bpf.c - labels that outlive the boot, in extended attributes
 *
 * The module writes and reads them: at each open, by keep.h. The programs whose
 * names begin with keep_ call it too, and are left out where it is not loaded.
 */
#include "bpf/guard.h"
#include "bpf/holder.h"
#include "bpf/unkept.h"

extern void ringfence_keep_soon(__u32 pid, __u64 label) __ksym __weak;
extern int ringfence_kept_more(struct dentry *dentry, __u64 text, __u64 len) __ksym __weak;

/*
 * Whoever gets a label, by whatever it does: before it is back in user space
 * what it can write is kept with it. A system call that may sleep is the only
 * place for that; who can't keep it is ended there.
 */
SEC("fentry/htab_lru_percpu_map_update_elem")
int BPF_PROG(rf_keep_soon, struct bpf_map *map)
{
	struct rf_unkept told = {};

	if (map != (void *)&unkept)
		return 0;
	bpf_probe_read_kernel(&told, sizeof(told), (void *)ctx[1]);
	ringfence_keep_soon(told.pid, told.classes);
	return 0;
}

static __always_inline bool rf_keep_ours(const char *name)
{
	const char ours[] = RF_KEEP_XATTR;
	char text[sizeof(ours) + 1] = {}; /* or a longer name would be cut to ours */

	bpf_probe_read_kernel_str(text, sizeof(text), name);
	for (__u32 i = 0; i < sizeof(ours); i++)
		if (text[i] != ours[i])
			return false;
	return true;
}

/*
 * overlayfs copies a file up, with its attributes, in the name of who mounted
 * it. io_uring can lend credentials too: see rf_keep_once().
 */
static __always_inline bool rf_keep_copied(void)
{
	struct task_struct *task = rf_task_current();

	return rf_keeps && BPF_CORE_READ(task, cred) != BPF_CORE_READ(task, real_cred);
}

/* The module's own writes pass no hook. */
SEC("lsm/inode_setxattr")
int BPF_PROG(rf_guard_setxattr, void *idmap, struct dentry *dentry, const char *name,
	     const void *value, unsigned long size, int flags, int ret)
{
	if (ret || !rf_keep_ours(name) || rf_keep_copied())
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}

/* What is there can't be replaced by less, whoever lends his name. */
SEC("lsm.s/inode_setxattr")
int BPF_PROG(rf_keep_once, void *idmap, struct dentry *dentry, const char *name, const void *value,
	     unsigned long size, int flags, int ret)
{
	__u64 text = 0;

	/* 6.1 lets no program load an argument that is a void pointer. */
	bpf_probe_read_kernel(&text, sizeof(text), &ctx[3]);
	if (ret || !rf_keep_ours(name) || !ringfence_kept_more(dentry, text, size))
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}

SEC("lsm/inode_removexattr")
int BPF_PROG(rf_guard_removexattr, void *idmap, struct dentry *dentry, const char *name, int ret)
{
	if (ret || !rf_keep_ours(name))
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}
