// SPDX-License-Identifier: GPL-2.0
/*
 * mount.bpf.c - flows through file systems that are being configured: fsopen(2)
 *
 * The kernel answers who sets an unknown option with a message that names it, and
 * whoever has the descriptor reads. A channel is the struct fs_context. What is mounted
 * in the end everybody sees: see tests/attacks/list.
 */
#include "bpf/flow.h"

SEC("fentry/vfs_parse_fs_param")
int BPF_PROG(rf_mount_set, struct fs_context *context)
{
	if (rf_holders_any())
		rf_flow_must_write((__u64)context, RF_FLOW_FILE);
	return 0;
}

SEC("fentry/fscontext_read")
int BPF_PROG(rf_mount_read, struct file *file)
{
	rf_flow_must_read((__u64)file->private_data, RF_FLOW_FILE);
	return 0;
}

SEC("fentry/put_fs_context")
int BPF_PROG(rf_mount_free, struct fs_context *context)
{
	rf_channel_forget((__u64)context);
	return 0;
}
