/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shared.h - memory that others may have as well, and may be written
 */
#ifndef RF_BPF_SHARED_H
#define RF_BPF_SHARED_H

#include "bpf/channel.h"
#include "bpf/holder.h"
#include "bpf/written.h"

/*
 * No other has it but a fork, which has it silently (see rf_task_alloc()): what
 * is a device's, or one of those that all have one inode (perf rings, virtual
 * processors). A BPF map has that too; only root can map one.
 */
static __always_inline bool rf_shared_by_forks(__u16 mode, __u32 flags, unsigned long magic)
{
	return (mode & S_IFMT) == S_IFCHR || (magic == ANON_INODE_FS_MAGIC && flags & S_PRIVATE);
}

/**
 * rf_share - a holder has memory that others may have, from now on
 * @node: address of the inode that is mapped
 * @stays: rf_written_keeps()
 *
 * -EACCES if there is no room for the edge: then the holder gets no label.
 */
static __always_inline int rf_share(struct rf_holder *holder, __u64 id, __u64 node, bool stays)
{
	struct rf_channel *channel = rf_channel_make(node, RF_FLOW_MEMORY);

	if (channel)
		__sync_fetch_and_or(&channel->flags,
				    RF_CHANNEL_EDGES | (stays ? RF_CHANNEL_FILE : 0));
	/* Who has a file mapped is found by that; of others only this tells. */
	if (!channel || rf_edge_add(id, node, RF_FLOW_MEMORY) ||
	    (!stays && rf_edge_add(node, id, RF_FLOW_MEMORY))) {
		__sync_fetch_and_or(&holder->flags, RF_HOLDER_UNSEEN_MEMORY);
		return -EACCES;
	}
	__sync_fetch_and_or(&holder->flags, RF_HOLDER_EDGES);
	return 0;
}

#endif /* RF_BPF_SHARED_H */
