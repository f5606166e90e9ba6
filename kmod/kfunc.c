// SPDX-License-Identifier: GPL-2.0
/*
 * what BPF programs may call: programs of LSM and tracing hooks
 */
#define pr_fmt(fmt) "ringfence: " fmt

#include <linux/bpf.h>
#include <linux/module.h>

#include "compat.h"
#include "held.h"
#include "keep.h"
#include "kfunc.h"

static bool rf_kfunc_registered;

/* Nobody here calls these; programs need each of them whole. */
__used noinline int ringfence_keep(struct file *file, u64 label)
{
	return rf_keep(file, label);
}

__used noinline int ringfence_keep_held(u64 label)
{
	return rf_held_keep(label);
}

__used noinline void ringfence_keep_soon(u32 pid, u64 label, u32 ends)
{
	rf_held_keep_soon(pid, label, ends);
}

__used noinline int ringfence_kept(struct file *file, u64 *label)
{
	return rf_kept(file, label);
}

__used noinline void ringfence_note_soon(u64 dentry, u64 label, u32 attributes, u32 ends)
{
	rf_held_note_soon((struct dentry *)(unsigned long)dentry, label, attributes, ends);
}

__used noinline int ringfence_kept_beside(struct dentry *dentry, u32 attributes, u64 *label)
{
	return rf_kept_beside(dentry, attributes, label);
}

__used noinline int ringfence_kept_more(struct dentry *dentry, u32 attributes, u64 text, u64 len)
{
	return rf_kept_more(dentry, attributes, (const char *)(unsigned long)text, len);
}

BTF_KFUNCS_START(rf_kfunc_ids)
BTF_ID_FLAGS(func, ringfence_keep, KF_SLEEPABLE | RF_KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ringfence_keep_held, KF_SLEEPABLE)
BTF_ID_FLAGS(func, ringfence_keep_soon)
BTF_ID_FLAGS(func, ringfence_kept, KF_SLEEPABLE | RF_KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ringfence_note_soon)
BTF_ID_FLAGS(func, ringfence_kept_beside, KF_SLEEPABLE | RF_KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, ringfence_kept_more, KF_SLEEPABLE | RF_KF_TRUSTED_ARGS)
BTF_KFUNCS_END(rf_kfunc_ids)

static const struct btf_kfunc_id_set rf_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &rf_kfunc_ids,
};

/* Built without pahole or resolve_btfids: the numbers are missing. */
static bool rf_kfunc_resolved(void)
{
	return THIS_MODULE->btf_data_size && rf_kfunc_ids.cnt;
}

void rf_kfunc_init(void)
{
	/*
	 * Once: on 6.1 a second call for the same kind of program undoes the first.
	 * Tracing programs are of the same kind.
	 */
	rf_kfunc_registered = rf_kfunc_resolved() &&
			      !register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &rf_kfunc_set);
	if (!rf_kfunc_registered)
		pr_warn("built without BTF: labels are not kept in extended attributes\n");
}

bool rf_kfunc_offered(void)
{
	return rf_kfunc_registered;
}
