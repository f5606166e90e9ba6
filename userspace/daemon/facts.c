// SPDX-License-Identifier: GPL-2.0
/*
 * facts.c - an event of the kernel with its numbers turned into what people
 * know them by
 */
#include "userspace/daemon/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "userspace/daemon/chain.h"
#include "userspace/lib/printable.h"
#include "userspace/lib/timestamp.h"
#include "userspace/lib/word.h"

/* Not bound, or not connected, yet. */
static bool is_unspecified(const uint8_t addr[16])
{
	rf_addr value = rf_addr_load(addr);

	return !value || value == RF_ADDR_V4_FIRST;
}

static void address(const struct rf_event *event, const uint8_t addr[16], uint16_t port,
		    char text[64])
{
	text[0] = '\0';
	if (event->family != AF_INET && event->family != AF_INET6)
		return;
	if (!is_unspecified(addr) || port)
		rf_addr_text(rf_addr_load(addr), text);
}

static void executable(const struct rf_event *event, struct rf_facts *facts)
{
	char link[32];
	ssize_t n;

	if (event->exe[0]) {
		snprintf(facts->exe, sizeof(facts->exe), "%.*s", RF_PATH_LEN, event->exe);
		return;
	}
	snprintf(link, sizeof(link), "/proc/%u/exe", event->tgid);
	n = event->tgid ? readlink(link, facts->exe, sizeof(facts->exe) - 1) : -1;
	if (n > 0)
		facts->exe[n] = '\0';
	else
		snprintf(facts->exe, sizeof(facts->exe), "%s", facts->comm);
}

/* The rule that refused the first of the classes that did. */
static void rule(const struct rf_daemon *daemon, struct rf_facts *facts)
{
	const struct rf_compiled *compiled = daemon->compiled;
	struct rf_pos pos = { 0 };
	size_t i;

	if (!compiled || facts->event->reason != RF_REASON_REGION)
		return;
	for (i = 0; i < compiled->policy->class_count; i++) {
		if (!(facts->event->classes >> compiled->bits[i] & 1))
			continue;
		if (rf_atoms_allows(&compiled->atoms, facts->event->atom, i, &pos) || !pos.line)
			continue;
		facts->file = rf_policy_pos_file(compiled->policy, &pos);
		facts->line = pos.line;
		return;
	}
}

static void origin(const struct rf_daemon *daemon, struct rf_facts *facts)
{
	const struct rf_event *event = facts->event;

	facts->origin = "";
	facts->origin_kind = "";
	if (event->origin_kind == RF_ORIGIN_NONE)
		return;
	facts->origin_kind = rf_word_origin(event->origin_kind);
	if (event->origin)
		facts->origin = rf_origins_describe(&daemon->origins, event->origin, facts->classes,
						    &facts->origin_kind, &facts->file,
						    &facts->line);
}

/* The event has not who passed it on: the holder's chain does. */
static void flow(struct rf_daemon *daemon, struct rf_facts *facts)
{
	const struct rf_event *event = facts->event;
	const struct rf_source *last;
	struct rf_sources sources;

	facts->flow = rf_word_flow(event->origin_kind);
	if (!facts->flow || !daemon->dp)
		return;
	rf_datapath_sources(daemon->dp, event->holder, &sources);
	last = rf_chain_last(&sources, event->classes);
	if (!last || last->kind != event->origin_kind)
		return;
	facts->from_pid = last->tgid;
	snprintf(facts->from, sizeof(facts->from), "%.*s", RF_COMM_LEN, last->comm);
}

void rf_facts_gather(struct rf_daemon *daemon, const struct rf_event *event, struct rf_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->event = event;
	facts->real_ns = rf_timestamp_from_boot(event->time_ns);
	facts->generation = daemon->compiled ? daemon->compiled->value->number : 0;
	rf_classes_text(&daemon->classes, event->classes, facts->classes, sizeof(facts->classes));
	snprintf(facts->comm, sizeof(facts->comm), "%.*s", RF_COMM_LEN, event->comm);
	executable(event, facts);
	facts->cgroup = rf_units_path(daemon->units, event->cgroup);
	rf_unit_of(facts->cgroup, facts->unit);
	address(event, event->saddr, event->sport, facts->source);
	address(event, event->daddr, event->dport, facts->destination);
	if (event->atom && daemon->compiled)
		rf_atoms_name(&daemon->compiled->atoms, event->atom, facts->region);
	else if (event->reason == RF_REASON_UNKNOWN)
		strcpy(facts->region, "unknown");
	origin(daemon, facts);
	if (event->type == RF_EVENT_VERDICT)
		rule(daemon, facts);
	else if (event->type == RF_EVENT_LABEL)
		flow(daemon, facts);
}

