// SPDX-License-Identifier: GPL-2.0
/*
 * file.bpf.c - the path and program origins: who obtains a marked file's data
 *
 * A label is given when a file is opened for reading or executing, received
 * as a descriptor, or mapped for execution; reads then cost nothing.
 */
#include "bpf/channel.h"
#include "bpf/holder.h"
#include "bpf/mark.h"

static __always_inline bool rf_file_walker(void)
{
	struct rf_task *task = rf_task_find(rf_task_current());
	struct rf_state *global = rf_state();

	return task && global && task->holder == global->walker;
}

static __always_inline int rf_file_obtain(const struct file *file)
{
	const struct task_struct *task = rf_task_current();
	struct rf_join join = { .task = task };
	__u32 flags = BPF_CORE_READ(file, f_flags);
	__u32 mode = BPF_CORE_READ(file, f_mode);
	struct rf_found found = {};

	if (!(mode & FMODE_READ) && !(flags & FMODE_EXEC))
		return 0;
	rf_mark_file(file, &found);
	join.kind = found.read ? RF_ORIGIN_PATH : RF_ORIGIN_PROGRAM;
	join.origin = found.origin;
	join.classes = found.read;
	if (flags & FMODE_EXEC)
		join.classes |= found.exec;
	if (!join.classes || rf_file_walker())
		return 0;
	/* A kernel thread (nfsd, a firmware loader) has no record: refused. */
	return rf_join_as(&join, rf_exec_target(task, flags));
}

/* Its holder can send what is in its memory without a system call. */
static __always_inline int rf_unseen_fd(void)
{
	struct rf_holder *holder = rf_holder_current();

	if (!holder)
		return 0;
	/* Flag first: a label that comes now must see it. */
	__sync_fetch_and_or(&holder->flags, RF_HOLDER_UNSEEN_FD);
	if (!holder->label)
		return 0;
	rf_count_classes(holder->label, RF_COUNTER_DENIED_CALLS);
	rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_UNSEEN));
	return -EACCES;
}

SEC("lsm/file_open")
int BPF_PROG(rf_file_open, struct file *file, int ret)
{
	if (ret)
		return 0;
	if (rf_device_unseen(file) && rf_unseen_fd())
		return -EACCES;
	return rf_file_obtain(file) ? -EACCES : 0;
}

/* Family of the socket behind @file; AF_UNSPEC if it is none. */
static __always_inline __u16 rf_file_family(struct file *file)
{
	struct socket *sock;

	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return AF_UNSPEC;
	sock = bpf_sock_from_file(file);
	return sock ? BPF_CORE_READ(sock, sk, __sk_common.skc_family) : AF_UNSPEC;
}

SEC("lsm/file_receive")
int BPF_PROG(rf_file_receive, struct file *file, int ret)
{
	if (ret)
		return 0;
	if ((rf_family_unseen(rf_file_family(file)) || rf_device_unseen(file)) && rf_unseen_fd())
		return -EACCES;
	return rf_file_obtain(file) ? -EACCES : 0;
}

/*
 * Binder puts a file into the receiver's table from outside, and says who that
 * is by its credentials only: nobody could be labelled.
 */
SEC("lsm/binder_transfer_file")
int BPF_PROG(rf_binder_file, const struct cred *from, const struct cred *to,
	     const struct file *file, int ret)
{
	struct rf_join join = { .task = rf_task_current(), .kind = RF_ORIGIN_PATH };
	struct rf_found found = {};

	if (ret)
		return 0;
	rf_mark_file(file, &found);
	join.classes = found.read;
	join.origin = found.origin;
	if (!join.classes)
		return 0;
	return rf_join_refuse(&join, 0, 0, RF_REASON_RECORD) ? -EACCES : 0;
}

SEC("lsm/mmap_file")
int BPF_PROG(rf_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	struct rf_found found = {};
	__u64 classes;
	__u16 family;
	__u32 kind;

	if (ret || !file)
		return 0;
	family = rf_file_family(file);
	if (family == AF_PACKET || family == AF_XDP)
		return rf_unseen_fd() ? -EACCES : 0;
	if (!(prot & PROT_EXEC))
		return 0;
	/* uselib(2) opens to execute and maps into the image that there is. */
	rf_mark_file(file, &found);
	classes = found.exec | found.read;
	if (!classes)
		return 0;
	kind = found.read ? RF_ORIGIN_PATH : RF_ORIGIN_PROGRAM;
	return rf_join_current(classes, kind, found.origin) ? -EACCES : 0;
}

