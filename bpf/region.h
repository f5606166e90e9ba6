/* SPDX-License-Identifier: GPL-2.0 */
/*
 * region.h - which atom of the world an address belongs to; the same source
 * for the kernel and for user space
 *
 * Whatever the bytes of the generation are, nothing outside of it is read:
 * every index is compared with the size of its table before it is used, and a
 * table that makes no sense answers RF_ATOM_UNKNOWN, which is denied.
 *
 * The searches are written without data-dependent branches: a branch per step
 * would make the verifier walk every path of the search (2^16 of them).
 */
#ifndef RF_REGION_H
#define RF_REGION_H

#include "bpf/generation.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/*
 * Without this clang sees that a mask is the outcome of a comparison and makes
 * a branch of it again.
 */
#define RF_REGION_OPAQUE(x) __asm__ volatile("" : "+r"(x))

/* Eight bytes in network byte order as a number. */
static __always_inline __u64 rf_region_load(const __u8 *bytes)
{
	__u64 word;

	__builtin_memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* How many bits are set; BPF has no instruction for it. */
static __always_inline __u32 rf_region_popcount(__u64 x)
{
	x -= (x >> 1) & 0x5555555555555555ull;
	x = (x & 0x3333333333333333ull) + ((x >> 2) & 0x3333333333333333ull);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return (x * 0x0101010101010101ull) >> 56;
}

/* All ones where @a < @b, else zero: the borrow of a - b. */
static __always_inline __u64 rf_region_less(__u64 a, __u64 b)
{
	__u64 borrow = ((~a & b) | (~(a ^ b) & (a - b))) >> 63;

	RF_REGION_OPAQUE(borrow);
	return -borrow;
}

/* The atom of an IPv4 address (host byte order). */
static __always_inline __u16 rf_region_v4(const struct rf_generation *gen, __u32 addr)
{
	const struct rf_v4_bucket *bucket = &gen->v4.bucket[(addr >> 16) & (RF_V4_BUCKETS - 1)];
	__u64 base = bucket->start, n = bucket->count, atom = bucket->atom;
	__u64 low = addr & 0xffff;

	/* n halves in each step, whatever is found, so 16 steps end any 16-bit count. */
#ifdef __clang__
#pragma clang loop unroll(disable)
#endif
	for (int i = 0; i < 16; i++) {
		__u64 half = (n + 1) >> 1, at = base + half - 1, segment, left;

		if (!n)
			break;
		if (at >= RF_V4_SEGMENTS)
			return RF_ATOM_UNKNOWN;
		segment = gen->v4.segment[at];
		/* All ones if the address is below: both have 16 bits. */
		left = (__u64)((__s64)(low - (segment & 0xffff)) >> 63);
		RF_REGION_OPAQUE(left);
		atom = (atom & left) | ((segment >> 16) & ~left);
		base += half & ~left;
		n -= half;
	}
	return atom;
}

/* The atom of an address in a /64 with boundaries inside. */
static __always_inline __u16 rf_region_tail(const struct rf_generation *gen, __u32 index, __u64 low)
{
	const struct rf_v6_tail *tail;
	__u64 base, n, atom;

	if (index >= RF_V6_TAILS)
		return RF_ATOM_UNKNOWN;
	tail = &gen->v6.tail[index];
	base = tail->start;
	n = tail->count;
	atom = tail->atom;
#ifdef __clang__
#pragma clang loop unroll(disable)
#endif
	for (int i = 0; i < 16; i++) {
		__u64 half = n >> 1, at = base + half, left;

		if (!n)
			break;
		if (at >= RF_V6_TAIL_KEYS)
			return RF_ATOM_UNKNOWN;
		left = rf_region_less(low, gen->v6.tail_key[at]);
		atom = (atom & left) | (gen->v6.tail_atom[at] & ~left);
		base += (half + 1) & ~left;
		n = (half & left) | ((n - half - 1) & ~left);
	}
	return atom;
}

/* The leaf of an IPv6 address's upper 64 bits: an atom, or a tail. */
static __always_inline __u32 rf_region_leaf(const struct rf_generation *gen, __u64 high)
{
	__u32 at = gen->v6.root[high >> 48];

	if (at & RF_V6_ROOT_LEAF)
		return at & ~RF_V6_ROOT_LEAF;
	high <<= 16;
#ifdef __clang__
#pragma clang loop unroll(disable)
#endif
	for (int i = 0; i < RF_V6_DEPTH; i++) {
		const struct rf_v6_node *node;
		__u64 part = high >> (64 - RF_V6_STRIDE), upto;

		if (at >= RF_V6_NODES)
			return RF_ATOM_UNKNOWN;
		node = &gen->v6.node[at];
		upto = (2ull << part) - 1;
		if (!(node->child >> part & 1)) {
			at = node->leaf_base + rf_region_popcount(node->leaf & upto) - 1;
			if (at >= RF_V6_LEAVES)
				return RF_ATOM_UNKNOWN;
			return gen->v6.leaf[at];
		}
		at = node->child_base + rf_region_popcount(node->child & upto) - 1;
		high <<= RF_V6_STRIDE;
	}
	return RF_ATOM_UNKNOWN;
}

/* The atom of an IPv6 address, given as two numbers. */
static __always_inline __u16 rf_region_v6(const struct rf_generation *gen, __u64 high, __u64 low)
{
	__u32 leaf = rf_region_leaf(gen, high);

	if (leaf >= RF_ATOM_MAX)
		return rf_region_tail(gen, leaf - RF_ATOM_MAX, low);
	return leaf;
}

/*
 * Is the IPv4 address (host byte order) one that means the same everywhere?
 * RFC 6890's tables, for those that no prefix of transition may carry.
 */
static __always_inline int rf_region_is_global(__u32 addr)
{
	switch (addr >> 24) {
	case 0:
	case 10:
	case 127: return 0;
	case 100: return (addr >> 22) != (0x64400000u >> 22);
	case 169: return (addr >> 16) != 0xa9fe;
	case 172: return (addr >> 20) != 0xac1;
	case 192:
		return (addr >> 8) != 0xc00000 && (addr >> 8) != 0xc00002 && (addr >> 16) != 0xc0a8;
	case 198: return (addr >> 17) != (0xc6120000u >> 17) && (addr >> 8) != 0xc63364;
	case 203: return (addr >> 8) != 0xcb0071;
	}
	return addr >> 24 < 224;
}

/*
 * The IPv4 address that an IPv6 address carries, by the atom of its prefix.
 * False if it may not carry that one: only a network's own prefix for NAT64
 * may carry private ones (RFC 6052, 3.1).
 */
static __always_inline int rf_region_embedded(__u16 atom, __u64 high, __u64 low, __u32 *addr)
{
	switch (atom) {
	case RF_ATOM_NAT64:
		*addr = (__u32)low;
		if (high != 0x0064ff9b00000000ull || low >> 32)
			return 1;
		break;
	case RF_ATOM_6TO4: *addr = (__u32)(high >> 16); break;
	case RF_ATOM_TEREDO: *addr = ~(__u32)low; break;
	default: return 0;
	}
	return rf_region_is_global(*addr);
}

/**
 * struct rf_words - an address as two numbers
 * @high, @low: host byte order; IPv4 is ::ffff:a.b.c.d
 */
struct rf_words {
	__u64 high;
	__u64 low;
};

/* @addr: network byte order */
static __always_inline struct rf_words rf_words_load(const __u8 addr[16])
{
	struct rf_words words = { rf_region_load(addr), rf_region_load(addr + 8) };

	return words;
}

/* rf_region_atom() of an address that is in numbers already */
static __always_inline __u16 rf_region_words(const struct rf_generation_header *gen,
					     struct rf_words addr)
{
	const struct rf_generation *value = (const struct rf_generation *)gen;
	__u32 v4 = (__u32)addr.low;
	__u16 atom;

	if (addr.high || addr.low >> 32 != 0xffff) {
		atom = rf_region_v6(value, addr.high, addr.low);
		if (atom < RF_ATOM_EMBED_FIRST)
			return atom;
		if (!rf_region_embedded(atom, addr.high, addr.low, &v4))
			return RF_ATOM_UNKNOWN;
	}
	atom = rf_region_v4(value, v4);
	return atom < RF_ATOM_EMBED_FIRST ? atom : RF_ATOM_UNKNOWN;
}

/**
 * rf_region_atom - which atom an address belongs to
 * @gen: a generation's value, RF_GENERATION_SIZE bytes, not NULL
 * @addr: network byte order; IPv4 as ::ffff:a.b.c.d
 *
 * Any context. Returns an atom below RF_ATOM_EMBED_FIRST, RF_ATOM_UNKNOWN for
 * an address in no region. One that carries an IPv4 address has its atom.
 */
static __always_inline __u16 rf_region_atom(const struct rf_generation_header *gen,
					    const __u8 addr[16])
{
	return rf_region_words(gen, rf_words_load(addr));
}

#endif /* RF_REGION_H */
