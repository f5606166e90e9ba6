/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cgroup.h - what a cgroup gives to its processes
 */
#ifndef RF_BPF_CGROUP_H
#define RF_BPF_CGROUP_H

#include "bpf/holder.h"

/* The kernel allows cgroup.max.depth of INT_MAX; paths end far earlier. */
#define RF_CGROUP_DEPTH_MAX 4096

struct rf_cgroup_walk {
	const struct cgroup *cgroup;
	__u64 classes;
	__u32 origin;
};

static long rf_cgroup_ancestor(__u32 i, struct rf_cgroup_walk *walk)
{
	const struct cgroup *cgroup = walk->cgroup;
	__u64 id = BPF_CORE_READ(cgroup, kn, id);
	struct rf_mark *mark;

	mark = bpf_map_lookup_elem(&cgroups, &id);
	if (mark) {
		walk->classes |= mark->read;
		walk->origin = mark->origin;
	}
	/* A cgroup begins with its css, so the parent's css is the parent. */
	walk->cgroup = (void *)BPF_CORE_READ(cgroup, self.parent);
	return !walk->cgroup;
}

/* Returns the classes that @cgroup and its ancestors give. */
static __always_inline __u64 rf_cgroup_classes(const struct cgroup *cgroup, __u32 *origin)
{
	struct rf_cgroup_walk walk = { .cgroup = cgroup };
	const struct rf_state *global = rf_state();

	if (!cgroup || (global && !global->sieve.cgroups))
		return 0;
	bpf_loop(RF_CGROUP_DEPTH_MAX, rf_cgroup_ancestor, &walk, 0);
	*origin = walk.origin;
	return walk.classes;
}

/* No hook can refuse a move between cgroups: who can't be told is labelled. */
static __always_inline void rf_cgroup_join(const struct task_struct *task,
					   const struct cgroup *cgroup)
{
	struct rf_join join = {
		.task = task,
		.kind = RF_ORIGIN_CGROUP,
		.force = true,
	};

	join.classes = rf_cgroup_classes(cgroup, &join.origin);
	if (join.classes)
		rf_join(&join);
}

#endif /* RF_BPF_CGROUP_H */
