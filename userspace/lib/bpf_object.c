// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_object.c - libbpf and our skeleton, as the datapath needs them
 *
 * With bpf_hook.c the only file of user space that includes libbpf.
 */
#include "userspace/lib/bpf_object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "ringfence.skel.h"
#include "userspace/lib/bpf_hook.h"
#include "userspace/lib/bpf_private.h"
#include "userspace/lib/record.h"
#include "userspace/lib/warning.h"

#define MAP_NAME(number, name) #name,
static const char *const map_names[RF_MAP_MAX] = { RF_MAPS(MAP_NAME) };

static int keep_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_WARN)
		rf_warning_keep(format, args);
	return 0;
}

/* Opening */

/* All that are ours are in the table, and all of the table are there. */
static int find_maps(struct rf_object *object)
{
	struct bpf_map *map;
	size_t found = 0;

	bpf_object__for_each_map(map, object->skel->obj)
		if (!bpf_map__is_internal(map))
			found++;
	for (size_t i = 0; i < RF_MAP_MAX; i++) {
		object->maps[i] = bpf_object__find_map_by_name(object->skel->obj, map_names[i]);
		if (!object->maps[i])
			return -EINVAL;
	}
	return found == RF_MAP_MAX ? 0 : -EINVAL;
}

static int find_programs(struct rf_object *object)
{
	struct bpf_program *program;

	object->iterators[RF_ITERATOR_TASK] = object->skel->progs.rf_iter_task;
	object->iterators[RF_ITERATOR_FILE] = object->skel->progs.rf_iter_file;
	object->iterators[RF_ITERATOR_VMA] = object->skel->progs.rf_iter_vma;
	object->iterators[RF_ITERATOR_SOCK] = object->skel->progs.rf_iter_sock;
	bpf_object__for_each_program(program, object->skel->obj) {
		if (!strncmp(bpf_program__section_name(program), "iter/", 5) ||
		    program == object->skel->progs.rf_change_mark)
			continue;
		if (object->hook_count == RF_LINKS_MAX)
			return -E2BIG;
		object->hooks[object->hook_count++] = program;
	}
	return 0;
}

int rf_object_open(struct rf_object **out)
{
	struct rf_object *object = calloc(1, sizeof(*object));
	int err;

	if (!object)
		return -ENOMEM;
	rf_warning_forget();
	libbpf_set_print(keep_warning);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	object->skel = ringfence_bpf__open();
	err = object->skel ? find_maps(object) : -errno;
	if (!err)
		err = find_programs(object);
	if (err) {
		rf_object_close(object);
		return err;
	}
	*out = object;
	return 0;
}

static size_t state_size(void)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (sizeof(struct rf_state) + page - 1) / page * page;
}

void rf_object_close(struct rf_object *object)
{
	if (!object)
		return;
	ring_buffer__free(object->events);
	if (object->state)
		munmap(object->state, state_size());
	ringfence_bpf__destroy(object->skel);
	free(object);
}

void rf_object_set_doors(struct rf_object *object, __u32 open)
{
	object->skel->rodata->rf_open_doors = open;
}

/* Is there what a program hangs on, or calls? */
static bool fits(const struct btf *kernel, bool keeps, const struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	const char *other = keeps ? "rf_unkept_" : "rf_keep_";

	return strncmp(bpf_program__name(program), other, strlen(other)) &&
	       (strncmp(section, "fentry/", 7) ||
		btf__find_by_name_kind(kernel, section + 7, BTF_KIND_FUNC) > 0);
}

/* Does the module offer what the programs rf_keep_* call? */
static bool can_keep(struct btf *kernel)
{
	struct btf *module = btf__load_module_btf("ringfence", kernel);
	bool can = module && btf__find_by_name_kind(module, "ringfence_keep", BTF_KIND_FUNC) > 0;

	btf__free(module);
	return can;
}

int rf_object_fit(struct rf_object *object)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	bool keeps;

	if (!kernel)
		return -errno;
	keeps = can_keep(kernel);
	for (size_t i = 0; i < object->hook_count; i++)
		if (!fits(kernel, keeps, object->hooks[i]))
			rf_object_hook_leave_out(object, i);
	object->skel->rodata->rf_keeps = keeps;
	object->skel->rodata->rf_kernel_casts =
		btf__find_by_name_kind(kernel, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0;
	btf__free(kernel);
	return 0;
}

int rf_object_load(struct rf_object *object)
{
	int err = ringfence_bpf__load(object->skel);
	struct bpf_map_info info;
	void *state;

	for (int map = 0; !err && map < RF_MAP_MAX; map++) {
		err = rf_map_info(rf_map_fd(object, map), &info);
		object->map_ids[map] = info.id;
	}
	if (err)
		return err;
	state = mmap(NULL, state_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
		     bpf_map__fd(object->maps[RF_MAP_STATE]), 0);
	if (state == MAP_FAILED)
		return -errno;
	object->state = state;
	return 0;
}

/* Maps */

const char *rf_object_map_name(enum rf_map map)
{
	return map_names[map];
}

int rf_object_map_resize(struct rf_object *object, enum rf_map map, __u32 entries)
{
	return bpf_map__set_max_entries(object->maps[map], entries);
}

int rf_map_info(int fd, struct bpf_map_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &len) ? -errno : 0;
}

/* libbpf takes whatever it is given; how many entries is the load's matter. */
static int same_shape(const struct bpf_map *map, int fd)
{
	struct bpf_map_info info;
	int err = rf_map_info(fd, &info);

	if (err)
		return err;
	if (info.type != bpf_map__type(map) || info.key_size != bpf_map__key_size(map) ||
	    info.value_size != bpf_map__value_size(map) ||
	    info.map_flags != bpf_map__map_flags(map))
		return -EPROTO;
	return 0;
}

