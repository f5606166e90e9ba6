// SPDX-License-Identifier: GPL-2.0
/*
 * alert.c - what is done with each event: syslog, those who watch, resets
 */
#include "userspace/daemon/alert.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "userspace/daemon/facts.h"
#include "userspace/daemon/reset.h"
#include "userspace/lib/timestamp.h"

#define RESETS_REMEMBERED 64 /* a power of two */
#define RESET_AGAIN_NS 1000000000ull

/* A retransmission may come before the reset is done: once a second is enough. */
static bool reset_lately(uint64_t cookie, uint64_t now_ns)
{
	static struct {
		uint64_t cookie;
		uint64_t ns;
	} done[RESETS_REMEMBERED];
	size_t at = cookie & (RESETS_REMEMBERED - 1);

	if (done[at].cookie == cookie && now_ns < done[at].ns + RESET_AGAIN_NS)
		return true;
	done[at].cookie = cookie;
	done[at].ns = now_ns;
	return false;
}

static void reset(struct rf_daemon *daemon, const struct rf_event *event)
{
	static bool told;
	int err;

	if (!rf_reset_wanted(event) || reset_lately(event->socket, rf_timestamp_boot()))
		return;
	err = rf_reset_connection(event);
	if (!err)
		daemon->resets++;
	if (!err || err == -ENOENT || told)
		return;
	told = true;
	rf_daemon_log("cannot end denied connections, they hang until they time out: %s",
		      strerror(-err));
}

static void write_message(struct rf_daemon *daemon, const struct rf_event *event, uint64_t count,
			  uint64_t span_ns)
{
	struct rf_syslog_message message;
	struct rf_facts facts;

	rf_facts_gather(daemon, event, &facts);
	rf_facts_message(&facts, count, span_ns, &message);
	rf_syslog_send(daemon->syslog, &message);
}

static void on_report(void *ctx, const struct rf_fold_report *report)
{
	write_message(ctx, report->event, report->count, report->span_ns);
}

static void broadcast(struct rf_daemon *daemon, const struct rf_event *event)
{
	struct rf_facts facts;
	json_t *json;

	if (!daemon->server || !rf_server_watchers(daemon->server))
		return;
	rf_facts_gather(daemon, event, &facts);
	json = rf_facts_json(daemon, &facts);
	if (json)
		rf_server_broadcast(daemon->server, json);
	json_decref(json);
}

void rf_alert_event(void *ctx, const struct rf_event *event)
{
	struct rf_daemon *daemon = ctx;

	reset(daemon, event);
	if (rf_fold_add(daemon->fold, event, rf_timestamp_boot(), on_report, daemon))
		write_message(daemon, event, 0, 0);
	broadcast(daemon, event);
}

uint64_t rf_alert_flush(struct rf_daemon *daemon)
{
	return rf_fold_flush(daemon->fold, rf_timestamp_boot(), on_report, daemon);
}

void rf_alert_drain(struct rf_daemon *daemon)
{
	rf_fold_drain(daemon->fold, rf_timestamp_boot(), on_report, daemon);
}

void rf_alert_lost(struct rf_daemon *daemon)
{
	struct rf_state state;
	const char *since;
	uint64_t lost;

	if (!daemon->dp || rf_datapath_state(daemon->dp, &state) ||
	    state.events_lost <= daemon->lost)
		return;
	/* A daemon that took over does not know which of them the one before it told of. */
	since = daemon->lost ? "" : ", since the programs were attached";
	lost = state.events_lost - daemon->lost;
	daemon->lost = state.events_lost;
	rf_daemon_say(daemon, RF_SYSLOG_WARNING, "LOST",
		      "%" PRIu64 " events came too fast and were not told%s; the counters of "
		      "ringfence status have them",
		      lost, since);
	if (rf_server_watchers(daemon->server)) {
		json_t *json = json_pack("{s:s, s:I}", "kind", "lost", "count", (json_int_t)lost);

		rf_server_broadcast(daemon->server, json);
		json_decref(json);
	}
}
