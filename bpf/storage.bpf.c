// SPDX-License-Identifier: GPL-2.0
/*
 * storage.bpf.c - where the maps and the frozen settings live
 */
#define RF_STORAGE_DEFINE
#include "bpf/storage.h"

/* See verdict.h. */
const volatile __u32 rf_open_doors = 0;

/* See unkept.h. */
const volatile bool rf_keeps = false;

/* See egress.bpf.c. */
const volatile __u32 rf_kernel_casts = 0;

char LICENSE[] SEC("license") = "GPL";
