// SPDX-License-Identifier: GPL-2.0
/*
 * mark.bpf.c - what a hook does to the mark of a file that a labelled process writes
 */
#define RF_STORAGE_DEFINE
#include "bpf/written.h"
#include "tests/bpf/mark.h"

char LICENSE[] SEC("license") = "GPL";

SEC("syscall")
int write_file(struct writing *writing)
{
	struct rf_source hop = { .classes = writing->classes };
	struct rf_inode_key key = writing->key;
	__u64 added;

	return rf_written_join(&key, &hop, &added);
}
