/* SPDX-License-Identifier: GPL-2.0 */
/*
 * storage.h - the maps. Defined in storage.bpf.c, declared everywhere else.
 */
#ifndef RF_STORAGE_H
#define RF_STORAGE_H

#include "bpf/generation.h"
#include "bpf/kernel.h"
#include "bpf/maps.h"

#define RF_EVENTS_BYTES (1 << 20)

#define RF_HASH(tag, key_type, value_type, entries)   \
	struct tag {                                  \
		__uint(type, BPF_MAP_TYPE_HASH);      \
		__uint(max_entries, entries);         \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__type(key, key_type);                \
		__type(value, value_type);            \
	}

RF_HASH(rf_map_tasks, __u64, struct rf_task, RF_TASKS_MAX);
RF_HASH(rf_map_holders, __u64, struct rf_holder, RF_TASKS_MAX);
RF_HASH(rf_map_sources, __u64, struct rf_sources, RF_TASKS_MAX);
RF_HASH(rf_map_inodes, struct rf_inode_key, struct rf_mark, RF_INODES_MAX);
RF_HASH(rf_map_devices, __u32, struct rf_mark, 1024);
RF_HASH(rf_map_cgroups, __u64, struct rf_mark, 65536);
RF_HASH(rf_map_names, struct rf_name_key, struct rf_mark, 4096);
RF_HASH(rf_map_users, __u32, struct rf_mark, 4096);
RF_HASH(rf_map_groups, __u64, __u64, RF_TASKS_MAX);
RF_HASH(rf_map_links, __u32, __u32, RF_LINKS_MAX * 4);
RF_HASH(rf_map_channels, __u64, struct rf_channel, RF_CHANNELS_MAX);
RF_HASH(rf_map_edges, struct rf_edge, __u64, RF_EDGES_MAX);
RF_HASH(rf_map_work, struct rf_work, __u64, RF_WORK_MAX);

/*
 * A bell: nobody asks what is in it, rf_keep_soon() is called by who puts
 * something there. On 6.1 the packet door may not call the module, but it may do
 * this. The type is the one that others use least and that may sleep.
 */
struct rf_map_unkept {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 1);
	__type(key, struct rf_unkept);
	__type(value, __u64);
};

struct rf_map_services {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RF_SERVICES_MAX);
	__type(key, __u32);
	__type(value, struct rf_service);
};

/* Preallocated: an entry must not fail for want of memory. */
struct rf_map_late {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RF_LATE_MAX);
	__type(key, __u64);
	__type(value, __u64);
};

/* By address of a socket: the holder whose pages it has. */
RF_HASH(rf_map_spliced, __u64, struct rf_spliced, RF_LATE_MAX);

/* A child of a labelled listener is born with its label. */
struct rf_map_socks {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct rf_sock);
};

struct rf_map_generation {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, RF_GENERATION_SIZE);
};

struct rf_map_generations {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rf_map_generation);
};

struct rf_map_stats {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RF_STATS_MAX);
	__type(key, __u32);
	__type(value, __u64);
};

/* User space maps it to store single fields, beside what is counted here. */
struct rf_map_state {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct rf_state);
};

struct rf_map_request {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rf_request);
};

struct rf_map_events {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RF_EVENTS_BYTES);
};

#ifndef RF_STORAGE_DEFINE
#define RF_STORAGE_DEFINE extern
#endif

RF_STORAGE_DEFINE struct rf_map_tasks tasks SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_holders holders SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_sources sources SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_inodes inodes SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_devices devices SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_cgroups cgroups SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_names names SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_users users SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_groups groups SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_links links SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_channels channels SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_edges edges SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_work work SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_unkept unkept SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_services services SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_late late SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_spliced spliced SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_socks socks SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_generations generations SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_stats stats SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_state state SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_request request SEC(".maps");
RF_STORAGE_DEFINE struct rf_map_events events SEC(".maps");

#endif /* RF_STORAGE_H */
