// SPDX-License-Identifier: GPL-2.0
/*
 * receive.bpf.c - flows through sockets of this host: unix sockets, and TCP and
 * UDP that do not leave it
 *
 * A channel is the struct sock that data is received on. Senders label it: by
 * unix_may_send and socket_sendmsg where both ends are seen at the call, at the
 * packet door for the others (local.h).
 */
#include "bpf/flow.h"
#include "bpf/served.h"
#include "bpf/unix.h"

static __always_inline __u32 rf_receive_kind(const struct sock *sk)
{
	return sk->__sk_common.skc_family == AF_UNIX ? RF_FLOW_UNIX : RF_FLOW_LOOPBACK;
}

SEC("lsm/socket_recvmsg")
int BPF_PROG(rf_socket_recvmsg, struct socket *sock, struct msghdr *msg, int size, int flags,
	     int ret)
{
	const struct sock *sk = sock->sk;

	if (ret || !sk)
		return 0;
	return rf_flow_read((__u64)sk, rf_receive_kind(sk)) ? -EACCES : 0;
}

/* Takes the pages, and does not pass the above. */
SEC("fentry/sock_splice_read")
int BPF_PROG(rf_socket_splice, struct file *file)
{
	struct socket *sock = bpf_sock_from_file(file);
	const struct sock *sk = sock ? sock->sk : NULL;

	if (sk)
		rf_flow_must_read((__u64)sk, rf_receive_kind(sk));
	return 0;
}

/* How much there is, as in pipe.bpf.c; 32-bit calls come here as well. */
SEC("fentry/sock_ioctl")
int BPF_PROG(rf_socket_count, struct file *file, unsigned int cmd)
{
	struct socket *sock;

	if (cmd != FIONREAD)
		return 0;
	sock = bpf_sock_from_file(file);
	if (sock && sock->sk)
		rf_flow_must_read((__u64)sock->sk, rf_receive_kind(sock->sk));
	return 0;
}

/* By a ring it comes there past the above, since 6.7. */
SEC("lsm/uring_cmd")
int BPF_PROG(rf_socket_count_ring, struct io_uring_cmd *command, int ret)
{
	struct socket *sock = ret ? NULL : bpf_sock_from_file(command->file);

	if (!sock || !sock->sk || command->cmd_op != SOCKET_URING_OP_SIOCINQ)
		return 0;
	return rf_flow_read((__u64)sock->sk, rf_receive_kind(sock->sk)) ? -EACCES : 0;
}

/*
 * Nobody sets what a socket is. Whether its connection succeeded is a bit, for which who
 * looks whether a service is there must not get the label of its data.
 */
static __always_inline bool rf_option_is_plain(int level, int name)
{
	return level == SOL_SOCKET &&
	       (name == SO_ERROR || name == SO_TYPE || name == SO_DOMAIN || name == SO_PROTOCOL);
}

/* What somebody has set, how much came; and one option maps received pages, or copies them. */
SEC("lsm/socket_getsockopt")
int BPF_PROG(rf_socket_getsockopt, struct socket *sock, int level, int name, int ret)
{
	const struct sock *sk = sock->sk;

	if (ret || !sk || rf_option_is_plain(level, name))
		return 0;
	return rf_flow_read((__u64)sk, rf_receive_kind(sk)) ? -EACCES : 0;
}

static __always_inline int rf_unix_datagram(struct sock *sk, struct sock *other)
{
	struct rf_task *task = rf_task_find(rf_task_current());

	/* A connect has no data: then the task has not noted that it sends here. */
	if (!task || task->writing != (__u64)sk || !rf_call_is_noted(task))
		return 0;
	return rf_flow_write_as(task, (__u64)other, RF_FLOW_UNIX);
}

/* Not inline: see rf_inet_send(). */
static __noinline int rf_unix_serves(const struct sock *sk, const struct sock *server)
{
	return rf_served_unix(sk, server);
}

/* By connect and for each datagram. A server's answer comes to the same socket. */
SEC("lsm/unix_may_send")
int BPF_PROG(rf_unix_may_send, struct socket *sock, struct socket *other, int ret)
{
	struct sock *server = other->sk;

	if (ret)
		return 0;
	if (server && rf_serving_names(server) &&
	    (rf_unix_serves(sock->sk, server) || rf_settle(false)))
		return -EACCES;
	return rf_unix_datagram(sock->sk, server) ? -EACCES : 0;
}

/* The first data of a connection may come with the packet that makes the socket. */
SEC("lsm/inet_csk_clone")
int BPF_PROG(rf_socket_born, struct sock *sk, const struct request_sock *request)
{
	__u64 before = (__u64)request, listener, label;

	label = rf_channel_label(before);
	rf_channel_forget(before);
	listener = (__u64)request->__req_common.skc_listener;
	label |= rf_channel_label(listener);
	/* Nobody can have it yet who reads from it. */
	if (label && rf_channel_add((__u64)sk, label, RF_FLOW_LOOPBACK))
		rf_node_end((__u64)sk, true);
	return 0;
}
