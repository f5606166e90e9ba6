// SPDX-License-Identifier: GPL-2.0
/*
 * datapath.c - the loaded BPF programs and their maps
 *
 * The order in which they come up is what matters here: until the last step,
 * rf_hooks_pin(), an error leaves the host as it was.
 */
#include "userspace/lib/datapath.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/datapath_private.h"
#include "userspace/lib/warning.h"

int rf_datapath_fail(struct rf_datapath *dp, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(dp->error, sizeof(dp->error), format, args);
	va_end(args);
	return err;
}

const char *rf_datapath_error(const struct rf_datapath *dp)
{
	return dp->error;
}

bool rf_datapath_adopted(const struct rf_datapath *dp)
{
	return dp->adopted;
}

/* Opening and closing */

/* The parts of a comma-separated list: is "KIND:NAME" among them? */
static bool disabled(const char *list, const char *kind, const char *name)
{
	char part[64];
	const char *at = list;
	size_t len;

	snprintf(part, sizeof(part), "%s:%s", kind, name);
	len = strlen(part);
	while (at && *at) {
		if (!strncmp(at, part, len) && (!at[len] || at[len] == ','))
			return true;
		at = strchr(at, ',');
		at = at ? at + 1 : NULL;
	}
	return false;
}

static void disable_parts(struct rf_object *object, const char *list)
{
	for (size_t i = 0; i < rf_object_hook_count(object); i++)
		if (disabled(list, "hook", rf_object_hook_name(object, i)))
			rf_object_hook_leave_out(object, i);
	rf_object_set_doors(object, disabled(list, "door", "call") << RF_DOOR_CALL |
					    disabled(list, "door", "packet") << RF_DOOR_PACKET);
}

/* Where it is not so, programs are attached as usual and never called. */
static bool kernel_calls(void)
{
	FILE *file = fopen("/proc/sys/kernel/ftrace_enabled", "re");
	int enabled = 1;

	if (file && fscanf(file, "%d", &enabled) != 1)
		enabled = 1;
	if (file)
		fclose(file);
	return enabled;
}

static int open_object(struct rf_datapath *dp, const char *disable)
{
	int err;

	if (!kernel_calls())
		return rf_datapath_fail(dp, -EPERM,
					"kernel.ftrace_enabled is 0: no program would be called");
	err = rf_object_open(&dp->object);
	if (err)
		return rf_datapath_fail(dp, err, "the BPF object cannot be opened: %s",
					strerror(-err));
	disable_parts(dp->object, disable);
	err = rf_object_fit(dp->object);
	if (err)
		return rf_datapath_fail(dp, err, "this kernel has no BTF: %s", strerror(-err));
	rf_hooks_init(dp);
	return 0;
}

/* As many records as the kernel allows threads, within reason. */
static __u32 threads_max(void)
{
	FILE *file = fopen("/proc/sys/kernel/threads-max", "re");
	unsigned long max = RF_TASKS_MAX;

	if (file && fscanf(file, "%lu", &max) != 1)
		max = RF_TASKS_MAX;
	if (file)
		fclose(file);
	if (max < RF_TASKS_MAX)
		max = RF_TASKS_MAX;
	return max > (1u << 22) ? 1u << 22 : max;
}

static int size_maps(struct rf_datapath *dp)
{
	static const enum rf_map per_task[] = {
		RF_MAP_TASKS,
		RF_MAP_HOLDERS,
		RF_MAP_SOURCES,
		RF_MAP_GROUPS,
	};
	__u32 max = threads_max();
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(per_task) / sizeof(*per_task); i++)
		err = rf_object_map_resize(dp->object, per_task[i], max);
	return err;
}

static int adopt_maps(struct rf_datapath *dp)
{
	char path[RF_PIN_PATH_LEN];
	int err;

	for (int map = 0; map < RF_MAP_MAX; map++) {
		rf_pin_path(dp, "maps", rf_object_map_name(map), path);
		err = rf_object_map_adopt(dp->object, map, path);
		if (err == -EPROTO)
			return rf_datapath_fail(dp, err, "%s is of another version of Ringfence",
						path);
		if (err)
			return rf_datapath_fail(dp, err, "%s: %s", path, strerror(-err));
	}
	return 0;
}

