/* SPDX-License-Identifier: GPL-2.0 */
/*
 * late.h - labels of sockets that are known by cookie only
 *
 * A thread that is blocked in a send when its process gets a label has passed
 * its hook; what it copies from memory afterwards may be labelled. So a new
 * label goes to the socket that each sibling last sent on. The siblings are
 * found by walking the kernel's lists, which gives addresses and no typed
 * pointers: hence a hash by socket cookie beside the socket storage. The
 * packet door looks into it only while it has entries.
 */
#ifndef RF_BPF_LATE_H
#define RF_BPF_LATE_H

#include "bpf/event.h"

#define RF_WALK_THREADS (1 << 16)
#define RF_WALK_PROCESSES (1 << 20)

struct rf_walk {
	__u64 holder;
	__u64 classes;
	__u64 self;
	__u64 next; /* address of a list_head */
	__u64 head;
	__u64 process; /* the same, in the list of processes */
	__u64 first;
	int err;
	bool done; /* all threads of a process were seen */
	bool closed; /* all processes were */
};

/* Left open until their flows are followed. */
static __always_inline bool rf_family_local(__u16 family)
{
	return family == AF_UNIX || family == AF_NETLINK;
}

/*
 * Sent without a system call (AF_XDP), or by one that no hook can refuse: up to
 * 6.4 KCM takes pages by sendpage, and sends them on a connection of its own.
 */
static __always_inline bool rf_family_unseen(__u16 family)
{
	return family == AF_XDP || family == AF_KCM;
}

/* True for sockets whose every packet passes the packet door. */
static __always_inline bool rf_packets_seen(__u16 family, __u16 type, __u16 protocol)
{
	if (family != AF_INET && family != AF_INET6)
		return false;
	switch (type) {
	case SOCK_STREAM: return protocol == IPPROTO_TCP;
	case SOCK_DGRAM:
		return protocol == IPPROTO_UDP || protocol == IPPROTO_ICMP ||
		       protocol == IPPROTO_ICMPV6;
	case SOCK_RAW: return true;
	}
	return false;
}

static __always_inline int rf_late_add(__u64 cookie, __u64 classes)
{
	struct rf_state *global = rf_state();
	__u64 *label;

	if (!global)
		return -EACCES;
	label = bpf_map_lookup_elem(&late, &cookie);
	if (label) {
		__sync_fetch_and_or(label, classes);
		return 0;
	}
	__sync_fetch_and_add(&global->late, 1);
	if (!bpf_map_update_elem(&late, &cookie, &classes, BPF_NOEXIST))
		return 0;
	__sync_fetch_and_sub(&global->late, 1);
	label = bpf_map_lookup_elem(&late, &cookie);
	if (!label)
		return -EACCES;
	__sync_fetch_and_or(label, classes);
	return 0;
}

static __always_inline void rf_late_forget(__u64 cookie)
{
	struct rf_state *global = rf_state();

	if (global && global->late && !bpf_map_delete_elem(&late, &cookie))
		__sync_fetch_and_sub(&global->late, 1);
}

/* Is it the same socket still, and not a freed one or another in its place? */
static __always_inline bool rf_late_alive(const struct rf_task *task)
{
	const struct sock_common *sk = (const void *)task->sk;

	return (__u64)BPF_CORE_READ(sk, skc_cookie.counter) == task->cookie &&
	       BPF_CORE_READ(sk, skc_refcnt.refs.counter) > 0;
}

static __always_inline int rf_late_sibling(__u64 address, const struct rf_walk *walk)
{
	struct rf_task *task;

	/* The task that obtains the data is not in a send. */
	if (address == walk->self)
		return 0;
	task = bpf_map_lookup_elem(&tasks, &address);
	if (!task || task->holder != walk->holder || !task->cookie)
		return 0;
	/* It may be sending where no packet door is: no label for it. */
	if (task->cookie == RF_COOKIE_UNSEEN)
		return -EACCES;
	return rf_late_alive(task) ? rf_late_add(task->cookie, walk->classes) : 0;
}

static long rf_walk_thread(__u32 i, struct rf_walk *walk)
{
	__u64 task = walk->next - bpf_core_field_offset(struct task_struct, thread_node);

	if (walk->next == walk->head) {
		walk->done = true;
		return 1;
	}
	walk->err = rf_late_sibling(task, walk);
	if (walk->err)
		return 1;
	if (bpf_probe_read_kernel(&walk->next, sizeof(walk->next), (void *)walk->next)) {
		walk->err = -EACCES;
		return 1;
	}
	return 0;
}

/* All threads of @task's process. RCU keeps what the list names alive. */
static __always_inline int rf_walk_threads(const struct task_struct *task, struct rf_walk *walk)
{
	struct signal_struct *signal = BPF_CORE_READ(task, signal);

	walk->head = (__u64)signal + bpf_core_field_offset(struct signal_struct, thread_head);
	walk->done = false;
	if (bpf_probe_read_kernel(&walk->next, sizeof(walk->next), (void *)walk->head))
		return -EACCES;
	bpf_loop(RF_WALK_THREADS, rf_walk_thread, walk, 0);
	/* More threads than were looked at: not all are known. */
	return walk->done ? walk->err : -EACCES;
}

static long rf_walk_process(__u32 i, struct rf_walk *walk)
{
	const struct task_struct *task =
		(const void *)(walk->process - bpf_core_field_offset(struct task_struct, tasks));

	if (i && walk->process == walk->first) {
		walk->closed = true;
		return 1;
	}
	if (rf_walk_threads(task, walk))
		return 1;
	if (bpf_probe_read_kernel(&walk->process, sizeof(walk->process), (void *)walk->process))
		return 1;
	return 0;
}

/* All threads of all processes: the list is a ring, idle task included. */
static __always_inline int rf_walk_processes(const struct task_struct *task, struct rf_walk *walk)
{
	walk->first = (__u64)BPF_CORE_READ(task, group_leader) +
		      bpf_core_field_offset(struct task_struct, tasks);
	walk->process = walk->first;
	bpf_loop(RF_WALK_PROCESSES, rf_walk_process, walk, 0);
	return walk->closed ? walk->err : -EACCES;
}

/**
 * rf_late_label - label the sockets that the holder's tasks last sent on
 * @shared: the holder has tasks in other processes
 *
 * -EACCES if one can't be recorded, or has no packet door.
 */
static __always_inline int rf_late_label(const struct task_struct *task, __u64 holder,
					 __u64 classes, bool shared)
{
	struct rf_walk walk = {
		.holder = holder,
		.classes = classes,
		.self = bpf_get_current_task(),
	};

	if (shared)
		return rf_walk_processes(task, &walk);
	return rf_walk_threads(task, &walk);
}

#endif /* RF_BPF_LATE_H */
