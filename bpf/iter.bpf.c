// SPDX-License-Identifier: GPL-2.0
/*
 * iter.bpf.c - what the daemon does to tasks that run already: records at
 * load, labels when a policy is applied or a command is run, and the list
 */
#include "bpf/cgroup.h"
#include "bpf/served.h"
#include "bpf/shared.h"

static __always_inline struct rf_request *rf_request(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&request, &zero);
}

static __always_inline void rf_request_join(struct rf_request *ask, const struct task_struct *task,
					    __u64 classes, __u32 kind, __u32 origin)
{
	struct rf_join join = {
		.task = task,
		.classes = classes,
		.kind = kind,
		.origin = origin,
	};
	struct rf_task *record = rf_task_find(task);
	struct rf_holder *holder;
	__u64 before;

	holder = record ? rf_holder_find(record->holder) : NULL;
	before = holder ? holder->label : 0;
	if (ask->mode == RF_REQUEST_CHECK) {
		if (holder && (!(classes & ~before) || !rf_holder_unseen(holder)))
			return;
	} else if (!rf_join(&join)) {
		if (holder && holder->label != before)
			ask->labelled++;
		return;
	}
	if (!ask->refused++)
		ask->refused_tgid = BPF_CORE_READ(task, tgid);
}

/* Is it about who holds what the marks name? */
static __always_inline bool rf_request_origins(const struct rf_request *ask)
{
	return ask->mode == RF_REQUEST_ORIGINS || ask->mode == RF_REQUEST_CHECK;
}

/* The holder that a pointer shared by tasks already stands for. */
static __always_inline __u64 rf_group_find(const void *shared)
{
	__u64 key = (__u64)shared, *id;

	if (!key)
		return 0;
	id = bpf_map_lookup_elem(&groups, &key);
	return id ? *id : 0;
}

static __always_inline void rf_group_set(const void *shared, __u64 id)
{
	__u64 key = (__u64)shared;

	if (key)
		bpf_map_update_elem(&groups, &key, &id, BPF_NOEXIST);
}

static __always_inline void rf_group_flag(__u64 id, __u32 flag)
{
	struct rf_holder *holder = id ? rf_holder_find(id) : NULL;

	if (holder)
		__sync_fetch_and_or(&holder->flags, flag);
}

/* A record for a task that was there before the hooks. */
static __noinline int rf_record_make(struct rf_request *ask, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct files_struct *files = BPF_CORE_READ(task, files);
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct rf_task record = {}, *known;
	__u64 by_leader, by_mm, by_files, key = (__u64)task;

	known = rf_task_find(leader);
	by_leader = known ? known->holder : rf_group_find(leader);
	by_mm = rf_group_find(mm);
	by_files = rf_group_find(files);
	record.holder = by_leader ?: by_mm ?: by_files;
	if (!record.holder) {
		record.holder = rf_holder_make(0, 0);
	} else {
		struct rf_holder *holder = rf_holder_find(record.holder);

		if (holder)
			__sync_fetch_and_add(&holder->refs, 1);
		if (!by_leader)
			rf_group_flag(record.holder, RF_HOLDER_SHARED);
	}
	/* Memory shared with one and descriptors with another: no label. */
	if ((by_mm && by_mm != record.holder) || (by_files && by_files != record.holder)) {
		rf_group_flag(record.holder, RF_HOLDER_UNSEEN_FD);
		rf_group_flag(by_mm, RF_HOLDER_UNSEEN_FD);
		rf_group_flag(by_files, RF_HOLDER_UNSEEN_FD);
	}
	if (!record.holder || bpf_map_update_elem(&tasks, &key, &record, BPF_NOEXIST)) {
		if (!ask->refused++)
			ask->refused_tgid = BPF_CORE_READ(task, tgid);
		return 0;
	}
	rf_group_set(leader, record.holder);
	rf_group_set(mm, record.holder);
	rf_group_set(files, record.holder);
	ask->made++;
	return 0;
}

/*
 * What @file gives who has it, or who executes it. Not inline: its stack is not
 * to be added to that of a label on its way.
 */
