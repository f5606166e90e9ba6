/* SPDX-License-Identifier: GPL-2.0 */
/*
 * what the kernels call differently
 */
#ifndef RF_COMPAT_H
#define RF_COMPAT_H

#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/cred.h>
#include <linux/mnt_idmapping.h>
#include <linux/sched.h>
#include <linux/version.h>

/* 39f60c1ccee7 ("fs: port xattr to mnt_idmap"), 6.3 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define RF_NO_IDMAP (&nop_mnt_idmap)
#else
#define RF_NO_IDMAP (&init_user_ns)
#endif

/* 6f3189f38a3e ("bpf: treewide: Annotate BPF kfuncs in BTF"), 6.9 */
#ifndef BTF_KFUNCS_START
#define BTF_KFUNCS_START(name) BTF_SET8_START(name)
#define BTF_KFUNCS_END(name) BTF_SET8_END(name)
#endif

/*
 * 3f00c5239344 ("bpf: Allow trusted pointers to be passed to KF_TRUSTED_ARGS
 * kfuncs"), 6.2: before, no argument of an LSM hook counted as trusted.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define RF_KF_TRUSTED_ARGS KF_TRUSTED_ARGS
#else
#define RF_KF_TRUSTED_ARGS 0
#endif

/* 54e6842d0775 ("fork/vhost: Move VHOST threads to be user workers"), 6.4 */
#ifdef PF_USER_WORKER
#define RF_USER_WORKER (PF_USER_WORKER | PF_IO_WORKER)
#else
#define RF_USER_WORKER PF_IO_WORKER
#endif

#endif /* RF_COMPAT_H */
