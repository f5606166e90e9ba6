/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mark.h - what mark.bpf.c and mark_test.c say to each other
 */
#ifndef TESTS_BPF_MARK_H
#define TESTS_BPF_MARK_H

#include "bpf/maps.h"

struct writing {
	struct rf_inode_key key;
	__u64 classes;
};

#endif /* TESTS_BPF_MARK_H */
