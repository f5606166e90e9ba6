// SPDX-License-Identifier: GPL-2.0
/*
 * ask.c - ask the daemon, over its control socket
 */
#include "userspace/cli/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "userspace/cli/command.h"
#include "userspace/cli/progress.h"
#include "userspace/cli/shown.h"
#include "userspace/lib/frame.h"

static int call(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, err;

	if (snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" RF_CONTROL_NAME,
		     rf_places.run_dir) >= (int)sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int send_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static int send_request(int fd, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	size_t len = text ? strlen(text) : 0;
	uint8_t header[RF_FRAME_HEADER];
	int err;

	if (!text)
		return -EINVAL;
	if (len > RF_FRAME_MAX) {
		free(text);
		return -EMSGSIZE;
	}
	rf_frame_header(header, (uint32_t)len);
	err = send_all(fd, header, sizeof(header));
	if (!err)
		err = send_all(fd, text, len);
	free(text);
	return err;
}

struct answers {
	void (*each)(void *ctx, const json_t *answer);
	void *ctx;
	json_t *result;
};

static void take(struct answers *answers, json_t *answer)
{
	const char *kind = json_string_value(json_object_get(answer, "kind"));

	if (!kind)
		return;
	if (!strcmp(kind, "progress"))
		rf_progress_say(json_string_value(json_object_get(answer, "text")) ?: "");
	else if (!strcmp(kind, "result") && !answers->result)
		answers->result = json_incref(answer);
	else if (answers->each)
		answers->each(answers->ctx, answer);
}

static int take_frames(struct rf_frame_reader *reader, struct answers *answers)
{
	const char *payload;
	json_t *answer;
	size_t len;
	int got;

	while ((got = rf_frame_next(reader, &payload, &len)) == 1) {
		answer = json_loadb(payload, len, 0, NULL);
		rf_frame_shift(reader);
		if (!json_is_object(answer)) {
			json_decref(answer);
			return -EPROTO;
		}
		take(answers, answer);
		json_decref(answer);
	}
	return got;
}

static int receive(int fd, struct answers *answers)
{
	struct rf_frame_reader reader = { 0 };
	char buffer[65536];
	int err = 0;

	while (!err && !answers->result) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			err = n ? -errno : -EPROTO;
		else
			err = rf_frame_feed(&reader, buffer, (size_t)n);
		if (!err)
			err = take_frames(&reader, answers);
	}
	rf_frame_reader_free(&reader);
	return err;
}

int rf_ask(json_t *request, void (*each)(void *ctx, const json_t *answer), void *ctx,
	   json_t **result)
{
	struct answers answers = { .each = each, .ctx = ctx };
	int fd, err;

	fd = call();
	if (fd < 0) {
		json_decref(request);
		return fd;
	}
	err = send_request(fd, request);
	json_decref(request);
	/* The daemon may hang up on a request with an answer to it: read that. */
	if (!err || err == -EPIPE || err == -ECONNRESET)
		err = receive(fd, &answers);
	close(fd);
	rf_progress_end();
	if (answers.result)
		*result = answers.result;
	return answers.result ? 0 : err;
}

int rf_ask_failed(const char *command, int err)
{
	char shown[RF_SHOWN_MAX];

	if (err == -ENOENT || err == -ECONNREFUSED)
		fprintf(stderr,
			"ringfence: %s: ringfenced is not running.%s\nStart it with: systemctl "
			"start ringfenced (or: ringfenced &)\n",
			command,
			rf_places_pins() ? " What was enforced goes on: the programs are pinned." :
					   "");
	else if (err == -EACCES || err == -EPERM)
		fprintf(stderr,
			"ringfence: %s: only root may talk to ringfenced; try again with "
			"sudo\n",
			command);
	else if (err == -EPROTO || err == -ECONNRESET)
		fprintf(stderr,
			"ringfence: %s: ringfenced went away before it had answered; its log "
			"says why (journalctl -u ringfenced)\n",
			command);
	else
		fprintf(stderr,
			"ringfence: %s: cannot ask ringfenced at %s/" RF_CONTROL_NAME ": %s\n",
			command, rf_shown(shown, rf_places.run_dir), strerror(-err));
	return RF_EXIT_FAILED;
}

int rf_ask_finish(const char *command, json_t *result)
{
	const char *message = json_string_value(json_object_get(result, "message"));
	int code = (int)json_integer_value(json_object_get(result, "exit"));

	if (message && *message && code)
		fprintf(stderr, "ringfence: %s: %s\n", command, message);
	else if (message && *message)
		printf("%s\n", message);
	json_decref(result);
	return code;
}
