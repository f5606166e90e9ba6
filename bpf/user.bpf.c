// SPDX-License-Identifier: GPL-2.0
/*
 * user.bpf.c - the user origin: whoever becomes a marked user
 */
#include "bpf/holder.h"

static __always_inline int rf_user_join(__u32 uid)
{
	struct rf_mark *mark = bpf_map_lookup_elem(&users, &uid);

	if (!mark)
		return 0;
	return rf_join_current(mark->read, RF_ORIGIN_USER, mark->origin);
}

/* One look-up where all four are the same. */
static __always_inline int rf_user_become(const struct cred *cred)
{
	__u32 uid = cred->uid.val, euid = cred->euid.val;
	__u32 suid = cred->suid.val, fsuid = cred->fsuid.val;

	if (rf_user_join(uid) || (euid != uid && rf_user_join(euid)) ||
	    (suid != uid && suid != euid && rf_user_join(suid)) ||
	    (fsuid != uid && fsuid != euid && rf_user_join(fsuid)))
		return -EACCES;
	return 0;
}

SEC("lsm/task_fix_setuid")
int BPF_PROG(rf_setuid, struct cred *new, const struct cred *old, int flags, int ret)
{
	return ret ? 0 : rf_user_become(new) ? -EACCES : 0;
}

/* A set-user-ID program changes the credentials without a system call. */
SEC("lsm/bprm_creds_from_file")
int BPF_PROG(rf_exec_setuid, struct linux_binprm *bprm, struct file *file, int ret)
{
	return ret ? 0 : rf_user_become(bprm->cred) ? -EACCES : 0;
}
