/* SPDX-License-Identifier: GPL-2.0 */
/*
 * server.h - the control socket: who may talk, and for how long
 *
 * One request per connection (userspace/lib/control.h says which). Peers that
 * are not root are refused by their credentials. A client that does not send
 * its request in time, or does not read its answer, is hung up on; one that
 * watches and does not keep up loses events, and is told how many.
 */
#ifndef RF_SERVER_H
#define RF_SERVER_H

#include <stdint.h>
#include <sys/socket.h>

#include <jansson.h>
#include <systemd/sd-event.h>

#define RF_SERVER_CLIENTS_MAX 64
#define RF_SERVER_REQUEST_S 10 /* until the whole request is here */
#define RF_SERVER_STALL_S 30 /* without a byte of the answer taken */
#define RF_SERVER_WATCH_MAX (1u << 20) /* bytes that wait for a watcher */

struct rf_server;
struct rf_client;

/**
 * struct rf_server_handler - what the server calls
 * @request: a request is here; answers with rf_client_say() and, at the end,
 *	rf_client_result() or rf_client_watch()
 * @gone: a connection ends; whoever still answers must forget it
 * @refused: somebody who is not root tried
 */
struct rf_server_handler {
	void (*request)(void *ctx, struct rf_client *client, const json_t *request);
	void (*gone)(void *ctx, const struct rf_client *client);
	void (*refused)(void *ctx, const struct ucred *peer);
	void *ctx;
};

/**
 * rf_server_new - listen
 * @path: of the socket; one that is left over is replaced
 *
 * Returns 0 or a negative errno; -ENAMETOOLONG if the path does not fit.
 */
int rf_server_new(sd_event *loop, const char *path, const struct rf_server_handler *handler,
		  struct rf_server **out);
void rf_server_free(struct rf_server *server);

/** rf_server_tick - once a second: hang up on those who keep us waiting */
void rf_server_tick(struct rf_server *server);

/** rf_server_broadcast - hand an object to all who watch; takes no reference */
void rf_server_broadcast(struct rf_server *server, const json_t *object);

/** rf_server_watchers - how many watch */
unsigned int rf_server_watchers(const struct rf_server *server);

/** rf_client_say - send one object; takes over the reference */
void rf_client_say(struct rf_client *client, json_t *object);

/**
 * rf_client_result - the last object of an answer
 * @exit: the command's exit code
 * @more: members to add, or NULL; takes over the reference
 */
void rf_client_result(struct rf_client *client, int exit, json_t *more, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** rf_client_watch - keep the connection for rf_server_broadcast() */
void rf_client_watch(struct rf_client *client);

/** rf_client_peer - who asked */
const struct ucred *rf_client_peer(const struct rf_client *client);

#endif /* RF_SERVER_H */
