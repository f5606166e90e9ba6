/* SPDX-License-Identifier: GPL-2.0 */
/*
 * declassify.h - programs that the policy trusts to hold classes without
 * passing them on, or to take them out of what they pass on
 *
 * The trust is in the program: in its file (see rf_mark), and that nobody else
 * has a say in what it does. So its powers begin with an exec that nothing
 * regulated went into and nobody watches, and end when code of others than
 * root is mapped into it. A fork has them too, being the same image.
 */
#ifndef RF_BPF_DECLASSIFY_H
#define RF_BPF_DECLASSIFY_H

#include "bpf/holder.h"
#include "bpf/mark.h"

#define FUSE_SUPER_MAGIC 0x65735546
/* Bytes of arguments and environment that are looked at in one step, and steps. */
#define RF_STRINGS_PART 64
#define RF_STRINGS_STEPS 32768
/* Deeper than a process gets: a filter costs each of its system calls. */
#define RF_FILTERS_MAX 256

/* What goes through the doors. */
static __always_inline __u64 rf_holder_sends(const struct rf_holder *holder)
{
	return holder->label & ~holder->removes;
}

static __always_inline __u64 rf_holder_powers(const struct rf_holder *holder)
{
	return holder->holds | holder->removes;
}

static __always_inline void rf_declassify_tell(__u64 id, const struct rf_holder *holder,
					       __u64 classes, __u8 type, __u8 reason)
{
	struct rf_event *event = rf_event_begin(type);

	if (!event)
		return;
	event->holder = id;
	event->label = holder->label;
	event->classes = classes;
	event->reason = reason;
	rf_event_current(event);
	bpf_ringbuf_submit(event, 0);
}

/* The running task sends, or passes on, without these classes. */
static __noinline int rf_removed(__u64 id, const struct rf_holder *holder)
{
	__u64 classes;

	if (!holder)
		return 0;
	classes = holder->label & holder->removes;
	if (!classes)
		return 0;
	rf_count_classes(classes, RF_COUNTER_REMOVED);
	rf_declassify_tell(id, holder, classes, RF_EVENT_REMOVED, 0);
	return 0;
}

/* As rf_holder_passes(), and counts what the powers are used for. */
static __always_inline __u64 rf_holder_pass(__u64 id, const struct rf_holder *holder)
{
	__u64 powers = holder->label & rf_holder_powers(holder);

	if (powers) {
		rf_removed(id, holder);
		if (powers & ~holder->removes)
			rf_count_classes(powers & ~holder->removes, RF_COUNTER_HELD);
	}
	return rf_holder_passes(holder);
}

/**
 * struct rf_strings - the arguments and the environment of a new image
 * @at, @end: user addresses
 */
struct rf_strings {
	__u64 at;
	__u64 end;
	__u32 done;
	__u32 loads; /* one of them is for the loader */
};

static long rf_strings_part(__u32 i, struct rf_strings *strings)
{
	char part[RF_STRINGS_PART + 4] = {};
	__u64 left = strings->end - strings->at;
	__u32 len = sizeof(part);
	__u32 hit = 0;

	if (left < len)
		len = left;
	/* The verifier wants to see it of the value that it is called with. */
	barrier_var(len);
	if (len > sizeof(part) || bpf_probe_read_user(part, len, (void *)strings->at))
		return 1;
	for (int k = 0; k < RF_STRINGS_PART; k++) {
		/* Without a branch, of which the verifier would see both sides 64 times. */
		__u32 other = (__u8)part[k] | ((__u8)part[k + 1] ^ 'L') |
			      ((__u8)part[k + 2] ^ 'D') | ((__u8)part[k + 3] ^ '_');

		barrier_var(other);
		hit |= (other - 1) >> 31;
	}
	strings->loads |= hit;
	strings->done = left <= RF_STRINGS_PART;
	strings->at += RF_STRINGS_PART;
	return strings->loads || strings->done;
}

/*
 * LD_PRELOAD and its like put others' code in. The strings are at the top of
 * the new stack by now: arguments, environment, and the name of the file at
 * @bprm->exec. An argument that looks like one is taken for one.
 */
