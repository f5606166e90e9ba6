/* SPDX-License-Identifier: GPL-2.0 */
/*
 * served.h - sockets that get regulated data from a service
 */
#ifndef RF_BPF_SERVED_H
#define RF_BPF_SERVED_H

#include "bpf/channel.h"
#include "bpf/holder.h"
#include "bpf/mark.h"
#include "bpf/service.h"
#include "bpf/source.h"
#include "bpf/verdict.h"

/**
 * struct rf_serving - a peer, and what it gives
 * @addr, @port: as for rf_service_classes()
 */
struct rf_serving {
	__u8 addr[16];
	__u64 classes;
	__u32 origin;
	__u16 port;
};

static long rf_serving_slot(__u32 i, struct rf_serving *serving)
{
	const struct rf_service *service = bpf_map_lookup_elem(&services, &i);
	__u64 classes;

	classes = service ? rf_service_classes(service, serving->addr, serving->port) : 0;
	if (classes) {
		serving->classes |= classes;
		serving->origin = service->origin;
	}
	return !service;
}

/* Fills in what the peer gives. */
static __noinline int rf_serving_find(struct rf_serving *serving)
{
	const struct rf_state *global = rf_state();

	if (!serving || !global || !global->services)
		return 0;
	bpf_loop(global->services, rf_serving_slot, serving, 0);
	return 0;
}

/* May the name of this socket be marked? Most have none. */
static __always_inline bool rf_serving_names(struct sock *sk)
{
	const struct unix_sock *unix = bpf_skc_to_unix_sock(sk);
	const struct rf_state *global = rf_state();
	const struct inode *inode;

	if (!unix || !global)
		return true;
	if (!unix->path.dentry)
		return false;
	inode = unix->path.dentry->d_inode;
	return rf_sieve_inode(&global->sieve, inode->i_ino, inode->i_sb->s_dev);
}

/* The same of a unix socket: its server's name is marked. */
static __always_inline void rf_serving_unix(const struct sock *server, struct rf_serving *serving)
{
	const struct unix_sock *unix = (const void *)server;
	const struct dentry *dentry = BPF_CORE_READ(unix, path.dentry);
	struct rf_inode_key key = {};
	const struct rf_mark *mark;

	if (!dentry)
		return;
	rf_inode_key(BPF_CORE_READ(dentry, d_inode), &key);
	mark = bpf_map_lookup_elem(&inodes, &key);
	if (!mark)
		return;
	serving->classes = mark->read;
	serving->origin = mark->origin;
}

/* What the peer gives that the socket behind @file is connected to. */
static __always_inline void rf_serving_socket(struct file *file, struct rf_serving *serving)
{
	struct socket *sock = bpf_sock_from_file(file);
	const struct unix_sock *unix;
	const struct sock *sk;
	__u16 family;

	sk = sock ? BPF_CORE_READ(sock, sk) : NULL;
	if (!sk)
		return;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family == AF_UNIX) {
		unix = (const void *)sk;
		sk = BPF_CORE_READ(unix, peer);
		if (sk)
			rf_serving_unix(sk, serving);
		return;
	}
	if (family == AF_INET)
		rf_addr_v4(serving->addr, BPF_CORE_READ(sk, __sk_common.skc_daddr));
	else if (family == AF_INET6)
		BPF_CORE_READ_INTO(&serving->addr, sk, __sk_common.skc_v6_daddr);
	else
		return;
	serving->port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (serving->port)
		rf_serving_find(serving);
}

/*
 * What @sk receives has these classes from now on, and so has whoever receives
 * it: rf_settle() has to follow, somebody may wait already. -EACCES if that can't
 * be recorded.
 */
static __always_inline int rf_served(const struct sock *sk, const struct rf_serving *serving)
{
	struct rf_source hop = { .origin = serving->origin };
	__u64 channel = (__u64)sk;

	if (!serving->classes)
		return 0;
	rf_source_current(&hop, 0, serving->classes, RF_ORIGIN_SERVICE);
	return rf_gain(&channel, &hop);
}

/* The same of what it receives from @server, on a unix socket. */
static __always_inline int rf_served_unix(const struct sock *sk, const struct sock *server)
{
	struct rf_serving serving = {};

	rf_serving_unix(server, &serving);
	return rf_served(sk, &serving);
}

#endif /* RF_BPF_SERVED_H */
