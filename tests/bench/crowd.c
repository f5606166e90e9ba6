// SPDX-License-Identifier: GPL-2.0
/*
 * crowd.c - what becomes of a packet when there are many classes, many
 * labelled sockets, many labelled processes
 */
#include <bpf/bpf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/filter.h"
#include "tests/bench/net.h"
#include "tests/bench/plot.h"
#include "tests/bench/product.h"
#include "tests/bench/world.h"

#define CHUNK 64
#define CHUNKS 256
#define SOCKETS_MAX 100000
/* More than a process may have open by default even as root, in a container */
#define SHARE 15000
#define SHARES ((SOCKETS_MAX + SHARE - 1) / SHARE)

static const size_t socket_counts[] = { 1, 10, 100, 1000, 10000, SOCKETS_MAX };
static const size_t process_counts[] = { 1, 1000, 100000 };
static const unsigned int class_counts[] = { 1, 4, 16, 64 };

/* struct share - a process that holds some of the sockets */
struct share {
	pid_t process;
	int orders; /* write: how many of its sockets shall send in turn */
	int answers; /* read: nanoseconds for one packet */
};

static struct share shares[SHARES];
static int sockets[SHARE]; /* of this process */
static struct rf_generation_header *everything; /* 64 classes may go to China */

/* Connected ones need a port each, which may be another's too. */
static int new_socket(size_t i)
{
	struct sockaddr_in to = bench_destination((unsigned int)i, BENCH_PORT_DROPPED);
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(1024 + i % 60000) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		bench_die("socket %zu: %m", i);
	return fd;
}

/* The policy's row of China, for all classes */
static void make_generation(void)
{
	struct bench_world world;

	bench_world_open(&world, bench_policy_small);
	everything = malloc(RF_GENERATION_SIZE);
	if (!everything)
		bench_die("out of memory");
	memcpy(everything, world.value, RF_GENERATION_SIZE);
	everything->classes = ~0ull;
	for (size_t i = 0; i < RF_ATOM_MAX; i++)
		if (everything->allow[i])
			everything->allow[i] = ~0ull;
	bench_world_close(&world);
	bench_product_publish(everything);
}

/* A packet of each of the first @count sockets in turn */
static double send_in_turn(size_t count)
{
	static double took[CHUNKS];
	size_t next = 0;

	for (int i = -16; i < CHUNKS; i++) {
		uint64_t start = bench_now();

		for (int j = 0; j < CHUNK; j++, next = (next + 7919) % count)
			if (send(sockets[next], "0123456789abcdef0123456789abcdef", 32, 0) != 32)
				bench_die("what is allowed was not sent: %m");
		if (i >= 0)
			took[i] = (double)(bench_now() - start) / CHUNK;
	}
	return bench_summarize(took, CHUNKS).median;
}

static void make_sockets(size_t first, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		sockets[i] = new_socket(first + i);
		bench_product_label(sockets[i], BENCH_CLASS);
	}
}

/* One of the processes: ends when nobody gives orders any more. */
static void serve(size_t first, size_t count, int orders, int answers)
{
	double took = 0;
	size_t order;

	make_sockets(first, count);
	do {
		if (write(answers, &took, sizeof(took)) != sizeof(took) ||
		    read(orders, &order, sizeof(order)) != sizeof(order))
			_exit(0);
		took = send_in_turn(order);
	} while (true);
}

static void start_share(struct share *share, size_t first, size_t count)
{
	int orders[2], answers[2];
	double ready;

	if (pipe2(orders, O_CLOEXEC) || pipe2(answers, O_CLOEXEC))
		bench_die("a pipe: %m");
	share->process = fork();
	if (share->process < 0)
		bench_die("a process: %m");
	if (!share->process) {
		close(orders[1]);
		close(answers[0]);
		serve(first, count, orders[0], answers[1]);
	}
	close(orders[0]);
	close(answers[1]);
	share->orders = orders[1];
	share->answers = answers[0];
	if (read(share->answers, &ready, sizeof(ready)) != sizeof(ready))
		bench_die("a process did not make its sockets");
}

static void start_shares(size_t count)
{
	for (size_t first = 0, i = 0; first < count; first += SHARE, i++) {
		bench_progress("crowd: %zu of %zu sockets", first, count);
		start_share(&shares[i], first, count - first < SHARE ? count - first : SHARE);
	}
}

/* A process has the pipes of those before it as well: the last one ends first. */
static void end_shares(void)
{
	for (size_t i = 0; i < SHARES && shares[i].process; i++) {
		close(shares[i].orders);
		close(shares[i].answers);
	}
	for (size_t i = 0; i < SHARES && shares[i].process; i++)
		waitpid(shares[i].process, NULL, 0);
}

