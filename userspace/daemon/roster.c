// SPDX-License-Identifier: GPL-2.0
/*
 * roster.c - labelled processes, and how each got its label
 */
#include "userspace/daemon/roster.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/address.h"
#include "userspace/lib/printable.h"
#include "userspace/lib/timestamp.h"
#include "userspace/lib/word.h"

static json_t *printable(const char *text, size_t len)
{
	char shown[PATH_MAX];

	rf_printable_copy(shown, sizeof(shown), text, len);
	return json_string(shown);
}

static json_t *user_name(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);
	char number[16];

	if (user)
		return printable(user->pw_name, strlen(user->pw_name));
	snprintf(number, sizeof(number), "%u", uid);
	return json_string(number);
}

static json_t *executable(pid_t pid)
{
	char link[32], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	n = readlink(link, path, sizeof(path));
	return n > 0 ? printable(path, (size_t)n) : json_null();
}

static json_t *source_json(const struct rf_daemon *daemon, const struct rf_source *source)
{
	const char *kind = rf_word_origin(source->kind), *file = NULL, *what = "";
	char since[RF_TIMESTAMP_LEN], class[RF_CLASS_NAME_MAX + 1];
	uint32_t line = 0;

	/* The place of the first of the classes is the place that is shown. */
	rf_classes_text(&daemon->classes, source->classes & -source->classes, class, sizeof(class));
	if (source->origin)
		what = rf_origins_describe(&daemon->origins, source->origin, class, &kind, &file,
					   &line);
	rf_timestamp_format(rf_timestamp_from_boot(source->time_ns), since);
	return json_pack("{s:o, s:s, s:s, s:s?, s:I, s:s, s:I, s:o}", "classes",
			 rf_classes_json(&daemon->classes, source->classes), "kind", kind, "what",
			 what, "file", file, "line", (json_int_t)line, "since", since, "by_pid",
			 (json_int_t)source->tgid, "by_comm",
			 printable(source->comm, sizeof(source->comm)));
}

static json_t *sources_json(const struct rf_daemon *daemon, const struct rf_sources *sources)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < sources->count && i < RF_SOURCES_MAX; i++)
		json_array_append_new(list, source_json(daemon, &sources->list[i]));
	return list;
}

struct telling {
	struct rf_daemon *daemon;
	struct rf_client *client;
};

static int tell(void *ctx, const struct rf_process *process)
{
	const struct telling *telling = ctx;
	struct rf_daemon *daemon = telling->daemon;
	const char *cgroup = rf_units_path(daemon->units, process->cgroup);
	char unit[256], label[512];

	rf_unit_of(cgroup, unit);
	rf_classes_text(&daemon->classes, process->label, label, sizeof(label));
	rf_client_say(telling->client,
		      json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:I, s:o, s:I}",
				"kind", "process", "pid", (json_int_t)process->tgid, "uid",
				(json_int_t)process->uid, "user", user_name(process->uid), "comm",
				printable(process->comm, sizeof(process->comm)), "exe",
				executable(process->tgid), "unit", printable(unit, strlen(unit)),
				"cgroup", printable(cgroup, strlen(cgroup)), "label", label,
				"classes", rf_classes_json(&daemon->classes, process->label),
				"holder", (json_int_t)process->holder, "sources",
				sources_json(daemon, &process->sources), "sources_count",
				(json_int_t)process->sources.count));
	return 0;
}

int rf_roster_tell(struct rf_daemon *daemon, struct rf_client *client)
{
	struct telling telling = { daemon, client };

	if (!daemon->dp)
		return -ENODEV;
	return rf_datapath_processes(daemon->dp, tell, &telling);
}

static int tell_flow(void *ctx, const struct rf_flow *flow)
{
	char from[RF_ADDR_TEXT_MAX], to[RF_ADDR_TEXT_MAX];
	const struct telling *telling = ctx;

	rf_addr_text(rf_addr_load(flow->saddr), from);
	rf_addr_text(rf_addr_load(flow->daddr), to);
	rf_client_say(telling->client,
		      json_pack("{s:s, s:s?, s:s, s:i, s:s, s:i, s:o, s:I, s:o}", "kind", "flow",
				"protocol", rf_word_protocol(flow->proto), "source", from,
				"source_port", flow->sport, "address", to, "port", flow->dport,
				"classes", rf_classes_json(&telling->daemon->classes, flow->label),
				"pid", (json_int_t)flow->tgid, "comm",
				printable(flow->comm, sizeof(flow->comm))));
	return 0;
}

int rf_roster_flows(struct rf_daemon *daemon, struct rf_client *client)
{
	struct telling telling = { daemon, client };

	if (!daemon->dp)
		return -ENODEV;
	return rf_datapath_flows(daemon->dp, tell_flow, &telling);
}
