// SPDX-License-Identifier: GPL-2.0
/*
 * guard.bpf.c - the enforcement's own links and pins, and what calls them
 *
 * No one detaches, replaces or unpins them but the daemon when it disarms,
 * and it says so in the state map first.
 */
#include "bpf/guard.h"
#include "bpf/holder.h"
#include "bpf/mark.h"

/* For the daemon alone, so one that is killed meanwhile leaves nothing open. */
static __always_inline bool rf_guard_unlocked(const struct rf_state *global)
{
	struct rf_task *task = rf_task_find(rf_task_current());

	return global->unlocked && task && task->holder == global->unlocked;
}

/* Identifier of the link behind a descriptor of the running task. */
static __always_inline __u32 rf_guard_link(__u32 fd)
{
	const struct file *file = rf_file_of(fd);
	struct bpf_link *link;

	link = file ? BPF_CORE_READ(file, private_data) : NULL;
	return link ? BPF_CORE_READ(link, id) : 0;
}

static __always_inline const struct bpf_prog *rf_guard_program(__u32 fd)
{
	const struct file *file = rf_file_of(fd);

	return file ? BPF_CORE_READ(file, private_data) : NULL;
}

/* Ours by name; who has it of somebody else's program loses nothing else. */
static __always_inline bool rf_guard_ours(const struct bpf_prog *program)
{
	struct bpf_prog_aux *aux = program ? BPF_CORE_READ(program, aux) : NULL;
	char name[16] = {};

	if (aux)
		bpf_probe_read_kernel(name, sizeof(name), aux->name);
	return name[0] == 'r' && name[1] == 'f' && name[2] == '_';
}

/*
 * A program of type EXT takes the place of a function of another one. It names
 * it when it is loaded, or when it is linked.
 */
static __always_inline bool rf_guard_replaces(int cmd, const union bpf_attr *attr)
{
	struct {
		__u32 program;
		__u32 target;
	} link = {};
	__u32 type = 0, target = 0;

	if (cmd == BPF_PROG_LOAD) {
		bpf_probe_read_kernel(&type, sizeof(type), attr);
		bpf_probe_read_kernel(&target, sizeof(target),
				      (void *)attr + offsetof(union bpf_attr, attach_prog_fd));
	} else if (cmd == BPF_LINK_CREATE) {
		const struct bpf_prog *program;

		bpf_probe_read_kernel(&link, sizeof(link), attr);
		program = rf_guard_program(link.program);
		type = program ? BPF_CORE_READ(program, type) : 0;
		target = link.target;
	}
	return type == BPF_PROG_TYPE_EXT && rf_guard_ours(rf_guard_program(target));
}

SEC("lsm/bpf")
int BPF_PROG(rf_guard_bpf, int cmd, union bpf_attr *attr, unsigned int size, int ret)
{
	struct rf_state *global = rf_state();
	__u32 fd = 0, id;

	if (ret || !global)
		return 0;
	if (rf_guard_replaces(cmd, attr))
		return rf_guard_refuse() ? -EPERM : 0;
	if (cmd != BPF_LINK_DETACH && cmd != BPF_LINK_UPDATE)
		return 0;
	/* Both commands begin with the link's descriptor. */
	bpf_probe_read_kernel(&fd, sizeof(fd), attr);
	id = rf_guard_link(fd);
	if (!id || !bpf_map_lookup_elem(&links, &id) || rf_guard_unlocked(global))
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}

/* True for anything in a directory that holds our pins. */
static __always_inline bool rf_guard_pinned(const struct dentry *dentry)
{
	const struct inode *inode = BPF_CORE_READ(dentry, d_parent, d_inode);
	struct rf_state *global = rf_state();
	struct rf_inode_key key = {};
	struct rf_mark *mark;

	rf_inode_key(inode, &key);
	if (!global || key.dev != global->pin_dev || rf_guard_unlocked(global))
		return false;
	mark = bpf_map_lookup_elem(&inodes, &key);
	if (mark && (mark->flags & RF_MARK_PINS))
		return true;
	rf_inode_key(BPF_CORE_READ(dentry, d_inode), &key);
	mark = bpf_map_lookup_elem(&inodes, &key);
	return mark && (mark->flags & RF_MARK_PINS);
}

/* A directory with pins in it can't be removed. */
SEC("lsm/inode_unlink")
int BPF_PROG(rf_guard_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	if (ret || !rf_guard_pinned(dentry))
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}

