// SPDX-License-Identifier: GPL-2.0
/*
 * connect.bpf.c - the call door where there are no LSM hooks: the same
 * functions, called from a cgroup's connect hook
 */
#define RF_STORAGE_DEFINE
#include "bpf/storage.h"

/* Its own hooks are not loaded. */
#include "bpf/sock.bpf.c"

char LICENSE[] SEC("license") = "GPL";
const volatile __u32 rf_open_doors = 0;

__u64 label; /* of the process that connects */
__u64 address; /* see plain_address() */

/*
 * The hook's socket has a type that no arithmetic is allowed on; the LSM
 * hook's has not. What comes back from memory is a number.
 */
static __always_inline const struct sock *plain_address(const void *sk)
{
	*(volatile __u64 *)&address = (__u64)sk;
	return (const struct sock *)*(volatile __u64 *)&address;
}

/* Which the daemon does for each process when it starts. */
static __always_inline void record_current(void)
{
	struct rf_holder holder = { .refs = 1 };
	struct rf_task task = { .holder = 1 };
	__u64 key = (__u64)rf_task_current();

	bpf_map_update_elem(&holders, &task.holder, &holder, BPF_ANY);
	bpf_map_update_elem(&tasks, &key, &task, BPF_ANY);
}

SEC("cgroup/connect4")
int call_door(struct bpf_sock_addr *ctx)
{
	struct rf_question ask = { .door = RF_DOOR_CALL, .family = AF_INET };
	struct rf_caller caller = {};
	const struct sock *sk;

	if (!rf_task_find(rf_task_current()))
		record_current();
	rf_caller_find(&caller, NULL);
	if (!caller.holder || !ctx->sk)
		return 0;
	caller.holder->label = label;
	ask.label = caller.holder->label;
	if (!ask.label)
		return 1;
	sk = plain_address(ctx->sk);
	rf_ask_self(&ask, sk);
	rf_ask_peer(&ask, sk); /* reads as much as the address in user space */
	ask.refusal = rf_socket_refusal(ask.family, BPF_CORE_READ(sk, sk_type), ask.proto);
	if (!ask.refusal && rf_sock_label((struct sock *)ctx->sk, caller.task->holder, ask.label))
		ask.refusal = RF_REASON_RECORD;
	ask.port = bpf_ntohs(ctx->user_port);
	rf_addr_v4(ask.addr, ctx->user_ip4);
	return rf_call_door(&ask, &caller, false) ? 0 : 1;
}
