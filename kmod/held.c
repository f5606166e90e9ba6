// SPDX-License-Identifier: GPL-2.0
/*
 * files that a process can write already
 */
#define pr_fmt(fmt) "ringfence: " fmt

#include <linux/atomic.h>
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/task_work.h>
#include <linux/wait.h>

#include "compat.h"
#include "held.h"
#include "keep.h"
#include "patience.h"

/*
 * The locks of both tables forbid to sleep, or to keep others waiting: files
 * are referenced so many at a time, and looked at without the lock.
 */
#define RF_HELD_BATCH 32

struct rf_held {
	unsigned int count;
	struct file *file[RF_HELD_BATCH];
};

static bool rf_held_full(const struct rf_held *held)
{
	return held->count == RF_HELD_BATCH;
}

static void rf_held_add(struct rf_held *held, struct file *file)
{
	if (!(file->f_mode & FMODE_WRITE) || !S_ISREG(file_inode(file)->i_mode))
		return;
	held->file[held->count++] = get_file(file);
}

/* Keeps the label with each and lets all of them go. */
static int rf_held_flush(struct rf_held *held, u64 label)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < held->count; i++) {
		if (!err)
			err = rf_keep(held->file[i], label);
		fput(held->file[i]);
	}
	held->count = 0;
	return err;
}

/* For iterate_fd(): the number behind the one that filled the batch, or 0. */
static int rf_held_descriptor(const void *data, struct file *file, unsigned int fd)
{
	struct rf_held *held = (struct rf_held *)data;

	rf_held_add(held, file);
	return rf_held_full(held) ? fd + 1 : 0;
}

static int rf_held_descriptors(struct rf_held *held, u64 label)
{
	int next = 0, err;

	do {
		next = iterate_fd(current->files, next, rf_held_descriptor, held);
		err = rf_held_flush(held, label);
	} while (next && !err);
	return err;
}

/* From *@next on; *@next is 0 when there are no more. */
static int rf_held_map(struct rf_held *held, struct mm_struct *mm, unsigned long *next)
{
	struct rf_patience patience;
	struct vm_area_struct *vma;

	rf_patience_begin(&patience);
	while (!mmap_read_trylock(mm)) {
		if (!rf_patience_left(&patience))
			return -EBUSY;
	}
	for (vma = find_vma(mm, *next); vma && !rf_held_full(held); vma = find_vma(mm, *next)) {
		*next = vma->vm_end;
		/* Only of a file that may be written: see do_mmap(). */
		if (vma->vm_file && (vma->vm_flags & VM_SHARED))
			rf_held_add(held, vma->vm_file);
	}
	if (!vma)
		*next = 0;
	mmap_read_unlock(mm);
	return 0;
}

static int rf_held_mappings(struct rf_held *held, u64 label)
{
	unsigned long next = 0;
	int err;

	if (!current->mm)
		return 0;
	do {
		err = rf_held_map(held, current->mm, &next);
		if (!err)
			err = rf_held_flush(held, label);
	} while (next && !err);
	return err;
}

int rf_held_keep(u64 label)
{
	struct rf_held held = {};
	int err;

	if (!label)
		return 0;
	err = rf_held_descriptors(&held, label);
	return err ? err : rf_held_mappings(&held, label);
}

/* --- by another task, or later */

/**
 * struct rf_soon - what a task has to do before it is back in user space
 * @head: in the task's list
 * @list: in ours; while it is there, so is the task
 * @task: whose
 * @label: what is to be kept; 0 to do nothing but to come by here
 * @dentry: with what, and its file system held; NULL: with all that it can write
 * @attributes: as for rf_keep_beside()
 * @ends: if that fails
 */
struct rf_soon {
	struct callback_head head;
	struct list_head list;
	struct task_struct *task;
	u64 label;
	struct dentry *dentry;
	bool attributes;
	bool ends;
};

static LIST_HEAD(rf_soons);
static DEFINE_SPINLOCK(rf_soons_lock);
static DECLARE_WAIT_QUEUE_HEAD(rf_soons_gone);
static atomic64_t rf_held_ends;

u64 rf_held_ended(void)
{
	return atomic64_read(&rf_held_ends);
}

static void rf_held_end(struct task_struct *task, int err, bool ends)
{
	if (!ends) {
		pr_warn_ratelimited("pid %d (%s): what it can write cannot keep a label: %d\n",
				    task_tgid_nr(task), task->comm, err);
		return;
	}
	atomic64_inc(&rf_held_ends);
	pr_alert_ratelimited("pid %d (%s) is ended: what it can write cannot keep a label: %d\n",
			     task_tgid_nr(task), task->comm, err);
	send_sig(SIGKILL, task, 1);
}