/* A pin is also gone when something else gets its name. */
SEC("lsm/inode_rename")
int BPF_PROG(rf_guard_rename, struct inode *old_dir, struct dentry *old, struct inode *new_dir,
	     struct dentry *new, int ret)
{
	if (ret || (!rf_guard_pinned(old) && !rf_guard_pinned(new)))
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}

/* Steps: two for each of fs.mount-max mounts */
#define RF_MOUNTS_MAX 200000

struct rf_guard_walk {
	const struct rf_state *global;
	const struct mount *root;
	const struct mount *at;
	bool up;
	bool found;
	bool done;
};

/*
 * The daemon's mount keeps the pins; a copy in another namespace, which is
 * given up for every container, does not unless it takes that one along.
 */
static __always_inline bool rf_guard_keeps(const struct rf_state *global, const struct mount *at)
{
	if (BPF_CORE_READ(at, mnt.mnt_sb, s_dev) != global->pin_dev)
		return false;
	return BPF_CORE_READ(at, mnt_ns, ns.inum) == global->pin_ns ||
	       BPF_CORE_READ(at, mnt_parent, mnt.mnt_flags) & MNT_SHARED;
}

static __always_inline const struct mount *rf_guard_child(const struct list_head *node)
{
	return (void *)((__u64)node - bpf_core_field_offset(struct mount, mnt_child));
}

/* The same way through the tree as the kernel's next_mnt() */
static long rf_guard_step(__u32 i, struct rf_guard_walk *walk)
{
	const struct mount *at = walk->at, *parent;
	const struct list_head *next;

	if (!walk->up) {
		walk->found = rf_guard_keeps(walk->global, at);
		if (walk->found)
			return 1;
		next = BPF_CORE_READ(at, mnt_mounts.next);
		if (next != __builtin_preserve_access_index(&at->mnt_mounts)) {
			walk->at = rf_guard_child(next);
			return 0;
		}
	}
	if (at == walk->root) {
		walk->done = true;
		return 1;
	}
	parent = BPF_CORE_READ(at, mnt_parent);
	next = BPF_CORE_READ(at, mnt_child.next);
	walk->up = next == __builtin_preserve_access_index(&parent->mnt_mounts);
	walk->at = walk->up ? parent : rf_guard_child(next);
	return 0;
}

/* What is unmounted lazily takes along what is mounted below it. */
static __always_inline bool rf_guard_below(const struct rf_state *global,
					   const struct vfsmount *mnt)
{
	struct rf_guard_walk walk = { .global = global };

	walk.root = (void *)((__u64)mnt - bpf_core_field_offset(struct mount, mnt));
	walk.at = walk.root;
	bpf_loop(RF_MOUNTS_MAX, rf_guard_step, &walk, 0);
	/* A tree that changes while we walk may lead nowhere. */
	return walk.found || !walk.done;
}

/* The last mount of a bpffs takes its pins with it. */
SEC("lsm/sb_umount")
int BPF_PROG(rf_guard_umount, struct vfsmount *mnt, int flags, int ret)
{
	struct rf_state *global = rf_state();

	if (ret || !global || !global->pin_dev || rf_guard_unlocked(global))
		return 0;
	if (BPF_CORE_READ(mnt, mnt_sb, s_dev) != global->pin_dev &&
	    (!(flags & MNT_DETACH) || !rf_guard_below(global, mnt)))
		return 0;
	return rf_guard_refuse() ? -EPERM : 0;
}

/* Whether the running task writes to /proc/sys/kernel/ftrace_enabled. */
static __always_inline bool rf_guard_setting(struct bpf_sysctl *ctx)
{
	char setting[] = "kernel/ftrace_enabled", name[sizeof(setting)] = {};

	if (!ctx->write || bpf_sysctl_get_name(ctx, name, sizeof(name), 0) < 0)
		return false;
	for (__u32 i = 0; i < sizeof(name); i++)
		if (name[i] != setting[i])
			return false;
	return true;
}

/*
 * At 0 the kernel calls no LSM program, fentry or fexit, while their links are
 * there as before. It calls those of cgroups, so one of these keeps it from 0.
 */
SEC("cgroup/sysctl")
int rf_guard_sysctl(struct bpf_sysctl *ctx)
{
	char now[2] = {};

	if (!rf_guard_setting(ctx))
		return 1;
	/* It was 0 before: from there it can only get better. */
	if (bpf_sysctl_get_current_value(ctx, now, sizeof(now)) > 0 && now[0] == '0')
		return 1;
	rf_guard_refuse();
	return 0;
}
