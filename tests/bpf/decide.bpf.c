// SPDX-License-Identifier: GPL-2.0
/*
 * decide.bpf.c - decide inside the kernel: answers questions from a map, and
 * is loaded in each kind of program that uses it
 */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bpf/decide.h"
#include "tests/bpf/decide.h"

char _license[] SEC("license") = "GPL";

struct generation_value {
	__u8 bytes[RF_GENERATION_SIZE];
};

struct generation_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct generation_value);
} first SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct generation_map);
} generations SEC(".maps") = {
	.values = { &first },
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, QUESTIONS_MAX);
	__type(key, __u32);
	__type(value, struct question);
} questions SEC(".maps");

__u32 count;

static const struct rf_generation_header *generation(void)
{
	__u32 zero = 0;
	void *map = bpf_map_lookup_elem(&generations, &zero);

	return map ? bpf_map_lookup_elem(map, &zero) : 0;
}

static long answer_one(__u32 index, void *ctx)
{
	struct question *question = bpf_map_lookup_elem(&questions, &index);
	__u8 addr[16];

	(void)ctx;
	if (!question)
		return 1;
	__builtin_memcpy(addr, question->addr, sizeof(addr));
	question->decision = rf_decide(generation(), question->label, addr);
	return 0;
}

SEC("tc")
int answer(struct __sk_buff *skb)
{
	(void)skb;
	return bpf_loop(count, answer_one, 0, 0);
}

/* The packet door's shape: one decision on the destination of a packet. */
SEC("cgroup_skb/egress")
int packet(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct question *question = bpf_map_lookup_elem(&questions, &zero);
	__u8 addr[16];

	if (!question || bpf_skb_load_bytes(skb, 24, addr, sizeof(addr)))
		return 0;
	return rf_decide(generation(), question->label, addr).verdict != RF_VERDICT_DENY;
}

/* The call door's shape; this kernel may not have it, so it is opt-in. */
SEC("?lsm/socket_connect")
int call(__u64 *ctx)
{
	__u32 zero = 0;
	struct question *question = bpf_map_lookup_elem(&questions, &zero);
	__u8 addr[16];

	(void)ctx;
	if (!question)
		return -13;
	__builtin_memcpy(addr, question->addr, sizeof(addr));
	if (rf_decide(generation(), question->label, addr).verdict == RF_VERDICT_DENY)
		return -13;
	return 0;
}
