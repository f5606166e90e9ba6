/* SPDX-License-Identifier: GPL-2.0 */
/*
 * daemon.h - what ringfenced holds while it runs
 */
#ifndef RF_DAEMON_H
#define RF_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "userspace/daemon/classes.h"
#include "userspace/daemon/fold.h"
#include "userspace/daemon/origins.h"
#include "userspace/daemon/server.h"
#include "userspace/daemon/syslog.h"
#include "userspace/daemon/unit.h"
#include "userspace/lib/compiled.h"
#include "userspace/lib/datapath.h"
#include "userspace/lib/places.h"
#include "userspace/lib/saved.h"

struct rf_scan;

/** struct rf_daemon_options - from the command line; NULL for the default */
struct rf_daemon_options {
	struct rf_places places;
	const char *syslog_path;
	const char *disable;
};

/**
 * struct rf_daemon - the daemon
 * @boot: this boot's identifier
 * @events: the datapath's events; @tick: once a second; @soon: armed while
 *	messages wait for the syslog socket; @mounts: the mount table changed
 * @dp: NULL after a disarm
 * @current: origins of the enforced policy
 * @compiled: the enforced policy; NULL if none is
 * @saved: its files, and who applied it
 * @resume: the policy applied last could not be enforced yet: try again
 * @found: the generation that was enforced before this daemon; 0 if none was
 * @scan: the scan that runs, or NULL
 * @anchored: the module holds the links
 * @lost: events that the ring had no room for, as far as they were told
 * @resets: connections that were ended
 * @refused_peers: connections to the control socket that were not root's
 * @healed: programs or pins that had to be put back
 */
struct rf_daemon {
	struct rf_daemon_options options;
	char boot[37];
	sd_event *loop;
	sd_event_source *events;
	sd_event_source *tick;
	sd_event_source *soon;
	sd_event_source *mounts;
	struct rf_datapath *dp;
	struct rf_server *server;
	struct rf_syslog *syslog;
	struct rf_fold *fold;
	struct rf_units *units;
	struct rf_classes classes;
	struct rf_origins origins;
	struct rf_origin_list current;
	struct rf_compiled *compiled;
	struct rf_saved saved;
	struct rf_scan *scan;
	bool resume;
	uint64_t found;
	bool anchored;
	uint64_t lost;
	uint64_t resets;
	uint64_t refused_peers;
	uint64_t healed;
};

/** rf_daemon_path - a file of the state directory; valid until the next call */
const char *rf_daemon_path(const struct rf_daemon *daemon, const char *name);

/** rf_daemon_log - one line to stderr, made printable */
void rf_daemon_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** rf_daemon_say - to the log and to syslog; @id as in syslog.h */
void rf_daemon_say(struct rf_daemon *daemon, enum rf_syslog_severity severity, const char *id,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));

/** rf_daemon_drain - take the events that are pending */
void rf_daemon_drain(struct rf_daemon *daemon);

/** rf_daemon_detach - stop enforcing; 0 or a negative errno */
int rf_daemon_detach(struct rf_daemon *daemon);

#endif /* RF_DAEMON_H */
