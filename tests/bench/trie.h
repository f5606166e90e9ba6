/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trie.h - keys of LPM tries; for BPF and user space
 */
#ifndef BENCH_TRIE_H
#define BENCH_TRIE_H

#include <linux/types.h>

struct bench_key4 {
	__u32 len;
	__u32 addr; /* network byte order */
};

struct bench_key6 {
	__u32 len;
	__u8 addr[16];
};

#endif /* BENCH_TRIE_H */
