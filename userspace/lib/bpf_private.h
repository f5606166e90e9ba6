/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf_private.h - what bpf_object.c and bpf_hook.c share, which alone know libbpf
 */
#ifndef RF_BPF_PRIVATE_H
#define RF_BPF_PRIVATE_H

#include "userspace/lib/bpf_object.h"

struct rf_object {
	struct ringfence_bpf *skel;
	struct bpf_map *maps[RF_MAP_MAX];
	__u32 map_ids[RF_MAP_MAX]; /* of those that are loaded */
	struct bpf_program *iterators[RF_ITERATOR_MAX];
	struct bpf_program *hooks[RF_LINKS_MAX];
	size_t hook_count;
	struct rf_state *state;
	struct ring_buffer *events;
	void (*event_fn)(void *ctx, const struct rf_event *event);
	void *event_ctx;
	unsigned int event_budget;
};

int rf_map_fd(const struct rf_object *object, enum rf_map map);
int rf_map_info(int fd, struct bpf_map_info *info);

#endif /* RF_BPF_PRIVATE_H */
