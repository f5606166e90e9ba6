// SPDX-License-Identifier: GPL-2.0
/*
 * attribute.bpf.c - flows through extended attributes: values, names, and
 * access control lists
 *
 * Every `ls -l` asks each file for some, so who asks gets a label only if a
 * labelled process set one of that file, whatever is in the file.
 */
#include "bpf/attribute.h"
#include "bpf/noted.h"

static __always_inline int rf_attribute_write(const struct dentry *dentry, const char *name)
{
	if (!rf_holders_any() || rf_attribute_is_note(name))
		return 0;
	return rf_noted_write(dentry, dentry->d_inode, true);
}

/* Who could be about to set one while nobody has a label has none to give. */
static __always_inline int rf_attribute_read(const struct dentry *dentry, const char *name)
{
	const struct rf_state *global = rf_state();
	const struct inode *inode = dentry->d_inode;

	if (!global)
		return -EACCES;
	if (!global->labelled && !rf_beside_maybe(global, inode))
		return 0;
	if (name && rf_attribute_is_note(name))
		return 0;
	return rf_noted_read(inode, true);
}

SEC("lsm/inode_setxattr")
int BPF_PROG(rf_attribute_set, void *idmap, struct dentry *dentry, const char *name,
	     const void *value, unsigned long size, int flags, int ret)
{
	return ret ? 0 : rf_attribute_write(dentry, name) ? -EACCES : 0;
}

/* With the module rf_keep_attribute() is there instead. */
SEC("lsm/inode_getxattr")
int BPF_PROG(rf_unkept_attribute, struct dentry *dentry, const char *name, int ret)
{
	return ret ? 0 : rf_attribute_read(dentry, name) ? -EACCES : 0;
}

SEC("lsm/inode_listxattr")
int BPF_PROG(rf_attribute_list, struct dentry *dentry, int ret)
{
	return ret ? 0 : rf_attribute_read(dentry, NULL) ? -EACCES : 0;
}

/*
 * From 6.2 on access control lists pass hooks of their own, which 6.1 lacks: who
 * would be refused is ended.
 */
SEC("fentry/security_inode_set_acl")
int BPF_PROG(rf_attribute_set_acl, void *idmap, struct dentry *dentry, const char *name)
{
	if (rf_attribute_write(dentry, name))
		bpf_send_signal(SIGKILL);
	return 0;
}

SEC("fentry/security_inode_get_acl")
int BPF_PROG(rf_attribute_get_acl, void *idmap, struct dentry *dentry, const char *name)
{
	if (rf_attribute_read(dentry, name))
		rf_noted_end(dentry->d_inode, true);
	return 0;
}
