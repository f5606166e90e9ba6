// SPDX-License-Identifier: GPL-2.0
/*
 * file.bpf.c - the path and program origins: who obtains a marked file's data
 *
 * A label is given when a file is opened for reading or executing, received
 * as a descriptor, or mapped for execution; reads then cost nothing.
 */
#include "bpf/declassify.h"
#include "bpf/flow.h"
#include "bpf/keep.h"
#include "bpf/mark.h"
#include "bpf/proc.h"
#include "bpf/shared.h"
#include "bpf/unkept.h"
#include "bpf/written.h"

/* How who obtains it comes by what @found says. */
static __always_inline void rf_file_kind(struct rf_join *join, const struct rf_found *found)
{
	if (found->read) {
		join->kind = RF_ORIGIN_PATH;
	} else if (found->written) {
		join->kind = RF_FLOW_FILE;
		join->from = found->node;
	} else {
		join->kind = RF_ORIGIN_PROGRAM;
	}
	join->origin = found->origin;
}

/* Not inline: the stack is not to be added to that of what follows. */
static __noinline __u64 rf_file_target(__u32 flags)
{
	return rf_exec_target(rf_task_current(), flags);
}

/* The label that who obtains @file gets; rf_file_join() gives it. */
static __noinline int rf_file_gives(const struct file *file, struct rf_join *join, __u64 kept)
{
	struct rf_found found = {};

	if (!join)
		return -EACCES;
	rf_mark_file(file, &found);
	found.written |= kept;
	rf_file_kind(join, &found);
	join->classes = found.read | found.written;
	if (file->f_flags & FMODE_EXEC)
		join->classes |= found.exec;
	return 0;
}

static __noinline int rf_file_join(const struct file *file, __u64 kept, bool keep)
{
	struct rf_join join = { .task = rf_task_current() };
	__u32 flags = file->f_flags;

	rf_file_gives(file, &join, kept);
	if (!join.classes || rf_walker_runs())
		return 0;
	if (keep && rf_keep_held(&join, flags & FMODE_EXEC))
		return -EACCES;
	/* A kernel thread (nfsd, a firmware loader) has no record: refused. */
	return rf_join_as(&join, rf_file_target(flags));
}

static __always_inline bool rf_file_is_obtained(const struct file *file)
{
	return file->f_mode & FMODE_READ || file->f_flags & FMODE_EXEC;
}

/* What is obtained otherwise than by open: see rf_file_passes() */
static __always_inline int rf_file_obtain(const struct file *file)
{
	if (!rf_file_is_obtained(file) || rf_sieve_passes(file, false))
		return 0;
	return rf_file_join(file, 0, false);
}

/* Not inline: see rf_inet_send(). */
static __noinline int rf_file_show(const struct file *file)
{
	return rf_proc_open(file);
}

/*
 * What a labelled process may write from now on has its label. @own: see
 * rf_written_shared().
 */
static __noinline int rf_file_write(const struct file *file, int own)
{
	struct rf_task *task = rf_task_find(rf_task_current());
	struct rf_holder *holder = task ? rf_holder_find(task->holder) : NULL;
	__u64 passed = holder ? rf_holder_passes(holder) : 0;
	struct rf_writing writing = { .file = (__u64)file, .classes = passed, .own = own };

	if (!passed)
		return 0;
	writing.holder = task->holder;
	if (!rf_written_stays(file->f_inode->i_mode, file->f_inode->i_sb->s_magic))
		return 0;
	return rf_write(&writing) || rf_settle(false) ? -EACCES : 0;
}

/* Its holder can pass data on where no hook sees it. */
static __noinline int rf_unseen_fd(void)
{
	struct rf_join join = { .task = rf_task_current(), .kind = RF_ORIGIN_NONE };
	struct rf_holder *holder = rf_holder_current();

	if (!holder)
		return 0;
	/* Flag first: a label that comes now must see it. */
	__sync_fetch_and_or(&holder->flags, RF_HOLDER_UNSEEN_FD);
	join.classes = holder->label & ~rf_audited();
	return join.classes ? rf_join_refuse_task(&join, RF_REASON_UNSEEN) : 0;
}

/* Nothing is kept with it, or made up when it is read: its marks say all that it gives. */
static __always_inline bool rf_file_is_plain(struct rf_sieve *sieve, const struct inode *inode)
{
	if (rf_keeps)
		return rf_keep_asked(sieve, inode);
	return inode->i_sb->s_magic != PROC_SUPER_MAGIC;
}

/* So it is for almost all that is opened. @file: a regular one */
static __always_inline bool rf_file_gives_nothing(const struct file *file,
						  const struct inode *inode)
{
	struct rf_state *global = rf_state();

	return global && rf_file_is_plain(&global->sieve, inode) &&
	       rf_sieve_file(&global->sieve, file, inode);
}

