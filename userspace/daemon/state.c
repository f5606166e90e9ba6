// SPDX-License-Identifier: GPL-2.0
/*
 * state.c - what is enforced and how well, as one JSON object
 */
#include "userspace/daemon/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "userspace/daemon/counters.h"
#include "userspace/daemon/unfollowed.h"
#include "userspace/lib/anchor.h"
#include "userspace/lib/timestamp.h"
#include "userspace/lib/word.h"

#define REGION_DATA_OLD_DAYS 180

static void __attribute__((format(printf, 2, 3))) problem(json_t *problems, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_array_append_new(problems, json_string(text));
}

static json_t *hex(const uint8_t *bytes, size_t len)
{
	char text[2 * 32 + 1] = "";
	size_t i;

	for (i = 0; i < len && i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return json_string(text);
}

static json_t *when(uint64_t real_ns)
{
	char text[RF_TIMESTAMP_LEN];

	rf_timestamp_format(real_ns, text);
	return json_string(text);
}

static json_t *policy(const struct rf_daemon *daemon)
{
	const struct rf_compiled *compiled = daemon->compiled;
	json_t *files, *classes;
	size_t i;

	if (!compiled)
		return json_null();
	files = json_array();
	for (i = 0; i < compiled->policy->file_count; i++)
		json_array_append_new(files, json_string(compiled->policy->files[i]));
	classes = json_array();
	for (i = 0; i < compiled->policy->class_count; i++)
		json_array_append_new(classes, json_string(compiled->policy->classes[i].name));
	return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:I}", "hash",
			 hex(rf_policy_hash(compiled->policy), RF_POLICY_HASH_LEN), "files", files,
			 "classes", classes, "applied_at", when(daemon->saved.applied_ns),
			 "applied_by_uid", (json_int_t)daemon->saved.uid, "applied_by_pid",
			 (json_int_t)daemon->saved.pid, "origins",
			 (json_int_t)daemon->current.count);
}

