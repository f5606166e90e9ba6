/* SPDX-License-Identifier: GPL-2.0 */
/*
 * call.h - where a thread reads and writes, for who can't see its call
 *
 * A thread that waits in a call has passed its hook. So the hooks leave a note
 * of what the call is about, and who changes a label looks for the notes.
 */
#ifndef RF_BPF_CALL_H
#define RF_BPF_CALL_H

#include "bpf/event.h"

static __always_inline struct rf_task *rf_task_find(const void *task)
{
	__u64 key = (__u64)task;

	return bpf_map_lookup_elem(&tasks, &key);
}

static __always_inline struct rf_holder *rf_holder_find(__u64 id)
{
	return bpf_map_lookup_elem(&holders, &id);
}

/*
 * What a node's @unsure says: may its data be on its way past the doors, whatever its
 * label says? Not if the running task is just giving it that.
 */
static __always_inline bool rf_is_unsure(__u64 unsure)
{
	return unsure && unsure != bpf_get_current_task();
}

static __always_inline struct task_struct *rf_task_current(void)
{
	return (struct task_struct *)bpf_get_current_task();
}

/* Where the running task is called from: changes with the call. */
static __always_inline __u64 rf_call_of(unsigned long ip, unsigned long number)
{
	return ip ^ (__u64)number << 48;
}

/**
 * rf_call_note - the running task is about to read or write there
 * @note: &task->reading or &task->writing
 * @kind: enum rf_origin_kind
 *
 * The exchange orders the store before the load of the channel's label.
 */
static __always_inline void rf_call_note(struct rf_task *task, __u64 *note, __u64 channel,
					 __u32 kind)
{
	const struct pt_regs *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	__u64 call = rf_call_of(regs->ip, regs->orig_ax);

	/* Of an earlier call: who is in this one is not in that. */
	if (task->call != call || task->regs != (__u64)regs) {
		task->reading = 0;
		task->reading_too = 0;
		task->writing = 0;
		task->regs = (__u64)regs;
		task->call = call;
	}
	task->kind = kind;
	if (*note != channel)
		__sync_lock_test_and_set(note, channel);
}

/**
 * rf_call_hold - no label for the running task's process while its call lasts
 * @what: what the call is about: a socket, or RF_NODE_NONE
 *
 * It may still be copying what it sets from memory, and where that goes no label does.
 */
static __always_inline void rf_call_hold(struct rf_task *task, __u64 what, __u32 kind)
{
	task->sk = what;
	rf_call_note(task, &task->writing, what, kind);
	/* Ordered before the load of the label, also where the note was there. */
	__sync_lock_test_and_set(&task->cookie, RF_COOKIE_HELD);
}

/* Are the running task's notes of the call that it is in? */
static __always_inline bool rf_call_is_noted(const struct rf_task *task)
{
	const struct pt_regs *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());

	return task->regs == (__u64)regs && task->call == rf_call_of(regs->ip, regs->orig_ax);
}

/* May the thread still be in the call that its notes are of? */
static __always_inline bool rf_call_lasts(const struct rf_task *task)
{
	const struct pt_regs *regs = (const void *)task->regs;
	unsigned long ip = 0, number = 0;

	if (BPF_CORE_READ_INTO(&ip, regs, ip) || BPF_CORE_READ_INTO(&number, regs, orig_ax))
		return true;
	return rf_call_of(ip, number) == task->call;
}

#endif /* RF_BPF_CALL_H */
