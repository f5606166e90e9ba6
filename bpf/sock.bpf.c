// SPDX-License-Identifier: GPL-2.0
/*
 * sock.bpf.c - the call door: an errno for who would send abroad, and the
 * label for the socket
 */
#include <bpf/bpf_endian.h>

#include "bpf/declassify.h"
#include "bpf/served.h"
#include "bpf/sock.h"
#include "bpf/spliced.h"
#include "bpf/unix.h"
#include "bpf/verdict.h"

/**
 * struct rf_caller - who makes a system call
 * @sk: with which socket; NULL while it is being made
 */
struct rf_caller {
	struct rf_task *task;
	struct rf_holder *holder;
	struct sock *sk;
};

/* Fills the destination from the peer that @sk is connected to. */
static __always_inline void rf_ask_peer(struct rf_question *ask, const struct sock *sk)
{
	ask->port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (ask->family == AF_INET)
		rf_addr_v4(ask->addr, BPF_CORE_READ(sk, __sk_common.skc_daddr));
	else
		BPF_CORE_READ_INTO(&ask->addr, sk, __sk_common.skc_v6_daddr);
}

/* Fills the protocol and this end of @sk. */
static __always_inline void rf_ask_self(struct rf_question *ask, const struct sock *sk)
{
	ask->proto = BPF_CORE_READ(sk, sk_protocol);
	ask->sport = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (ask->family == AF_INET)
		rf_addr_v4(ask->saddr, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
	else if (ask->family == AF_INET6)
		BPF_CORE_READ_INTO(&ask->saddr, sk, __sk_common.skc_v6_rcv_saddr);
}

/*
 * Fills the destination from a socket address in kernel memory. False if the
 * kernel will not take it as a destination.
 */
static __always_inline bool rf_ask_name(struct rf_question *ask, const void *name, int len)
{
	struct sockaddr_in6 v6 = {};
	struct sockaddr_in v4 = {};

	if (len < (int)sizeof(v4) || bpf_probe_read_kernel(&v4, sizeof(v4), name))
		return false;
	/* An IPv4 socket takes AF_UNSPEC for AF_INET (udp_sendmsg()). */
	if (ask->family == AF_INET || v4.sin_family == AF_INET) {
		ask->port = bpf_ntohs(v4.sin_port);
		rf_addr_v4(ask->addr, v4.sin_addr.s_addr);
		return true;
	}
	if (v4.sin_family != AF_INET6 || len < 24 || bpf_probe_read_kernel(&v6, sizeof(v6), name))
		return false;
	ask->port = bpf_ntohs(v6.sin6_port);
	__builtin_memcpy(ask->addr, &v6.sin6_addr, sizeof(ask->addr));
	return true;
}

/* Who calls, and the socket that they call with: false if there is nothing to ask. */
static __always_inline bool rf_caller_find(struct rf_caller *caller, struct sock *sk)
{
	caller->task = rf_task_find(rf_task_current());
	caller->holder = caller->task ? rf_holder_find(caller->task->holder) : NULL;
	caller->sk = sk;
	return caller->holder && sk;
}

/*
 * Begin the question of a labelled caller, and give the socket its label; what
 * can't be made good is in @ask->refusal. False if nothing is to be asked.
 */
static __always_inline bool rf_ask_begin(struct rf_question *ask, const struct rf_caller *caller)
{
	struct sock *sk = caller->sk;

	ask->label = rf_holder_sends(caller->holder);
	ask->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (!ask->label || rf_family_local(ask->family))
		return false;
	rf_ask_self(ask, sk);
	ask->refusal = rf_socket_refusal(ask->family, BPF_CORE_READ(sk, sk_type), ask->proto);
	if (!ask->refusal &&
	    rf_sock_label(sk, caller->task->holder, ask->label, caller->holder->holds))
		ask->refusal = RF_REASON_RECORD;
	return true;
}

static __always_inline void rf_event_exe(struct rf_event *event)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *exe;

	if (!task->mm)
		return;
	exe = task->mm->exe_file;
	if (exe && bpf_d_path(&exe->f_path, event->exe, sizeof(event->exe)) < 0) {
		event->exe[0] = 0;
		event->flags |= RF_EVENT_F_EXE_CUT;
	}
}

/*
 * Decide, count, tell; the errno for the hook. @exe: the hook is one of those
 * that bpf_d_path() may be called from.
 */
