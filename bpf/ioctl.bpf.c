// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl.bpf.c - flows through what a call sets or tells by a descriptor, however that was
 * opened: attributes of a file, and data that is not its own
 */
#include "bpf/flow.h"
#include "bpf/noted.h"
#include "bpf/verdict.h"

/* Whose it is and which, without the size of what it takes: in 32-bit calls that is another. */
#define RF_IOCTL(type, number) ((type) << 8 | (number))

/* Those of the kernel that are named so, behind RF_ */
enum rf_ioctl_number {
	RF_BTRFS_IOC_TREE_SEARCH = RF_IOCTL(0x94, 17),
	RF_XFS_IOC_ATTRMULTI_BY_HANDLE = RF_IOCTL('X', 123),
	RF_FS_IOC_SETVERSION = RF_IOCTL('v', 2),
	RF_EXT4_IOC_SETVERSION = RF_IOCTL('f', 4),
	RF_EXT4_IOC_SETFSUUID = RF_IOCTL('f', 44),
	RF_FS_IOC_SETFSLABEL = RF_IOCTL(0x94, 50),
	RF_FS_IOC_SETFLAGS = RF_IOCTL('f', 2),
	RF_FS_IOC_FSSETXATTR = RF_IOCTL('X', 32),
	RF_FS_IOC_ENABLE_VERITY = RF_IOCTL('f', 133),
	RF_FS_IOC_SET_ENCRYPTION_POLICY = RF_IOCTL('f', 19),
	RF_BTRFS_IOC_SET_RECEIVED_SUBVOL = RF_IOCTL(0x94, 37),
	RF_FS_IOC_GETFLAGS = RF_IOCTL('f', 1),
	RF_FS_IOC_FSGETXATTR = RF_IOCTL('X', 31),
	RF_XFS_IOC_FSGETXATTRA = RF_IOCTL('X', 45),
	RF_FS_IOC_MEASURE_VERITY = RF_IOCTL('f', 134),
	RF_FS_IOC_READ_VERITY_METADATA = RF_IOCTL('f', 135),
	RF_FS_IOC_GET_ENCRYPTION_POLICY = RF_IOCTL('f', 21),
	RF_FS_IOC_GET_ENCRYPTION_POLICY_EX = RF_IOCTL('f', 22),
	RF_BTRFS_IOC_GET_SUBVOL_INFO = RF_IOCTL(0x94, 60),
};

/* What has this number and takes or gives something is another call of procfs. */
#define RF_EXT4_IOC_SWAP_BOOT RF_IOCTL('f', 17)
/* Of a call: it gives something to the kernel. */
#define RF_IOCTL_WRITES (1U << 30)

enum rf_ioctl {
	RF_IOCTL_OTHER,
	RF_IOCTL_GIVES,
	RF_IOCTL_TELLS,
	RF_IOCTL_RENAMES,
	RF_IOCTL_REFUSED,
	RF_IOCTL_SETS,
};