static __noinline __u64 rf_file_gives(const struct file *file, bool program, __u32 *origin)
{
	struct rf_found found = {};

	rf_mark_file(file, &found);
	*origin = found.origin;
	return found.read | (program ? found.exec : found.written);
}

/* What the task itself gives: its user, its cgroup, its program. */
static __always_inline void rf_origins_of_task(struct rf_request *ask, struct task_struct *task)
{
	const struct file *exe = BPF_CORE_READ(task, mm, exe_file);
	__u32 origin = 0, uids[4];
	struct rf_mark *mark;
	__u64 classes;

	uids[0] = BPF_CORE_READ(task, cred, uid.val);
	uids[1] = BPF_CORE_READ(task, cred, euid.val);
	uids[2] = BPF_CORE_READ(task, cred, suid.val);
	uids[3] = BPF_CORE_READ(task, cred, fsuid.val);
	for (int i = 0; i < 4; i++) {
		mark = bpf_map_lookup_elem(&users, &uids[i]);
		if (mark)
			rf_request_join(ask, task, mark->read, RF_ORIGIN_USER, mark->origin);
	}
	classes = rf_cgroup_classes(BPF_CORE_READ(task, cgroups, dfl_cgrp), &origin);
	if (classes)
		rf_request_join(ask, task, classes, RF_ORIGIN_CGROUP, origin);
	if (!exe)
		return;
	classes = rf_file_gives(exe, true, &origin);
	if (classes)
		rf_request_join(ask, task, classes, RF_ORIGIN_PROGRAM, origin);
}

/* Not inline, as the next: the stack of each is its own. */
static __noinline int rf_list(struct bpf_iter__task *ctx, const struct rf_request *ask,
			      struct task_struct *task)
{
	struct rf_task *record = rf_task_find(task);
	struct rf_listed listed = {};
	struct rf_holder *holder;

	listed.tgid = BPF_CORE_READ(task, tgid);
	if (BPF_CORE_READ(task, pid) != (__s32)listed.tgid ||
	    (ask->tgid && ask->tgid != listed.tgid))
		return 0;
	holder = record ? rf_holder_find(record->holder) : NULL;
	if (!holder || (!holder->label && !ask->tgid))
		return 0;
	listed.holder = record->holder;
	listed.label = holder->label;
	listed.cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	listed.uid = BPF_CORE_READ(task, cred, uid.val);
	bpf_probe_read_kernel_str(listed.comm, sizeof(listed.comm), task->comm);
	bpf_seq_write(ctx->meta->seq, &listed, sizeof(listed));
	return 0;
}

/*
 * The daemon, in whose call this runs, holds what its clients tell it, and process 1
 * what services do: see the README. Not if it had something before, or somebody
 * watches it.
 */
static __always_inline void rf_record_holds(const struct task_struct *task)
{
	const struct rf_task *record = rf_task_find(task);
	struct rf_holder *holder = record ? rf_holder_find(record->holder) : NULL;
	__s32 tgid = BPF_CORE_READ(task, tgid);

	if (!holder || holder->label || BPF_CORE_READ(task, ptrace))
		return;
	if (tgid != 1 && tgid != (__s32)(bpf_get_current_pid_tgid() >> 32))
		return;
	if (tgid == 1)
		__sync_fetch_and_or(&holder->flags, RF_HOLDER_INIT);
	holder->holds = ~0ULL;
}

SEC("iter/task")
int rf_iter_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct rf_request *ask = rf_request();

	if (!task || !ask || BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return 0;
	switch (ask->mode) {
	case RF_REQUEST_RECORD:
		if (!rf_task_find(task))
			rf_record_make(ask, task);
		rf_record_holds(task);
		break;
	case RF_REQUEST_ORIGINS:
	case RF_REQUEST_CHECK: rf_origins_of_task(ask, task); break;
	case RF_REQUEST_LABEL:
		if ((__s32)ask->tgid == BPF_CORE_READ(task, tgid))
			rf_request_join(ask, task, ask->classes, ask->kind, ask->origin);
		break;
	case RF_REQUEST_LIST: rf_list(ctx, ask, task); break;
	}
	return 0;
}

