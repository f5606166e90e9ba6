// SPDX-License-Identifier: GPL-2.0
/*
 * unkept.bpf.c - where the module is not there to keep labels: what outlives the
 * boot is written by labelled processes only in trees that give their label anyway
 *
 * The programs whose names begin with unkept_ are left out where the module is.
 * That of writes is there for what was opened before the label came, by whatever
 * way. A mapping can't be refused its writes: who has one gets no label.
 */
#include "bpf/flow.h"
#include "bpf/holder.h"
#include "bpf/mark.h"
#include "bpf/unkept.h"
#include "bpf/verdict.h"

/* No header has these. */
#define RF_MQUEUE_MAGIC 0x19800202
#define RF_CONFIGFS_MAGIC 0x62656570

/* Of an ioctl's number: whose it is and which, whatever it takes. */
#define RF_IOCTL_NAME 0xffff
#define RF_XFS_SWAP_EXTENTS ('X' << 8 | 109)
#define RF_F2FS_MOVE_RANGE (0xf5 << 8 | 9)

/* Deeper ones are in no tree. */
#define RF_UNKEPT_DEPTH 64

/*
 * rf_keep_outlives() of the module, for what can be written to. What overlayfs
 * opens below is asked about for itself.
 */
static __always_inline bool rf_unkept_on(const struct super_block *sb)
{
	if (BPF_CORE_READ(sb, s_bdev))
		return true;
	switch (BPF_CORE_READ(sb, s_magic)) {
	case TMPFS_MAGIC:
	case RAMFS_MAGIC:
	case HUGETLBFS_MAGIC:
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case SELINUX_MAGIC:
	case SMACK_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case RDTGROUP_SUPER_MAGIC:
	case BPF_FS_MAGIC:
	case BINFMTFS_MAGIC:
	case SECRETMEM_MAGIC:
	case PID_FS_MAGIC:
	case RF_MQUEUE_MAGIC:
	case RF_CONFIGFS_MAGIC:
	case OVERLAYFS_SUPER_MAGIC: return false;
	}
	return true;
}

/*
 * Of @classes, what is lost with the boot behind the name @address, a dentry or
 * 0; but for those in audit mode, in which nothing is refused. Global, as those
 * of holder.h: verified once. A loop and no bpf_loop(), since few calls are left
 * where it is asked.
 */
__noinline __u64 rf_unkept_lost(__u64 address, __u64 classes)
{
	const struct dentry *dentry = (const void *)address, *parent;
	const struct super_block *sb = BPF_CORE_READ(dentry, d_sb);
	__u32 dev = BPF_CORE_READ(sb, s_dev);
	const struct rf_mark *mark;
	__u64 given = 0;

	classes &= ~rf_audited();
	if (!address || !classes)
		return classes;
#pragma clang loop unroll(disable)
	for (int i = 0; i < RF_UNKEPT_DEPTH; i++) {
		mark = rf_mark_of(BPF_CORE_READ(dentry, d_inode), dev);
		/* What a hook has marked, no policy marks after the boot. */
		if (mark && !(mark->flags & RF_MARK_DERIVED))
			given |= mark->read;
		parent = BPF_CORE_READ(dentry, d_parent);
		if (parent == dentry)
			break;
		dentry = parent;
	}
	/* What hangs in no tree may be given any name. */
	return dentry == BPF_CORE_READ(sb, s_root) ? classes & ~given : classes;
}

/* The same of a file, which may be a disk: no part of that is in a tree. */
static __always_inline __u64 rf_unkept_file(const struct file *file, __u64 classes)
{
	const struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	const struct inode *inode = BPF_CORE_READ(file, f_inode);

	switch (BPF_CORE_READ(inode, i_mode) & S_IFMT) {
	case S_IFREG:
		if (!rf_unkept_on(BPF_CORE_READ(inode, i_sb)))
			return 0;
		if (BPF_CORE_READ(dentry, d_inode) != inode)
			dentry = rf_mark_alias(inode);
		return rf_unkept_lost((__u64)dentry, classes);
	case S_IFBLK: return rf_unkept_lost(0, classes);
	}
	return 0;
}

static __noinline int rf_unkept_refuse(__u64 classes)
{
	struct rf_join join = {
		.task = rf_task_current(),
		.kind = RF_FLOW_FILE,
		.classes = classes,
	};

	return rf_join_refuse_task(&join, RF_REASON_KEEP);
}

/* What the running task passes on. */
static __always_inline __u64 rf_unkept_passes(void)
{
	const struct rf_holder *holder = rf_holders_any() ? rf_holder_current() : NULL;

	return holder ? rf_holder_passes(holder) : 0;
}

/* Is the running task to be refused to write to @file? */
static __noinline int rf_unkept_write_to(const struct file *file)
{
	__u64 classes = rf_unkept_passes();

	if (classes)
		classes = rf_unkept_file(file, classes);
	return classes ? rf_unkept_refuse(classes) : 0;
}

int rf_unkept_open(__u64 address)
{
	return rf_unkept_write_to((const void *)address) ? -EACCES : 0;
}

/*
 * rf_pipe_write() can't refuse, and ends the writer. The data is in the pipe then,
 * and who waits for it is labelled; here that would be too late.
 */
