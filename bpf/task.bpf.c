// SPDX-License-Identifier: GPL-2.0
/*
 * task.bpf.c - inheritance: fork, exec, exit
 */
#include "bpf/cgroup.h"
#include "bpf/declassify.h"
#include "bpf/source.h"
#include "bpf/spliced.h"

static __always_inline int rf_task_record(const struct task_struct *task, __u64 holder)
{
	struct rf_task record = { .holder = holder };
	__u64 key = (__u64)task;

	return bpf_map_update_elem(&tasks, &key, &record, BPF_ANY);
}

static __always_inline void rf_label_copy(__u64 from, __u64 label, __u64 to)
{
	struct rf_holder *holder = rf_holder_find(to);
	__u64 added = holder ? label & ~holder->label : 0;

	if (!added)
		return;
	rf_holder_add(holder, added);
	rf_source_copy(from, to, added);
}

/* The child is the same image. */
static __always_inline void rf_powers_copy(const struct rf_holder *from, __u64 to)
{
	struct rf_holder *holder;

	if (!rf_holder_powers(from))
		return;
	holder = rf_holder_find(to);
	if (!holder)
		return;
	holder->holds = from->holds;
	holder->removes = from->removes;
}

/*
 * Kernel threads have no record, those neither that start later: what is
 * regulated they are refused. The programs that they start hold nothing yet.
 * Children of any other task without a record stay without one.
 */
static __always_inline int rf_task_stray(const struct task_struct *child)
{
	__u64 id;

	if (!(BPF_CORE_READ(rf_task_current(), flags) & PF_KTHREAD) ||
	    BPF_CORE_READ(child, flags) & PF_KTHREAD)
		return 0;
	id = rf_holder_make(0, 0);
	if (id && rf_task_record(child, id))
		rf_holder_put(id);
	return 0;
}

/*
 * A child that shares memory or descriptors is the same holder; any other is
 * a new one with a copy of the label. If the child can't be recorded the fork
 * is refused where it may come to hold something: the parent is labelled, or
 * a sibling may be while the memory is copied.
 */
SEC("lsm/task_alloc")
int BPF_PROG(rf_task_alloc, struct task_struct *child, unsigned long flags, int ret)
{
	struct rf_task *parent;
	struct rf_holder *holder;
	__u64 id;

	if (ret)
		return 0;
	parent = rf_task_find(rf_task_current());
	if (!parent)
		return rf_task_stray(child);
	holder = rf_holder_find(parent->holder);
	if (!holder)
		return 0;

	/* It has the shared memory, which no hook sees: one holder until exec. */
	if (flags & (CLONE_VM | CLONE_FILES) || holder->flags & RF_HOLDER_MAPS) {
		id = parent->holder;
		__sync_fetch_and_add(&holder->refs, 1);
		if (!(flags & CLONE_THREAD))
			__sync_fetch_and_or(&holder->flags, RF_HOLDER_SHARED);
	} else {
		id = rf_holder_make(0, holder->flags & RF_HOLDER_INHERITED);
		if (id && !rf_holder_is_init(holder)) {
			rf_powers_copy(holder, id);
			rf_label_copy(parent->holder, holder->label, id);
		}
	}
	if (id && !rf_task_record(child, id))
		return 0;
	if (id)
		rf_holder_put(id);
	return holder->label || holder->refs > 1 ? -EAGAIN : 0;
}

/*
 * The memory was copied after task_alloc: what a sibling obtained in between
 * is in the child too. The child has not run yet.
 */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(rf_task_fork, struct task_struct *parent, struct task_struct *child)
{
	struct rf_task *from = rf_task_find(parent), *to = rf_task_find(child);
	const struct cgroup *cgroup;
	struct rf_holder *holder;

	if (!from || !to)
		return 0;
	cgroup = child->cgroups->dfl_cgrp;
	/* Nothing is new in a thread; but see below. */
	if (from->holder == to->holder && cgroup == parent->cgroups->dfl_cgrp)
		return 0;
	holder = rf_holder_find(from->holder);
	if (!holder)
		return 0;
	if (holder->label && from->holder != to->holder && !rf_holder_is_init(holder))
		rf_label_copy(from->holder, holder->label, to->holder);
	/*
	 * clone3() may start it in another cgroup; in shared memory too, as
	 * posix_spawn() does. Then its parent gets that label as well.
	 */
	rf_cgroup_join(child, cgroup);
	return 0;
}

SEC("lsm/task_free")
int BPF_PROG(rf_task_free, struct task_struct *task)
{
	struct rf_task *record = rf_task_find(task);
	__u64 key = (__u64)task;

	if (!record)
		return 0;
	rf_holder_put(record->holder);
	if (record->next)
		rf_holder_put(record->next);
	bpf_map_delete_elem(&tasks, &key);
	return 0;
}

/*
 * Exec leaves the shared memory and descriptors behind: what is shared now
 * stays with the old holder and this task goes on as a new one. It is made
 * here, where exec can still fail, and taken at the end, where it can't.
 */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(rf_exec_begin, struct linux_binprm *bprm, int ret)
{
	struct rf_holder *holder;
	struct rf_task *task;

	if (ret)
		return 0;
	task = rf_task_find(rf_task_current());
	if (!task)
		return 0;
	holder = rf_holder_find(task->holder);
	if (!holder || rf_exec_holder(task, holder))
		return 0;
	return holder->label ? -EAGAIN : 0;
}

static __always_inline bool rf_task_is_init(void)
{
	return bpf_get_current_pid_tgid() >> 32 == 1;
}

/*
 * Process 1 executed another of its kind, and is trusted as before; or it made this task
 * with its own memory, to execute what is to begin with what its cgroup gives.
 */
static __always_inline void rf_exec_init(const struct rf_holder *old, struct rf_holder *new)
{
	const struct task_struct *current = rf_task_current();

	if (!rf_task_is_init()) {
		rf_cgroup_join(current, BPF_CORE_READ(current, cgroups, dfl_cgrp));
		return;
	}
	__sync_fetch_and_or(&new->flags, RF_HOLDER_INIT);
	new->holds = old->holds;
}

static __always_inline void rf_exec_take(struct rf_task *task)
{
	__u64 before = task->holder;
	struct rf_holder *old = rf_holder_find(before), *new;

	if (!old)
		return;
	if (!task->next) {
		rf_holder_unshare(before, old);
		return;
	}
	new = rf_holder_find(task->next);
	if (!new)
		return;
	/* Memory and descriptors are apart by now: the label is final. */
	__sync_fetch_and_or(&new->flags, old->flags & RF_HOLDER_INHERITED);
	if (old->label && (!rf_holder_is_init(old) || rf_task_is_init())) {
		rf_holder_add(new, old->label);
		rf_source_copy(before, task->next, old->label);
	}
	if (old->flags & RF_HOLDER_SPLICED)
		rf_spliced_move(before, task->next, new->label);
	task->holder = task->next;
	task->next = 0;
	if (rf_holder_is_init(old))
		rf_exec_init(old, new);
	rf_holder_put(before);
}

SEC("lsm/bprm_committed_creds")
int BPF_PROG(rf_exec_end, struct linux_binprm *bprm)
{
	struct rf_task *task = rf_task_find(rf_task_current());
	const struct rf_holder *holder;

	if (!task)
		return 0;
	rf_exec_take(task);
	holder = rf_holder_find(task->holder);
	if (holder && !rf_holder_is_init(holder))
		rf_declassify_exec(bprm, task->holder);
	return 0;
}