static int load(struct rf_datapath *dp)
{
	int err;

	dp->adopted = rf_pin_exists(dp);
	err = dp->adopted ? adopt_maps(dp) : size_maps(dp);
	if (err)
		return err;
	err = rf_object_load(dp->object);
	if (err)
		return rf_datapath_fail(dp, err, "the kernel refuses the programs: %s",
					rf_warning_last());
	/* A start that was cut short may have left these. */
	rf_pin_lock(dp);
	__atomic_store_n(&rf_object_state(dp->object)->walker, 0, __ATOMIC_SEQ_CST);
	return 0;
}

static int open_events(struct rf_datapath *dp)
{
	int err = rf_object_events_open(dp->object);

	if (err)
		return rf_datapath_fail(dp, err, "the event ring: %s", strerror(-err));
	return 0;
}

static int open_datapath(struct rf_datapath *dp, const char *disable)
{
	int err, pinned;

	err = open_object(dp, disable);
	if (!err)
		err = load(dp);
	if (!err)
		err = open_events(dp);
	if (!err)
		err = rf_hooks_attach(dp);
	if (!err)
		err = rf_request_record(dp);
	if (!err)
		err = rf_pin_make_dirs(dp);
	if (err)
		return err;
	pinned = rf_pin_maps(dp, dp->adopted);
	if (pinned < 0)
		return pinned;
	err = rf_pin_guard(dp);
	if (err)
		return err;
	pinned = rf_hooks_pin(dp);
	if (pinned < 0)
		return pinned;
	rf_hooks_unpin_others(dp);
	return 0;
}

/* After an error on the way up: nothing stays of what was not there before. */
static void take_back(struct rf_datapath *dp)
{
	if (dp->adopted || !dp->object || !rf_object_state(dp->object))
		return;
	/* Without a record of us there is no guard either. */
	rf_pin_unlock(dp);
	rf_hooks_unpin_new(dp);
	rf_pin_clear(dp, "maps");
	rf_pin_remove_dirs(dp);
	rf_pin_lock(dp);
}

static int set_paths(struct rf_datapath *dp, const struct rf_datapath_options *options)
{
	const char *cgroup_root = options->cgroup_root ?: RF_CGROUP_ROOT;

	if (strlen(options->pin_dir) >= sizeof(dp->pin_dir) ||
	    strlen(cgroup_root) >= sizeof(dp->cgroup_root))
		return -ENAMETOOLONG;
	strcpy(dp->pin_dir, options->pin_dir);
	strcpy(dp->cgroup_root, cgroup_root);
	return 0;
}

int rf_datapath_open(const struct rf_datapath_options *options, struct rf_datapath **out,
		     char *error, size_t error_size)
{
	struct rf_datapath *dp = calloc(1, sizeof(*dp));
	int err;

	if (!dp)
		return -ENOMEM;
	err = set_paths(dp, options);
	if (!err)
		err = open_datapath(dp, options->disable);
	if (err) {
		snprintf(error, error_size, "%s", dp->error[0] ? dp->error : strerror(-err));
		take_back(dp);
		rf_datapath_close(dp);
		return err;
	}
	*out = dp;
	return 0;
}

void rf_datapath_close(struct rf_datapath *dp)
{
	if (!dp)
		return;
	rf_hooks_close(dp);
	rf_object_close(dp->object);
	free(dp);
}

static int unpin_all(struct rf_datapath *dp)
{
	int err;

	err = rf_pin_clear(dp, "links");
	if (!err)
		err = rf_pin_clear(dp, "maps");
	if (!err)
		rf_pin_remove_dirs(dp);
	return err;
}

/* Half a disarm is none: what could be unpinned is pinned again. */
int rf_datapath_disarm(struct rf_datapath *dp)
{
	int err;

	err = rf_pin_unlock(dp);
	if (!err)
		err = unpin_all(dp);
	rf_pin_lock(dp);
	if (err)
		rf_datapath_heal(dp);
	rf_datapath_close(dp);
	return err;
}