/*
 * The data of the boot loader's inode and of the file's change places, however
 * the file was opened. Where the data comes from isn't known, so it gives what
 * anything on its device gives. ext4 knows the command in 64-bit calls only.
 */
SEC("lsm/file_ioctl")
int BPF_PROG(rf_file_ioctl, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	struct rf_mark *device;

	if (ret || cmd != EXT4_IOC_SWAP_BOOT)
		return 0;
	device = rf_device_mark(BPF_CORE_READ(file, f_inode, i_sb, s_dev));
	if (!device)
		return 0;
	return rf_join_current(device->read, RF_ORIGIN_PATH, device->origin) ? -EACCES : 0;
}

/* A name outside the tree, or inside: the inode is marked for both. */
SEC("lsm/inode_link")
int BPF_PROG(rf_inode_link, struct dentry *old, struct inode *dir, struct dentry *new, int ret)
{
	struct rf_found found = {};
	struct rf_mark *device;

	if (ret)
		return 0;
	device = rf_device_mark(BPF_CORE_READ(old, d_sb, s_dev));
	if (!device)
		return 0;
	rf_mark_dentry(old, device, &found);
	rf_mark_dentry(BPF_CORE_READ(new, d_parent), device, &found);
	if (!found.read)
		return 0;
	return rf_mark_keep(BPF_CORE_READ(old, d_inode), &found) ? -EACCES : 0;
}

/* A file with more than one name. */
static __always_inline bool rf_inode_linked(const struct inode *inode)
{
	return (BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFDIR &&
	       BPF_CORE_READ(inode, i_nlink) > 1;
}

/*
 * What leaves the tree stays marked, what enters it with another name outside
 * is marked for both, and what takes the place of a marked file (an upgrade,
 * an editor's save) is marked as that was.
 */
SEC("lsm/inode_rename")
int BPF_PROG(rf_inode_rename, struct inode *old_dir, struct dentry *old, struct inode *new_dir,
	     struct dentry *new, int ret)
{
	struct rf_inode_key key = {};
	struct rf_found found = {};
	struct rf_mark *device, *replaced;
	struct inode *target;

	if (ret)
		return 0;
	device = rf_device_mark(BPF_CORE_READ(old, d_sb, s_dev));
	if (!device)
		return 0;
	if (old_dir != new_dir) {
		rf_mark_dentry(old, device, &found);
		if (rf_inode_linked(BPF_CORE_READ(old, d_inode)))
			rf_mark_dentry(BPF_CORE_READ(new, d_parent), device, &found);
	}
	target = BPF_CORE_READ(new, d_inode);
	if (target) {
		rf_inode_key(target, &key);
		replaced = bpf_map_lookup_elem(&inodes, &key);
		if (replaced) {
			found.read |= replaced->read;
			found.exec |= replaced->exec;
			found.origin = replaced->origin;
		}
	}
	if (!found.read && !found.exec)
		return 0;
	return rf_mark_keep(BPF_CORE_READ(old, d_inode), &found) ? -EACCES : 0;
}

/* A deleted inode's number may be used again. */
SEC("lsm/inode_free_security")
int BPF_PROG(rf_inode_free, struct inode *inode)
{
	struct rf_inode_key key = {};

	rf_channel_forget((__u64)inode);
	if (BPF_CORE_READ(inode, i_nlink))
		return 0;
	if (!rf_device_mark(BPF_CORE_READ(inode, i_sb, s_dev)))
		return 0;
	rf_inode_key(inode, &key);
	bpf_map_delete_elem(&inodes, &key);
	return 0;
}

static long rf_inode_of_device(struct bpf_map *map, const struct rf_inode_key *key,
			       const struct rf_mark *mark, const __u32 *dev)
{
	if (key->dev == *dev)
		bpf_map_delete_elem(&inodes, key);
	return 0;
}

/*
 * A file system without a block device ends, and its number goes to the next.
 * On a disk the data stays, and is as regulated when it is mounted again.
 */
SEC("lsm/sb_delete")
int BPF_PROG(rf_sb_delete, struct super_block *sb)
{
	__u32 dev = BPF_CORE_READ(sb, s_dev);

	if (dev >> RF_MINOR_BITS || !rf_device_mark(dev))
		return 0;
	bpf_for_each_map_elem(&inodes, rf_inode_of_device, &dev, 0);
	bpf_map_delete_elem(&devices, &dev);
	return 0;
}