static __always_inline int rf_call_door(const struct rf_question *ask,
					const struct rf_caller *caller, bool exe)
{
	struct rf_decision answer = rf_verdict_of(ask);
	struct rf_event *event;

	if (answer.verdict == RF_VERDICT_ALLOW)
		return 0;
	rf_verdict_count(ask, &answer);
	event = rf_verdict_event(ask, &answer);
	if (event) {
		event->holder = caller->task->holder;
		rf_event_current(event);
		if (exe)
			rf_event_exe(event);
		if (caller->sk)
			event->socket = bpf_get_socket_cookie(caller->sk);
		bpf_ringbuf_submit(event, 0);
	}
	/* No label on the socket: the other door would let it pass. */
	if (ask->refusal == RF_REASON_RECORD)
		return -EACCES;
	if (answer.verdict == RF_VERDICT_AUDIT || !rf_door_closed(RF_DOOR_CALL))
		return 0;
	return -EACCES;
}

SEC("lsm/socket_create")
int BPF_PROG(rf_socket_create, int family, int type, int protocol, int kern, int ret)
{
	struct rf_question ask = { .door = RF_DOOR_CALL };
	struct rf_caller caller;

	if (ret || kern || rf_family_local(family))
		return 0;
	if (!rf_family_unseen(family) && !rf_holders_any())
		return 0;
	rf_caller_find(&caller, NULL);
	if (!caller.holder)
		return 0;
	if (rf_family_unseen(family))
		__sync_fetch_and_or(&caller.holder->flags, RF_HOLDER_UNSEEN_FD);
	ask.label = rf_holder_sends(caller.holder);
	ask.family = family;
	ask.proto = protocol;
	ask.refusal = rf_socket_refusal(family, type, protocol);
	if (!ask.label || !ask.refusal)
		return 0;
	return rf_call_door(&ask, &caller, true);
}

/* What who is named so gives to @sk; nothing if it is no address. */
static __noinline int rf_serving_name(struct rf_serving *serving, const struct sock *sk,
				      const void *name, int len)
{
	struct rf_question peer = {};

	peer.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (!serving || rf_family_local(peer.family) || !rf_ask_name(&peer, name, len))
		return 0;
	__builtin_memcpy(serving->addr, peer.addr, sizeof(serving->addr));
	serving->port = peer.port;
	/* Nowhere is this host, by either of its addresses. */
	if (rf_addr_is_unspecified(peer.addr)) {
		__builtin_memset(serving->addr, 0, sizeof(serving->addr));
		serving->addr[15] = 1;
		rf_serving_find(serving);
		rf_addr_v4(serving->addr, bpf_htonl(INADDR_LOOPBACK));
	}
	rf_serving_find(serving);
	return 0;
}

/*
 * @sk is to get data from there: as rf_served(). Not inline, for its stack, as what
 * follows.
 */
static __noinline int rf_served_by(const struct sock *sk, const void *name, int len)
{
	struct rf_serving serving = {};

	rf_serving_name(&serving, sk, name, len);
	return rf_served(sk, &serving);
}

static __always_inline bool rf_services_any(void)
{
	const struct rf_state *global = rf_state();

	return global && global->services;
}

static __noinline int rf_inet_connect(struct sock *sk, const struct sockaddr *address, int len)
{
	struct rf_question ask = { .door = RF_DOOR_CALL };
	struct rf_caller caller;

	if (!rf_caller_find(&caller, sk) || !caller.holder->label || !rf_ask_begin(&ask, &caller))
		return 0;
	if (ask.refusal)
		return rf_call_door(&ask, &caller, true);
	/* Dissolves the association; nothing is sent. */
	if (BPF_CORE_READ(address, sa_family) == AF_UNSPEC)
		return 0;
	/* What the kernel refuses too: EINVAL, EAFNOSUPPORT. */
	if (!rf_ask_name(&ask, address, len))
		return 0;
	/* Connecting to nowhere is connecting to this host. */
	if (rf_addr_is_unspecified(ask.addr))
		return 0;
	return rf_call_door(&ask, &caller, true);
}

SEC("lsm/socket_connect")
int BPF_PROG(rf_socket_connect, struct socket *sock, struct sockaddr *address, int addrlen, int ret)
{
	struct sock *sk = sock->sk;

	if (ret || !sk)
		return 0;
	if (rf_services_any() && BPF_CORE_READ(address, sa_family) != AF_UNSPEC &&
	    (rf_served_by(sk, address, addrlen) || rf_settle(false)))
		return -EACCES;
	if (!rf_holders_any())
		return 0;
	return rf_inet_connect(sk, address, addrlen) ? -EACCES : 0;
}