static void verdict_text(const struct rf_facts *facts, char *text, size_t size)
{
	const struct rf_event *event = facts->event;
	const char *did = event->verdict == RF_VERDICT_AUDIT ? "audited (let pass)" : "denied";
	size_t used;

	used = (size_t)snprintf(text, size, "%s: %s (pid %u) holding %s", did, facts->exe,
				event->tgid, facts->classes);
	if (used < size && facts->destination[0])
		used += (size_t)snprintf(text + used, size - used, " to %s", facts->destination);
	if (used < size && event->dport)
		used += (size_t)snprintf(text + used, size - used, " port %u", event->dport);
	if (used < size && facts->region[0])
		used += (size_t)snprintf(text + used, size - used, " (%s)", facts->region);
	if (used < size)
		snprintf(text + used, size - used, ": %s",
			 rf_word_because(event->reason, event->verdict));
}

static void refusal_text(const struct rf_facts *facts, char *text, size_t size)
{
	const struct rf_event *event = facts->event;
	const char *because = rf_word_because(event->reason, event->verdict);

	if (event->reason == RF_REASON_UNTRUSTED)
		snprintf(text, size, "refused: %s (pid %u) may not declassify: %s", facts->exe,
			 event->tgid, because);
	else
		snprintf(text, size, "refused: %s (pid %u) may not obtain %s: %s", facts->exe,
			 event->tgid, facts->classes, because);
}

static void label_text(const struct rf_facts *facts, char *text, size_t size)
{
	const struct rf_event *event = facts->event;
	size_t used;

	used = (size_t)snprintf(text, size, "labelled: %s (pid %u) now holds %s, ", facts->exe,
				event->tgid, facts->classes);
	if (used >= size)
		return;
	text += used;
	size -= used;
	if (facts->from_pid)
		snprintf(text, size, "by %s from %s (pid %u)", facts->flow, facts->from,
			 facts->from_pid);
	else if (facts->flow)
		snprintf(text, size, "by %s", facts->flow);
	else
		snprintf(text, size, "from %s%s%s", facts->origin_kind, *facts->origin ? " " : "",
			 facts->origin);
}

void rf_facts_text(const struct rf_facts *facts, char *text, size_t size)
{
	const struct rf_event *event = facts->event;

	switch (event->type) {
	case RF_EVENT_VERDICT: verdict_text(facts, text, size); return;
	case RF_EVENT_LABEL: label_text(facts, text, size); return;
	case RF_EVENT_REMOVED:
		snprintf(text, size, "declassified: %s (pid %u) passed on or sent data without %s",
			 facts->exe, event->tgid, facts->classes);
		return;
	case RF_EVENT_REFUSED: refusal_text(facts, text, size); return;
	default:
		snprintf(text, size, "refused: %s (pid %u) tried to take the enforcement apart",
			 facts->exe, event->tgid);
	}
}

static json_t *printable(const char *text)
{
	char shown[RF_PATH_LEN * 8];

	rf_printable_copy(shown, sizeof(shown), text, strlen(text));
	return json_string(shown);
}

static void put_text(json_t *json, const char *key, const char *text)
{
	json_object_set_new(json, key, text && *text ? printable(text) : json_null());
}

static void put_number(json_t *json, const char *key, uint64_t number)
{
	json_object_set_new(json, key, json_integer((json_int_t)number));
}

static void put_connection(json_t *json, const struct rf_facts *facts)
{
	const struct rf_event *event = facts->event;

	put_text(json, "src", facts->source);
	put_number(json, "src_port", event->sport);
	put_text(json, "dst", facts->destination);
	put_number(json, "port", event->dport);
	put_text(json, "protocol", rf_word_protocol(event->proto));
	put_number(json, "family", event->family);
	put_text(json, "region", facts->region);
}

static bool has_verdict(const struct rf_event *event)
{
	return event->type != RF_EVENT_LABEL && event->type != RF_EVENT_REMOVED;
}

/* A label that was given or taken off is no verdict, and its zeroes are not to be read as one. */
static void put_verdict(json_t *json, const struct rf_event *event)
{
	bool is = has_verdict(event);

	put_text(json, "verdict", is ? rf_word_verdict(event->verdict) : NULL);
	put_text(json, "reason", is ? rf_word_reason(event->reason) : NULL);
	put_text(json, "door", is ? rf_word_door(event->door) : NULL);
}