/* Of a device or a socket the same number is something else. */
static __always_inline enum rf_ioctl rf_ioctl_of(const struct file *file, __u32 cmd)
{
	__u16 type = file->f_inode->i_mode & S_IFMT;

	if (type != S_IFREG && type != S_IFDIR)
		return RF_IOCTL_OTHER;
	/*
	 * The data of the boot loader's inode and of the file's change places; what is in the
	 * trees of btrfs (there are two calls with one number), and attributes of xfs, are
	 * given without opening it. Where the data comes from isn't known, so it gives what
	 * anything on its device gives.
	 */
	if (cmd == RF_EXT4_IOC_SWAP_BOOT)
		return RF_IOCTL_GIVES;
	switch (cmd & 0xffff) {
	case RF_BTRFS_IOC_TREE_SEARCH:
	case RF_XFS_IOC_ATTRMULTI_BY_HANDLE: return RF_IOCTL_GIVES;
	/* The generation is a part of what marks are found by. */
	case RF_FS_IOC_SETVERSION:
	case RF_EXT4_IOC_SETVERSION: return RF_IOCTL_RENAMES;
	/* No file would be marked. Who asks for the UUID uses the same number. */
	case RF_EXT4_IOC_SETFSUUID:
		return cmd & RF_IOCTL_WRITES ? RF_IOCTL_REFUSED : RF_IOCTL_OTHER;
	case RF_FS_IOC_SETFSLABEL: return RF_IOCTL_REFUSED;
	case RF_FS_IOC_SETFLAGS:
	case RF_FS_IOC_FSSETXATTR:
	case RF_FS_IOC_ENABLE_VERITY:
	case RF_FS_IOC_SET_ENCRYPTION_POLICY:
	case RF_BTRFS_IOC_SET_RECEIVED_SUBVOL: return RF_IOCTL_SETS;
	case RF_FS_IOC_GETFLAGS:
	case RF_FS_IOC_FSGETXATTR:
	case RF_XFS_IOC_FSGETXATTRA:
	case RF_FS_IOC_MEASURE_VERITY:
	case RF_FS_IOC_READ_VERITY_METADATA:
	case RF_FS_IOC_GET_ENCRYPTION_POLICY:
	case RF_FS_IOC_GET_ENCRYPTION_POLICY_EX:
	case RF_BTRFS_IOC_GET_SUBVOL_INFO: return RF_IOCTL_TELLS;
	}
	return RF_IOCTL_OTHER;
}

/* Not inline, for its stack, as what follows. */
static __noinline int rf_ioctl_gives(const struct inode *inode)
{
	const struct rf_mark *device = rf_device_mark(inode->i_sb->s_dev);

	if (!device || !(device->read | device->exec | device->written))
		return 0;
	return rf_join_current(device->read | device->written, RF_ORIGIN_PATH, device->origin);
}

/* What @file tells of what is not its data. */
static __always_inline int rf_ioctl_read(const struct file *file, __u32 cmd)
{
	switch (rf_ioctl_of(file, cmd)) {
	case RF_IOCTL_GIVES: return rf_ioctl_gives(file->f_inode);
	case RF_IOCTL_TELLS: return rf_noted_read(file->f_inode, true);
	default: return 0;
	}
}

/* Who would pass on what it has may not; nor anybody, where there is @device. */
static __noinline int rf_ioctl_refuse(const struct rf_mark *device)
{
	struct rf_join join = { .task = rf_task_current(), .kind = RF_ORIGIN_NONE };
	const struct rf_holder *holder = rf_holder_current();

	if (device)
		join.classes = device->read | device->exec | device->written;
	if (holder)
		join.classes |= rf_holder_passes(holder);
	join.classes &= ~rf_audited();
	return join.classes ? rf_join_refuse_task(&join, RF_REASON_RECORD) : 0;
}

/* A program of its own: the stack of what is above would be added to that of this. */
static __always_inline int rf_ioctl_write(const struct file *file, __u32 cmd)
{
	enum rf_ioctl what = rf_ioctl_of(file, cmd);
	struct rf_task *task;

	if (what < RF_IOCTL_RENAMES)
		return 0;
	task = rf_task_find(rf_task_current());
	if (task)
		rf_call_hold(task, RF_NODE_NONE, RF_FLOW_NAME);
	if (what == RF_IOCTL_RENAMES)
		return rf_ioctl_refuse(rf_device_mark(file->f_inode->i_sb->s_dev));
	if (what == RF_IOCTL_REFUSED)
		return rf_ioctl_refuse(NULL);
	return rf_noted_write(file->f_path.dentry, file->f_inode, true);
}

SEC("lsm/file_ioctl")
int BPF_PROG(rf_file_ioctl, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret || !rf_ioctl_read(file, cmd) ? 0 : -EACCES;
}

SEC("lsm/file_ioctl")
int BPF_PROG(rf_file_ioctl_set, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret || !rf_ioctl_write(file, cmd) ? 0 : -EACCES;
}

/* --- by 32-bit programs */

SEC("lsm/file_ioctl_compat")
int BPF_PROG(rf_file_compat, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret || !rf_ioctl_read(file, cmd) ? 0 : -EACCES;
}

SEC("lsm/file_ioctl_compat")
int BPF_PROG(rf_file_compat_set, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret || !rf_ioctl_write(file, cmd) ? 0 : -EACCES;
}
