/* SPDX-License-Identifier: GPL-2.0 */
/*
 * decide.h - what decide.bpf.c and decide_test.c say to each other
 */
#ifndef TESTS_BPF_DECIDE_H
#define TESTS_BPF_DECIDE_H

#include "bpf/decide.h"

#define QUESTIONS_MAX 4096

struct question {
	__u64 label;
	__u8 addr[16];
	struct rf_decision decision;
};

#endif /* TESTS_BPF_DECIDE_H */
