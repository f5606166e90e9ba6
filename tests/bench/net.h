/* SPDX-License-Identifier: GPL-2.0 */
/*
 * net.h - two network namespaces of our own, and a cgroup
 */
#ifndef BENCH_NET_H
#define BENCH_NET_H

#include <netinet/in.h>
#include <stdint.h>

#define BENCH_NEAR_DEVICE "near"
#define BENCH_FAR_DEVICE "far"
#define BENCH_PORT_DROPPED 9 /* UDP that comes to the far end there ends there */
#define BENCH_PORT_LISTEN 7

/* Once; this thread is in the near one from then on. */
void bench_net_open(void);

/* Change this thread's network namespace. */
void bench_net_enter_near(void);
void bench_net_enter_far(void);

/* The cgroup that senders are in: its path, and that from the root of cgroups. */
const char *bench_cgroup_path(void);
const char *bench_cgroup_name(void);
/* The same below /sys/fs/cgroup, wherever cgroup v2 is mounted. */
const char *bench_cgroup_below_sys(void);
/* Into it; sockets that are made before are outside of it for good. */
void bench_cgroup_enter(void);

/* Runs a shell command; ends the bench if it fails. */
__attribute__((format(printf, 1, 2))) void bench_command(const char *format, ...);

#endif /* BENCH_NET_H */
