// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_host.c - region data, who reads the syslog socket, the daemon
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/doctor.h"
#include "userspace/cli/places.h"
#include "userspace/lib/compiled.h"
#include "userspace/lib/control.h"

#define OLD_DAYS 180
#define JOURNAL "/run/systemd/journal/dev-log"

static int days_since(const char *date)
{
	struct tm tm = { 0 };

	if (!strptime(date, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return -1;
	return (int)((time(NULL) - timegm(&tm)) / 86400);
}

static void region_data(struct rf_doctor *doctor)
{
	struct rf_fault fault = { 0 };
	struct rf_world *world;
	int days;

	if (rf_compiled_world(NULL, &rf_places, &world, &fault)) {
		rf_doctor_say(doctor, RF_FINDING_MISSING, "region-data", "apt install tor-geoipdb",
			      "%s", fault.text);
		return;
	}
	days = days_since(rf_world_date(world));
	rf_doctor_say(doctor, days > OLD_DAYS ? RF_FINDING_NOTE : RF_FINDING_OK, "region-data",
		      "apt update && apt install tor-geoipdb, then restart ringfenced",
		      "%s, IPv4 of %s, IPv6 of %s, %d days old", RF_WORLD_SOURCE,
		      world->sources[0].files[0].date, world->sources[0].files[1].date, days);
	rf_world_close(world);
}

static bool somebody_reads(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	bool ok;
	int fd;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	ok = !connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	close(fd);
	return ok;
}

static void syslog(struct rf_doctor *doctor)
{
	char resolved[PATH_MAX] = "";
	bool snippet = !access("/etc/rsyslog.d/ringfence.conf", F_OK);

	if (!somebody_reads("/dev/log"))
		rf_doctor_say(doctor, RF_FINDING_MISSING, "syslog", "apt install rsyslog",
			      "nobody reads /dev/log; alerts wait in the daemon");
	else if (realpath("/dev/log", resolved) && !strcmp(resolved, JOURNAL))
		rf_doctor_say(doctor, RF_FINDING_OK, "syslog", NULL,
			      "journald reads /dev/log: alerts go in the old local form, with the "
			      "structured data at the beginning of the text");
	else
		rf_doctor_say(
			doctor, snippet ? RF_FINDING_OK : RF_FINDING_NOTE, "syslog",
			"rsyslogd takes RFC 5424 whole with the snippet that make install puts "
			"into /etc/rsyslog.d/ringfence.conf",
			"a syslog daemon reads /dev/log: alerts go as RFC 5424");
}

static void daemon_state(struct rf_doctor *doctor, const char *state)
{
	static const struct {
		const char *state;
		enum rf_finding finding;
		const char *todo;
	} states[] = {
		{ "enforcing", RF_FINDING_OK, NULL },
		{ "idle", RF_FINDING_NOTE, "ringfence apply PATH, to enforce a policy" },
		{ "weakened", RF_FINDING_MISSING, "ringfence status, which says why" },
		{ "off", RF_FINDING_MISSING, "systemctl restart ringfenced" },
	};
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(state, states[i].state))
			rf_doctor_say(doctor, states[i].finding, "daemon", states[i].todo,
				      "ringfenced runs, state %s", state);
}

static void daemon_runs(struct rf_doctor *doctor)
{
	const char *state;
	json_t *result;
	int err;

	if (geteuid() != 0) {
		rf_doctor_say(doctor, RF_FINDING_NOTE, "daemon", "sudo ringfence doctor",
			      "only root can ask");
		return;
	}
	err = rf_ask(json_pack("{s:s}", "do", "status"), NULL, NULL, &result);
	if (err) {
		rf_doctor_say(doctor, RF_FINDING_MISSING, "daemon",
			      "systemctl enable --now ringfenced", "ringfenced does not run");
		return;
	}
	state = json_string_value(json_object_get(json_object_get(result, "status"), "state"));
	daemon_state(doctor, state ? state : "off");
	json_decref(result);
}

void rf_doctor_host(struct rf_doctor *doctor)
{
	region_data(doctor);
	syslog(doctor);
	daemon_runs(doctor);
}
