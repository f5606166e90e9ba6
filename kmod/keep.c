// SPDX-License-Identifier: GPL-2.0
/*
 * labels kept in extended attributes, so that they outlive the boot
 */
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xattr.h>

#include "classes.h"
#include "compat.h"
#include "keep.h"
#include "patience.h"
#include "uapi/ringfence.h"

/* All classes of now, and as many that are not known any more. */
#define RF_KEEP_TEXT_MAX (2 * RF_CLASS_MAX * (RF_CLASS_NAME_MAX + 1) + 1)

/* No header has these. */
#define RF_MQUEUE_MAGIC 0x19800202
#define RF_PIDFS_MAGIC 0x50494446
#define RF_CONFIGFS_MAGIC 0x62656570

static atomic64_t rf_keep_written;

u64 rf_keep_count(void)
{
	return atomic64_read(&rf_keep_written);
}

bool rf_keep_outlives(const struct super_block *sb)
{
	if (sb->s_bdev)
		return true;
	switch (sb->s_magic) {
	case TMPFS_MAGIC: /* devtmpfs, memfd and shared memory too */
	case RAMFS_MAGIC:
	case HUGETLBFS_MAGIC:
	case DEVPTS_SUPER_MAGIC:
	case PIPEFS_MAGIC:
	case SOCKFS_MAGIC:
	case ANON_INODE_FS_MAGIC:
	case NSFS_MAGIC:
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
	case BINDERFS_SUPER_MAGIC:
	case DMA_BUF_MAGIC:
	case SECRETMEM_MAGIC:
	case RF_MQUEUE_MAGIC:
	case RF_PIDFS_MAGIC:
	case RF_CONFIGFS_MAGIC:
		return false;
	default:
		return true;
	}
}

/*
 * The inode that has the data of @file; NULL if it has not been opened yet. To
 * ask overlayfs before that would find the layer that is about to be copied.
 */
static struct inode *rf_keep_inode(const struct file *file)
{
	struct inode *inode = file_inode(file);

	if (inode->i_sb->s_magic != OVERLAYFS_SUPER_MAGIC)
		return inode;
	return file->f_mode & FMODE_OPENED ? d_real_inode(file->f_path.dentry) : NULL;
}

/*
 * The classes of @text that are known, in @known.
 * Return: 0, 1 if there are others too, or -EBADMSG.
 */
static int rf_keep_parse(const char *text, size_t len, u64 *known)
{
	const char *at = text + 1, *end = text + len;
	int unknown = 0;

	*known = 0;
	if (!len || *text != '1' || memchr(text, 0, len))
		return -EBADMSG;
	while (at < end) {
		size_t word;
		int bit;

		if (*at++ != ' ')
			return -EBADMSG;
		word = strcspn(at, " ");
		if (!word)
			return -EBADMSG;
		bit = rf_classes_bit(at, word);
		if (bit < 0)
			unknown = 1;
		else
			*known |= BIT_ULL(bit);
		at += word;
	}
	return unknown;
}

/* Adds the names of @label behind @text. Return: the new length, or an errno. */
static ssize_t rf_keep_add(char *text, size_t len, u64 label)
{
	unsigned int bit;
	int name;

	for (bit = 0; bit < RF_CLASS_MAX; bit++) {
		if (!(label & BIT_ULL(bit)))
			continue;
		if (len + RF_CLASS_NAME_MAX + 2 > RF_KEEP_TEXT_MAX)
			return -E2BIG;
		text[len++] = ' ';
		name = rf_classes_name(bit, text + len);
		if (name < 0)
			return name;
		len += name;
	}
	return len;
}

/*
 * The text, with a NUL behind it. Return: its length, -ENODATA without one, or
 * an errno; -EBADMSG for one that we would not have written.
 */
