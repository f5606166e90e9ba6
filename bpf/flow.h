/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flow.h - data moves from a holder to a channel, and from there to others:
 * label(to) |= label(from), recorded before the data is there
 *
 * The edges are enum rf_origin_kind, RF_FLOW_*. A hook says what the running
 * task writes to or reads from; nothing here knows what it is.
 */
#ifndef RF_BPF_FLOW_H
#define RF_BPF_FLOW_H

#include "bpf/channel.h"
#include "bpf/declassify.h"
#include "bpf/source.h"

#define SIGKILL 9

/* What the running task passes on to @channel: rf_settle() has to follow. */
static __always_inline int rf_flow_gain(const struct rf_task *task, __u64 classes, __u64 channel,
					__u32 kind)
{
	struct rf_source hop = {};

	rf_source_current(&hop, task->holder, classes, kind);
	return rf_gain(&channel, &hop);
}

static __always_inline int rf_flow_pass(const struct rf_task *task, __u64 classes, __u64 channel,
					__u32 kind)
{
	return rf_flow_gain(task, classes, channel, kind) || rf_settle(false) ? -EACCES : 0;
}

/**
 * rf_flow_write - the running task is about to write to @channel
 *
 * -EACCES if that has to be refused.
 */
static __always_inline int rf_flow_write_as(struct rf_task *task, __u64 channel, __u32 kind)
{
	struct rf_holder *holder;
	__u64 passed;

	rf_call_note(task, &task->writing, channel, kind);
	if (!rf_holders_any())
		return 0;
	holder = rf_holder_find(task->holder);
	passed = holder && holder->label ? rf_holder_pass(task->holder, holder) : 0;
	if (!passed || rf_channel_has(channel, passed))
		return 0;
	return rf_flow_pass(task, passed, channel, kind);
}

static __always_inline int rf_flow_write(__u64 channel, __u32 kind)
{
	struct rf_task *task = rf_task_find(rf_task_current());

	return task ? rf_flow_write_as(task, channel, kind) : 0;
}

static __always_inline int rf_flow_join(__u64 channel, __u64 classes, __u32 kind, bool force)
{
	struct rf_join join = {
		.task = rf_task_current(),
		.classes = classes,
		.from = channel,
		.kind = kind,
		.force = force,
	};

	return rf_join(&join);
}

/**
 * rf_flow_read - the running task is about to read from @channel
 *
 * -EACCES if that has to be refused.
 */
static __always_inline int rf_flow_read(__u64 channel, __u32 kind)
{
	struct rf_task *task = rf_task_find(rf_task_current());
	__u64 label;

	if (task)
		rf_call_note(task, &task->reading, channel, kind);
	label = rf_channel_label(channel);
	return label ? rf_flow_join(channel, label, kind, false) : 0;
}

/*
 * For hooks that can't refuse: who would be refused is ended before it returns
 * from the call, and has the label until then.
 */
static __always_inline void rf_flow_must_write(__u64 channel, __u32 kind)
{
	if (rf_flow_write(channel, kind))
		bpf_send_signal(SIGKILL);
}

static __always_inline void rf_flow_must_read(__u64 channel, __u32 kind)
{
	if (!rf_flow_read(channel, kind))
		return;
	rf_flow_join(channel, rf_channel_label(channel), kind, true);
	bpf_send_signal(SIGKILL);
}

#endif /* RF_BPF_FLOW_H */
