// SPDX-License-Identifier: GPL-2.0
/*
 * declassify.bpf.c - others' code in a declassifier
 *
 * Its powers begin in task.bpf.c, and end here, there and in file.bpf.c; who
 * wants to get at its memory is refused in trace.bpf.c.
 */
#include "bpf/declassify.h"

/* Mapped as data, then made executable. */
SEC("lsm/file_mprotect")
int BPF_PROG(rf_declassify_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	const struct file *file;

	if (ret || !(prot & PROT_EXEC))
		return 0;
	file = vma->vm_file;
	if (file)
		rf_declassify_map(file);
	return 0;
}