json_t *rf_facts_json(struct rf_daemon *daemon, const struct rf_facts *facts)
{
	const struct rf_event *event = facts->event;
	char time[RF_TIMESTAMP_LEN], text[768];
	json_t *json = json_object();

	rf_timestamp_format(facts->real_ns, time);
	rf_facts_text(facts, text, sizeof(text));
	put_text(json, "kind", "event");
	put_text(json, "time", time);
	put_text(json, "type", rf_word_event(event->type));
	put_verdict(json, event);
	json_object_set_new(json, "classes", rf_classes_json(&daemon->classes, event->classes));
	json_object_set_new(json, "label", rf_classes_json(&daemon->classes, event->label));
	put_connection(json, facts);
	put_number(json, "pid", event->tgid);
	put_number(json, "tid", event->pid);
	put_number(json, "uid", event->uid);
	put_text(json, "comm", facts->comm);
	put_text(json, "exe", facts->exe);
	put_text(json, "unit", facts->unit);
	put_text(json, "cgroup", facts->cgroup);
	put_text(json, "origin_kind", facts->origin_kind);
	put_text(json, "origin", facts->origin);
	put_text(json, "from_comm", facts->from);
	put_number(json, "from_pid", facts->from_pid);
	put_text(json, "file", facts->file);
	put_number(json, "line", facts->line);
	put_number(json, "generation", facts->generation);
	put_text(json, "text", text);
	return json;
}

static const char *message_id(const struct rf_event *event)
{
	switch (event->type) {
	case RF_EVENT_VERDICT: return event->verdict == RF_VERDICT_AUDIT ? "AUDIT" : "DENY";
	case RF_EVENT_LABEL: return "LABEL";
	case RF_EVENT_REFUSED: return "REFUSED";
	case RF_EVENT_REMOVED: return "REMOVED";
	default: return "TAMPER";
	}
}

static enum rf_syslog_severity severity_of(const struct rf_event *event)
{
	if (event->type == RF_EVENT_LABEL)
		return RF_SYSLOG_NOTICE;
	if (event->type == RF_EVENT_VERDICT && event->verdict == RF_VERDICT_AUDIT)
		return RF_SYSLOG_NOTICE;
	return RF_SYSLOG_WARNING;
}

static void put_place(struct rf_syslog_message *message, const struct rf_facts *facts)
{
	char place[1024];

	if (!facts->file || !facts->line)
		return;
	snprintf(place, sizeof(place), "%s:%u", facts->file, facts->line);
	rf_syslog_param(message, facts->event->type == RF_EVENT_VERDICT ? "rule" : "policy", place);
}

static void put_fold(struct rf_syslog_message *message, uint64_t count, uint64_t span_ns)
{
	char seconds[32];

	if (!count)
		return;
	snprintf(seconds, sizeof(seconds), "%.1f", (double)span_ns / 1e9);
	rf_syslog_number(message, "count", count);
	rf_syslog_param(message, "seconds", seconds);
}

void rf_facts_message(const struct rf_facts *facts, uint64_t count, uint64_t span_ns,
		      struct rf_syslog_message *message)
{
	const struct rf_event *event = facts->event;
	char text[700];

	rf_syslog_begin(message, severity_of(event), message_id(event),
			count ? rf_timestamp_now() : facts->real_ns);
	rf_syslog_param(message, "class", facts->classes);
	if (has_verdict(event)) {
		rf_syslog_param(message, "verdict", rf_word_verdict(event->verdict));
		rf_syslog_param(message, "reason", rf_word_reason(event->reason));
		rf_syslog_param(message, "door", rf_word_door(event->door));
	}
	rf_syslog_param(message, "dst", facts->destination);
	if (event->dport)
		rf_syslog_number(message, "port", event->dport);
	rf_syslog_param(message, "region", facts->region);
	rf_syslog_param(message, "proto", rf_word_protocol(event->proto));
	rf_syslog_number(message, "pid", event->tgid);
	rf_syslog_number(message, "uid", event->uid);
	rf_syslog_param(message, "exe", facts->exe);
	rf_syslog_param(message, "comm", facts->comm);
	rf_syslog_param(message, "unit", facts->unit);
	rf_syslog_param(message, "origin-kind", facts->origin_kind);
	rf_syslog_param(message, "origin", facts->origin);
	if (facts->from_pid) {
		rf_syslog_param(message, "from-comm", facts->from);
		rf_syslog_number(message, "from-pid", facts->from_pid);
	}
	put_place(message, facts);
	rf_syslog_number(message, "gen", facts->generation);
	put_fold(message, count, span_ns);
	rf_facts_text(facts, text, sizeof(text));
	if (count)
		rf_syslog_text(message, "%s (%" PRIu64 " more in %.1f s)", text, count,
			       (double)span_ns / 1e9);
	else
		rf_syslog_text(message, "%s", text);
}
