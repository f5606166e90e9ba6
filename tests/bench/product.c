// SPDX-License-Identifier: GPL-2.0
/*
 * product.c - the product's own object with its packet door alone
 *
 * All other hooks are left out: not every kernel that the bench runs on has
 * what they need, and they would see the whole host.
 */
#include "tests/bench/product.h"

#include <bpf/bpf.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/net.h"
#include "userspace/lib/datapath_private.h"
#include "userspace/lib/warning.h"

#define MAPS_MAX 64
#define PROCESSES_MAX (1u << 17)

static struct rf_datapath dp;
static size_t door;
static int program = -1;

static void load(void)
{
	if (rf_object_open(&dp.object))
		bench_die("the BPF object cannot be opened");
	for (size_t i = 0; i < rf_object_hook_count(dp.object); i++) {
		if (!strcmp(rf_object_hook_name(dp.object, i), "egress"))
			door = i;
		else
			rf_object_hook_leave_out(dp.object, i);
	}
	if (rf_object_fit(dp.object))
		bench_die("this kernel has no BTF");
	/* The daemon makes them as large as the kernel has threads. */
	if (rf_object_map_resize(dp.object, RF_MAP_TASKS, PROCESSES_MAX) ||
	    rf_object_map_resize(dp.object, RF_MAP_HOLDERS, PROCESSES_MAX) ||
	    rf_object_map_resize(dp.object, RF_MAP_SOURCES, PROCESSES_MAX))
		bench_die("the maps cannot be resized");
	if (rf_object_load(dp.object))
		bench_die("the kernel refuses the programs: %s", rf_warning_last());
}

static void find_program(void)
{
	int link = bench_product_attach();
	struct bpf_link_info info = { 0 };
	__u32 length = sizeof(info);

	if (bpf_obj_get_info_by_fd(link, &info, &length))
		bench_die("the packet door: %m");
	program = bpf_prog_get_fd_by_id(info.prog_id);
	close(link);
	if (program < 0)
		bench_die("the packet door: %m");
}

void bench_product_open(void)
{
	if (dp.object)
		return;
	load();
	find_program();
}

void bench_product_publish(const void *value)
{
	if (rf_datapath_publish(&dp, value))
		bench_die("%s", rf_datapath_error(&dp));
}

int bench_product_attach(void)
{
	int link = rf_object_attach(dp.object, door, bench_cgroup_path());

	if (link < 0)
		bench_die("the packet door: %s", strerror(-link));
	return link;
}

int bench_product_program(void)
{
	return program;
}

int bench_product_map(const char *name)
{
	__u32 ids[MAPS_MAX], length = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = { .map_ids = (uintptr_t)ids, .nr_map_ids = MAPS_MAX };

	if (bpf_obj_get_info_by_fd(program, &info, &length))
		bench_die("the packet door's maps: %m");
	for (__u32 i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++) {
		int fd = bpf_map_get_fd_by_id(ids[i]);
		struct bpf_map_info map = { 0 };

		length = sizeof(map);
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &map, &length) &&
		    !strcmp(map.name, name))
			return fd;
		close(fd);
	}
	bench_die("the packet door has no map %s", name);
}

void bench_product_label(int socket, uint64_t label)
{
	struct rf_sock record = { .label = label, .holder = 1 };
	int err;

	if (label)
		err = rf_object_put(dp.object, RF_MAP_SOCKS, &socket, &record, BPF_ANY);
	else
		err = rf_object_delete(dp.object, RF_MAP_SOCKS, &socket);
	if (err && (label || err != -2))
		bench_die("the label of a socket: %s", strerror(-err));
}

struct rf_object *bench_product_object(void)
{
	return dp.object;
}
