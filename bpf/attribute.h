/* SPDX-License-Identifier: GPL-2.0 */
/*
 * attribute.h - which extended attributes are no data
 */
#ifndef RF_BPF_ATTRIBUTE_H
#define RF_BPF_ATTRIBUTE_H

#include "bpf/call.h"

/* Eight characters as they are in memory: memcmp() of more than that is a call. */
#define RF_TEXT(a, b, c, d, e, f, g, h)                                                          \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | \
	 (__u64)(f) << 40 | (__u64)(g) << 48 | (__u64)(h) << 56)

/*
 * overlayfs keeps notes of its own beside its layers' files, by whoever changes
 * something and for whoever looks a name up, in the name of who mounted it. One
 * who uses io_uring may have lent names too.
 */
static __noinline bool rf_attribute_is_note(const char *name)
{
	struct task_struct *task = rf_task_current();
	__u64 text[3] = {};

	if (BPF_CORE_READ(task, cred) == BPF_CORE_READ(task, real_cred) ||
	    BPF_CORE_READ(task, io_uring) || BPF_CORE_READ(task, flags) & PF_IO_WORKER)
		return false;
	bpf_probe_read_kernel_str((char *)text, sizeof(text), name);
	return (text[0] == RF_TEXT('t', 'r', 'u', 's', 't', 'e', 'd', '.') &&
		text[1] == RF_TEXT('o', 'v', 'e', 'r', 'l', 'a', 'y', '.')) ||
	       (text[0] == RF_TEXT('u', 's', 'e', 'r', '.', 'o', 'v', 'e') &&
		(text[1] & 0xffffffffff) == RF_TEXT('r', 'l', 'a', 'y', '.', 0, 0, 0));
}

#endif /* RF_BPF_ATTRIBUTE_H */
