/* SPDX-License-Identifier: GPL-2.0 */
/*
 * walk.h - all threads of a process, or of all processes
 *
 * They are found by walking the kernel's lists, which gives addresses and no
 * typed pointers; RCU keeps what the lists name alive. flow.bpf.c and
 * settle.bpf.c say what to do at each.
 */
#ifndef RF_BPF_WALK_H
#define RF_BPF_WALK_H

#include "bpf/call.h"

/* pid_max is at most 1 << 22, and bpf_loop() takes 1 << 23 steps. */
#define RF_WALK_STEPS (1 << 23)

/**
 * enum rf_walk_mode - what settle.bpf.c looks for; the walk ends where it is found
 * @RF_WALK_READER: a thread that may be reading from @channel, or from the
 *	memory of that holder, and whose holder lacks some of @classes
 * @RF_WALK_WRITER: a thread of @holder that may be writing to the memory of one
 *	that lacks some of @classes
 * @RF_WALK_OWNER: a thread of @holder
 */
enum rf_walk_mode {
	RF_WALK_READER = 0,
	RF_WALK_WRITER,
	RF_WALK_OWNER,
};

/**
 * struct rf_walk - a walk and what it finds
 * @holder, @classes, @passed: whose threads, what they get, and what of that they
 *	pass on
 * @self: a task that is in no call of interest
 * @one: of one process only
 * @sure: who isn't sure of its label lacks it: see rf_holder_lacks()
 * @task: who was found
 * @done: all were seen
 */
struct rf_walk {
	union {
		__u64 holder;
		__u64 channel;
	};
	__u64 classes;
	__u64 passed;
	__u64 self;
	__u64 task;
	__u64 next; /* address of a list_head */
	__u64 head;
	__u64 process; /* the same, in the list of processes */
	__u64 first;
	int err;
	__u8 mode;
	bool one;
	bool sure;
	bool done;
};

/* Where a process is in the list of all: the address of its list_head; and back. */
static __always_inline __u64 rf_process_link(const struct task_struct *task)
{
	return (__u64)BPF_CORE_READ(task, group_leader) +
	       bpf_core_field_offset(struct task_struct, tasks);
}

static __always_inline const struct task_struct *rf_process_of(__u64 link)
{
	return (const void *)(link - bpf_core_field_offset(struct task_struct, tasks));
}

/* Called at each thread, by its address. */
static int rf_walk_visit(__u64 address, struct rf_walk *walk);

/* To the first thread of the process that walk->process names. */
static __always_inline int rf_walk_enter(struct rf_walk *walk)
{
	const struct task_struct *task = rf_process_of(walk->process);
	__u64 signal = (__u64)BPF_CORE_READ(task, signal);

	walk->head = signal + bpf_core_field_offset(struct signal_struct, thread_head);
	return bpf_probe_read_kernel(&walk->next, sizeof(walk->next), (void *)walk->head);
}

/* One thread further, or to the next process. */
static long rf_walk_step(__u32 i, struct rf_walk *walk)
{
	__u64 thread;

	if (walk->next == walk->head) {
		walk->done = walk->one;
		if (walk->one || bpf_probe_read_kernel(&walk->process, sizeof(walk->process),
						       (void *)walk->process))
			return 1;
		walk->done = walk->process == walk->first;
		return walk->done || rf_walk_enter(walk);
	}
	thread = walk->next - bpf_core_field_offset(struct task_struct, thread_node);
	walk->err = rf_walk_visit(thread, walk);
	if (walk->err || walk->task)
		return 1;
	return bpf_probe_read_kernel(&walk->next, sizeof(walk->next), (void *)walk->next) != 0;
}

/*
 * To the first of all, in flow.bpf.c. Global, and so verified by itself: that who
 * calls it does not know what is in @walk afterwards keeps the loop's verification
 * short.
 */
int rf_walk_begin(struct rf_walk *walk, __u64 process);

/**
 * rf_walk - all threads of @task's process, or of all, beginning with that one
 *
 * The list of processes is a ring, idle task included. -EACCES if a visit says
 * so, or if not all were seen.
 */
static __always_inline int rf_walk(const struct task_struct *task, struct rf_walk *walk)
{
	if (rf_walk_begin(walk, rf_process_link(task)))
		return -EACCES;
	bpf_loop(RF_WALK_STEPS, rf_walk_step, walk, 0);
	return walk->done || walk->task ? walk->err : -EACCES;
}

#endif /* RF_BPF_WALK_H */
