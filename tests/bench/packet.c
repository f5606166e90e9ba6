// SPDX-License-Identifier: GPL-2.0
/*
 * packet.c - what one packet costs: 32 bytes by UDP over veth, up to where
 * the far end drops them
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/filter.h"
#include "tests/bench/net.h"

#define CHUNK 64 /* sends between two looks at the clock: sooner than the scheduler's */
#define CHUNKS 512

enum mode { MODE_CONNECTED = 0, MODE_ONE, MODE_MANY, MODE_MAX };

static const char *const prefixes[MODE_MAX] = { "packet", "packet.one", "packet.many" };
static const char payload[32];

static int new_socket(bool connected)
{
	struct sockaddr_in to = bench_destination(0, BENCH_PORT_DROPPED);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || (connected && connect(fd, (struct sockaddr *)&to, sizeof(to))))
		bench_die("a UDP socket: %m");
	return fd;
}

static void send_one(int fd, enum mode mode, const struct sockaddr_in *to, unsigned int i)
{
	const struct sockaddr_in *name = &to[mode == MODE_MANY ? i % BENCH_DESTINATIONS : 0];
	ssize_t sent;

	if (mode == MODE_CONNECTED)
		sent = send(fd, payload, sizeof(payload), 0);
	else
		sent = sendto(fd, payload, sizeof(payload), 0, (const struct sockaddr *)name,
			      sizeof(*name));
	if (sent < 0)
		bench_die("what is allowed was not sent: %m");
}

static double send_chunk(int fd, enum mode mode, const struct sockaddr_in *to, unsigned int first)
{
	uint64_t start = bench_now();

	for (unsigned int i = 0; i < CHUNK; i++)
		send_one(fd, mode, to, first + i);
	return (double)(bench_now() - start) / CHUNK;
}

/* Nanoseconds for one: the median of many chunks, of which some are disturbed. */
static double measure(enum mode mode)
{
	static struct sockaddr_in to[BENCH_DESTINATIONS];
	int fd = new_socket(mode == MODE_CONNECTED);
	static double took[CHUNKS];

	bench_filter_label(fd);
	for (unsigned int i = 0; i < BENCH_DESTINATIONS; i++)
		to[i] = bench_destination(i, BENCH_PORT_DROPPED);
	for (unsigned int i = 0; i < BENCH_DESTINATIONS; i += CHUNK)
		send_chunk(fd, mode, to, i);
	for (unsigned int i = 0; i < CHUNKS; i++)
		took[i] = send_chunk(fd, mode, to, i * CHUNK);
	close(fd);
	return bench_summarize(took, CHUNKS).median;
}

/* What the filter must not do, or nothing was measured: let anything through. */
static void must_drop(enum bench_filter filter)
{
	struct sockaddr_in abroad = { .sin_family = AF_INET, .sin_port = htons(9) };
	bool filters = filter != FILTER_NONE && filter != FILTER_EMPTY &&
		       filter != FILTER_UNLABELLED;
	int fd = new_socket(false);
	bool sent;

	bench_filter_label(fd);
	abroad.sin_addr.s_addr = htonl(0x08080808);
	sent = sendto(fd, payload, 32, 0, (struct sockaddr *)&abroad, sizeof(abroad)) == 32;
	if (sent == filters)
		bench_die("%s: a packet abroad is %s", bench_filter_names[filter],
			  sent ? "sent" : "dropped");
	close(fd);
}

static void run_time(int program, double *ns, double *runs)
{
	struct bpf_prog_info info = { 0 };
	__u32 length = sizeof(info);

	if (bpf_obj_get_info_by_fd(program, &info, &length))
		bench_die("run-time statistics: %m");
	*ns = (double)info.run_time_ns;
	*runs = (double)info.run_cnt;
}

/* Time in the program alone. */
static void measure_program(enum bench_filter filter)
{
	int program = bench_filter_program(filter), stats;
	double before, runs_before, after, runs_after;

	if (program < 0)
		return;
	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (stats < 0)
		bench_die("run-time statistics: %m");
	run_time(program, &before, &runs_before);
	measure(MODE_CONNECTED);
	run_time(program, &after, &runs_after);
	close(stats);
	bench_sample((after - before) / (runs_after - runs_before), "program.%s.ns",
		     bench_filter_names[filter]);
}

static void measure_filter(enum bench_filter filter)
{
	bench_filter_start(filter);
	must_drop(filter);
	for (int mode = 0; mode < MODE_MAX; mode++)
		bench_sample(measure(mode), "%s.%s.ns", prefixes[mode], bench_filter_names[filter]);
	measure_program(filter);
	bench_filter_stop();
}

void bench_packet(void)
{
	static const char *const groups[] = { "connected", "to one destination",
					      "to 4096 destinations" };

	bench_progress("packet: setting up");
	bench_filters_open();
	bench_cgroup_enter();
	for (int round = 0; round < bench.rounds; round++) {
		bench_calibrate();
		for (int i = 0; i < FILTER_MAX; i++) {
			/* Not always after the same one */
			int filter = (i + round) % FILTER_MAX;

			bench_progress("packet: round %d of %d, %s", round + 1, bench.rounds,
				       bench_filter_titles[filter]);
			measure_filter(filter);
		}
	}
	bench_filter_plot("packet.svg", "One packet: 32 bytes by UDP over veth",
			  "nanoseconds per send (whiskers: quartiles)", prefixes, groups, MODE_MAX);
}
