// SPDX-License-Identifier: GPL-2.0
/*
 * trace.bpf.c - flows out of the memory of another process, and into it:
 * ptrace, process_vm_*, /proc/PID, pidfd_getfd, userfaultfd
 */
#include "bpf/proc.h"
#include "bpf/trace.h"

/*
 * Nobody gets at a declassifier's memory, root neither; who traces it from
 * before its exec gets a program without powers.
 */
static __always_inline bool rf_trace_trusted(const struct task_struct *child)
{
	const struct rf_task *task = rf_task_find(child);
	const struct rf_holder *holder = task ? rf_holder_find(task->holder) : NULL;

	if (!holder || !rf_holder_powers(holder))
		return false;
	rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_TAMPER));
	rf_declassify_tell(task->holder, holder, 0, RF_EVENT_TAMPER, RF_REASON_TAMPER);
	return true;
}

/*
 * Attaching, and all that asks for as much. What asks for less gives no data
 * but that of proc.h; `ps` and pgrep do so of everybody.
 */
SEC("lsm/ptrace_access_check")
int BPF_PROG(rf_trace_access, struct task_struct *child, unsigned int mode, int ret)
{
	if (ret || !(mode & PTRACE_MODE_ATTACH))
		return 0;
	if (rf_trace_trusted(child))
		return -EPERM;
	if (rf_trace_read(child, 0, false))
		return -EACCES;
	/* By /proc: only mem can be written to, and that is asked for below. */
	if (mode & PTRACE_MODE_FSCREDS)
		return 0;
	return rf_trace_write(child, RF_FLOW_TRACE, false) ? -EACCES : 0;
}

static __always_inline void rf_trace_both(const struct task_struct *child)
{
	rf_trace_must_read(child, 0);
	rf_trace_must_write(child);
}

/* Each request of a tracer that is attached already. */
SEC("fentry/arch_ptrace")
int BPF_PROG(rf_trace_request, struct task_struct *child)
{
	rf_trace_both(child);
	return 0;
}

SEC("fentry/compat_arch_ptrace")
int BPF_PROG(rf_trace_request_compat, struct task_struct *child)
{
	rf_trace_both(child);
	return 0;
}

/* An open file stays with the memory that it was opened for, whoever has it now. */
static __always_inline const struct task_struct *rf_trace_owner(const struct file *file)
{
	const struct mm_struct *mm = file->private_data;

	return BPF_CORE_READ(mm, owner);
}

SEC("fentry/mem_read")
int BPF_PROG(rf_trace_mem_read, struct file *file)
{
	rf_trace_must_read(rf_trace_owner(file), 0);
	return 0;
}

SEC("fentry/mem_write")
int BPF_PROG(rf_trace_mem_write, struct file *file)
{
	rf_trace_must_write(rf_trace_owner(file));
	return 0;
}

/* It fills pages of who made the descriptor. */
SEC("fentry/userfaultfd_ioctl")
int BPF_PROG(rf_trace_fault, struct file *file)
{
	const struct userfaultfd_ctx *faults = file->private_data;

	rf_trace_must_write(BPF_CORE_READ(faults, mm, owner));
	return 0;
}

/* Of these the open has been asked for; the label may have come later. */
SEC("fentry/environ_read")
int BPF_PROG(rf_trace_environ, struct file *file)
{
	rf_trace_must_read(rf_trace_owner(file), rf_audited());
	return 0;
}

SEC("fentry/auxv_read")
int BPF_PROG(rf_trace_auxv, struct file *file)
{
	rf_trace_must_read(rf_trace_owner(file), rf_audited());
	return 0;
}

SEC("fentry/proc_pid_cmdline_read")
int BPF_PROG(rf_trace_cmdline, struct file *file)
{
	rf_trace_must_read(rf_proc_task(file->f_inode), rf_audited());
	return 0;
}

/* What is set for its timers and descriptors is made up anew for each read. */
static __always_inline void rf_trace_shown(const struct seq_file *seq)
{
	rf_trace_must_read(rf_proc_task(BPF_CORE_READ(seq, file, f_inode)), rf_audited());
}

SEC("fentry/show_timer")
int BPF_PROG(rf_trace_timer, struct seq_file *seq)
{
	rf_trace_shown(seq);
	return 0;
}

SEC("fentry/ep_show_fdinfo")
int BPF_PROG(rf_trace_events, struct seq_file *seq)
{
	rf_trace_shown(seq);
	return 0;
}

SEC("fentry/timerfd_show")
int BPF_PROG(rf_trace_timerfd, struct seq_file *seq)
{
	rf_trace_shown(seq);
	return 0;
}

SEC("fentry/signalfd_show_fdinfo")
int BPF_PROG(rf_trace_signalfd, struct seq_file *seq)
{
	rf_trace_shown(seq);
	return 0;
}

SEC("fentry/io_uring_show_fdinfo")
int BPF_PROG(rf_trace_ring, struct seq_file *seq)
{
	rf_trace_shown(seq);
	return 0;
}
