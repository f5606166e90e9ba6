// SPDX-License-Identifier: GPL-2.0
/*
 * mark.bpf.c - what user space changes in a mark
 *
 * Hooks add to marks in place, at any time. Who reads one, changes it and puts it
 * back undoes what they added meanwhile: so user space says what to add and what
 * to take away, and that is done here, in place as well.
 */
#include "bpf/mark.h"

static __always_inline void rf_change_origin(struct rf_mark *mark, const struct rf_mark *add,
					     __u32 how)
{
	if (how == RF_CHANGE_ADD && mark->origin)
		return;
	mark->origin = add->origin;
	if (how == RF_CHANGE_ADD)
		return;
	__sync_fetch_and_or(&mark->flags, add->flags);
	if (!(add->flags & RF_MARK_DERIVED))
		__sync_fetch_and_and(&mark->flags, ~RF_MARK_DERIVED);
}

/* -EEXIST or -EAGAIN: a hook made it or it was deleted meanwhile, try again. */
static __always_inline long rf_change_add(void *map, const void *key, const struct rf_mark *add,
					  __u32 how)
{
	struct rf_mark *mark = bpf_map_lookup_elem(map, key);

	if (!mark)
		return bpf_map_update_elem(map, key, add, BPF_NOEXIST);
	rf_mark_or(mark, add);
	rf_change_origin(mark, add, how);
	/* Where the chain of what was written begins: that of the first writer. */
	__sync_val_compare_and_swap(&mark->node, 0, add->node);
	return rf_mark_stands(map, key, mark) ? 0 : -EAGAIN;
}

/* Deletes a mark that gives nothing, unless a hook adds to it: see rf_mark_stands(). */
static __always_inline void rf_change_end(void *map, const void *key, struct rf_mark *mark)
{
	__sync_fetch_and_or(&mark->flags, RF_MARK_ENDED);
	if (!rf_mark_gives(mark) && !bpf_map_delete_elem(map, key))
		return;
	__sync_fetch_and_and(&mark->flags, ~RF_MARK_ENDED);
}

static __always_inline long rf_change_take(void *map, const void *key, const struct rf_mark *take,
					   bool ends)
{
	struct rf_mark *mark = bpf_map_lookup_elem(map, key), taken = {};

	if (!mark)
		return 0;
	taken.holds = __sync_fetch_and_and(&mark->holds, ~take->holds) & take->holds;
	taken.removes = __sync_fetch_and_and(&mark->removes, ~take->removes) & take->removes;
	taken.read = __sync_fetch_and_and(&mark->read, ~take->read) & take->read;
	taken.exec = __sync_fetch_and_and(&mark->exec, ~take->exec) & take->exec;
	taken.written = __sync_fetch_and_and(&mark->written, ~take->written) & take->written;
	/* It was deleted meanwhile, and what was its own may be another's by now. */
	if (bpf_map_lookup_elem(map, key) != mark) {
		rf_mark_or(mark, &taken);
		return 0;
	}
	if (taken.written && !mark->written)
		mark->node = 0;
	if (ends && !rf_mark_gives(mark) && !(mark->flags & RF_MARK_PINS))
		rf_change_end(map, key, mark);
	return 0;
}

static __always_inline long rf_change(void *map, const void *key, const struct rf_mark *mark,
				      __u32 how, bool ends)
{
	return how == RF_CHANGE_TAKE ? rf_change_take(map, key, mark, ends) :
				       rf_change_add(map, key, mark, how);
}

/*
 * Hooks add to those of inodes, who look whether it stands; to those of devices
 * and cgroups, which stay until what they are of is gone; and to no others.
 */
SEC("syscall")
int rf_change_mark(struct rf_change *change)
{
	__u64 key[RF_NAME_LEN / 8];
	struct rf_mark mark = change->mark;
	__u32 how = change->how;

	__builtin_memcpy(key, change->key, sizeof(key));
	switch (change->map) {
	case RF_MARKS_INODES: return rf_change(&inodes, key, &mark, how, true);
	case RF_MARKS_DEVICES: return rf_change(&devices, key, &mark, how, false);
	case RF_MARKS_CGROUPS: return rf_change(&cgroups, key, &mark, how, false);
	case RF_MARKS_NAMES: return rf_change(&names, key, &mark, how, true);
	case RF_MARKS_USERS: return rf_change(&users, key, &mark, how, true);
	}
	return -EINVAL;
}
