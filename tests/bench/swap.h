/* SPDX-License-Identifier: GPL-2.0 */
/*
 * swap.h - what swap.bpf.c and swap.c say to each other
 */
#ifndef BENCH_SWAP_H
#define BENCH_SWAP_H

#include "bpf/decide.h"

#define SWAP_ADDRESSES 4096 /* a power of two */
#define SWAP_LABEL 3ull

/**
 * struct swap_probe - an address and the only two answers to it
 * @answer: of the one generation and of the other
 */
struct swap_probe {
	struct rf_words addr;
	struct rf_decision answer[2];
};

#endif /* BENCH_SWAP_H */