/*
 * Remember where this thread sends, for a label that arrives while it is
 * blocked. The exchange orders the store before the load of the label.
 */
static __always_inline void rf_sock_note_send(struct rf_task *task, struct sock *sk)
{
	__u64 cookie = RF_COOKIE_UNSEEN;

	if (rf_family_local(sk->__sk_common.skc_family))
		cookie = 0;
	else if (rf_packets_seen(sk->__sk_common.skc_family, sk->sk_type, sk->sk_protocol))
		cookie = sk->__sk_common.skc_cookie.counter ?: bpf_get_socket_cookie(sk);
	task->sk = (__u64)sk;
	if (task->cookie != cookie)
		__sync_lock_test_and_set(&task->cookie, cookie);
}

/* Groups and sources that the kernel tells the routers of, whoever set them. */
static __always_inline bool rf_option_is_reported(int level, int name)
{
	if (name >= MCAST_JOIN_GROUP && name <= MCAST_MSFILTER)
		return true;
	if (level == IPPROTO_IP)
		return name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP ||
		       (name >= IP_UNBLOCK_SOURCE && name <= IP_MSFILTER);
	return name == IPV6_ADD_MEMBERSHIP || name == IPV6_DROP_MEMBERSHIP ||
	       name == IPV6_JOIN_ANYCAST || name == IPV6_LEAVE_ANYCAST;
}

/* Options whose bytes go into the headers of what the socket sends, or into reports. */
static __always_inline bool rf_option_is_header(int level, int name)
{
	if (level != IPPROTO_IP && level != IPPROTO_IPV6)
		return false;
	if (rf_option_is_reported(level, name))
		return true;
	if (level == IPPROTO_IP)
		return name == IP_OPTIONS;
	switch (name) {
	case IPV6_2292PKTOPTIONS:
	case IPV6_FLOWLABEL_MGR:
	case IPV6_HOPOPTS:
	case IPV6_RTHDRDSTOPTS:
	case IPV6_RTHDR:
	case IPV6_DSTOPTS: return true;
	}
	return false;
}

/* setsockopt(2), of 64-bit programs */
#define RF_CALL_SETSOCKOPT 54

/*
 * Who else has the socket can ask for what is set; who gets it later gets it from who
 * set the option. A call has a reference of its own where others have the table of
 * descriptors, which makes them one holder; by io_uring it may have none.
 */
static __always_inline bool rf_option_is_seen(const struct socket *sock)
{
	const struct task_struct *task = bpf_get_current_task_btf();
	const struct pt_regs *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	long references = 1;

	if (regs->orig_ax == RF_CALL_SETSOCKOPT && task->files->count.counter != 1)
		references = 2;
	return sock->file->f_count.counter != references;
}

/* Where the message goes: to its name, or to the peer. */
static __always_inline void rf_ask_message(struct rf_question *ask, const struct sock *sk,
					   const struct msghdr *msg)
{
	void *name = BPF_CORE_READ(msg, msg_name);
	int len = BPF_CORE_READ(msg, msg_namelen);

	/* TCP takes a name only to connect with. */
	if (ask->proto == IPPROTO_TCP && BPF_CORE_READ(sk, sk_type) == SOCK_STREAM &&
	    BPF_CORE_READ(sk, __sk_common.skc_state) != TCP_CLOSE)
		name = NULL;
	if (!name || !rf_ask_name(ask, name, len))
		rf_ask_peer(ask, sk);
}

/* To another process, or to all who listen; the kernel is neither. */
static __always_inline bool rf_netlink_is_local(const struct sock *sk, const struct msghdr *msg)
{
	const struct netlink_sock *netlink = (const void *)sk;
	const struct sockaddr_nl *name = BPF_CORE_READ(msg, msg_name);

	/* What the kernel is told there it tells all who listen. */
	if (BPF_CORE_READ(sk, sk_protocol) == NETLINK_KOBJECT_UEVENT)
		return true;
	/* One without a length is none (netlink_sendmsg()). */
	if (name && BPF_CORE_READ(msg, msg_namelen))
		return BPF_CORE_READ(name, nl_pid) || BPF_CORE_READ(name, nl_groups);
	return BPF_CORE_READ(netlink, dst_portid) || BPF_CORE_READ(netlink, dst_group);
}

/* Of TCP only by options. A server has many such sockets. */
static __always_inline bool rf_send_comes_back(struct sock *sk)
{
	const struct tcp_sock *tcp = (const void *)sk;

	return sk->sk_protocol != IPPROTO_TCP || sk->sk_tsflags ||
	       BPF_CORE_READ_BITFIELD_PROBED(tcp, repair);
}