/* @file: the hook's first argument */
static __always_inline int rf_file_writes(void *ctx, struct file *file, int own)
{
	__u64 address = 0;

	if (!(file->f_mode & FMODE_WRITE) || !rf_holders_any())
		return 0;
	/* For who takes no typed pointer. */
	bpf_get_func_arg(ctx, 0, &address);
	if (!rf_keeps && rf_unkept_open(address))
		return -EACCES;
	if ((file->f_inode->i_mode & S_IFMT) == S_IFREG && rf_keep_write(file))
		return -EACCES;
	return rf_file_write(file, own);
}

/*
 * 1 if who opens @file gets no label by it; 0 if that is to be asked, with what is
 * kept with it in @kept; -EACCES. Not inline: see rf_inet_send().
 */
static __noinline int rf_file_passes(struct file *file, const struct inode *inode, bool regular,
				     __u64 *kept)
{
	if (!regular) {
		if (!rf_file_is_obtained(file))
			return 1;
		/* Who lists a directory gets the label of its names, and not who opens it. */
		if (rf_keep_lists(file) && rf_keep_learn(file, kept))
			return rf_keep_unread();
		*kept = 0;
		return rf_sieve_passes(file, true);
	}
	if (inode->i_sb->s_magic == PROC_SUPER_MAGIC && rf_file_show(file))
		return -EACCES;
	return rf_keeps && rf_keep_learn(file, kept) ? rf_keep_unread() : 0;
}

/*
 * Sleeps, since the module does. So the walks that follow are not under RCU: an
 * entry would have to be freed between two reads of one step to be missed.
 */
SEC("lsm.s/file_open")
int BPF_PROG(rf_file_open, struct file *file, int ret)
{
	const struct inode *inode = file->f_inode;
	bool regular = (inode->i_mode & S_IFMT) == S_IFREG;
	__u64 kept = 0;
	int passes = 1;

	if (ret)
		return 0;
	if ((!regular || file->f_mode & FMODE_WRITE) && rf_device_unseen(file) && rf_unseen_fd())
		return -EACCES;
	if (!regular || (rf_file_is_obtained(file) && !rf_file_gives_nothing(file, inode)))
		passes = rf_file_passes(file, inode, regular, &kept);
	if (passes < 0 || (!passes && rf_file_join(file, kept, regular && rf_keeps)))
		return -EACCES;
	/* The open itself has two: the file's and the walk's. */
	return rf_file_writes(ctx, file, 2) ? -EACCES : 0;
}