static ssize_t rf_keep_get(struct dentry *dentry, const char *name, char *text)
{
	ssize_t len;

	len = __vfs_getxattr(dentry, d_inode(dentry), name, text, RF_KEEP_TEXT_MAX);
	if (len == -ERANGE || len == -E2BIG)
		return -EBADMSG;
	if (len >= 0)
		text[len] = 0;
	return len;
}

/* Neither our own guard nor the caller's capabilities are asked. */
static int rf_keep_put(struct dentry *dentry, const char *name, const char *text, size_t len)
{
	int err;

	err = __vfs_setxattr(RF_NO_IDMAP, dentry, d_inode(dentry), name, text, len, 0);
	if (!err)
		atomic64_inc(&rf_keep_written);
	return err;
}

static int rf_keep_join(struct dentry *dentry, const char *name, u64 label, char *text)
{
	ssize_t len;
	u64 known = 0;

	len = rf_keep_get(dentry, name, text);
	if (len == -ENODATA)
		len = strscpy(text, "1", RF_KEEP_TEXT_MAX);
	else if (len >= 0 && rf_keep_parse(text, len, &known) < 0)
		len = -EBADMSG;
	/* What is damaged gives every class already. */
	if (len == -EBADMSG)
		return 0;
	if (len < 0)
		return len;
	if (!(label & ~known))
		return 0;
	len = rf_keep_add(text, len, label & ~known);
	if (len < 0)
		return len;
	return rf_keep_put(dentry, name, text, len);
}

static int rf_keep_remove(struct dentry *dentry, const char *name)
{
	int err = __vfs_removexattr(RF_NO_IDMAP, dentry, name);

	return err == -ENODATA || err == -EOPNOTSUPP ? 0 : err;
}

static int rf_keep_become(struct dentry *dentry, const char *name, u64 label, char *text)
{
	ssize_t len;
	int err;

	if (label) {
		text[0] = '1';
		len = rf_keep_add(text, 1, label);
		return len < 0 ? len : rf_keep_put(dentry, name, text, len);
	}
	err = rf_keep_remove(dentry, RF_KEEP_ATTRIBUTES);
	return err ? err : rf_keep_remove(dentry, name);
}

/*
 * The caller may be within a write to the file system already (O_CREAT,
 * O_TRUNC, overlayfs), so this must not wait for a freeze that waits for it.
 */
static int rf_keep_begin(struct super_block *sb)
{
	struct rf_patience patience;

	if (sb_rdonly(sb))
		return -EROFS;
	rf_patience_begin(&patience);
	while (!sb_start_write_trylock(sb)) {
		if (!rf_patience_left(&patience))
			return -EBUSY;
	}
	return 0;
}

/*
 * Journals write the attribute before what makes room for new data, but not
 * before data that goes where the file has some. Others may need what their
 * open has not made yet.
 */