/*
 * What is sent may come back to the socket: as an echo, with an error, an answer or a
 * time stamp. So who has it too gets the label: rf_settle() has to follow. Not inline,
 * for its stack.
 */
static __noinline int rf_send_back(struct sock *sk)
{
	struct rf_task *task = rf_task_find(rf_task_current());
	struct rf_holder *holder = task ? rf_holder_find(task->holder) : NULL;
	__u64 passed = holder ? rf_holder_passes(holder) : 0;

	if (!passed || rf_channel_has((__u64)sk, passed))
		return 0;
	return rf_flow_gain(task, passed, (__u64)sk, RF_FLOW_LOOPBACK);
}

/* Who gets it can't be told: a labelled process talks to the kernel only. */
static __noinline int rf_netlink_send(struct sock *sk, const struct msghdr *msg)
{
	struct rf_question ask = { .door = RF_DOOR_CALL, .refusal = RF_REASON_FAMILY };
	struct rf_caller caller;

	if (!rf_caller_find(&caller, sk) || !rf_holder_passes(caller.holder) ||
	    !rf_netlink_is_local(sk, msg))
		return 0;
	ask.label = rf_holder_passes(caller.holder);
	ask.family = AF_NETLINK;
	return rf_call_door(&ask, &caller, true);
}

static __always_inline int rf_netlink_tell(struct sock *sk, const struct msghdr *msg)
{
	if (!rf_holders_any())
		return 0;
	return rf_netlink_send(sk, msg) || rf_send_back(sk) || rf_settle(false) ? -EACCES : 0;
}

/* Not inline: its stack is not to be added to that of a flow on this host. */
static __noinline int rf_inet_ask(struct sock *sk, struct msghdr *msg)
{
	struct rf_question ask = { .door = RF_DOOR_CALL };
	struct rf_caller caller;

	if (!rf_caller_find(&caller, sk))
		return 0;
	if (!rf_family_local(sk->__sk_common.skc_family))
		rf_removed(caller.task->holder, caller.holder);
	if (!rf_ask_begin(&ask, &caller))
		return 0;
	if (ask.refusal)
		return rf_call_door(&ask, &caller, true);
	rf_ask_message(&ask, sk, msg);
	/* Sent to this host, or refused by the kernel for want of a peer. */
	if (rf_addr_is_unspecified(ask.addr))
		return 0;
	return rf_call_door(&ask, &caller, true);
}

