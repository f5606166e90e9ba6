// SPDX-License-Identifier: GPL-2.0
/*
 * status.c - ringfence status: what is enforced, and how well
 *
 * The daemon knows. Without it the pins and the module's state file tell
 * whether something is still enforced.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"
#include "userspace/lib/anchor.h"
#include "userspace/lib/word.h"

static const char *text(const json_t *json, const char *key)
{
	const char *value = json_string_value(json_object_get(json, key));

	return value ? value : "-";
}

static long long number(const json_t *json, const char *key)
{
	return (long long)json_integer_value(json_object_get(json, key));
}

static void print_sources(const json_t *sources)
{
	json_t *source, *file;
	size_t i, k;

	json_array_foreach(sources, i, source) {
		printf("%-12s %s", i ? "" : "region data:", text(source, "source"));
		json_array_foreach(json_object_get(source, "files"), k, file)
			printf("%s %s", k ? "," : " of",
			       *text(file, "date") ? text(file, "date") : "unknown date");
		file = json_array_get(json_object_get(source, "files"), 0);
		if (number(file, "age_days") >= 0)
			printf(" (%lld days old)", number(file, "age_days"));
		putchar('\n');
	}
}

static void print_policy(const json_t *status)
{
	json_t *policy = json_object_get(status, "policy");
	json_t *file;
	size_t i;

	if (!json_is_object(policy))
		return;
	printf("policy:      generation %lld, hash %.16s, applied %s by uid %lld\n",
	       number(status, "generation"), text(policy, "hash"), text(policy, "applied_at"),
	       number(policy, "applied_by_uid"));
	json_array_foreach(json_object_get(policy, "files"), i, file)
		printf("             %s\n", json_string_value(file));
	print_sources(json_object_get(status, "region_data"));
}

static void print_hooks(const json_t *status)
{
	json_t *hooks = json_object_get(status, "hooks");
	size_t attached = 0, i;
	json_t *hook;

	json_array_foreach(hooks, i, hook) {
		bool is = json_is_true(json_object_get(hook, "attached"));

		attached += is;
		if (!is)
			printf("             not attached: %s\n", text(hook, "name"));
		else if (json_is_false(json_object_get(hook, "pinned")))
			printf("             not pinned: %s\n", text(hook, "name"));
	}
	printf("hooks:       %zu of %zu attached\n", attached, json_array_size(hooks));
}

static void print_counters(const json_t *status)
{
	json_t *counters = json_object_get(status, "counters");
	json_t *alerts = json_object_get(status, "alerts");

	if (json_is_object(counters))
		printf("counters:    denied calls %lld, dropped packets %lld, audited calls %lld, "
		       "audited packets %lld,\n             labels given %lld, labels refused %lld\n",
		       number(counters, "denied_calls"), number(counters, "dropped_packets"),
		       number(counters, "audited_calls"), number(counters, "audited_packets"),
		       number(counters, "labels"), number(counters, "refused_labels"));
	printf("alerts:      syslog %s (%s), sent %lld, lost %lld, events lost %lld\n",
	       json_is_true(json_object_get(alerts, "syslog_connected")) ? "connected" : "NOT READ",
	       text(alerts, "syslog_form"), number(alerts, "syslog_sent"),
	       number(alerts, "syslog_lost"), number(alerts, "events_lost"));
}

static void print_maps(const json_t *status)
{
	json_t *map;
	size_t i;

	json_array_foreach(json_object_get(status, "maps"), i, map)
		printf("%s%-20s %lld of %lld\n",
		       i ? "             " : "maps:        ", text(map, "name"),
		       number(map, "used"), number(map, "max"));
}

static void print_list(const char *title, const json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		printf("%-12s %s\n", i ? "" : title, json_string_value(item));
}

static void print_status(const json_t *status)
{
	json_t *module = json_object_get(status, "module");

	printf("state:       %s\n", text(status, "state"));
	printf("daemon:      %s\n", text(status, "daemon"));
	print_policy(status);
	if (json_is_array(json_object_get(status, "hooks")))
		print_hooks(status);
	printf("module:      %s\n", text(module, "state"));
	if (json_is_object(json_object_get(status, "counters"))) {
		print_counters(status);
		print_maps(status);
	}
	print_list("unfollowed:", json_object_get(status, "flows_not_followed"));
	if (json_array_size(json_object_get(status, "flows_not_followed")))
		printf("             data can still be handed to another process there\n");
	print_list("PROBLEMS:", json_object_get(status, "problems"));
}

static json_t *status_of_pins(void)
{
	struct rf_ioc_status module;
	bool loaded = !rf_anchor_read(NULL, &module);
	int pins = rf_places_pins(); /* enough to say that something is attached */
	bool held = loaded && module.state == RF_ANCHOR_ARMED && module.attached;

	return json_pack("{s:s, s:s, s:b, s:i, s:{s:s}, s:[s]}", "state",
			 pins || held ? "enforcing" : "off", "daemon", "not running", "enforcing",
			 pins || held, "pins", pins, "module", "state",
			 loaded ? rf_word_anchor(module.state) : "unanchored", "problems",
			 "ringfenced is not running: nothing writes alerts and no policy can be "
			 "applied (systemctl start ringfenced)");
}

static int show(const json_t *status, bool json)
{
	if (json) {
		json_dumpf(status, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
	} else {
		print_status(status);
	}
	return json_array_size(json_object_get(status, "problems")) ? RF_EXIT_FAILED : RF_EXIT_OK;
}

int rf_status_run(struct rf_invocation *invocation)
{
	json_t *result, *status;
	int err, code;

	err = rf_ask(json_pack("{s:s}", "do", "status"), NULL, NULL, &result);
	if (err == -ENOENT || err == -ECONNREFUSED) {
		status = status_of_pins();
		code = show(status, invocation->json);
		if (!invocation->json)
			printf("enforcing:   %s\n",
			       json_is_true(json_object_get(status, "enforcing")) ?
				       "yes, by what is pinned or held by the module" :
				       "no");
		json_decref(status);
		return code;
	}
	if (err)
		return rf_ask_failed("status", err);
	status = json_object_get(result, "status");
	if (json_is_object(status)) {
		code = show(status, invocation->json);
		json_decref(result);
		return code;
	}
	return rf_ask_finish("status", result);
}
