// SPDX-License-Identifier: GPL-2.0
/*
 * BPF links in the module's keeping
 */
#include <linux/atomic.h>
#include <linux/bpf.h>
#include <linux/bpf-cgroup.h>
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "hold.h"
#include "uapi/ringfence.h"

/* @prog is referenced, or its address could come back as another program's. */
struct rf_watch {
	const struct bpf_cgroup_link *link;
	struct bpf_prog *prog;
};

struct rf_hold {
	atomic_t broken;
	u32 watches;
	struct rf_watch watch[RF_LINKS_MAX];
	u32 links;
	struct bpf_link *link[RF_LINKS_MAX];
	u64 generation;
	bool guards; /* one of them is an egress link at the root */
};

static bool rf_watch_intact(const struct rf_watch *watch)
{
	/*
	 * Both are cleared or swapped under cgroup_mutex, which cannot be
	 * taken here; each is one word, and the next packet sees it.
	 */
	return READ_ONCE(watch->link->cgroup) && READ_ONCE(watch->link->link.prog) == watch->prog;
}

static struct bpf_prog *rf_link_prog_get(const struct bpf_link *link)
{
	struct bpf_prog *prog;

	/* BPF_LINK_UPDATE may be putting it; programs are freed after RCU. */
	rcu_read_lock();
	prog = bpf_prog_inc_not_zero(READ_ONCE(link->prog));
	rcu_read_unlock();
	return prog;
}

static int rf_hold_watch(struct rf_hold *hold, const struct bpf_link *link)
{
	const struct bpf_cgroup_link *cgroup_link;
	struct rf_watch *watch = &hold->watch[hold->watches];
	struct bpf_prog *prog;

	cgroup_link = container_of(link, struct bpf_cgroup_link, link);
	prog = rf_link_prog_get(link);
	if (IS_ERR(prog))
		return -ENOLINK;

	watch->link = cgroup_link;
	watch->prog = prog;
	hold->watches++;
	if (!rf_watch_intact(watch))
		return -ENOLINK;

	if (cgroup_link->type == BPF_CGROUP_INET_EGRESS &&
	    READ_ONCE(cgroup_link->cgroup) == &cgrp_dfl_root.cgrp)
		hold->guards = true;
	return 0;
}

static int rf_hold_add(struct rf_hold *hold, int fd)
{
	struct bpf_link *link = bpf_link_get_from_fd(fd);

	if (IS_ERR(link)) /* also -EINVAL, for a file that is no link */
		return -EBADF;

	hold->link[hold->links++] = link;
	switch (link->type) {
	case BPF_LINK_TYPE_CGROUP:
		return rf_hold_watch(hold, link);
	case BPF_LINK_TYPE_TRACING: /* LSM, fentry, fexit */
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		return 0;
	default: /* such as perf events, which an ioctl switches off */
		return -EINVAL;
	}
}

struct rf_hold *rf_hold_take(const __s32 *fds, u32 count, u64 generation)
{
	struct rf_hold *hold;
	int err = 0;
	u32 i;

	if (!count || count > RF_LINKS_MAX)
		return ERR_PTR(-EINVAL);

	hold = kzalloc(sizeof(*hold), GFP_KERNEL);
	if (!hold)
		return ERR_PTR(-ENOMEM);

	hold->generation = generation;
	for (i = 0; i < count && !err; i++)
		err = rf_hold_add(hold, fds[i]);
	if (!err && !hold->guards)
		err = -EINVAL;
	if (err) {
		rf_hold_release(hold);
		return ERR_PTR(err);
	}
	return hold;
}

void rf_hold_release(struct rf_hold *hold)
{
	u32 i;

	if (!hold)
		return;
	for (i = 0; i < hold->watches; i++)
		bpf_prog_put(hold->watch[i].prog);
	for (i = 0; i < hold->links; i++)
		bpf_link_put(hold->link[i]);
	kfree(hold);
}

bool rf_hold_intact(const struct rf_hold *hold)
{
	u32 i;

	if (unlikely(atomic_read(&hold->broken)))
		return false;
	for (i = 0; i < hold->watches; i++) {
		if (unlikely(!rf_watch_intact(&hold->watch[i])))
			return false;
	}
	return true;
}

bool rf_hold_break(struct rf_hold *hold)
{
	return !atomic_xchg(&hold->broken, 1);
}

u32 rf_hold_links(const struct rf_hold *hold)
{
	return hold->links;
}

u32 rf_hold_attached(const struct rf_hold *hold)
{
	u32 i, attached = hold->links;

	for (i = 0; i < hold->watches; i++) {
		if (!rf_watch_intact(&hold->watch[i]))
			attached--;
	}
	return attached;
}

u64 rf_hold_generation(const struct rf_hold *hold)
{
	return hold->generation;
}
