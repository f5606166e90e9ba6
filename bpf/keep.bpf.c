// SPDX-License-Identifier: GPL-2.0
/*
 * keep.bpf.c - labels that outlive the boot, in extended attributes
 *
 * The module writes and reads them. The programs whose names begin with keep_
 * call it, and are left out where it is not loaded.
 */
#include "bpf/guard.h"
#include "bpf/holder.h"
#include "bpf/mark.h"
#include "bpf/written.h"

extern int ringfence_keep(struct file *file, __u64 label) __ksym __weak;
extern int ringfence_keep_held(__u64 label) __ksym __weak;
extern void ringfence_keep_soon(__u32 pid, __u64 label) __ksym __weak;
extern int ringfence_kept(struct file *file, __u64 *label) __ksym __weak;
extern int ringfence_kept_more(struct dentry *dentry, __u64 text, __u64 len) __ksym __weak;

/* The programs that call the module are there. Set before loading. */
const volatile bool rf_keeps = false;

static __always_inline bool rf_keep_regular(const struct file *file)
{
	return (file->f_inode->i_mode & S_IFMT) == S_IFREG;
}

static __always_inline int rf_keep_refuse(struct rf_join *join, const struct rf_holder *holder)
{
	struct rf_task *task = rf_task_find(join->task);

	return rf_join_refuse(join, task ? task->holder : 0, holder ? holder->label : 0,
			      RF_REASON_KEEP);
}

/* What it writes from now on has a label that is on its way to the disk. */
SEC("lsm.s/file_open")
int BPF_PROG(rf_keep_open, struct file *file, int ret)
{
	struct rf_join join = { .task = rf_task_current(), .kind = RF_FLOW_FILE };
	struct rf_holder *holder;

	if (ret || !(file->f_mode & FMODE_WRITE) || !rf_keep_regular(file) || !rf_holders_any())
		return 0;
	holder = rf_holder_current();
	if (!holder || !holder->label)
		return 0;
	join.classes = rf_holder_passes(holder);
	if (!join.classes || !ringfence_keep(file, join.classes))
		return 0;
	return rf_keep_refuse(&join, holder) ? -EACCES : 0;
}

/* Nobody else writes what is in it: not another host, nor a server of FUSE. */
static __always_inline bool rf_keep_local(const struct inode *inode)
{
	switch (inode->i_sb->s_magic) {
	case EXT4_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case TMPFS_MAGIC:
	case OVERLAYFS_SUPER_MAGIC: return true;
	}
	return false;
}

/* The file was asked for what is kept with it, to no avail, and nothing marks it. */
static __always_inline bool rf_keep_nothing(const struct file *file)
{
	const struct inode *inode = file->f_inode;
	struct rf_state *global = rf_state();

	return global && *rf_sieve_asked(&global->sieve, inode) == (__u64)inode &&
	       rf_sieve_passes(file, true);
}

/* Remembers what was kept with an inode of which that is not known yet. */
static __noinline int rf_keep_learn(struct file *file, __u64 *classes)
{
	struct rf_mark mark = { .flags = RF_MARK_DERIVED | RF_MARK_LEARNED };
	struct rf_state *global = rf_state();
	struct rf_inode_key key = {};
	struct rf_mark *known;
	int err;

	rf_inode_key(BPF_CORE_READ(file, f_inode), &key);
	known = bpf_map_lookup_elem(&inodes, &key);
	if (known && known->flags & RF_MARK_LEARNED) {
		*classes = known->written;
		return 0;
	}
	err = ringfence_kept(file, &mark.written);
	if (err)
		return err;
	*classes = mark.written;
	if (known) {
		*classes |= __sync_fetch_and_or(&known->written, mark.written);
		__sync_fetch_and_or(&known->flags, RF_MARK_LEARNED);
		return 0;
	}
	if (!mark.written) {
		if (global && rf_keep_local(file->f_inode))
			*rf_sieve_asked(&global->sieve, file->f_inode) = (__u64)file->f_inode;
		return 0;
	}
	/* Without a mark of its device nobody looks at it. */
	return rf_written_device(key.dev, mark.written) || rf_mark_make(&key, &mark, BPF_ANY);
}

/*
 * Who obtains a label by this file can write others already: it is kept with
 * them before that. What a thread opens meanwhile finds the label in time, or
 * is seen once more by rf_keep_soon().
 */
SEC("lsm.s/file_open")
int BPF_PROG(rf_keep_read, struct file *file, int ret)
{
	struct rf_join join = { .task = rf_task_current(), .kind = RF_FLOW_FILE };
	__u32 flags = file->f_flags;
	struct rf_found found = {};
	struct rf_holder *holder;
	__u64 classes = 0;

	if (ret || !rf_keep_regular(file))
		return 0;
	if ((!(file->f_mode & FMODE_READ) && !(flags & FMODE_EXEC)) || rf_keep_nothing(file))
		return 0;
	holder = rf_holder_current();
	if (rf_keep_learn(file, &classes))
		return rf_keep_refuse(&join, holder) ? -EACCES : 0;
	rf_mark_file(file, &found);
	if (found.read) {
		join.kind = RF_ORIGIN_PATH;
		join.origin = found.origin;
	}
	join.classes = classes | found.read;
	if (!join.classes || (holder && !(join.classes & ~holder->label)) || rf_walker_runs())
		return 0;
	/* Of an exec only what the new image still has open matters. */
	if (holder && !(flags & FMODE_EXEC) &&
	    ringfence_keep_held(join.classes & ~holder->holds & ~holder->removes))
		return rf_keep_refuse(&join, holder) ? -EACCES : 0;
	return rf_join_as(&join, rf_exec_target(rf_task_current(), flags)) ? -EACCES : 0;
}

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
