// SPDX-License-Identifier: GPL-2.0
/*
 * counters.c - the kernel's counters, hooks and maps as JSON
 */
#include "userspace/daemon/counters.h"

#include <stdlib.h>

#include "userspace/lib/word.h"

#define LIST_MAX 128

static const char *const names[] = {
	[RF_COUNTER_DENIED_CALLS] = "denied_calls",
	[RF_COUNTER_DROPPED_PACKETS] = "dropped_packets",
	[RF_COUNTER_AUDITED_CALLS] = "audited_calls",
	[RF_COUNTER_AUDITED_PACKETS] = "audited_packets",
	[RF_COUNTER_LABELS] = "labels",
	[RF_COUNTER_REFUSED_LABELS] = "refused_labels",
	[RF_COUNTER_HELD] = "held",
	[RF_COUNTER_REMOVED] = "removed",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == RF_COUNTER_MAX, "a name for each counter");

static json_t *row(const __u64 *stats)
{
	json_t *json = json_object();
	int i;

	for (i = 0; i < RF_COUNTER_MAX; i++)
		json_object_set_new(json, names[i], json_integer((json_int_t)stats[i]));
	return json;
}

static json_t *by_class(const struct rf_daemon *daemon, const __u64 *stats)
{
	json_t *json = json_object();
	int bit;

	for (bit = 0; bit < RF_CLASS_MAX; bit++)
		if (daemon->classes.name[bit][0])
			json_object_set_new(json, daemon->classes.name[bit],
					    row(stats + bit * RF_COUNTER_MAX));
	return json;
}

static json_t *by_reason(const __u64 *stats, unsigned int door)
{
	json_t *json = json_object();
	unsigned int reason;

	for (reason = 0; reason < RF_REASON_MAX; reason++) {
		__u64 count = stats[RF_STATS_REASON(door, reason)];

		if (count)
			json_object_set_new(json, rf_word_reason(reason),
					    json_integer((json_int_t)count));
	}
	return json;
}

json_t *rf_counters_json(struct rf_daemon *daemon)
{
	__u64 *stats = calloc(RF_STATS_MAX, sizeof(*stats));
	json_t *json;

	if (!stats || !daemon->dp || rf_datapath_stats(daemon->dp, stats)) {
		free(stats);
		return json_null();
	}
	json = row(stats + RF_STATS_TOTAL);
	json_object_set_new(json, "classes", by_class(daemon, stats));
	json_object_set_new(json, "reasons_at_call", by_reason(stats, RF_DOOR_CALL));
	json_object_set_new(json, "reasons_at_packet", by_reason(stats, RF_DOOR_PACKET));
	free(stats);
	return json;
}

json_t *rf_counters_hooks(struct rf_daemon *daemon, int *attached, int *total)
{
	struct rf_hook_status list[LIST_MAX];
	json_t *json;
	int i;

	*attached = 0;
	*total = daemon->dp ? rf_datapath_hooks(daemon->dp, list, LIST_MAX) : 0;
	if (*total <= 0) {
		*total = 0;
		return json_null();
	}
	json = json_array();
	for (i = 0; i < *total && i < LIST_MAX; i++) {
		*attached += list[i].attached;
		json_array_append_new(json,
				      json_pack("{s:s, s:b, s:b}", "name", list[i].name, "attached",
						list[i].attached, "pinned", list[i].pinned));
	}
	return json;
}

json_t *rf_counters_maps(struct rf_daemon *daemon)
{
	struct rf_map_usage list[LIST_MAX];
	json_t *json;
	int count, i;

	count = daemon->dp ? rf_datapath_usage(daemon->dp, list, LIST_MAX) : 0;
	if (count <= 0)
		return json_null();
	json = json_array();
	for (i = 0; i < count && i < LIST_MAX; i++)
		json_array_append_new(json, json_pack("{s:s, s:I, s:I, s:I}", "name", list[i].name,
						      "used", (json_int_t)list[i].used, "max",
						      (json_int_t)list[i].max, "bytes",
						      (json_int_t)list[i].bytes));
	return json;
}