static bool rf_keep_syncs(const struct file *file, const struct inode *inode)
{
	if (!i_size_read(inode) || !S_ISREG(inode->i_mode))
		return false;
	if (file->f_mode & FMODE_OPENED)
		return true;
	switch (inode->i_sb->s_magic) {
	case EXT4_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

typedef int rf_keep_change(struct dentry *dentry, const char *name, u64 label, char *text);

static int rf_keep_locked(struct dentry *dentry, const char *name, u64 label,
			  rf_keep_change *change)
{
	char *text = kmalloc(RF_KEEP_TEXT_MAX + 1, GFP_KERNEL);
	struct inode *inode = d_inode(dentry);
	int err;

	err = text ? rf_keep_begin(inode->i_sb) : -ENOMEM;
	if (!err) {
		inode_lock(inode);
		err = change(dentry, name, label, text);
		inode_unlock(inode);
		sb_end_write(inode->i_sb);
	}
	kfree(text);
	return err;
}

static int rf_keep_changed(struct file *file, u64 label, rf_keep_change *change)
{
	struct inode *inode = rf_keep_inode(file);
	u64 before = rf_keep_count();
	struct dentry *dentry;
	int err;

	if (!inode || !rf_keep_outlives(inode->i_sb))
		return 0;
	/* What is open has a name, if only that of a file without any. */
	dentry = d_find_any_alias(inode);
	err = dentry ? rf_keep_locked(dentry, RF_KEEP_XATTR, label, change) : -ESTALE;
	dput(dentry);
	/* Others' writes are taken for ours: that costs time only. */
	if (err || rf_keep_count() == before || !rf_keep_syncs(file, inode))
		return err;
	err = vfs_fsync(file, 0);
	return err == -EINVAL ? 0 : err;
}

int rf_keep(struct file *file, u64 label)
{
	return label ? rf_keep_changed(file, label, rf_keep_join) : 0;
}

int rf_keep_replace(struct file *file, u64 label)
{
	return rf_keep_changed(file, label, rf_keep_become);
}

/* Not of overlayfs: the layers' own are asked next, as for rf_keep_inode(). */
bool rf_keep_wants(const struct dentry *dentry)
{
	const struct super_block *sb = dentry->d_sb;

	return sb->s_magic != OVERLAYFS_SUPER_MAGIC && rf_keep_outlives(sb);
}

int rf_keep_beside(struct dentry *dentry, u64 label, bool attributes)
{
	/* What is gone needs no label; it may have been made to no avail. */
	if (d_really_is_negative(dentry) || !d_inode(dentry)->i_nlink)
		return 0;
	return rf_keep_locked(dentry, attributes ? RF_KEEP_ATTRIBUTES : RF_KEEP_XATTR, label,
			      rf_keep_join);
}

static int rf_kept_with(struct dentry *dentry, const char *name, u64 *label)
{
	char *text = kmalloc(RF_KEEP_TEXT_MAX + 1, GFP_KERNEL);
	ssize_t len = -ENOMEM;
	u64 known = 0;

	if (text)
		len = rf_keep_get(dentry, name, text);
	if (len >= 0 && rf_keep_parse(text, len, &known))
		len = -EBADMSG;
	kfree(text);
	if (len < 0 && len != -EBADMSG && len != -ENODATA && len != -EOPNOTSUPP)
		return len;
	*label = len == -EBADMSG ? RF_KEPT_UNKNOWN : known;
	return 0;
}

int rf_kept(struct file *file, u64 *label)
{
	struct inode *inode = rf_keep_inode(file);
	struct dentry *dentry;
	int err;

	*label = 0;
	if (!inode || !rf_keep_outlives(inode->i_sb))
		return 0;
	dentry = d_find_any_alias(inode);
	err = dentry ? rf_kept_with(dentry, RF_KEEP_XATTR, label) : -ESTALE;
	dput(dentry);
	return err;
}

int rf_kept_beside(struct dentry *dentry, bool attributes, u64 *label)
{
	*label = 0;
	if (!rf_keep_wants(dentry))
		return 0;
	return rf_kept_with(dentry, attributes ? RF_KEEP_ATTRIBUTES : RF_KEEP_XATTR, label);
}

bool rf_kept_more(struct dentry *dentry, bool attributes, const char *text, size_t len)
{
	const char *name = attributes ? RF_KEEP_ATTRIBUTES : RF_KEEP_XATTR;
	char *now = kmalloc(RF_KEEP_TEXT_MAX + 1, GFP_KERNEL);
	char *next = kmemdup_nul(text, len, GFP_KERNEL);
	u64 known = 0, wanted = 0;
	bool more = true;
	ssize_t size;

	if (now && next) {
		size = rf_keep_get(dentry, name, now);
		if (size == -ENODATA || size == -EOPNOTSUPP)
			more = false;
		else if (size >= 0 && !rf_keep_parse(now, size, &known))
			more = rf_keep_parse(next, len, &wanted) < 0 || known & ~wanted;
	}
	kfree(next);
	kfree(now);
	return more;
}
