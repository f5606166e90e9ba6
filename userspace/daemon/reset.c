// SPDX-License-Identifier: GPL-2.0
/*
 * reset.c - end a TCP connection that may not send any more
 */
#include "userspace/daemon/reset.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

/* Not a listener: that would end what has nothing to do with this. */
#define CONNECTED (~(1u << TCP_LISTEN | 1u << TCP_CLOSE))

int rf_reset_wanted(const struct rf_event *event)
{
	return event->type == RF_EVENT_VERDICT && event->verdict == RF_VERDICT_DENY &&
	       event->proto == IPPROTO_TCP && event->socket &&
	       (event->family == AF_INET || event->family == AF_INET6);
}

static void fill(struct inet_diag_req_v2 *request, const struct rf_event *event)
{
	struct inet_diag_sockid *id = &request->id;

	memset(request, 0, sizeof(*request));
	request->sdiag_family = (uint8_t)event->family;
	request->sdiag_protocol = IPPROTO_TCP;
	request->idiag_states = CONNECTED;
	id->idiag_sport = htons(event->sport);
	id->idiag_dport = htons(event->dport);
	id->idiag_cookie[0] = (uint32_t)event->socket;
	id->idiag_cookie[1] = (uint32_t)(event->socket >> 32);
	if (event->family == AF_INET) {
		memcpy(id->idiag_src, event->saddr + 12, 4);
		memcpy(id->idiag_dst, event->daddr + 12, 4);
	} else {
		memcpy(id->idiag_src, event->saddr, 16);
		memcpy(id->idiag_dst, event->daddr, 16);
	}
}

static struct nlmsghdr *message(char *buffer, uint16_t type, uint16_t flags,
				const struct inet_diag_req_v2 *request)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);

	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(mnl_nlmsg_put_extra_header(header, sizeof(*request)), request, sizeof(*request));
	return header;
}

static int exchange(struct mnl_socket *nl, struct nlmsghdr *header, mnl_cb_t fn, void *ctx)
{
	char buffer[16384];
	ssize_t n;
	int more;

	if (mnl_socket_sendto(nl, header, header->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(nl, buffer, sizeof(buffer));
		if (n < 0)
			return -errno;
		more = mnl_cb_run(buffer, (size_t)n, 0, 0, fn, ctx);
		if (more < 0)
			return -errno;
	} while (more > 0);
	return 0;
}

static int destroy(struct mnl_socket *nl, const struct inet_diag_req_v2 *request)
{
	char buffer[256];

	return exchange(nl, message(buffer, SOCK_DESTROY, NLM_F_ACK, request), NULL, NULL);
}

struct search {
	uint64_t cookie;
	bool found;
	struct inet_diag_sockid id;
};

static int compare(const struct nlmsghdr *header, void *ctx)
{
	const struct inet_diag_msg *diag = mnl_nlmsg_get_payload(header);
	struct search *search = ctx;
	uint64_t cookie;

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*diag))
		return MNL_CB_OK;
	cookie = (uint64_t)diag->id.idiag_cookie[1] << 32 | diag->id.idiag_cookie[0];
	if (cookie == search->cookie) {
		search->id = diag->id;
		search->found = true;
	}
	return MNL_CB_OK;
}

/*
 * The kernel looks sockets up by addresses and device. An event from a socket
 * that was not bound yet, or is bound to a device, lacks one of them: ask for
 * all and compare cookies.
 */
static int destroy_by_cookie(struct mnl_socket *nl, struct inet_diag_req_v2 *request,
			     uint64_t cookie)
{
	struct search search = { .cookie = cookie };
	struct inet_diag_req_v2 all = *request;
	char buffer[256];
	int err;

	memset(&all.id, 0, sizeof(all.id));
	err = exchange(nl, message(buffer, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &all), compare,
		       &search);
	if (err)
		return err;
	if (!search.found)
		return -ENOENT;
	request->id = search.id;
	return destroy(nl, request);
}

static int reset_here(const struct rf_event *event)
{
	struct timeval patience = { .tv_sec = 1 };
	struct inet_diag_req_v2 request;
	struct mnl_socket *nl;
	int err;

	nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (!nl)
		return -errno;
	setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	fill(&request, event);
	err = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : destroy(nl, &request);
	if (err == -ENOENT)
		err = destroy_by_cookie(nl, &request, event->socket);
	mnl_socket_close(nl);
	return err;
}

struct job {
	const struct rf_event *event;
	int ns;
	int err;
};

/* A thread of its own: the namespace is the thread's, and ends with it. */
static void *reset_there(void *ctx)
{
	struct job *job = ctx;

	job->err = setns(job->ns, CLONE_NEWNET) ? -errno : reset_here(job->event);
	return NULL;
}

static int other_namespace(uint32_t tgid)
{
	struct stat own, its;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/ns/net", tgid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &its) || stat("/proc/self/ns/net", &own) || its.st_ino == own.st_ino) {
		close(fd);
		return -1;
	}
	return fd;
}

int rf_reset_connection(const struct rf_event *event)
{
	struct job job = { .event = event };
	pthread_t thread;

	job.ns = other_namespace(event->tgid);
	if (job.ns < 0)
		return reset_here(event);
	job.err = pthread_create(&thread, NULL, reset_there, &job);
	if (job.err)
		job.err = -job.err;
	else
		pthread_join(thread, NULL);
	close(job.ns);
	return job.err;
}
