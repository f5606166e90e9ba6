// SPDX-License-Identifier: GPL-2.0
/*
 * daemon.c - what ringfenced holds while it runs, and its log
 */
#include "userspace/daemon/daemon.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "userspace/daemon/alert.h"
#include "userspace/lib/printable.h"
#include "userspace/lib/timestamp.h"

const char *rf_daemon_path(const struct rf_daemon *daemon, const char *name)
{
	static char path[2][PATH_MAX];
	static int turn;

	turn = !turn; /* so that two can be used in one call */
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", daemon->options.places.state_dir, name);
	return path[turn];
}

static void write_log(const char *raw)
{
	char shown[2048];

	rf_printable_copy(shown, sizeof(shown), raw, strlen(raw));
	fprintf(stderr, "ringfenced: %s\n", shown);
}

void rf_daemon_log(const char *format, ...)
{
	char raw[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	write_log(raw);
}

void rf_daemon_say(struct rf_daemon *daemon, enum rf_syslog_severity severity, const char *id,
		   const char *format, ...)
{
	struct rf_syslog_message message;
	char raw[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	write_log(raw);
	rf_syslog_begin(&message, severity, id, rf_timestamp_now());
	rf_syslog_number(&message, "gen", daemon->compiled ? daemon->compiled->value->number : 0);
	rf_syslog_text(&message, "%s", raw);
	rf_syslog_send(daemon->syslog, &message);
}

/* Enough for a full ring, and an end even if it is filled meanwhile. */
#define DRAIN_ROUNDS 16

void rf_daemon_drain(struct rf_daemon *daemon)
{
	int rounds = DRAIN_ROUNDS;

	while (daemon->dp && rounds-- && rf_datapath_events(daemon->dp, rf_alert_event, daemon) > 0)
		;
}

int rf_daemon_detach(struct rf_daemon *daemon)
{
	int err;

	rf_daemon_drain(daemon);
	daemon->events = sd_event_source_disable_unref(daemon->events);
	err = rf_datapath_disarm(daemon->dp);
	daemon->dp = NULL;
	return err;
}