/* All processes in turn, so that each socket sends as seldom as if it were one. */
static double send_shared(size_t count)
{
	double sum = 0, took;
	size_t asked = 0;

	for (size_t first = 0; first < count; first += SHARE, asked++) {
		size_t order = count - first < SHARE ? count - first : SHARE;

		if (write(shares[asked].orders, &order, sizeof(order)) != sizeof(order) ||
		    read(shares[asked].answers, &took, sizeof(took)) != sizeof(took))
			bench_die("a process with sockets has ended");
		sum += took;
	}
	return sum / (double)asked;
}

static void measure_sockets(size_t count)
{
	int link;

	bench_sample(send_shared(count), "growth.sockets.%zu.none.ns", count);
	link = bench_product_attach();
	bench_sample(send_shared(count), "growth.sockets.%zu.ns", count);
	close(link);
}

static void measure_classes(unsigned int count)
{
	struct bpf_prog_info before = { 0 }, after = { 0 };
	__u32 length = sizeof(before);
	int link = bench_product_attach(), stats = bpf_enable_stats(BPF_STATS_RUN_TIME);

	bench_product_label(sockets[0], count == 64 ? ~0ull : (1ull << count) - 1);
	if (bpf_obj_get_info_by_fd(bench_product_program(), &before, &length))
		bench_die("run-time statistics: %m");
	send_in_turn(1);
	if (bpf_obj_get_info_by_fd(bench_product_program(), &after, &length))
		bench_die("run-time statistics: %m");
	bench_product_label(sockets[0], BENCH_CLASS);
	bench_sample((double)(after.run_time_ns - before.run_time_ns) /
			     (double)(after.run_cnt - before.run_cnt),
		     "growth.classes.%u.ns", count);
	close(stats);
	close(link);
}

/* What the programs keep of a labelled process, under keys that are nobody's */
static void record_processes(size_t from, size_t to)
{
	struct rf_object *object = bench_product_object();

	for (uint64_t i = from; i < to; i++) {
		const struct rf_holder holder = { .label = BENCH_CLASS, .refs = 1 };
		const struct rf_sources source = { .count = 1 };
		const struct rf_task task = { .holder = 1000 + i };
		uint64_t id = 1000 + i, address = 1 + i;

		if (rf_object_put(object, RF_MAP_TASKS, &address, &task, 0) ||
		    rf_object_put(object, RF_MAP_HOLDERS, &id, &holder, 0) ||
		    rf_object_put(object, RF_MAP_SOURCES, &id, &source, 0))
			bench_die("a record of process %lu", (unsigned long)i);
	}
}

static void measure_processes(void)
{
	uint64_t before = bench_kernel_bytes();
	size_t made = 0;
	int link = bench_product_attach();

	for (size_t i = 0; i < sizeof(process_counts) / sizeof(*process_counts); i++) {
		record_processes(made, process_counts[i]);
		made = process_counts[i];
		for (int round = 0; round < bench.rounds; round++)
			bench_sample(send_in_turn(1), "growth.processes.%zu.ns", made);
	}
	bench_sample((double)(bench_kernel_bytes() - before), "growth.processes.%zu.bytes", made);
	close(link);
}

static void plot(void)
{
	static const char *const series[] = { "Ringfence, labelled", "no filter" };
	const size_t count = sizeof(socket_counts) / sizeof(*socket_counts);
	struct bench_summary values[2 * 6] = { 0 };
	double x[6];
	const struct plot_lines lines = {
		.title = "A packet of one of many labelled sockets",
		.x_unit = "labelled sockets",
		.unit = "nanoseconds per send",
		.x = x,
		.point_count = count,
		.series = series,
		.series_count = 2,
		.values = values,
	};

	for (size_t i = 0; i < count; i++) {
		char name[BENCH_NAME_LEN];

		x[i] = (double)socket_counts[i];
		snprintf(name, sizeof(name), "growth.sockets.%zu.ns", socket_counts[i]);
		bench_summary_of(name, &values[i]);
		snprintf(name, sizeof(name), "growth.sockets.%zu.none.ns", socket_counts[i]);
		bench_summary_of(name, &values[count + i]);
	}
	plot_lines(&lines, "crowd.svg");
}

void bench_crowd(void)
{
	const size_t sizes = sizeof(socket_counts) / sizeof(*socket_counts) - (bench.quick ? 2 : 0);

	bench_progress("crowd: setting up");
	bench_filters_open();
	bench_cgroup_enter();
	make_generation();
	start_shares(socket_counts[sizes - 1]);
	make_sockets(SOCKETS_MAX, 1);
	for (int round = 0; round < bench.rounds; round++) {
		bench_progress("crowd: round %d of %d", round + 1, bench.rounds);
		bench_calibrate();
		for (size_t i = 0; i < sizes; i++)
			measure_sockets(socket_counts[i]);
		for (size_t i = 0; i < sizeof(class_counts) / sizeof(*class_counts); i++)
			measure_classes(class_counts[i]);
	}
	measure_processes();
	plot();
	end_shares();
	close(sockets[0]);
	free(everything);
}