int rf_object_map_adopt(struct rf_object *object, enum rf_map map, const char *path)
{
	int fd = bpf_obj_get(path);
	int err;

	if (fd < 0)
		return -errno;
	err = same_shape(object->maps[map], fd);
	if (!err)
		err = bpf_map__reuse_fd(object->maps[map], fd);
	close(fd);
	return err;
}

int rf_map_fd(const struct rf_object *object, enum rf_map map)
{
	return bpf_map__fd(object->maps[map]);
}

int rf_object_map_pin(const struct rf_object *object, enum rf_map map, const char *path)
{
	return bpf_obj_pin(rf_map_fd(object, map), path) ? -errno : 0;
}

int rf_object_get(const struct rf_object *object, enum rf_map map, const void *key, void *value)
{
	return bpf_map_lookup_elem(rf_map_fd(object, map), key, value) ? -errno : 0;
}

int rf_object_put(const struct rf_object *object, enum rf_map map, const void *key,
		  const void *value, __u64 flags)
{
	return bpf_map_update_elem(rf_map_fd(object, map), key, value, flags) ? -errno : 0;
}

int rf_object_delete(const struct rf_object *object, enum rf_map map, const void *key)
{
	return bpf_map_delete_elem(rf_map_fd(object, map), key) ? -errno : 0;
}

int rf_object_change(const struct rf_object *object, const struct rf_change *change)
{
	/* It is written back, as it was. */
	struct rf_change copy = *change;
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &copy, .ctx_size_in = sizeof(copy));

	if (bpf_prog_test_run_opts(bpf_program__fd(object->skel->progs.rf_change_mark), &options))
		return -errno;
	return (int)options.retval;
}

int rf_object_next(const struct rf_object *object, enum rf_map map, const void *key, void *next)
{
	return bpf_map_get_next_key(rf_map_fd(object, map), key, next) ? -errno : 0;
}

size_t rf_object_key_size(const struct rf_object *object, enum rf_map map)
{
	return bpf_map__key_size(object->maps[map]);
}

__u32 rf_object_capacity(const struct rf_object *object, enum rf_map map)
{
	return bpf_map__max_entries(object->maps[map]);
}

__u64 rf_object_bytes(const struct rf_object *object, enum rf_map map)
{
	char path[64], line[128];
	unsigned long long bytes = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", rf_map_fd(object, map));
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	if (file)
		fclose(file);
	return bytes;
}

bool rf_object_is_hash(const struct rf_object *object, enum rf_map map)
{
	return bpf_map__type(object->maps[map]) == BPF_MAP_TYPE_HASH;
}

struct rf_state *rf_object_state(const struct rf_object *object)
{
	return object->state;
}

int rf_object_array_new(const char *name, const void *value, size_t size)
{
	__u32 zero = 0;
	int fd, err;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(zero), size, 1, NULL);
	if (fd < 0)
		return -errno;
	if (!bpf_map_update_elem(fd, &zero, value, 0) && !bpf_map_freeze(fd))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int rf_object_array_read(__u32 id, void *value)
{
	int fd = bpf_map_get_fd_by_id(id);
	__u32 zero = 0;
	int err;

	if (fd < 0)
		return -errno;
	err = bpf_map_lookup_elem(fd, &zero, value) ? -errno : 0;
	close(fd);
	return err;
}

/* Iterators */

int rf_object_iterate(const struct rf_object *object, enum rf_iterator iterator, pid_t tgid,
		      size_t size, int (*fn)(void *ctx, const void *record), void *ctx)
{
	union bpf_iter_link_info info = { .task.pid = tgid };
	LIBBPF_OPTS(bpf_iter_attach_opts, options);
	struct bpf_link *link;
	int fd, err;

	if (iterator == RF_ITERATOR_SOCK)
		info.map.map_fd = rf_map_fd(object, RF_MAP_SOCKS);
	if (tgid || iterator == RF_ITERATOR_SOCK) {
		options.link_info = &info;
		options.link_info_len = sizeof(info);
	}
	link = bpf_program__attach_iter(object->iterators[iterator], &options);
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	err = fd < 0 ? -errno : rf_record_read(fd, size, fn, ctx);
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return err;
}

/* Events */

/*
 * A few at a time: whoever is refused in a loop fills the ring as fast as it is
 * read, and the caller has signals and requests to see to as well.
 */
#define EVENTS_AT_ONCE 256

static int forward(void *ctx, void *data, size_t size)
{
	struct rf_object *object = ctx;

	if (size >= sizeof(struct rf_event) && object->event_fn)
		object->event_fn(object->event_ctx, data);
	return --object->event_budget ? 0 : -EAGAIN;
}

int rf_object_events_open(struct rf_object *object)
{
	object->events = ring_buffer__new(rf_map_fd(object, RF_MAP_EVENTS), forward, object, NULL);
	return object->events ? 0 : -errno;
}

int rf_object_events_fd(const struct rf_object *object)
{
	return ring_buffer__epoll_fd(object->events);
}

int rf_object_events(struct rf_object *object, void (*fn)(void *ctx, const struct rf_event *event),
		     void *ctx)
{
	int err;

	object->event_fn = fn;
	object->event_ctx = ctx;
	object->event_budget = EVENTS_AT_ONCE;
	err = ring_buffer__consume(object->events);
	return err == -EAGAIN ? EVENTS_AT_ONCE : err;
}

int rf_object_cpus(void)
{
	return libbpf_num_possible_cpus();
}