static __noinline int rf_unkept_pipe(const struct file *file)
{
	return rf_flow_write((__u64)file->f_inode, RF_FLOW_PIPE);
}

/*
 * On every read and write, which is why it is only here where nothing else can
 * be done: an open file can't be closed from outside, and neither can who has it
 * be ended.
 */
SEC("lsm/file_permission")
int BPF_PROG(rf_unkept_write, struct file *file, int mask, int ret)
{
	__u16 type;

	if (!(mask & MAY_WRITE) || ret || !rf_holders_any())
		return 0;
	type = file->f_inode->i_mode & S_IFMT;
	if (type == S_IFIFO)
		return rf_unkept_pipe(file) ? -EACCES : 0;
	if (type != S_IFREG && type != S_IFBLK)
		return 0;
	return rf_unkept_write_to(file) ? -EACCES : 0;
}

/*
 * Blocks of two open files change places. Which files only the call's memory says,
 * and that may say others by then; so nobody who has a label does it. What ext4
 * gives away so (EXT4_IOC_MOVE_EXT) reads as zeros.
 */
static __noinline int rf_unkept_ioctl_of(__u32 cmd)
{
	__u64 classes;

	switch (cmd & RF_IOCTL_NAME) {
	case RF_XFS_SWAP_EXTENTS:
	case RF_F2FS_MOVE_RANGE:
		classes = rf_unkept_lost(0, rf_unkept_passes());
		return classes ? rf_unkept_refuse(classes) : 0;
	}
	return 0;
}

SEC("lsm/file_ioctl")
int BPF_PROG(rf_unkept_ioctl, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret || !rf_unkept_ioctl_of(cmd) ? 0 : -EACCES;
}

SEC("lsm/file_ioctl_compat")
int BPF_PROG(rf_unkept_ioctl_compat, struct file *file, unsigned int cmd, unsigned long arg,
	     int ret)
{
	return ret || !rf_unkept_ioctl_of(cmd) ? 0 : -EACCES;
}

/* --- names: what is in a tree now may be outside of it at the next boot */

/*
 * What labelled processes have put into a tree stays there, whoever would move
 * it; they themselves move and link nothing that is not in one then.
 */
static __noinline int rf_unkept_name(void *ctx, __u32 old_number, __u32 new_number)
{
	__u64 classes = rf_unkept_passes(), from = 0, to = 0;
	const struct super_block *sb;
	const struct dentry *old;
	const struct rf_mark *mark;

	/* A global function takes no typed pointer for a number. */
	bpf_get_func_arg(ctx, old_number, &from);
	bpf_get_func_arg(ctx, new_number, &to);
	old = (const void *)from;
	sb = BPF_CORE_READ(old, d_sb);

	if (!rf_unkept_on(sb))
		return 0;
	mark = rf_mark_of(BPF_CORE_READ(old, d_inode), BPF_CORE_READ(sb, s_dev));
	if (mark && mark->written)
		classes |= mark->written & ~rf_unkept_lost(from, mark->written);
	if (classes)
		classes = rf_unkept_lost(to, classes);
	return classes ? rf_unkept_refuse(classes) : 0;
}

SEC("lsm/inode_rename")
int BPF_PROG(rf_unkept_rename, struct inode *old_dir, struct dentry *old, struct inode *new_dir,
	     struct dentry *new, int ret)
{
	return ret || !rf_unkept_name(ctx, 1, 3) ? 0 : -EACCES;
}

SEC("lsm/inode_link")
int BPF_PROG(rf_unkept_link, struct dentry *old, struct inode *dir, struct dentry *new, int ret)
{
	return ret || !rf_unkept_name(ctx, 0, 2) ? 0 : -EACCES;
}

int rf_unkept_beside(__u64 address, __u64 classes)
{
	const struct dentry *dentry = (const void *)address;

	if (!rf_unkept_on(BPF_CORE_READ(dentry, d_sb)))
		return 0;
	classes = rf_unkept_lost(address, classes);
	return classes ? rf_unkept_refuse(classes) : 0;
}

/* --- shared mappings */

int rf_unkept_map(__u64 address)
{
	const struct file *file = (const void *)address;

	return rf_holders_any() && rf_unkept_write_to(file) ? -EACCES : 0;
}

struct rf_unkept_maps {
	__u64 id;
	__u64 classes;
	__u64 lost;
};

static long rf_unkept_edge(struct bpf_map *map, const struct rf_edge *edge, const __u64 *kind,
			   struct rf_unkept_maps *maps)
{
	const struct rf_channel *channel;
	const struct inode *inode;

	if (edge->from != maps->id || !rf_node_is_channel(edge->to))
		return 0;
	channel = bpf_map_lookup_elem(&channels, &edge->to);
	if (!channel || !(channel->flags & RF_CHANNEL_FILE))
		return 0;
	inode = (const void *)edge->to;
	if (rf_unkept_on(BPF_CORE_READ(inode, i_sb)))
		maps->lost |= rf_unkept_lost((__u64)rf_mark_alias(inode), maps->classes);
	return 0;
}

__u64 rf_unkept_mapped(__u64 id, __u64 classes)
{
	struct rf_unkept_maps maps = { .id = id, .classes = classes };

	bpf_for_each_map_elem(&edges, rf_unkept_edge, &maps, 0);
	return maps.lost;
}
