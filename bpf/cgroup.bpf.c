// SPDX-License-Identifier: GPL-2.0
/*
 * cgroup.bpf.c - the unit and cgroup origins
 *
 * A cgroup is marked by its identifier, which the kernel never reuses. Those
 * that the policy names and that do not exist yet are marked when made, by
 * the last component of their path (a unit) or by the whole path.
 */
#include "bpf/cgroup.h"

/* Identifiers are unique in their hierarchy only, and ours is version 2's. */
static __always_inline bool rf_cgroup_foreign(const struct cgroup *cgroup)
{
	return BPF_CORE_READ(cgroup, root, hierarchy_id);
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(rf_cgroup_attach, struct cgroup *to, const char *path, struct task_struct *task)
{
	if (!rf_cgroup_foreign(to))
		rf_cgroup_join(task, to);
	return 0;
}

static __always_inline void rf_cgroup_name(__u64 id, const char *name)
{
	struct rf_name_key key = {};
	struct rf_state *global = rf_state();
	struct rf_mark *mark, *old;

	bpf_probe_read_kernel_str(key.name, sizeof(key.name), name);
	mark = bpf_map_lookup_elem(&names, &key);
	if (!mark)
		return;
	if (global)
		global->sieve.cgroups = 1;
	/* User space may be marking it too. */
	if (!bpf_map_update_elem(&cgroups, &id, mark, BPF_NOEXIST))
		return;
	old = bpf_map_lookup_elem(&cgroups, &id);
	if (old)
		__sync_fetch_and_or(&old->read, mark->read);
	else
		rf_count(RF_STATS_REASON(RF_DOOR_CALL, RF_REASON_RECORD));
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(rf_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	__u64 id = BPF_CORE_READ(cgroup, kn, id);

	if (rf_cgroup_foreign(cgroup))
		return 0;
	rf_cgroup_name(id, BPF_CORE_READ(cgroup, kn, name));
	rf_cgroup_name(id, path);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(rf_cgroup_rmdir, struct cgroup *cgroup)
{
	__u64 id = BPF_CORE_READ(cgroup, kn, id);

	if (!rf_cgroup_foreign(cgroup))
		bpf_map_delete_elem(&cgroups, &id);
	return 0;
}