/* Family of the socket behind @file; AF_UNSPEC if it is none. */
static __always_inline __u16 rf_file_family(struct file *file)
{
	struct socket *sock;

	if ((file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return AF_UNSPEC;
	sock = bpf_sock_from_file(file);
	return sock && sock->sk ? sock->sk->__sk_common.skc_family : AF_UNSPEC;
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
	join.classes = (found.read | found.written) & ~rf_audited();
	join.origin = found.origin;
	if (!join.classes)
		return 0;
	return rf_join_refuse_task(&join, RF_REASON_RECORD) ? -EACCES : 0;
}

/* The same of data. Who answers is not asked: see tests/attacks/list. */
SEC("lsm/binder_transaction")
int BPF_PROG(rf_binder_data, const struct cred *from, const struct cred *to, int ret)
{
	struct rf_join join = { .task = rf_task_current(), .kind = RF_ORIGIN_NONE };
	const struct rf_holder *holder = rf_holder_current();

	join.classes = !ret && holder ? rf_holder_passes(holder) & ~rf_audited() : 0;
	if (!join.classes)
		return 0;
	return rf_join_refuse_task(&join, RF_REASON_RECORD) ? -EACCES : 0;
}

/*
 * Memory that others may have as well. A fork has it silently: see
 * rf_task_alloc(). A segment is attached without an open, and its file has a
 * label of its own.
 */
static __always_inline void rf_map_shared(void)
{
	struct rf_holder *holder = rf_holder_current();

	if (holder)
		__sync_fetch_and_or(&holder->flags, RF_HOLDER_MAPS);
}

/* -EACCES if a holder with a label can't be told of who has the memory too. */
static __always_inline int rf_map_writable(struct rf_holder *holder, __u64 id,
					   const struct inode *inode)
{
	unsigned long magic = BPF_CORE_READ(inode, i_sb, s_magic);
	__u16 mode = BPF_CORE_READ(inode, i_mode);

	__sync_fetch_and_or(&holder->flags, RF_HOLDER_MAPS);
	if (rf_shared_by_forks(mode, BPF_CORE_READ(inode, i_flags), magic))
		return 0;
	/* What has no room for the edge gets no label. */
	if (rf_share(holder, id, (__u64)inode, rf_written_stays(mode, magic)))
		return holder->label ? -EACCES : 0;
	/* A label that came since rf_unkept_map(). */
	if (!rf_keeps && holder->label && rf_unkept_mapped(id, rf_holder_passes(holder)))
		return -EACCES;
	return 0;
}

/* The running task shares the memory of @inode with whoever has it too. @writes: or only reads */
static __noinline int rf_map_join(const struct inode *inode, bool writes)
{
	struct rf_task *task = rf_task_find(rf_task_current());
	struct rf_holder *holder = task ? rf_holder_find(task->holder) : NULL;
	__u64 node = (__u64)inode, label;

	if (!holder)
		return 0;
	if (writes && rf_map_writable(holder, task->holder, inode))
		return -EACCES;
	/* After the edge: a label that comes now goes along it. */
	label = rf_channel_label(node);
	if (label && rf_flow_join(node, label, RF_FLOW_MEMORY, false))
		return -EACCES;
	/* Both have it when one does. */
	label = rf_holder_passes(holder);
	if (!label || !(holder->flags & RF_HOLDER_EDGES) || rf_channel_has(node, label))
		return 0;
	return rf_work_add(task->holder) || rf_settle(false) ? -EACCES : 0;
}

/* Not inline: see rf_inet_send(). */
static __noinline __u64 rf_map_inode(const struct file *file)
{
	return (__u64)rf_file_inode(file);
}

static __always_inline int rf_map_shared_file(const struct file *file)
{
	return rf_map_join((const void *)rf_map_inode(file), file->f_mode & FMODE_WRITE);
}

/*
 * Rings and the like, which have an inode each: who has the descriptor can have all
 * done that who has mapped it can.
 */
static __always_inline bool rf_file_is_ring(const struct inode *inode)
{
	return inode->i_sb->s_magic == ANON_INODE_FS_MAGIC && !(inode->i_flags & S_PRIVATE);
}

SEC("lsm/inode_init_security_anon")
int BPF_PROG(rf_ring_make, struct inode *inode, const struct qstr *name,
	     const struct inode *context, int ret)
{
	return !ret && rf_map_join(inode, true) ? -EACCES : 0;
}

/* The descriptor may have been open to write already, to who had no label. */
SEC("lsm.s/file_receive")
int BPF_PROG(rf_file_receive, struct file *file, int ret)
{
	if (ret)
		return 0;
	if ((rf_family_unseen(rf_file_family(file)) || rf_device_unseen(file)) && rf_unseen_fd())
		return -EACCES;
	if (rf_file_obtain(file))
		return -EACCES;
	if (rf_file_is_ring(file->f_inode) && rf_map_join(file->f_inode, true))
		return -EACCES;
	return rf_file_writes(ctx, file, 1) ? -EACCES : 0;
}

/* What who maps @file to execute it obtains. Not inline: see rf_inet_send(). */
static __noinline int rf_map_obtains(const struct file *file, struct rf_join *join)
{
	struct rf_found found = {};

	rf_mark_file(file, &found);
	rf_file_kind(join, &found);
	join->classes = found.exec | found.read | found.written;
	return 0;
}

/* uselib(2) opens to execute and maps into the image that there is. */
static __noinline int rf_map_execute(const struct file *file)
{
	struct rf_join join = { .task = rf_task_current() };

	rf_map_obtains(file, &join);
	return join.classes ? rf_join(&join) : 0;
}

static __noinline int rf_map_code(const struct file *file)
{
	rf_declassify_map(file);
	return 0;
}

SEC("lsm/mmap_file")
int BPF_PROG(rf_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	__u64 address = 0;
	__u16 family;

	if (ret)
		return 0;
	/* NULL for no file, which 6.12's verifier believes that it never is. */
	bpf_get_func_arg(ctx, 0, &address);
	if (!address) {
		if (flags & MAP_SHARED)
			rf_map_shared();
		return 0;
	}
	if (!rf_keeps && flags & MAP_SHARED && file->f_mode & FMODE_WRITE && rf_unkept_map(address))
		return -EACCES;
	if (flags & MAP_SHARED && rf_map_shared_file(file))
		return -EACCES;
	family = rf_file_family(file);
	if (family == AF_PACKET || family == AF_XDP)
		return rf_unseen_fd() ? -EACCES : 0;
	if (!(prot & PROT_EXEC))
		return 0;
	rf_map_code(file);
	if (rf_sieve_passes(file, false))
		return 0;
	return rf_map_execute(file) ? -EACCES : 0;
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
	struct rf_state *global = rf_state();
	struct rf_inode_key key = {};
	__u64 *asked;

	rf_channel_forget((__u64)inode);
	rf_channel_forget(rf_attributes_of(inode));
	if (!global)
		return 0;
	asked = rf_sieve_asked(&global->sieve, inode, false);
	if (*asked == (__u64)inode)
		*asked = 0;
	asked = rf_sieve_asked(&global->sieve, inode, true);
	if (*asked == rf_attributes_of(inode))
		*asked = 0;
	if (inode->i_nlink)
		return 0;
	if (rf_sieve_inode(&global->sieve, inode->i_ino, inode->i_sb->s_dev)) {
		rf_inode_key(inode, &key);
		bpf_map_delete_elem(&inodes, &key);
	}
	if (rf_sieve_inode(&global->sieve, ~inode->i_ino, inode->i_sb->s_dev)) {
		rf_beside_key(inode, false, &key);
		bpf_map_delete_elem(&inodes, &key);
		rf_beside_key(inode, true, &key);
		bpf_map_delete_elem(&inodes, &key);
	}
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
