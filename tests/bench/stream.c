// SPDX-License-Identifier: GPL-2.0
/*
 * stream.c - what a filter takes of one TCP stream over veth, segmentation
 * offload on: few packets, large ones
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/filter.h"
#include "tests/bench/net.h"

#define PORT (BENCH_PORT_LISTEN + 1)
#define WRITE (64u << 10)
#define WRITES_PER_CHUNK 16 /* a mebibyte */
#define CHUNKS 200

static int listener = -1;

/* Takes what comes, without looking at it, on another processor. */
static void *take(void *unused)
{
	cpu_set_t set;
	int fd;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		while (recv(fd, NULL, 1u << 20, MSG_TRUNC) > 0)
			;
		close(fd);
	}
	return unused;
}

static void open_listener(pthread_t *thread)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	bench_net_enter_far();
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&name, sizeof(name)) ||
	    listen(listener, 16))
		bench_die("the listener: %m");
	bench_net_enter_near();
	if (pthread_create(thread, NULL, take, NULL))
		bench_die("a thread: %m");
}

static void send_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);

		if (sent < 0)
			bench_die("a stream that is allowed: %m");
		data += sent;
		size -= (size_t)sent;
	}
}

/* Nanoseconds for a mebibyte */
static double measure(void)
{
	struct sockaddr_in to = bench_destination(1, PORT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static char data[WRITE];
	double took[CHUNKS];

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		bench_die("a connection that is allowed: %m");
	bench_filter_label(fd);
	for (int i = -20; i < CHUNKS; i++) {
		uint64_t start = bench_now();

		for (int j = 0; j < WRITES_PER_CHUNK; j++)
			send_all(fd, data, sizeof(data));
		if (i >= 0)
			took[i] = (double)(bench_now() - start);
	}
	close(fd);
	return bench_summarize(took, CHUNKS).median;
}

void bench_stream(void)
{
	static const char *const prefixes[] = { "stream" }, *const groups[] = { "one stream" };
	pthread_t thread;

	bench_progress("stream: setting up");
	bench_filters_open();
	open_listener(&thread);
	bench_cgroup_enter();
	for (int round = 0; round < bench.rounds; round++) {
		bench_calibrate();
		for (int i = 0; i < FILTER_MAX; i++) {
			int filter = (i + round) % FILTER_MAX;

			bench_progress("stream: round %d of %d, %s", round + 1, bench.rounds,
				       bench_filter_titles[filter]);
			bench_filter_start((enum bench_filter)filter);
			bench_sample(measure(), "stream.%s.ns", bench_filter_names[filter]);
			bench_filter_stop();
		}
	}
	bench_filter_plot("stream.svg", "One TCP stream over veth",
			  "nanoseconds per mebibyte (whiskers: quartiles)", prefixes, groups, 1);
	shutdown(listener, SHUT_RDWR); /* ends accept() */
	pthread_join(thread, NULL);
	close(listener);
}
