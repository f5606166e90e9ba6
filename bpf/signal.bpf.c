// SPDX-License-Identifier: GPL-2.0
/*
 * signal.bpf.c - values that go with a signal, from one process to another
 *
 * Only those of sigqueue and the like: `kill` brings no more than a number, and
 * a labelled shell's would label every daemon that it tells to reload.
 */
#include "bpf/trace.h"

/* Not sent with a value either, but below 0 as those are. */
#define SI_TKILL (-6)

SEC("lsm/task_kill")
int BPF_PROG(rf_signal, struct task_struct *target, struct kernel_siginfo *info, int sig,
	     const struct cred *cred, int ret)
{
	__u64 address = 0;
	int code;

	if (ret)
		return 0;
	/* 0 and 1 stand for signals without any. */
	bpf_probe_read_kernel(&address, sizeof(address), &ctx[1]);
	if (address <= 1)
		return 0;
	code = BPF_CORE_READ((const struct kernel_siginfo *)address, si_code);
	if (code >= 0 || code == SI_TKILL)
		return 0;
	return rf_trace_write(target, RF_FLOW_SIGNAL, false) ? -EACCES : 0;
}