/* Whole days since a date of the region data; -1 if it has none. */
static int age_of(const char *date)
{
	struct tm tm = { 0 };
	time_t then;

	if (!strptime(date, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return -1;
	then = timegm(&tm);
	return (int)((time(NULL) - then) / 86400);
}

/* How old a source may be before it is a problem. */
static int age_limit(const struct rf_policy *policy, size_t source)
{
	if (source < policy->data.source_count && policy->data.sources[source].max_age_days)
		return (int)policy->data.sources[source].max_age_days;
	return REGION_DATA_OLD_DAYS;
}

static json_t *source_state(const struct rf_world_source *source, int limit, json_t *problems)
{
	json_t *files = json_array();
	int oldest = -1;

	for (size_t i = 0; i < source->file_count; i++) {
		const struct rf_world_file *file = &source->files[i];
		int age = age_of(file->date);

		oldest = age > oldest ? age : oldest;
		json_array_append_new(files, json_pack("{s:s, s:s, s:i}", "path", file->path,
						       "date", file->date, "age_days", age));
	}
	if (oldest > limit)
		problem(problems,
			"the region data of %s is %d days old, the limit is %d; get newer files and "
			"run ringfence region update",
			source->name, oldest, limit);
	return json_pack("{s:s, s:s, s:o}", "source", source->name, "format",
			 rf_format_name(source->format), "files", files);
}

static json_t *region_data(const struct rf_daemon *daemon, json_t *problems)
{
	const struct rf_compiled *compiled = daemon->compiled;
	json_t *sources = json_array();

	for (size_t i = 0; compiled && i < compiled->world->source_count; i++)
		json_array_append_new(sources,
				      source_state(&compiled->world->sources[i],
						   age_limit(compiled->policy, i), problems));
	return sources;
}

#define NOT_KEPT                                                                         \
	"labels of files end with the boot, so what outlives it is written by labelled " \
	"processes only in trees that the policy names for all that they hold"

static json_t *module(const struct rf_daemon *daemon, json_t *problems)
{
	struct rf_ioc_status status;

	if (rf_anchor_read(NULL, &status)) {
		problem(problems,
			"unanchored: the module is not loaded, so who can delete the pins can "
			"end the enforcement, and nothing guards the boot (modprobe ringfence)");
		problem(problems, NOT_KEPT " (modprobe ringfence)");
		return json_pack("{s:s}", "state", "unanchored");
	}
	if (!rf_anchor_keeps())
		problem(problems, NOT_KEPT " (the module was built without BTF)");
	if (status.state != RF_ANCHOR_ARMED)
		problem(problems, "the module is %s", rf_word_anchor(status.state));
	else if (status.attached < status.links)
		problem(problems, "only %u of the %u links that the module holds are attached",
			status.attached, status.links);
	else if (!daemon->anchored)
		problem(problems, "the module holds links that this daemon did not give it");
	return json_pack("{s:s, s:I, s:I, s:I, s:I}", "state", rf_word_anchor(status.state),
			 "links", (json_int_t)status.links, "attached", (json_int_t)status.attached,
			 "generation", (json_int_t)status.generation, "quarantined_packets",
			 (json_int_t)status.quarantined);
}

static json_t *alerts(struct rf_daemon *daemon, json_t *problems)
{
	struct rf_syslog_status status;
	struct rf_state state = { 0 };

	rf_syslog_status(daemon->syslog, &status);
	if (!status.connected)
		problem(problems, "nobody reads the syslog socket; alerts wait (start rsyslog)");
	if (daemon->dp && !rf_datapath_state(daemon->dp, &state) && state.lost)
		problem(problems,
			"a label of a socket was lost for want of memory: sockets without a "
			"record are treated as labelled with everything until the next boot");
	return json_pack("{s:b, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "syslog_connected",
			 status.connected, "syslog_form",
			 status.form == RF_SYSLOG_FORM_LOCAL ? "local" : "rfc5424", "syslog_sent",
			 (json_int_t)status.sent, "syslog_lost", (json_int_t)status.lost,
			 "events_lost", (json_int_t)state.events_lost, "resets",
			 (json_int_t)daemon->resets, "refused_peers",
			 (json_int_t)daemon->refused_peers, "healed", (json_int_t)daemon->healed);
}

static json_t *hooks(struct rf_daemon *daemon, json_t *problems)
{
	int attached, total;
	json_t *json = rf_counters_hooks(daemon, &attached, &total);

	if (attached < total)
		problem(problems, "weakened: %d of %d hooks are not attached", total - attached,
			total);
	if (daemon->options.disable)
		problem(problems, "weakened: started with --test-disable=%s",
			daemon->options.disable);
	return json;
}

static const char *state_word(const struct rf_daemon *daemon, const json_t *problems)
{
	const json_t *line;
	size_t i;

	if (!daemon->dp)
		return "off";
	if (!daemon->compiled)
		return daemon->found ? "weakened" : "idle";
	json_array_foreach(problems, i, line)
		if (!strncmp(json_string_value(line), "weakened", 8))
			return "weakened";
	return "enforcing";
}

static void look_at_policy(const struct rf_daemon *daemon, json_t *problems)
{
	if (!daemon->dp)
		problem(problems,
			"disarmed: nothing is enforced until ringfenced is started again");
	else if (!daemon->compiled && daemon->found)
		problem(problems,
			"weakened: generation %" PRIu64 " is still enforced, but its policy cannot "
			"be read or applied again: apply a policy",
			daemon->found);
	else if (!daemon->compiled)
		problem(problems, "no policy is applied (ringfence apply PATH)");
	if (daemon->dp && daemon->resume)
		problem(problems, "the policy applied last is not wholly enforced: an origin is "
				  "missing; trying again every second");
}

json_t *rf_state_json(struct rf_daemon *daemon)
{
	json_t *problems = json_array(), *json = json_object();
	const struct rf_generation_header *value;

	value = daemon->compiled ? daemon->compiled->value : NULL;
	look_at_policy(daemon, problems);
	json_object_set_new(json, "state", json_null()); /* its place is first */
	json_object_set_new(json, "daemon", json_string("running"));
	json_object_set_new(json, "daemon_pid", json_integer(getpid()));
	json_object_set_new(json, "generation",
			    json_integer((json_int_t)(value	 ? value->number :
						      daemon->dp ? daemon->found :
								   0)));
	json_object_set_new(json, "generation_hash", value ? hex(value->hash, 32) : json_null());
	json_object_set_new(json, "policy", policy(daemon));
	json_object_set_new(json, "region_data", region_data(daemon, problems));
	json_object_set_new(json, "hooks", hooks(daemon, problems));
	json_object_set_new(json, "module", module(daemon, problems));
	json_object_set_new(json, "counters", rf_counters_json(daemon));
	json_object_set_new(json, "maps", rf_counters_maps(daemon));
	json_object_set_new(json, "alerts", alerts(daemon, problems));
	json_object_set_new(json, "flows_not_followed", rf_unfollowed_json());
	json_object_set_new(json, "test_disable",
			    daemon->options.disable ? json_string(daemon->options.disable) :
						      json_null());
	json_object_set_new(json, "state", json_string(state_word(daemon, problems)));
	json_object_set_new(json, "problems", problems);
	return json;
}