/* What passes data on unseen, or past the doors, there before us. */
static __always_inline void rf_unseen_find(struct task_struct *task, struct file *file)
{
	struct rf_task *record = rf_task_find(task);
	struct socket *sock = bpf_sock_from_file(file);
	__u16 family;

	if (!record)
		return;
	family = sock ? BPF_CORE_READ(sock, sk, __sk_common.skc_family) : AF_UNSPEC;
	if (family == AF_PACKET || rf_family_unseen(family) || rf_device_unseen(file))
		rf_group_flag(record->holder, RF_HOLDER_UNSEEN_FD);
}

static __noinline int rf_identify(struct bpf_iter__task_file *ctx, const struct file *file,
				  __u32 tgid)
{
	struct rf_identified identified = {};
	struct rf_found found = {};

	rf_inode_key(BPF_CORE_READ(file, f_inode), &identified.key);
	rf_inode_key(rf_file_inode(file), &identified.data);
	rf_mark_file(file, &found);
	identified.read = found.read;
	identified.origin = found.origin;
	identified.tgid = tgid;
	identified.fd = ctx->fd;
	bpf_seq_write(ctx->meta->seq, &identified, sizeof(identified));
	return 0;
}

SEC("iter/task_file")
int rf_iter_file(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct rf_request *ask = rf_request();
	struct rf_serving serving = {};
	struct file *file = ctx->file;
	__u32 origin = 0;
	__u64 classes;

	if (!task || !file || !ask)
		return 0;
	if (ask->mode == RF_REQUEST_RECORD) {
		rf_unseen_find(task, file);
	} else if (rf_request_origins(ask)) {
		if (!(BPF_CORE_READ(file, f_mode) & FMODE_READ))
			return 0;
		classes = rf_file_gives(file, false, &origin);
		if (classes)
			rf_request_join(ask, task, classes, RF_ORIGIN_PATH, origin);
		rf_serving_socket(file, &serving);
		if (serving.classes)
			rf_request_join(ask, task, serving.classes, RF_ORIGIN_SERVICE,
					serving.origin);
	} else if (ask->mode == RF_REQUEST_IDENTIFY &&
		   (__s32)ask->tgid == BPF_CORE_READ(task, tgid)) {
		rf_identify(ctx, file, ask->tgid);
	}
	return 0;
}

/* Memory that was shared before the hooks were there: see rf_mmap_file(). */
static __noinline int rf_record_shared(struct task_struct *task, const struct file *file)
{
	struct rf_task *record = rf_task_find(task);
	struct rf_holder *holder = record ? rf_holder_find(record->holder) : NULL;
	const struct inode *inode = rf_file_inode(file);

	if (!holder)
		return 0;
	__sync_fetch_and_or(&holder->flags, RF_HOLDER_MAPS);
	if (!file || rf_shared_by_forks(BPF_CORE_READ(inode, i_mode), BPF_CORE_READ(inode, i_flags),
					BPF_CORE_READ(inode, i_sb, s_magic)))
		return 0;
	rf_share(holder, record->holder, (__u64)inode, rf_written_keeps(file));
	return 0;
}

SEC("iter/task_vma")
int rf_iter_vma(struct bpf_iter__task_vma *ctx)
{
	struct task_struct *task = ctx->task;
	struct vm_area_struct *vma = ctx->vma;
	struct rf_request *ask = rf_request();
	struct rf_found found = {};
	const struct file *file;
	__u64 classes, flags;

	if (!task || !vma || !ask)
		return 0;
	file = BPF_CORE_READ(vma, vm_file);
	flags = BPF_CORE_READ(vma, vm_flags);
	if (ask->mode == RF_REQUEST_RECORD &&
	    (flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE))
		rf_record_shared(task, file);
	if (!file || !rf_request_origins(ask))
		return 0;
	rf_mark_file(file, &found);
	classes = found.read | found.written;
	/* A program that was started by its loader, and is not the task's own. */
	if (flags & VM_EXEC)
		classes |= found.exec;
	if (classes)
		rf_request_join(ask, task, classes,
				found.read | found.written ? RF_ORIGIN_PATH : RF_ORIGIN_PROGRAM,
				found.origin);
	return 0;
}
