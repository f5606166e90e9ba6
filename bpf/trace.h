/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace.h - data that goes from one process to another and through nothing
 * between them: by its memory, or with a signal
 *
 * Each access is a flow of its own. Nothing lasts, so a debugger that was
 * attached for a moment has no part in what comes later; who is in such a call
 * when a label comes is found by the note that it left (settle.bpf.c).
 */
#ifndef RF_BPF_TRACE_H
#define RF_BPF_TRACE_H

#include "bpf/flow.h"

/**
 * rf_trace_read - the running task is about to read what @other has
 * @masked: classes that do not go this way
 * @force: as in struct rf_join
 *
 * -EACCES if that has to be refused.
 */
static __always_inline int rf_trace_read(const struct task_struct *other, __u64 masked, bool force)
{
	struct rf_task *task = rf_task_find(rf_task_current()), *from = rf_task_find(other);
	struct rf_join join = {
		.task = rf_task_current(),
		.giver = other,
		.kind = RF_FLOW_TRACE,
		.force = force,
	};
	struct rf_holder *holder;

	/* One without a record has no label. */
	holder = from ? rf_holder_find(from->holder) : NULL;
	if (!holder || (task && task->holder == from->holder))
		return 0;
	/* Before its label is read: one that comes now finds who reads. */
	__sync_fetch_and_or(&holder->flags, RF_HOLDER_READ);
	if (task)
		rf_call_note(task, &task->reading, from->holder, RF_FLOW_TRACE);
	join.from = from->holder;
	join.classes = rf_holder_passes(holder) & ~masked;
	return join.classes && rf_join(&join) ? -EACCES : 0;
}

/* The running task is about to give something to @other. Otherwise as above. */
static __always_inline int rf_trace_write(const struct task_struct *other, __u32 kind, bool force)
{
	struct rf_task *task = rf_task_find(rf_task_current()), *to = rf_task_find(other);
	struct rf_join join = {
		.task = other,
		.giver = rf_task_current(),
		.kind = kind,
		.force = force,
	};
	struct rf_holder *holder;

	holder = task ? rf_holder_find(task->holder) : NULL;
	/* Memory without an owner is nobody's any more. */
	if (!holder || !other || (to && to->holder == task->holder))
		return 0;
	__sync_fetch_and_or(&holder->flags, RF_HOLDER_WRITES);
	if (to)
		rf_call_note(task, &task->writing, to->holder, kind);
	join.from = task->holder;
	join.classes = rf_holder_pass(task->holder, holder);
	return join.classes && rf_join(&join) ? -EACCES : 0;
}

/* As rf_flow_must_read() and rf_flow_must_write(). */
static __always_inline void rf_trace_must_read(const struct task_struct *other, __u64 masked)
{
	if (!rf_trace_read(other, masked, false))
		return;
	rf_trace_read(other, masked, true);
	bpf_send_signal(SIGKILL);
}

static __always_inline void rf_trace_must_write(const struct task_struct *other)
{
	if (!rf_trace_write(other, RF_FLOW_TRACE, false))
		return;
	rf_trace_write(other, RF_FLOW_TRACE, true);
	bpf_send_signal(SIGKILL);
}

#endif /* RF_BPF_TRACE_H */
