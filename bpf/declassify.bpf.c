// SPDX-License-Identifier: GPL-2.0
/*
 * declassify.bpf.c - nobody gets at a declassifier's memory
 *
 * Its powers begin in task.bpf.c, and end there and in file.bpf.c.
 */
#include "bpf/declassify.h"

/*
 * Attaching, and all that asks for as much: /proc/PID/mem, process_vm_writev,
 * pidfd_getfd. Root is refused as well; who traces it from before its exec gets
 * a program without powers.
 */
SEC("lsm/ptrace_access_check")
int BPF_PROG(rf_declassify_trace, struct task_struct *child, unsigned int mode, int ret)
{
	struct rf_task *task;
	struct rf_holder *holder;

	if (ret || !(mode & PTRACE_MODE_ATTACH))
		return 0;
	task = rf_task_find(child);
	holder = task ? rf_holder_find(task->holder) : NULL;
	if (!holder || !rf_holder_powers(holder))
		return 0;
	rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_TAMPER));
	rf_declassify_tell(task->holder, holder, 0, RF_EVENT_TAMPER, RF_REASON_TAMPER);
	return -EPERM;
}

/* Mapped as data, then made executable. */
SEC("lsm/file_mprotect")
int BPF_PROG(rf_declassify_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	const struct file *file;

	if (ret || !(prot & PROT_EXEC))
		return 0;
	file = BPF_CORE_READ(vma, vm_file);
	if (file)
		rf_declassify_map(file);
	return 0;
}
