// SPDX-License-Identifier: GPL-2.0
/*
 * client.c - one connection to the control socket
 */
#include "userspace/daemon/client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "userspace/lib/timestamp.h"

#define NS_PER_S 1000000000ull

static void flush(struct rf_client *client)
{
	while (client->out_at < client->out_len) {
		ssize_t n = send(client->fd, client->out + client->out_at,
				 client->out_len - client->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			client->dead |= errno != EAGAIN;
			break;
		}
		client->out_at += (size_t)n;
		client->moved_ns = rf_timestamp_boot();
	}
	if (client->out_at == client->out_len) {
		client->out_at = 0;
		client->out_len = 0;
	}
}

/* What epoll should wait for, given what there is to send. */
static void rearm(struct rf_client *client)
{
	uint32_t events = EPOLLIN;

	if (client->out_len)
		events |= EPOLLOUT;
	if (client->answering && !client->watching)
		events &= ~(uint32_t)EPOLLIN;
	if (client->source)
		sd_event_source_set_io_events(client->source, events);
}

static int put(struct rf_client *client, const void *data, size_t len)
{
	size_t need = client->out_len + len;
	char *grown;

	if (need > client->out_size) {
		size_t size = client->out_size ? client->out_size : 4096;

		while (size < need)
			size *= 2;
		grown = realloc(client->out, size);
		if (!grown)
			return -ENOMEM;
		client->out = grown;
		client->out_size = size;
	}
	memcpy(client->out + client->out_len, data, len);
	client->out_len = need;
	return 0;
}

static void send_object(struct rf_client *client, const json_t *object)
{
	uint8_t header[RF_FRAME_HEADER];
	char *text;
	size_t len;

	text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	len = text ? strlen(text) : 0;
	if (!text || len > RF_FRAME_MAX) {
		client->dead = true;
		free(text);
		return;
	}
	rf_frame_header(header, (uint32_t)len);
	if (put(client, header, sizeof(header)) || put(client, text, len))
		client->dead = true;
	free(text);
	flush(client);
	rearm(client);
}

void rf_client_say(struct rf_client *client, json_t *object)
{
	if (!client->dead)
		send_object(client, object);
	json_decref(object);
}

void rf_client_result(struct rf_client *client, int exit, json_t *more, const char *format, ...)
{
	json_t *result = more ? more : json_object();
	char message[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	json_object_set_new(result, "kind", json_string("result"));
	json_object_set_new(result, "exit", json_integer(exit));
	json_object_set_new(result, "message", json_string(message));
	client->done = true;
	rf_client_say(client, result);
}

void rf_client_watch(struct rf_client *client)
{
	client->watching = true;
	rearm(client);
}

const struct ucred *rf_client_peer(const struct rf_client *client)
{
	return &client->peer;
}

void rf_client_event(struct rf_client *client, const json_t *object)
{
	flush(client);
	if (client->out_len > RF_SERVER_WATCH_MAX) {
		client->lost++;
		return;
	}
	if (client->lost) {
		json_t *lost =
			json_pack("{s:s, s:I}", "kind", "lost", "count", (json_int_t)client->lost);

		client->lost = 0;
		rf_client_say(client, lost);
	}
	if (!client->dead)
		send_object(client, object);
}

static void take_request(struct rf_client *client)
{
	const char *payload;
	json_t *request;
	size_t len;

	if (rf_frame_next(&client->reader, &payload, &len) != 1)
		return;
	client->answering = true;
	request = json_loadb(payload, len, JSON_REJECT_DUPLICATES, NULL);
	rf_frame_reader_free(&client->reader);
	if (json_is_object(request))
		client->handler->request(client->handler->ctx, client, request);
	else
		rf_client_result(client, 2, NULL, "the request is not a JSON object");
	json_decref(request);
	rearm(client);
}

static void receive(struct rf_client *client)
{
	static char buffer[65536];
	ssize_t n;

	n = recv(client->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client->dead = true;
		return;
	}
	/* One request per connection: what comes after it is not looked at. */
	if (client->answering)
		return;
	if (rf_frame_feed(&client->reader, buffer, (size_t)n)) {
		client->answering = true;
		rf_client_result(client, 2, NULL, "the request is too long");
		return;
	}
	take_request(client);
}

void rf_client_io(struct rf_client *client, uint32_t events)
{
	if (events & EPOLLIN)
		receive(client);
	if (!client->dead && events & EPOLLOUT)
		flush(client);
	if (events & EPOLLERR || (events & EPOLLHUP && !(events & EPOLLIN)))
		client->dead = true;
	rearm(client);
}

bool rf_client_over(const struct rf_client *client)
{
	return client->dead || (client->done && !client->out_len);
}

bool rf_client_late(const struct rf_client *client, uint64_t now_ns)
{
	if (!client->answering)
		return now_ns > client->since_ns + RF_SERVER_REQUEST_S * NS_PER_S;
	return client->out_len && now_ns > client->moved_ns + RF_SERVER_STALL_S * NS_PER_S;
}

struct rf_client *rf_client_new(int fd, const struct ucred *peer,
				const struct rf_server_handler *handler)
{
	struct rf_client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	client->fd = fd;
	client->peer = *peer;
	client->handler = handler;
	client->since_ns = rf_timestamp_boot();
	client->moved_ns = client->since_ns;
	return client;
}

void rf_client_free(struct rf_client *client)
{
	client->handler->gone(client->handler->ctx, client);
	sd_event_source_disable_unref(client->source);
	close(client->fd);
	rf_frame_reader_free(&client->reader);
	free(client->out);
	free(client);
}
