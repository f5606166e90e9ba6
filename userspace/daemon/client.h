/* SPDX-License-Identifier: GPL-2.0 */
/*
 * client.h - one connection to the control socket, as the server sees it
 */
#ifndef RF_CLIENT_H
#define RF_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userspace/daemon/server.h"
#include "userspace/lib/frame.h"

/**
 * struct rf_client - one connection
 * @answering: the request is here whole
 * @watching: stays for events
 * @done: the result is queued; over when it is sent
 * @dead: nothing can be sent any more
 * @lost: events that did not fit
 * @since_ns, @moved_ns: CLOCK_BOOTTIME of the connection, of the last byte sent
 */
struct rf_client {
	int fd;
	struct ucred peer;
	const struct rf_server_handler *handler;
	void *server;
	sd_event_source *source;
	struct rf_frame_reader reader;
	char *out;
	size_t out_at;
	size_t out_len;
	size_t out_size;
	bool answering;
	bool watching;
	bool done;
	bool dead;
	uint64_t lost;
	uint64_t since_ns;
	uint64_t moved_ns;
};

/** rf_client_new - takes over @fd unless it returns NULL (no memory) */
struct rf_client *rf_client_new(int fd, const struct ucred *peer,
				const struct rf_server_handler *handler);
void rf_client_free(struct rf_client *client);

/** rf_client_io - the socket is ready; @events of epoll */
void rf_client_io(struct rf_client *client, uint32_t events);

/** rf_client_event - an object for one who watches, dropped if it does not keep up */
void rf_client_event(struct rf_client *client, const json_t *object);

/** rf_client_over - can be freed */
bool rf_client_over(const struct rf_client *client);

/** rf_client_late - keeps us waiting for too long */
bool rf_client_late(const struct rf_client *client, uint64_t now_ns);

#endif /* RF_CLIENT_H */
