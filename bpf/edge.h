/* SPDX-License-Identifier: GPL-2.0 */
/*
 * edge.h - flows that need no further call: memory that two holders have
 * (struct rf_edge)
 */
#ifndef RF_BPF_EDGE_H
#define RF_BPF_EDGE_H

#include "bpf/event.h"

/* Kernel addresses are above all identifiers of holders. */
#define RF_NODE_CHANNEL (1ULL << 63)
/* Neither. */
#define RF_NODE_NONE (RF_NODE_CHANNEL - 1)

static __always_inline bool rf_node_is_channel(__u64 node)
{
	return node & RF_NODE_CHANNEL;
}

static long rf_edge_of_node(struct bpf_map *map, const struct rf_edge *edge, const __u64 *value,
			    const __u64 *node)
{
	struct rf_state *global = rf_state();

	if ((edge->from == *node || edge->to == *node) && !bpf_map_delete_elem(&edges, edge) &&
	    global)
		__sync_fetch_and_sub(&global->edges, 1);
	return 0;
}

/* One of its ends is gone. */
static __always_inline void rf_edges_forget(__u64 node)
{
	bpf_for_each_map_elem(&edges, rf_edge_of_node, &node, 0);
}

/* -EACCES if there is no room for it. */
static __always_inline int rf_edge_add(__u64 from, __u64 to, __u64 kind)
{
	struct rf_edge edge = { .from = from, .to = to };
	struct rf_state *global = rf_state();

	if (!global)
		return -EACCES;
	if (bpf_map_lookup_elem(&edges, &edge))
		return 0;
	__sync_fetch_and_add(&global->edges, 1);
	if (!bpf_map_update_elem(&edges, &edge, &kind, BPF_NOEXIST))
		return 0;
	__sync_fetch_and_sub(&global->edges, 1);
	return bpf_map_lookup_elem(&edges, &edge) ? 0 : -EACCES;
}

#endif /* RF_BPF_EDGE_H */
