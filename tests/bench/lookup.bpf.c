// SPDX-License-Identifier: GPL-2.0
/*
 * lookup.bpf.c - looking up many addresses, each after the answer of the one
 * before; and single ones, with the clock around them
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "bpf/region.h"
#include "tests/bench/lookup.h"
#include "tests/bench/trie.h"

char LICENSE[] SEC("license") = "GPL";

struct generation_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, RF_GENERATION_SIZE);
} generation SEC(".maps");

struct trie4_map {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct bench_key4);
	__type(value, __u32);
} trie4 SEC(".maps");

struct trie6_map {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct bench_key6);
	__type(value, __u32);
} trie6 SEC(".maps");

#define TABLES(name, inner)                               \
	struct {                                          \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); \
		__uint(max_entries, 2);                   \
		__type(key, __u32);                       \
		__array(values, struct inner);            \
	} name SEC(".maps")

TABLES(generations, generation_map);
TABLES(tries4, trie4_map);
TABLES(tries6, trie6_map);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, POOL_MAX);
	__type(key, __u32);
	__type(value, struct bench_address);
} pool SEC(".maps");

__u32 count; /* look-ups */
__u32 first; /* of the pool */
__u32 mask; /* how much of the pool: a power of two, less one */
__u64 never; /* zero; nobody but us knows */
__u64 sum; /* of the answers, to compare them */
__u64 took_ns; /* one look-up */

struct walk {
	__u64 answer;
	__u64 sum;
};

/*
 * The next address. Where it is depends on the last answer for all that the
 * processor can know.
 */
static __always_inline int next_address(__u32 i, const struct walk *walk, struct bench_address *out)
{
	__u32 index = (first + i + (walk->answer & never)) & mask;
	const struct bench_address *address = bpf_map_lookup_elem(&pool, &index);

	if (!address)
		return -1;
	*out = *address;
	return 0;
}

static __always_inline __u64 find_ours(const struct bench_address *address)
{
	__u32 zero = 0;
	const void *value = bpf_map_lookup_elem(&generation, &zero);

	return value ? rf_region_atom(value, address->bytes) : 0;
}

static __always_inline __u64 find_trie4(const struct bench_address *address)
{
	struct bench_key4 key = { .len = 32 };
	const __u32 *atom;

	__builtin_memcpy(&key.addr, address->bytes + 12, 4);
	atom = bpf_map_lookup_elem(&trie4, &key);
	return atom ? *atom : 0;
}

static __always_inline __u64 find_trie6(const struct bench_address *address)
{
	struct bench_key6 key = { .len = 128 };
	const __u32 *atom;

	__builtin_memcpy(key.addr, address->bytes, 16);
	atom = bpf_map_lookup_elem(&trie6, &key);
	return atom ? *atom : 0;
}

static __always_inline __u64 find_nothing(const struct bench_address *address)
{
	return *(const __u64 *)address->bytes ^ *(const __u64 *)(address->bytes + 8);
}

#define LOOKUPS(name)                                       \
	static long step_##name(__u32 i, struct walk *walk) \
	{                                                   \
		struct bench_address address;               \
                                                            \
		if (next_address(i, walk, &address))        \
			return 1;                           \
		walk->answer = find_##name(&address);       \
		walk->sum += walk->answer;                  \
		return 0;                                   \
	}                                                   \
                                                            \
	SEC("tc")                                           \
	int many_##name(struct __sk_buff *skb)              \
	{                                                   \
		struct walk walk = {};                      \
                                                            \
		bpf_loop(count, step_##name, &walk, 0);     \
		sum = walk.sum;                             \
		return 0;                                   \
	}

LOOKUPS(ours)
LOOKUPS(trie4)
LOOKUPS(trie6)
LOOKUPS(nothing)

/* The same code for both tables: not inlined, and the table not known. */

static __noinline __u64 one_ours(__u32 table, const struct bench_address *address)
{
	const void *inner = bpf_map_lookup_elem(&generations, &table);
	struct bench_address copy;
	const void *value;
	__u32 zero = 0;

	if (!inner || !address)
		return 0;
	value = bpf_map_lookup_elem((void *)inner, &zero);
	copy = *address;
	return value ? rf_region_atom(value, copy.bytes) : 0;
}

static __noinline __u64 one_trie4(__u32 table, const struct bench_address *address)
{
	const void *inner = bpf_map_lookup_elem(&tries4, &table);
	struct bench_key4 key = { .len = 32 };
	const __u32 *atom;

	if (!inner || !address)
		return 0;
	__builtin_memcpy(&key.addr, address->bytes + 12, 4);
	atom = bpf_map_lookup_elem((void *)inner, &key);
	return atom ? *atom : 0;
}

static __noinline __u64 one_trie6(__u32 table, const struct bench_address *address)
{
	const void *inner = bpf_map_lookup_elem(&tries6, &table);
	struct bench_key6 key = { .len = 128 };
	const __u32 *atom;

	if (!inner || !address)
		return 0;
	__builtin_memcpy(key.addr, address->bytes, 16);
	atom = bpf_map_lookup_elem((void *)inner, &key);
	return atom ? *atom : 0;
}

static __noinline __u64 one_nothing(__u32 table, const struct bench_address *address)
{
	return address ? find_nothing(address) + table : 0;
}

struct shot {
	struct bench_address address;
	__u64 answer;
	__u64 took;
};

/* Twice: the small table first. */
#define SHOT(name)                                               \
	static long shoot_##name(__u32 table, struct shot *shot) \
	{                                                        \
		struct bench_address address = shot->address;    \
		__u64 start = bpf_ktime_get_ns();                \
                                                                 \
		shot->answer = one_##name(table, &address);      \
		shot->took = bpf_ktime_get_ns() - start;         \
		return 0;                                        \
	}                                                        \
                                                                 \
	SEC("tc")                                                \
	int single_##name(struct __sk_buff *skb)                 \
	{                                                        \
		struct shot shot = {};                           \
		struct walk walk = {};                           \
                                                                 \
		if (next_address(0, &walk, &shot.address))       \
			return 0;                                \
		bpf_loop(2, shoot_##name, &shot, 0);             \
		sum += shot.answer;                              \
		took_ns = shot.took;                             \
		return 0;                                        \
	}

SHOT(ours)
SHOT(trie4)
SHOT(trie6)
SHOT(nothing)
