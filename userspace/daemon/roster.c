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

#include "userspace/daemon/chain.h"
#include "userspace/lib/address.h"
#include "userspace/lib/printable.h"
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
	json_t *json;

	rf_unit_of(cgroup, unit);
	rf_classes_text(&daemon->classes, process->label, label, sizeof(label));
	json = json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:I}", "kind",
			 "process", "pid", (json_int_t)process->tgid, "uid",
			 (json_int_t)process->uid, "user", user_name(process->uid), "comm",
			 printable(process->comm, sizeof(process->comm)), "exe",
			 executable(process->tgid), "unit", printable(unit, strlen(unit)), "cgroup",
			 printable(cgroup, strlen(cgroup)), "label", label, "classes",
			 rf_classes_json(&daemon->classes, process->label), "holder",
			 (json_int_t)process->holder);
	rf_chain_put(daemon, &process->sources, json);
	rf_client_say(telling->client, json);
	return 0;
}

int rf_roster_tell(struct rf_daemon *daemon, struct rf_client *client, pid_t pid)
{
	struct telling telling = { daemon, client };
	struct rf_process process;
	int err;

	if (!daemon->dp)
		return -ENODEV;
	if (pid) {
		err = rf_datapath_process(daemon->dp, pid, &process);
		return err ? err : tell(&telling, &process);
	}
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
