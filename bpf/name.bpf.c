// SPDX-License-Identifier: GPL-2.0
/*
 * name.bpf.c - flows through names of files, targets of symbolic links, and
 * those who are told of names
 *
 * Who makes a name writes into the directory, who lists it reads: to open a
 * directory, or what is in it by a name that one knows, gives no label.
 */
#include "bpf/noted.h"
#include "bpf/unkept.h"

/*
 * Each time, since what was not kept has its mark all the same. The disk has the
 * label after the name, in the same journal: the locks that are held here forbid
 * it before.
 */
static __always_inline void rf_note_unkept(const struct rf_noting *noting)
{
	struct rf_unkept told = { .classes = noting->classes };
	__u64 one = 1;

	told.what = noting->dentry + noting->attributes;
	bpf_map_update_elem(&unkept, &told, &one, BPF_ANY);
}

int rf_note(struct rf_noting *noting)
{
	const struct inode *inode;
	struct rf_source hop = {};
	struct rf_inode_key key = {};
	__u64 channel, added = 0;

	if (!noting)
		return -EACCES;
	inode = (const void *)noting->inode;
	/* Names of what the kernel has; but it keeps attributes and links as they are given. */
	if (!noting->attributes && (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFDIR &&
	    rf_written_is_setting(BPF_CORE_READ(inode, i_sb, s_magic)))
		return 0;
	if (!rf_keeps && rf_unkept_beside(noting->dentry, noting->classes))
		return -EACCES;
	rf_source_current(&hop, noting->holder, noting->classes, RF_FLOW_NAME);
	rf_beside_key(inode, noting->attributes, &key);
	if (rf_written_below(inode, key.dev, hop.classes) || rf_written_join(&key, &hop, &added))
		return -EACCES;
	rf_note_unkept(noting);
	channel = rf_beside_channel(inode, noting->attributes);
	if (!added)
		return 0;
	return rf_beside_is_data(inode, noting->attributes) ?
		       rf_written_pending_one(channel, &hop) :
		       rf_gain(&channel, &hop);
}

/* @dir gets a name, or another one. */
static __always_inline int rf_name_make(const struct inode *dir, const struct dentry *dentry)
{
	return rf_holders_any() ? rf_noted_write(dentry->d_parent, dir, false) : 0;
}

SEC("lsm/inode_create")
int BPF_PROG(rf_name_create, struct inode *dir, struct dentry *dentry, __u16 mode, int ret)
{
	return ret ? 0 : rf_name_make(dir, dentry) ? -EACCES : 0;
}

SEC("lsm/inode_mkdir")
int BPF_PROG(rf_name_mkdir, struct inode *dir, struct dentry *dentry, __u16 mode, int ret)
{
	return ret ? 0 : rf_name_make(dir, dentry) ? -EACCES : 0;
}

SEC("lsm/inode_mknod")
int BPF_PROG(rf_name_mknod, struct inode *dir, struct dentry *dentry, __u16 mode, __u32 dev,
	     int ret)
{
	return ret ? 0 : rf_name_make(dir, dentry) ? -EACCES : 0;
}

SEC("lsm/inode_link")
int BPF_PROG(rf_name_link, struct dentry *old, struct inode *dir, struct dentry *new, int ret)
{
	if (ret || !rf_holders_any())
		return 0;
	if (rf_noted_write(new->d_parent, dir, false))
		return -EACCES;
	/*
	 * It has none yet: a copy that overlayfs made in this call, and that was open
	 * before the file below it gave the label. Who has lost its names gets no other.
	 */
	if (old->d_inode->i_nlink || !(old->d_inode->i_state & I_LINKABLE))
		return 0;
	return rf_noted_write(rf_keeps ? old : new, old->d_inode, false) ? -EACCES : 0;
}

SEC("lsm/inode_rename")
int BPF_PROG(rf_name_rename, struct inode *old_dir, struct dentry *old, struct inode *new_dir,
	     struct dentry *new, int ret)
{
	return ret ? 0 : rf_name_make(new_dir, new) ? -EACCES : 0;
}

/* --- symbolic links */

/* The link has no inode yet: that is for rf_link_made(). */
static __noinline void rf_link_expect(const struct dentry *dentry)
{
	struct rf_task *task = rf_task_find(rf_task_current());

	if (task)
		task->link = (__u64)dentry;
}

SEC("lsm/inode_symlink")
int BPF_PROG(rf_name_symlink, struct inode *dir, struct dentry *dentry, const char *target, int ret)
{
	if (ret || !rf_holders_any())
		return 0;
	if (rf_noted_write(dentry->d_parent, dir, false))
		return -EACCES;
	rf_link_expect(dentry);
	return 0;
}

/*
 * Before anybody finds it by its name. Its directory has just got a mark: that
 * there is no room for another ends who makes it.
 */
SEC("lsm/d_instantiate")
int BPF_PROG(rf_link_made, struct dentry *dentry, struct inode *inode)
{
	struct rf_task *task = rf_holders_any() ? rf_task_find(rf_task_current()) : NULL;

	if (!task || task->link != (__u64)dentry)
		return 0;
	task->link = 0;
	if (rf_noted_write(dentry, inode, false))
		bpf_send_signal(SIGKILL);
	return 0;
}

/*
 * Who follows it obtains the target as well: the name of what is made there. A
 * target never changes, so nobody can be reading it before it has its mark.
 */
static __always_inline int rf_link_read(const struct inode *inode)
{
	const struct rf_state *global = rf_state();

	if (!global)
		return -EACCES;
	return rf_beside_maybe(global, inode) ? rf_noted_read(inode, false) : 0;
}

/* With the module rf_keep_link() is there instead. */
SEC("lsm/inode_readlink")
int BPF_PROG(rf_unkept_readlink, struct dentry *dentry, int ret)
{
	return ret ? 0 : rf_link_read(dentry->d_inode) ? -EACCES : 0;
}

SEC("lsm/inode_follow_link")
int BPF_PROG(rf_link_follow, struct dentry *dentry, struct inode *inode, bool rcu, int ret)
{
	return ret ? 0 : rf_link_read(inode) ? -EACCES : 0;
}

/* --- who lists, and who is told */

SEC("fentry/iterate_dir")
int BPF_PROG(rf_name_list, struct file *file)
{
	if (rf_noted_read(file->f_inode, false))
		rf_noted_end(file->f_inode, false);
	return 0;
}

/* Of something in @dir the name is told to whoever reads @group. */
static __noinline int rf_watch_told(const struct inode *dir, __u64 group)
{
	const struct rf_mark *mark = rf_noted_mark(dir, false);
	struct rf_source hop = {};

	if (!mark || !mark->written)
		return 0;
	rf_source_current(&hop, mark->node, mark->written, RF_FLOW_NAME);
	if (rf_gain(&group, &hop) || rf_settle(true))
		bpf_send_signal(SIGKILL);
	return 0;
}

/* Which names a labelled process uses is told too. Not inline, for its stack. */
static __noinline int rf_watch_used(__u64 group)
{
	rf_flow_must_write(group, RF_FLOW_NAME);
	return 0;
}

SEC("fentry/inotify_handle_inode_event")
int BPF_PROG(rf_watch_inotify, struct fsnotify_mark *mark, __u32 mask, struct inode *inode,
	     struct inode *dir, const struct qstr *name)
{
	if (!dir || !name)
		return 0;
	rf_watch_told(dir, (__u64)mark->group);
	if (rf_holders_any())
		rf_watch_used((__u64)mark->group);
	return 0;
}

/*
 * fanotify gives names, or the file itself, whose path is to be seen: of all that a
 * labelled process does. inotify puts its own in without a function of its own.
 */
SEC("fentry/fsnotify_insert_event")
int BPF_PROG(rf_watch_fanotify, struct fsnotify_group *group, void *event, void *merge,
	     void *insert)
{
	__u64 address = 0;

	/* No program may load a void pointer. */
	bpf_probe_read_kernel(&address, sizeof(address), &ctx[3]);
	if (address)
		rf_flow_must_write((__u64)group, RF_FLOW_NAME);
	return 0;
}

SEC("fentry/inotify_read")
int BPF_PROG(rf_watch_read_inotify, struct file *file)
{
	rf_flow_must_read((__u64)file->private_data, RF_FLOW_NAME);
	return 0;
}

SEC("fentry/fanotify_read")
int BPF_PROG(rf_watch_read_fanotify, struct file *file)
{
	rf_flow_must_read((__u64)file->private_data, RF_FLOW_NAME);
	return 0;
}

/* How much there is, which says how long the names are. */
SEC("fentry/inotify_ioctl")
int BPF_PROG(rf_watch_count_inotify, struct file *file, unsigned int cmd)
{
	if (cmd == FIONREAD)
		rf_flow_must_read((__u64)file->private_data, RF_FLOW_NAME);
	return 0;
}

SEC("fentry/fanotify_ioctl")
int BPF_PROG(rf_watch_count_fanotify, struct file *file, unsigned int cmd)
{
	if (cmd == FIONREAD)
		rf_flow_must_read((__u64)file->private_data, RF_FLOW_NAME);
	return 0;
}

SEC("fentry/inotify_free_group_priv")
int BPF_PROG(rf_watch_free_inotify, struct fsnotify_group *group)
{
	rf_channel_forget((__u64)group);
	return 0;
}

SEC("fentry/fanotify_free_group_priv")
int BPF_PROG(rf_watch_free_fanotify, struct fsnotify_group *group)
{
	rf_channel_forget((__u64)group);
	return 0;
}
