// SPDX-License-Identifier: GPL-2.0
/*
 * connect.c - what a TCP connection costs: socket, connect, and a close that
 * resets; and what one stream costs
 *
 * The listener is at the far end and in no filter's way; it takes what was
 * connected while the clock stands still.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connect.skel.h"
#include "tests/bench/bench.h"
#include "tests/bench/filter.h"
#include "tests/bench/net.h"
#include "tests/bench/product.h"
#include "tests/bench/world.h"

#define CHUNK 16 /* connections between two looks at the clock */
#define CHUNKS 96

static struct connect_bpf *skel;
static int listener = -1;

/* The maps that both doors share are the product's. */
static void load_call_door(void)
{
	static const char *const shared[] = { "socks", "generations", "state", "stats", "events" };
	struct bpf_program *program;

	skel = connect_bpf__open();
	if (!skel)
		bench_die("the call door cannot be opened");
	bpf_object__for_each_program(program, skel->obj)
		bpf_program__set_autoload(program, program == skel->progs.call_door);
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++) {
		int fd = bench_product_map(shared[i]);

		if (bpf_map__reuse_fd(bpf_object__find_map_by_name(skel->obj, shared[i]), fd))
			bench_die("the map %s: %m", shared[i]);
		close(fd);
	}
	if (connect_bpf__load(skel))
		bench_die("the call door cannot be loaded");
}

static int attach_call_door(void)
{
	int cgroup = open(bench_cgroup_path(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = bpf_link_create(bpf_program__fd(skel->progs.call_door), cgroup,
				 BPF_CGROUP_INET4_CONNECT, NULL);

	if (fd < 0)
		bench_die("the call door: %m");
	close(cgroup);
	return fd;
}

static void open_listener(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(BENCH_PORT_LISTEN) };

	bench_net_enter_far();
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&name, sizeof(name)) ||
	    listen(listener, 4096))
		bench_die("the listener: %m");
	bench_net_enter_near();
}

static void take_all(void)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0)
		close(fd);
}

static void connect_one(unsigned int i)
{
	const struct linger reset = { .l_onoff = 1 };
	struct sockaddr_in to = bench_destination(i, BENCH_PORT_LISTEN);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		bench_die("a connection that is allowed: %m");
	close(fd);
}

static double measure(void)
{
	double took[CHUNKS];

	for (unsigned int i = 0; i < CHUNKS; i++) {
		uint64_t start = bench_now();

		for (unsigned int j = 0; j < CHUNK; j++)
			connect_one(i * CHUNK + j);
		took[i] = (double)(bench_now() - start) / CHUNK;
		take_all();
	}
	return bench_summarize(took, CHUNKS).median;
}

/* Or it is not the filter that was measured. */
static void must_refuse(enum bench_filter filter)
{
	struct sockaddr_in abroad = { .sin_family = AF_INET, .sin_port = htons(BENCH_PORT_LISTEN) };
	bool filters = filter != FILTER_NONE && filter != FILTER_EMPTY &&
		       filter != FILTER_UNLABELLED;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool refused;

	/* Not blocking: over veth the answer is there before connect() returns. */
	abroad.sin_addr.s_addr = htonl(0x08080808);
	connect(fd, (struct sockaddr *)&abroad, sizeof(abroad));
	refused = send(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) != 1;
	if (refused != filters)
		bench_die("%s: a connection abroad is %s", bench_filter_names[filter],
			  refused ? "refused" : "made");
	close(fd);
	take_all();
}

static void measure_filter(enum bench_filter filter)
{
	int door = -1;

	bench_filter_start(filter);
	if (filter == FILTER_UNLABELLED || filter == FILTER_LABELLED) {
		skel->bss->label = filter == FILTER_LABELLED ? BENCH_CLASS : 0;
		door = attach_call_door();
	}
	must_refuse(filter);
	bench_sample(measure(), "connect.%s.ns", bench_filter_names[filter]);
	if (door >= 0)
		close(door);
	bench_filter_stop();
}

void bench_connect(void)
{
	static const char *const prefixes[] = { "connect" }, *const groups[] = { "connect, close" };

	bench_progress("connect: setting up");
	bench_filters_open();
	open_listener();
	load_call_door();
	bench_cgroup_enter();
	for (int round = 0; round < bench.rounds; round++) {
		bench_calibrate();
		for (int i = 0; i < FILTER_MAX; i++) {
			int filter = (i + round) % FILTER_MAX;

			bench_progress("connect: round %d of %d, %s", round + 1, bench.rounds,
				       bench_filter_titles[filter]);
			measure_filter(filter);
		}
	}
	bench_filter_plot("connect.svg", "A TCP connection over veth, made and reset",
			  "nanoseconds (whiskers: quartiles)", prefixes, groups, 1);
	close(listener);
	connect_bpf__destroy(skel);
}
