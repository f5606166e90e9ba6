/* SPDX-License-Identifier: GPL-2.0 */
/*
 * spliced.h - sockets that hold pages and not copies
 *
 * What splice, sendfile and vmsplice put into a socket is not copied: the
 * pages may change until the peer has acknowledged them. So it is kept for
 * each such socket whose pages they are, and a label that this holder gets
 * goes to the socket as well, open or closed.
 */
#ifndef RF_BPF_SPLICED_H
#define RF_BPF_SPLICED_H

#include "bpf/late.h"

struct bpf_map;

struct rf_spliced_walk {
	__u64 holder;
	__u64 to;
	__u64 classes;
	__u32 tgid;
	int err;
};

static __always_inline int rf_spliced_add(__u64 cookie, __u64 holder)
{
	struct rf_spliced new = { .holder = holder, .tgid = bpf_get_current_pid_tgid() >> 32 };
	struct rf_state *global = rf_state();
	struct rf_spliced *known;

	if (!global)
		return -EACCES;
	known = bpf_map_lookup_elem(&spliced, &cookie);
	if (!known) {
		__sync_fetch_and_add(&global->spliced, 1);
		if (!bpf_map_update_elem(&spliced, &cookie, &new, BPF_NOEXIST))
			return 0;
		__sync_fetch_and_sub(&global->spliced, 1);
		known = bpf_map_lookup_elem(&spliced, &cookie);
	}
	if (!known)
		return -EACCES;
	/* Pages of two: but one that has ended changes none any more. */
	if (known->holder != holder && bpf_map_lookup_elem(&holders, &known->holder))
		return -EACCES;
	known->tgid = new.tgid;
	known->holder = holder;
	return 0;
}

/**
 * rf_spliced_note - the running task's pages are about to be in @sk
 *
 * To be called before the label is read. A holder whose pages can't be
 * followed gets no label until it has exec'd.
 */
static __always_inline void rf_spliced_note(struct rf_holder *holder, __u64 id, struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	__u32 flags = RF_HOLDER_SPLICED;

	if (rf_family_local(family))
		return;
	if (!rf_packets_seen(family, BPF_CORE_READ(sk, sk_type), BPF_CORE_READ(sk, sk_protocol)) ||
	    rf_spliced_add(bpf_get_socket_cookie(sk), id))
		flags |= RF_HOLDER_UNSEEN_MEMORY;
	__sync_fetch_and_or(&holder->flags, flags);
}

static __always_inline void rf_spliced_forget(__u64 cookie)
{
	struct rf_state *global = rf_state();

	if (global && global->spliced && !bpf_map_delete_elem(&spliced, &cookie))
		__sync_fetch_and_sub(&global->spliced, 1);
}

static long rf_spliced_socket(struct bpf_map *map, const __u64 *cookie,
			      const struct rf_spliced *pages, struct rf_spliced_walk *walk)
{
	if (pages->holder == walk->holder && rf_late_add(*cookie, walk->classes))
		walk->err = -EACCES;
	return 0;
}

/* Labels all sockets that have the holder's pages; -EACCES if one can't be. */
static __always_inline int rf_spliced_label(__u64 holder, __u64 classes)
{
	struct rf_spliced_walk walk = { .holder = holder, .classes = classes };

	bpf_for_each_map_elem(&spliced, rf_spliced_socket, &walk, 0);
	return walk.err;
}

static long rf_spliced_rename(struct bpf_map *map, const __u64 *cookie, struct rf_spliced *pages,
			      struct rf_spliced_walk *walk)
{
	if (pages->holder != walk->holder || pages->tgid != walk->tgid)
		return 0;
	pages->holder = walk->to;
	if (walk->classes && rf_late_add(*cookie, walk->classes))
		walk->err = -EACCES;
	return 0;
}

/*
 * The running process becomes another holder by exec. It may still have the
 * pages that it spliced: those of a file that it has open.
 */
static __always_inline void rf_spliced_move(__u64 from, __u64 to, __u64 label)
{
	struct rf_spliced_walk walk = {
		.holder = from,
		.to = to,
		.classes = label,
		.tgid = bpf_get_current_pid_tgid() >> 32,
	};
	struct rf_state *global = rf_state();

	bpf_for_each_map_elem(&spliced, rf_spliced_rename, &walk, 0);
	/* Exec can't be refused any more. */
	if (walk.err && global)
		global->lost = 1;
}

#endif /* RF_BPF_SPLICED_H */