static void rf_soon_end(struct rf_soon *soon)
{
	unsigned long flags;

	spin_lock_irqsave(&rf_soons_lock, flags);
	list_del(&soon->list);
	if (list_empty(&rf_soons))
		wake_up(&rf_soons_gone);
	spin_unlock_irqrestore(&rf_soons_lock, flags);
	kfree(soon);
}

static void rf_soon_put(struct dentry *dentry)
{
	struct super_block *sb = dentry->d_sb;

	dput(dentry);
	deactivate_super(sb);
}

/* Who is ending already has neither descriptors nor memory here. */
static int rf_soon_keep(const struct rf_soon *soon)
{
	int err;

	if (!soon->dentry)
		return rf_held_keep(soon->label);
	err = rf_keep_beside(soon->dentry, soon->label, soon->attributes);
	rf_soon_put(soon->dentry);
	return err;
}

static void rf_soon_run(struct callback_head *head)
{
	struct rf_soon *soon = container_of(head, struct rf_soon, head);
	int err = rf_soon_keep(soon);

	if (err)
		rf_held_end(current, err, soon->ends);
	rf_soon_end(soon);
}

/*
 * Under the lock, so that who finds it in the list finds the task. -ESRCH: it is
 * past the last such work, so it has ended.
 */
static int rf_soon_add(struct task_struct *task, const struct rf_soon *what,
		       enum task_work_notify_mode mode)
{
	struct rf_soon *soon = kmemdup(what, sizeof(*what), GFP_ATOMIC | __GFP_NOWARN);
	int err;

	if (!soon)
		return -ENOMEM;
	init_task_work(&soon->head, rf_soon_run);
	soon->task = task;
	err = task_work_add(task, &soon->head, mode);
	if (!err)
		list_add(&soon->list, &rf_soons);
	else
		kfree(soon);
	return err;
}

void rf_held_keep_soon(u32 pid, u64 label, bool ends)
{
	const struct rf_soon soon = { .label = label, .ends = ends };
	struct task_struct *task;
	unsigned long flags;
	int err = 0;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	/* The others have no user space; an io_uring worker's process has it. */
	if (task && !(task->flags & (PF_KTHREAD | RF_USER_WORKER))) {
		spin_lock_irqsave(&rf_soons_lock, flags);
		err = rf_soon_add(task, &soon, TWA_RESUME);
		spin_unlock_irqrestore(&rf_soons_lock, flags);
	}
	if (err && err != -ESRCH)
		rf_held_end(task, err, ends);
	rcu_read_unlock();
}

/* By the running task, or where that is io_uring's worker by any of its process. */
static int rf_soon_any(const struct rf_soon *soon)
{
	struct task_struct *task = current;
	unsigned long flags;
	int err = -ESRCH;

	rcu_read_lock();
	spin_lock_irqsave(&rf_soons_lock, flags);
	if (!(task->flags & RF_USER_WORKER))
		err = rf_soon_add(task, soon, TWA_RESUME);
	else
		for_each_thread(current, task)
			if (err == -ESRCH && !(task->flags & RF_USER_WORKER))
				err = rf_soon_add(task, soon, TWA_RESUME);
	spin_unlock_irqrestore(&rf_soons_lock, flags);
	rcu_read_unlock();
	return err;
}

void rf_held_note_soon(struct dentry *dentry, u64 label, bool attributes, bool ends)
{
	const struct rf_soon soon = {
		.label = label,
		.dentry = dentry,
		.attributes = attributes,
		.ends = ends,
	};
	int err;

	if (!rf_keep_wants(dentry))
		return;
	/* Whoever is changing something there has a mount of it. */
	if (!atomic_inc_not_zero(&dentry->d_sb->s_active)) {
		rf_held_end(current, -ESTALE, ends);
		return;
	}
	dget(dentry);
	err = rf_soon_any(&soon);
	if (!err)
		return;
	rf_soon_put(dentry);
	rf_held_end(current, err, ends);
}

/* Interrupts the calls in which some wait for whatever it may be. */
static bool rf_soons_hurry(void)
{
	const struct rf_soon nothing = {};
	struct rf_soon *soon;
	unsigned long flags;
	bool none;

	spin_lock_irqsave(&rf_soons_lock, flags);
	none = list_empty(&rf_soons);
	/* What is added comes before, and is not met. */
	list_for_each_entry(soon, &rf_soons, list)
		if (soon->label)
			rf_soon_add(soon->task, &nothing, TWA_SIGNAL);
	spin_unlock_irqrestore(&rf_soons_lock, flags);
	return none;
}

void rf_held_exit(void)
{
	while (!rf_soons_hurry())
		wait_event_timeout(rf_soons_gone, list_empty(&rf_soons), HZ);
	/* The last one may not have returned yet. */
	synchronize_rcu_tasks();
}
