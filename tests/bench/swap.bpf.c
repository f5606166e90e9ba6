// SPDX-License-Identifier: GPL-2.0
/*
 * swap.bpf.c - asks the product's generation, over and over, and counts the
 * answers that neither of two generations gives
 */
#include "bpf/verdict.h"
#include "tests/bench/swap.h"

char LICENSE[] SEC("license") = "GPL";

/* The product's; all that verdict.h declares beside it is not used here. */
struct rf_map_generations generations SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, SWAP_ADDRESSES);
	__type(key, __u32);
	__type(value, struct swap_probe);
} probes SEC(".maps");

__u32 count;
__u32 first;
__u64 wrong;
__u64 seen[2]; /* answers that only the one generation gives */

static __always_inline bool same(const struct rf_decision *a, const struct rf_decision *b)
{
	return a->classes == b->classes && a->atom == b->atom && a->verdict == b->verdict &&
	       a->reason == b->reason;
}

static long probe_one(__u32 i, void *unused)
{
	__u32 index = (first + i) & (SWAP_ADDRESSES - 1);
	const struct swap_probe *probe = bpf_map_lookup_elem(&probes, &index);
	struct rf_decision answer;
	bool one, other;

	if (!probe)
		return 1;
	answer = rf_decide_words(rf_generation(), SWAP_LABEL, probe->addr);
	one = same(&answer, &probe->answer[0]);
	other = same(&answer, &probe->answer[1]);
	if (!one && !other)
		wrong++;
	else if (one != other)
		seen[other]++;
	return 0;
}

SEC("tc")
int probe_many(struct __sk_buff *skb)
{
	return bpf_loop(count, probe_one, NULL, 0);
}