static __always_inline int rf_inet_send(struct sock *sk, struct msghdr *msg)
{
	struct rf_task *task = rf_task_find(rf_task_current());
	unsigned int flags = msg->msg_flags & (MSG_ZEROCOPY | MSG_SPLICE_PAGES);
	struct rf_holder *holder;

	if (!task)
		return 0;
	rf_sock_note_send(task, sk);
	if (!flags && !rf_holders_any())
		return 0;
	holder = rf_holder_find(task->holder);
	if (!holder)
		return 0;
	/* Its pages can change until they are acknowledged. */
	if (flags & MSG_ZEROCOPY)
		__sync_fetch_and_or(&holder->flags, RF_HOLDER_UNSEEN_MEMORY);
	if (flags & MSG_SPLICE_PAGES)
		rf_spliced_note(holder, task->holder, sk);
	if (!holder->label)
		return 0;
	if (rf_inet_ask(sk, msg))
		return -EACCES;
	if (!rf_send_comes_back(sk))
		return 0;
	return rf_send_back(sk) || rf_settle(false) ? -EACCES : 0;
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(rf_socket_sendmsg, struct socket *sock, struct msghdr *msg, int size, int ret)
{
	struct sock *sk = sock->sk;
	const void *name;

	if (ret || !sk)
		return 0;
	if (sk->__sk_common.skc_family == AF_UNIX)
		return rf_unix_send(sk) ? -EACCES : 0;
	if (sk->__sk_common.skc_family == AF_NETLINK)
		return rf_netlink_tell(sk, msg) ? -EACCES : 0;
	name = msg->msg_name;
	/* A question to a service; the answer comes to the same socket. */
	if (name && rf_services_any() &&
	    (rf_served_by(sk, name, msg->msg_namelen) || rf_settle(false)))
		return -EACCES;
	return rf_inet_send(sk, msg) ? -EACCES : 0;
}

/* What is set goes to who asks for it. Not inline, for its stack. */
static __noinline int rf_option_pass(const struct sock *sk)
{
	return rf_flow_write((__u64)sk, RF_FLOW_LOOPBACK);
}

/* Not inline, for its stack. */
static __noinline int rf_option_ask(struct sock *sk, bool header)
{
	struct rf_question ask = { .door = RF_DOOR_CALL };
	struct rf_caller caller;

	if (!rf_caller_find(&caller, sk))
		return 0;
	if (header)
		rf_call_hold(caller.task, (__u64)sk, RF_FLOW_LOOPBACK);
	if (!rf_ask_begin(&ask, &caller))
		return 0;
	if (header && !ask.refusal)
		ask.refusal = RF_REASON_HEADER;
	return ask.refusal ? rf_call_door(&ask, &caller, false) : 0;
}

/*
 * Options travel in the headers of packets that nobody sends by a call, and groups in
 * reports (IGMP, MLD) that have no socket which could have a label. SCTP has heartbeats,
 * which carry them past both doors; 6.1 has a SYN-ACK over IPv6, which the packet door
 * doesn't see. A thread that is still copying such bytes from memory when a label
 * arrives can't be told from one that has: no label.
 */
SEC("lsm/socket_setsockopt")
int BPF_PROG(rf_socket_setsockopt, struct socket *sock, int level, int name, int ret)
{
	bool header = rf_option_is_header(level, name);

	if (ret || !sock->sk)
		return 0;
	if (rf_option_is_seen(sock) && rf_option_pass(sock->sk))
		return -EACCES;
	if (!header && !rf_holders_any())
		return 0;
	return rf_option_ask(sock->sk, header) ? -EACCES : 0;
}

/*
 * Up to 6.4 splice and sendfile reach a socket through sendpage, past the
 * sendmsg hook (removed by kernel commit dc97391e6610). The label goes to the
 * socket here and the packet door decides. This can't refuse, so a label that
 * can't be recorded closes the packet door for every socket.
 */
SEC("fentry/generic_splice_sendpage")
int BPF_PROG(rf_splice, struct pipe_inode_info *pipe, struct file *out)
{
	struct socket *sock = bpf_sock_from_file(out);
	struct rf_state *global = rf_state();
	struct sock *sk = sock ? sock->sk : NULL;
	struct rf_caller caller;
	__u64 label, id;

	if (sk && sk->__sk_common.skc_family == AF_UNIX) {
		if (rf_unix_send(sk))
			bpf_send_signal(SIGKILL);
		return 0;
	}
	if (!rf_caller_find(&caller, sk))
		return 0;
	id = caller.task->holder;
	rf_sock_note_send(caller.task, sk);
	rf_spliced_note(caller.holder, id, sk);
	/* Where no check is, the packets of some (UDP-Lite) are seen even so. */
	label = rf_holder_sends(caller.holder);
	if (!label || rf_family_local(BPF_CORE_READ(sk, __sk_common.skc_family)))
		return 0;
	if (rf_sock_label(sk, id, label, caller.holder->holds) &&
	    rf_late_add(bpf_get_socket_cookie(sk), label) && global)
		global->lost = 1;
	return 0;
}

SEC("lsm/sk_free_security")
int BPF_PROG(rf_sk_free, struct sock *sk)
{
	__u64 cookie = sk->__sk_common.skc_cookie.counter;

	rf_channel_forget((__u64)sk);
	if (!cookie)
		return 0;
	rf_late_forget(cookie);
	rf_spliced_forget(cookie);
	return 0;
}

/* The connected sockets that have a label, for who asks which would be cut. */
SEC("iter/bpf_sk_storage_map")
int rf_iter_sock(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	const struct rf_sock *record = ctx->value;
	const struct sock *sk = ctx->sk;
	struct rf_question peer = {};
	struct rf_flow flow = {};

	if (!record || !sk || !record->label)
		return 0;
	peer.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	rf_ask_self(&peer, sk);
	rf_ask_peer(&peer, sk);
	if (!peer.port)
		return 0;
	flow.label = record->label;
	flow.tgid = record->tgid;
	flow.proto = peer.proto;
	flow.sport = peer.sport;
	flow.dport = peer.port;
	__builtin_memcpy(flow.saddr, peer.saddr, sizeof(flow.saddr));
	__builtin_memcpy(flow.daddr, peer.addr, sizeof(flow.daddr));
	__builtin_memcpy(flow.comm, record->comm, sizeof(flow.comm));
	bpf_seq_write(ctx->meta->seq, &flow, sizeof(flow));
	return 0;
}