static __always_inline bool rf_exec_loads(const struct linux_binprm *bprm)
{
	struct rf_strings strings = {};

	strings.at = BPF_CORE_READ(bprm, p);
	strings.end = BPF_CORE_READ(bprm, exec);
	if (strings.at >= strings.end)
		return true;
	bpf_loop(RF_STRINGS_STEPS, rf_strings_part, &strings, 0);
	return strings.loads || !strings.done;
}

struct rf_filters {
	const struct seccomp_filter *filter;
	__u32 done;
	__u32 answered;
};

static long rf_filters_step(__u32 i, struct rf_filters *filters)
{
	const struct seccomp_filter *filter = filters->filter;

	if (!filter) {
		filters->done = true;
		return 1;
	}
	if (BPF_CORE_READ(filter, notif))
		filters->answered = 1;
	filters->filter = BPF_CORE_READ(filter, prev);
	return filters->answered != 0;
}

/*
 * Somebody else may answer its system calls (a tracer, a seccomp listener), or
 * chose what its absolute names are (who made a user namespace may mount).
 */
static __always_inline bool rf_exec_watched(const struct task_struct *task)
{
	struct rf_filters filters = {};

	if (BPF_CORE_READ(task, ptrace) || BPF_CORE_READ(task, cred, user_ns, level))
		return true;
	filters.filter = BPF_CORE_READ(task, seccomp.filter);
	bpf_loop(RF_FILTERS_MAX, rf_filters_step, &filters, 0);
	return filters.answered || !filters.done;
}

/* At the end of the exec: @holder is the new image's alone. */
static __always_inline void rf_declassify_exec(const struct linux_binprm *bprm, __u64 id)
{
	const struct inode *inode = bprm->file->f_inode;
	struct rf_holder *holder = rf_holder_find(id);
	const struct rf_state *global = rf_state();
	struct rf_inode_key key = {};
	const struct rf_mark *mark;

	if (!holder || !global)
		return;
	holder->holds = 0;
	holder->removes = 0;
	if (!rf_sieve_inode(&global->sieve, inode->i_ino, inode->i_sb->s_dev))
		return;
	rf_inode_key(inode, &key);
	mark = bpf_map_lookup_elem(&inodes, &key);
	if (!mark || !(mark->holds | mark->removes))
		return;
	if (holder->label || rf_exec_loads(bprm) || rf_exec_watched(rf_task_current())) {
		rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_UNTRUSTED));
		rf_declassify_tell(id, holder, holder->label | mark->removes, RF_EVENT_REFUSED,
				   RF_REASON_UNTRUSTED);
		return;
	}
	holder->holds = mark->holds;
	holder->removes = mark->removes;
}

/* Only root could have written what is in @inode. */
static __always_inline bool rf_inode_of_root(const struct inode *inode)
{
	__u16 mode = inode->i_mode;

	if (inode->i_sb->s_magic == FUSE_SUPER_MAGIC || inode->i_uid.val || mode & 0002)
		return false;
	/* By the group, if it is not root's */
	return !(mode & 0020) || !inode->i_gid.val;
}

/* The running task maps @file to execute it; its powers end if it is others' code. */
static __always_inline void rf_declassify_map(const struct file *file)
{
	const struct inode *inode = file->f_inode;
	struct rf_inode_key key = {};
	const struct rf_mark *mark;
	struct rf_holder *holder;
	struct rf_task *task;

	/* Asked first, since it is so for almost all that is mapped. */
	if (rf_inode_of_root(inode))
		return;
	task = rf_task_find(rf_task_current());
	holder = task ? rf_holder_find(task->holder) : NULL;
	if (!holder || !rf_holder_powers(holder))
		return;
	/* The program itself may be others': the policy names it. */
	rf_inode_key(inode, &key);
	mark = bpf_map_lookup_elem(&inodes, &key);
	if (mark && (mark->holds | mark->removes))
		return;
	rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_UNTRUSTED));
	rf_declassify_tell(task->holder, holder, holder->label | holder->removes, RF_EVENT_REFUSED,
			   RF_REASON_UNTRUSTED);
	holder->holds = 0;
	holder->removes = 0;
}

#endif /* RF_BPF_DECLASSIFY_H */
