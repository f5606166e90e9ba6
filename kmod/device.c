// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/ringfence, the ioctls of uapi/ringfence.h
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "anchor.h"
#include "classes.h"
#include "device.h"
#include "gate.h"
#include "keep.h"
#include "management.h"

/*
 * Asked at every call and not at open alone: a descriptor may have been
 * handed to somebody. Root of a user namespace is not root here.
 */
static bool rf_device_permitted(void)
{
	return uid_eq(current_euid(), GLOBAL_ROOT_UID) && capable(CAP_SYS_ADMIN);
}

static long rf_device_arm(const void __user *arg)
{
	struct rf_ioc_arm *arm;
	int err;

	arm = memdup_user(arg, sizeof(*arm));
	if (IS_ERR(arm))
		return PTR_ERR(arm);
	err = rf_anchor_arm(arm);
	kfree(arm);
	return err;
}

static long rf_device_management(const void __user *arg)
{
	struct rf_ioc_management *management;
	int err;

	management = memdup_user(arg, sizeof(*management));
	if (IS_ERR(management))
		return PTR_ERR(management);
	err = rf_management_set(management);
	kfree(management);
	return err;
}

static long rf_device_status(void __user *arg)
{
	struct rf_ioc_status status;

	rf_gate_status(&status);
	return copy_to_user(arg, &status, sizeof(status)) ? -EFAULT : 0;
}

static long rf_device_classes(const void __user *arg)
{
	struct rf_ioc_classes *classes;
	int err;

	classes = memdup_user(arg, sizeof(*classes));
	if (IS_ERR(classes))
		return PTR_ERR(classes);
	err = rf_classes_set(classes);
	kfree(classes);
	return err;
}

static long rf_device_keep(const void __user *arg)
{
	struct rf_ioc_keep keep;
	struct file *file;
	int err;

	if (copy_from_user(&keep, arg, sizeof(keep)))
		return -EFAULT;
	if (keep.abi != RF_ABI_VERSION || keep.pad || keep.flags & ~RF_KEEP_REPLACE)
		return -EINVAL;
	file = fget(keep.fd);
	if (!file)
		return -EBADF;
	if (keep.flags & RF_KEEP_REPLACE)
		err = rf_keep_replace(file, keep.label);
	else
		err = rf_keep(file, keep.label);
	fput(file);
	return err;
}

static long rf_device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *pointer = (void __user *)arg;

	if (!rf_device_permitted())
		return -EPERM;

	switch (cmd) {
	case RF_IOC_ARM:
		return rf_device_arm(pointer);
	case RF_IOC_DISARM:
		rf_anchor_disarm();
		return 0;
	case RF_IOC_MANAGEMENT:
		return rf_device_management(pointer);
	case RF_IOC_STATUS:
		return rf_device_status(pointer);
	case RF_IOC_CLASSES:
		return rf_device_classes(pointer);
	case RF_IOC_KEEP:
		return rf_device_keep(pointer);
	default:
		return -ENOTTY;
	}
}

static int rf_device_open(struct inode *inode, struct file *file)
{
	return rf_device_permitted() ? nonseekable_open(inode, file) : -EPERM;
}

static const struct file_operations rf_device_fops = {
	.owner = THIS_MODULE,
	.open = rf_device_open,
	.unlocked_ioctl = rf_device_ioctl,
	/* The structs are laid out alike for 32-bit programs. */
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice rf_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ringfence",
	.fops = &rf_device_fops,
	.mode = 0600,
};

int rf_device_init(void)
{
	return misc_register(&rf_device);
}

void rf_device_exit(void)
{
	misc_deregister(&rf_device);
}
