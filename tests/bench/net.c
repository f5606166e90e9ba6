// SPDX-License-Identifier: GPL-2.0
/*
 * net.c - two network namespaces of our own, and a cgroup
 *
 *    near                                     far
 *   +------------------------+    veth    +-------------------------+
 *   | near  10.99.0.1/24     |------------| far  10.99.0.2/24       |
 *   | the world by 10.99.0.2 |            | the world is local here |
 *   +------------------------+            +-------------------------+
 *
 * Nothing else is in either of them: what is sent reaches no real network.
 * They end with this process.
 */
#include "tests/bench/net.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"

static int near = -1, far = -1;
static pid_t owner;
static char cgroup_mount[256], cgroup_path[320], cgroup_home[640];

void bench_command(const char *format, ...)
{
	char command[1024];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	status = system(command);
	if (status)
		bench_die("failed: %s", command);
}

static void enter(int namespace)
{
	if (setns(namespace, CLONE_NEWNET))
		bench_die("a network namespace: %m");
}

void bench_net_enter_near(void)
{
	enter(near);
}

void bench_net_enter_far(void)
{
	enter(far);
}

static int new_namespace(void)
{
	int fd;

	if (unshare(CLONE_NEWNET))
		bench_die("a network namespace: %m");
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		bench_die("a network namespace: %m");
	bench_command("ip link set lo up");
	return fd;
}

void bench_net_open(void)
{
	if (near >= 0)
		return;
	far = new_namespace();
	near = new_namespace();
	bench_command("ip link add " BENCH_NEAR_DEVICE " type veth peer name " BENCH_FAR_DEVICE
		      " netns /proc/%d/fd/%d",
		      getpid(), far);
	bench_command("ip addr add 10.99.0.1/24 dev " BENCH_NEAR_DEVICE);
	bench_command("ip link set " BENCH_NEAR_DEVICE " up");
	enter(far);
	bench_command("ip addr add 10.99.0.2/24 dev " BENCH_FAR_DEVICE);
	bench_command("ip link set " BENCH_FAR_DEVICE " up");
	bench_command("ip route add local 0.0.0.0/0 dev lo");
	bench_command("sysctl -qw net.core.somaxconn=8192 net.ipv4.tcp_max_syn_backlog=8192");
	enter(near);
	bench_command("ip route add default via 10.99.0.2");
}

/* The cgroup */

static void find_mount(void)
{
	char line[1024], type[32];
	FILE *file = fopen("/proc/self/mounts", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %255s %31s", cgroup_mount, type) == 2 &&
		    !strcmp(type, "cgroup2"))
			break;
		else
			cgroup_mount[0] = 0;
	if (file)
		fclose(file);
	if (!cgroup_mount[0])
		bench_die("cgroup v2 is not mounted");
}

/* Where we are: to be back there in the end. */
static void find_home(void)
{
	char line[512] = "/";
	FILE *file = fopen("/proc/self/cgroup", "re");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "0::", 3))
			break;
	if (file)
		fclose(file);
	line[strcspn(line, "\n")] = 0;
	snprintf(cgroup_home, sizeof(cgroup_home), "%s%.300s", cgroup_mount,
		 strncmp(line, "0::", 3) ? "/" : line + 3);
}

static bool move_to(const char *cgroup)
{
	char path[768];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	file = fopen(path, "we");
	if (!file)
		return false;
	fprintf(file, "%d\n", getpid());
	return !fclose(file);
}

/* Of this process only: those that it started run this too if they fail. */
static void leave_cgroup(void)
{
	if (getpid() != owner)
		return;
	move_to(cgroup_home);
	rmdir(cgroup_path);
}

static void end_by_signal(int number)
{
	exit(128 + number);
}

const char *bench_cgroup_path(void)
{
	if (cgroup_path[0])
		return cgroup_path;
	find_mount();
	find_home();
	snprintf(cgroup_path, sizeof(cgroup_path), "%s/ringfence-bench-%d", cgroup_mount, getpid());
	if (mkdir(cgroup_path, 0755))
		bench_die("%s: %m", cgroup_path);
	owner = getpid();
	atexit(leave_cgroup);
	signal(SIGINT, end_by_signal);
	signal(SIGTERM, end_by_signal);
	return cgroup_path;
}

const char *bench_cgroup_name(void)
{
	return strrchr(bench_cgroup_path(), '/') + 1;
}

const char *bench_cgroup_below_sys(void)
{
	const char *path = bench_cgroup_path();
	size_t length = strlen("/sys/fs/cgroup/");

	return strncmp(path, "/sys/fs/cgroup/", length) ? path : path + length;
}

void bench_cgroup_enter(void)
{
	if (!move_to(bench_cgroup_path()))
		bench_die("%s: %m", cgroup_path);
}
