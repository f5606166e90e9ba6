// SPDX-License-Identifier: GPL-2.0
/*
 * service.bpf.c - services on unix sockets: the server's name is marked, and
 * who connects to it gets the label (of those by address see sock.bpf.c, of
 * datagrams receive.bpf.c)
 */
#include "bpf/served.h"

SEC("lsm/unix_stream_connect")
int BPF_PROG(rf_service_stream, struct sock *sock, struct sock *other, struct sock *newsk, int ret)
{
	if (ret || !rf_serving_names(other))
		return 0;
	return rf_served_unix(sock, other) || rf_settle(false) ? -EACCES : 0;
}

/*
 * Without a mark of its device nobody looks at an inode. A socket keeps nothing
 * on it, so who reads the disk gets nothing by this one.
 */
static __always_inline int rf_service_device(const struct inode *inode, const struct rf_mark *name)
{
	__u32 dev = BPF_CORE_READ(inode, i_sb, s_dev);
	struct rf_mark *device = rf_device_mark(dev), new = {
		.exec = name->read,
		.origin = name->origin,
	};

	if (!device) {
		if (!rf_device_make(dev, &new, BPF_NOEXIST))
			return 0;
		device = rf_device_mark(dev);
		if (!device)
			return -EACCES;
	}
	__sync_fetch_and_or(&device->exec, name->read);
	return 0;
}

static __noinline int rf_service_mark(const struct inode *inode, const struct rf_mark *name)
{
	struct rf_found found = {};

	if (!name || !name->read)
		return 0;
	found.read = name->read;
	found.origin = name->origin;
	return rf_service_device(inode, name) || rf_mark_keep(inode, &found) ? -EACCES : 0;
}

/* Nobody connects before: so a server that is started again is known by then. */
SEC("lsm/socket_listen")
int BPF_PROG(rf_service_listen, struct socket *sock, int backlog, int ret)
{
	struct rf_name_key key = { RF_NAME_SOCKET };
	char path[RF_NAME_SOCKET_MAX] = {};
	struct sock *sk = sock->sk;
	struct unix_sock *unix;

	if (ret || !sk || sk->__sk_common.skc_family != AF_UNIX)
		return 0;
	unix = bpf_skc_to_unix_sock(sk);
	if (!unix || !unix->path.dentry || bpf_d_path(&unix->path, path, sizeof(path)) < 0)
		return 0;
	/* What is behind the name in the buffer is not zero. */
	bpf_probe_read_kernel_str(key.name + sizeof(RF_NAME_SOCKET) - 1, sizeof(path), path);
	if (rf_service_mark(unix->path.dentry->d_inode, bpf_map_lookup_elem(&names, &key)))
		return -EACCES;
	return 0;
}
