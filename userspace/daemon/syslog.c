// SPDX-License-Identifier: GPL-2.0
/*
 * syslog.c - the local syslog socket: a bounded queue that never blocks
 */
#include "userspace/daemon/syslog.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "userspace/lib/timestamp.h"

struct rf_syslog {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int fd;
	enum rf_syslog_form form;
	struct rf_syslog_message *queue; /* ring of RF_SYSLOG_QUEUE */
	size_t head;
	size_t count;
	uint64_t sent;
	uint64_t lost;
	uint64_t lost_told;
};

struct rf_syslog *rf_syslog_new(const char *path)
{
	struct rf_syslog *syslog = calloc(1, sizeof(*syslog));

	if (!syslog)
		return NULL;
	syslog->fd = -1;
	/* Untouched pages of the ring cost nothing. */
	syslog->queue = calloc(RF_SYSLOG_QUEUE, sizeof(*syslog->queue));
	if (!syslog->queue) {
		free(syslog);
		return NULL;
	}
	snprintf(syslog->path, sizeof(syslog->path), "%s", path ? path : RF_SYSLOG_PATH);
	syslog->form = rf_syslog_form_of(syslog->path);
	return syslog;
}

static void hang_up(struct rf_syslog *syslog)
{
	if (syslog->fd >= 0)
		close(syslog->fd);
	syslog->fd = -1;
}

void rf_syslog_free(struct rf_syslog *syslog)
{
	if (!syslog)
		return;
	hang_up(syslog);
	free(syslog->queue);
	free(syslog);
}

enum rf_syslog_form rf_syslog_form_of(const char *path)
{
	char resolved[PATH_MAX];

	if (realpath(path, resolved) && !strcmp(resolved, RF_SYSLOG_JOURNAL))
		return RF_SYSLOG_FORM_LOCAL;
	return RF_SYSLOG_FORM_5424;
}

static int call(struct rf_syslog *syslog)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (syslog->fd >= 0)
		return 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	memcpy(addr.sun_path, syslog->path, sizeof(addr.sun_path));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		int err = -errno;

		close(fd);
		return err;
	}
	syslog->form = rf_syslog_form_of(syslog->path);
	syslog->fd = fd;
	return 0;
}

static int send_one(struct rf_syslog *syslog, const struct rf_syslog_message *message)
{
	char host[HOST_NAME_MAX + 1] = "";
	char wire[RF_SYSLOG_MAX];
	size_t len;
	int err;

	err = call(syslog);
	if (err)
		return err;
	gethostname(host, sizeof(host) - 1);
	len = rf_syslog_format(message, syslog->form, host, (unsigned int)getpid(), wire);
	if (send(syslog->fd, wire, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		return 0;
	err = -errno;
	if (err != -EAGAIN)
		hang_up(syslog); /* the reader is gone; another may come */
	return err;
}

static void send_lost(struct rf_syslog *syslog)
{
	struct rf_syslog_message message;
	uint64_t lost = syslog->lost - syslog->lost_told;

	if (!lost)
		return;
	rf_syslog_begin(&message, RF_SYSLOG_WARNING, "LOST", rf_timestamp_now());
	rf_syslog_number(&message, "lost", lost);
	rf_syslog_text(&message,
		       "%llu alerts were not written because nobody read %s in time; the counters "
		       "of ringfence status are complete",
		       (unsigned long long)lost, syslog->path);
	if (!send_one(syslog, &message))
		syslog->lost_told = syslog->lost;
}

void rf_syslog_flush(struct rf_syslog *syslog)
{
	bool had = syslog->count > 0;
	bool again = true;

	while (syslog->count) {
		int err = send_one(syslog, &syslog->queue[syslog->head]);

		/* The old reader's socket is dead: try once with a new one. */
		if (err && err != -EAGAIN && again) {
			again = false;
			continue;
		}
		if (err)
			return;
		syslog->head = (syslog->head + 1) % RF_SYSLOG_QUEUE;
		syslog->count--;
		syslog->sent++;
	}
	if (had || syslog->lost != syslog->lost_told)
		send_lost(syslog);
}

void rf_syslog_send(struct rf_syslog *syslog, const struct rf_syslog_message *message)
{
	size_t room = message->severity >= RF_SYSLOG_NOTICE ? RF_SYSLOG_QUEUE / 2 : RF_SYSLOG_QUEUE;

	if (syslog->count >= room) {
		syslog->lost++;
		return;
	}
	syslog->queue[(syslog->head + syslog->count) % RF_SYSLOG_QUEUE] = *message;
	syslog->count++;
	rf_syslog_flush(syslog);
}

size_t rf_syslog_pending(const struct rf_syslog *syslog)
{
	return syslog->count;
}

void rf_syslog_status(struct rf_syslog *syslog, struct rf_syslog_status *status)
{
	status->connected = !call(syslog);
	status->form = syslog->form;
	status->sent = syslog->sent;
	status->lost = syslog->lost;
}