int rf_datapath_heal(struct rf_datapath *dp)
{
	int attached, maps, links, err;

	attached = rf_hooks_mend(dp);
	if (attached < 0)
		return attached;
	err = rf_pin_make_dirs(dp);
	if (err)
		return err;
	maps = rf_pin_maps(dp, true);
	if (maps < 0)
		return maps;
	links = rf_hooks_pin(dp);
	if (links < 0)
		return links;
	/* The directories may be new ones. */
	err = maps || links ? rf_pin_guard(dp) : 0;
	return err ? err : maps + links;
}

/* The generation */

int rf_datapath_publish(struct rf_datapath *dp, const void *value)
{
	__u32 zero = 0;
	int fd, err;

	fd = rf_object_array_new("rf_generation", value, RF_GENERATION_SIZE);
	if (fd < 0)
		return rf_datapath_fail(dp, fd, "no memory for a generation: %s", strerror(-fd));
	err = rf_object_put(dp->object, RF_MAP_GENERATIONS, &zero, &fd, BPF_ANY);
	close(fd);
	if (err)
		return rf_datapath_fail(dp, err, "the generation cannot be published: %s",
					strerror(-err));
	return 0;
}

int rf_datapath_generation(struct rf_datapath *dp, void *value)
{
	__u32 zero = 0, id;
	int err = rf_object_get(dp->object, RF_MAP_GENERATIONS, &zero, &id);

	return err ? err : rf_object_array_read(id, value);
}

/* Reading */

static int sum_stats(struct rf_datapath *dp, __u64 *values, int cpus, __u64 *sums)
{
	int err;

	for (__u32 i = 0; i < RF_STATS_MAX; i++) {
		err = rf_object_get(dp->object, RF_MAP_STATS, &i, values);
		if (err)
			return err;
		for (int cpu = 0; cpu < cpus; cpu++)
			sums[i] += values[cpu];
	}
	return 0;
}

int rf_datapath_stats(struct rf_datapath *dp, __u64 *out)
{
	__u64 sums[RF_STATS_MAX] = { 0 };
	int cpus = rf_object_cpus();
	__u64 *values;
	int err;

	if (cpus < 0)
		return cpus;
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	err = sum_stats(dp, values, cpus, sums);
	free(values);
	if (!err)
		memcpy(out, sums, sizeof(sums));
	return err;
}

int rf_datapath_state(struct rf_datapath *dp, struct rf_state *out)
{
	__u32 zero = 0;

	return rf_object_get(dp->object, RF_MAP_STATE, &zero, out);
}

/* Keys come and go meanwhile, which may lead to the start again. */
static __u64 count_entries(struct rf_datapath *dp, enum rf_map map)
{
	char key[RF_NAME_LEN], next[RF_NAME_LEN];
	__u64 count = 0, max = rf_object_capacity(dp->object, map);
	void *last = NULL;

	while (count < max && !rf_object_next(dp->object, map, last, next)) {
		memcpy(key, next, rf_object_key_size(dp->object, map));
		last = key;
		count++;
	}
	return count;
}

int rf_datapath_usage(struct rf_datapath *dp, struct rf_map_usage *list, size_t max)
{
	size_t count = 0;

	for (int map = 0; map < RF_MAP_MAX; map++) {
		struct rf_map_usage *usage = &list[count];

		if (count == max || !rf_object_is_hash(dp->object, map))
			continue;
		memset(usage, 0, sizeof(*usage));
		snprintf(usage->name, sizeof(usage->name), "%s", rf_object_map_name(map));
		usage->used = count_entries(dp, map);
		usage->max = rf_object_capacity(dp->object, map);
		usage->bytes = rf_object_bytes(dp->object, map);
		count++;
	}
	return count;
}

int rf_datapath_events_fd(struct rf_datapath *dp)
{
	return rf_object_events_fd(dp->object);
}

int rf_datapath_events(struct rf_datapath *dp, void (*fn)(void *ctx, const struct rf_event *event),
		       void *ctx)
{
	return rf_object_events(dp->object, fn, ctx);
}
