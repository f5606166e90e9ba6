/* SPDX-License-Identifier: GPL-2.0 */
/*
 * labels kept in extended attributes, so that they outlive the boot
 *
 * Only where the data outlives it too; elsewhere there is nothing to keep and
 * every function says 0. On overlayfs the label is kept with the layer's file:
 * while one of overlayfs is being opened nothing is kept, since the layer's is
 * opened next and is asked about then.
 */
#ifndef RF_KEEP_H
#define RF_KEEP_H

#include <linux/types.h>

struct dentry;
struct file;
struct super_block;

/* What reads as more than any label, and is foreign everywhere. */
#define RF_KEPT_UNKNOWN (~0ULL)

/**
 * rf_keep_outlives() - may files of a file system be there after a reboot?
 *
 * True for all but those that are known to end with the boot. A tmpfs on disk
 * by swap is encrypted or lost: it ends.
 */
bool rf_keep_outlives(const struct super_block *sb);

/**
 * rf_keep() - label(attribute) |= label
 * @file: open, or in the course of it
 *
 * When it returns 0, the attribute will be on the disk before any data that is
 * written from now on: where data of the file may be overwritten in place, it
 * is on the disk already (ext4, xfs, btrfs, and whatever was open before).
 *
 * Context: process; may sleep; not under the inode's lock.
 * Return: 0, -ENOENT (a bit without a class), -EOPNOTSUPP (no such attributes),
 *	-EROFS, -EBUSY (it stays frozen), or what the file system says.
 */
int rf_keep(struct file *file, u64 label);

/**
 * rf_keep_replace() - the attribute becomes @label; without one, it goes
 *
 * Otherwise as rf_keep().
 */
int rf_keep_replace(struct file *file, u64 label);

/**
 * rf_kept() - what the attribute says
 * @label: set on success; RF_KEPT_UNKNOWN if a class is unknown or the text is
 *	damaged
 *
 * Context: process; may sleep.
 * Return: 0, also without an attribute, or what the file system says.
 */
int rf_kept(struct file *file, u64 *label);

/**
 * rf_keep_wants() - is what is noted at @dentry to be kept there? See below.
 */
bool rf_keep_wants(const struct dentry *dentry);

/**
 * rf_keep_beside() - label(attribute) |= label, for what is in no open file
 * @dentry: a directory with names, or a symbolic link; or what has extended
 *	@attributes
 *
 * It is in the same journal as what it is for, or in the next. Otherwise as
 * rf_keep().
 */
int rf_keep_beside(struct dentry *dentry, u64 label, bool attributes);

/**
 * rf_kept_beside() - rf_kept() for that
 */
int rf_kept_beside(struct dentry *dentry, bool attributes, u64 *label);

/**
 * rf_kept_more() - does the dentry's own inode have what @text lacks?
 * @attributes: in the label of its extended attributes
 * @text: @len bytes, an attribute that is to take the place of the one there
 *
 * True too if that can't be told. May sleep.
 */
bool rf_kept_more(struct dentry *dentry, bool attributes, const char *text, size_t len);

/* Attributes written since load. */
u64 rf_keep_count(void);

#endif /* RF_KEEP_H */
