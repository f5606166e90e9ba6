// SPDX-License-Identifier: GPL-2.0
/*
 * server.c - the control socket: who may talk, and for how long
 */
#include "userspace/daemon/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "userspace/daemon/client.h"
#include "userspace/lib/timestamp.h"

struct rf_server {
	int fd;
	sd_event *loop;
	sd_event_source *source;
	struct rf_server_handler handler;
	struct rf_client *clients[RF_SERVER_CLIENTS_MAX];
};

static void reap(struct rf_server *server)
{
	size_t i;

	for (i = 0; i < RF_SERVER_CLIENTS_MAX; i++) {
		if (!server->clients[i] || !rf_client_over(server->clients[i]))
			continue;
		rf_client_free(server->clients[i]);
		server->clients[i] = NULL;
	}
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *ctx)
{
	struct rf_client *client = ctx;
	struct rf_server *server = client->server;

	(void)source;
	(void)fd;
	rf_client_io(client, events);
	reap(server);
	return 0;
}

static struct rf_client **free_slot(struct rf_server *server)
{
	size_t i;

	for (i = 0; i < RF_SERVER_CLIENTS_MAX; i++)
		if (!server->clients[i])
			return &server->clients[i];
	return NULL;
}

/* Not root: told so, if its socket takes the answer at once, and forgotten. */
static void refuse(struct rf_server *server, int fd, const struct ucred *peer)
{
	struct rf_client *client = rf_client_new(fd, peer, &server->handler);

	server->handler.refused(server->handler.ctx, peer);
	if (!client) {
		close(fd);
		return;
	}
	rf_client_result(client, 1, NULL, "only root may talk to ringfenced");
	rf_client_free(client);
}

static void admit(struct rf_server *server, int fd, const struct ucred *peer)
{
	struct rf_client *client = rf_client_new(fd, peer, &server->handler);
	struct rf_client **slot = free_slot(server);

	if (!client) {
		close(fd);
		return;
	}
	if (!slot) {
		rf_client_result(client, 1, NULL, "too many clients; try again in %d s",
				 RF_SERVER_REQUEST_S);
		rf_client_free(client);
		return;
	}
	client->server = server;
	if (sd_event_add_io(server->loop, &client->source, fd, EPOLLIN, on_client, client) < 0) {
		rf_client_free(client);
		return;
	}
	*slot = client;
}

static int on_connect(sd_event_source *source, int fd, uint32_t events, void *ctx)
{
	struct rf_server *server = ctx;
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(peer);
	int peer_fd;

	(void)source;
	(void)events;
	peer_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (peer_fd < 0)
		return 0;
	if (getsockopt(peer_fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) || peer.uid != 0)
		refuse(server, peer_fd, &peer);
	else
		admit(server, peer_fd, &peer);
	return 0;
}

static int listen_at(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, err = 0;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	unlink(path);
	mask = umask(0177);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 64))
		err = -errno;
	umask(mask);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int rf_server_new(sd_event *loop, const char *path, const struct rf_server_handler *handler,
		  struct rf_server **out)
{
	struct rf_server *server = calloc(1, sizeof(*server));
	int err;

	if (!server)
		return -ENOMEM;
	server->loop = loop;
	server->handler = *handler;
	server->fd = listen_at(path);
	err = server->fd;
	if (err >= 0)
		err = sd_event_add_io(loop, &server->source, server->fd, EPOLLIN, on_connect,
				      server);
	if (err < 0) {
		rf_server_free(server);
		return err;
	}
	*out = server;
	return 0;
}

void rf_server_free(struct rf_server *server)
{
	size_t i;

	if (!server)
		return;
	for (i = 0; i < RF_SERVER_CLIENTS_MAX; i++)
		if (server->clients[i])
			rf_client_free(server->clients[i]);
	sd_event_source_disable_unref(server->source);
	if (server->fd >= 0)
		close(server->fd);
	free(server);
}

void rf_server_tick(struct rf_server *server)
{
	uint64_t now = rf_timestamp_boot();
	size_t i;

	for (i = 0; i < RF_SERVER_CLIENTS_MAX; i++)
		if (server->clients[i] && rf_client_late(server->clients[i], now))
			server->clients[i]->dead = true;
	reap(server);
}

void rf_server_broadcast(struct rf_server *server, const json_t *object)
{
	size_t i;

	for (i = 0; i < RF_SERVER_CLIENTS_MAX; i++)
		if (server->clients[i] && server->clients[i]->watching)
			rf_client_event(server->clients[i], object);
}

unsigned int rf_server_watchers(const struct rf_server *server)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < RF_SERVER_CLIENTS_MAX; i++)
		count += server->clients[i] && server->clients[i]->watching;
	return count;
}
