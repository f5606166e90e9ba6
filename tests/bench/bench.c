// SPDX-License-Identifier: GPL-2.0
/*
 * bench.c - the table of benchmarks: runs them, says what they came to
 */
#include "tests/bench/bench.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* clang-format off: one a line */
static const struct {
	const char *name;
	void (*run)(void);
	bool asked; /* runs only if it is named */
} benchmarks[] = {
	{ "lookup", bench_lookup, false },
	{ "packet", bench_packet, false },
	{ "connect", bench_connect, false },
	{ "stream", bench_stream, false },
	{ "build", bench_build, false },
	{ "growth", bench_growth, false },
	{ "growth-large", bench_growth_large, true },
	{ "crowd", bench_crowd, false },
	{ "swap", bench_swap, false },
};
/* clang-format on */

#define BENCHMARKS (sizeof(benchmarks) / sizeof(*benchmarks))

struct bench_options bench = { .rounds = 15, .output = "build/bench" };

void bench_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

uint64_t bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void bench_progress(const char *format, ...)
{
	static uint64_t last;
	va_list args;

	if (last && bench_now() - last < 1000000000)
		return;
	last = bench_now();
	va_start(args, format);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

/* xorshift64* */
uint64_t bench_random(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1d;
}

uint64_t bench_run_program(int program)
{
	__u8 packet[64] = { [12] = 8 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));

	if (bpf_prog_test_run_opts(program, &run))
		bench_die("a program does not run: %m");
	return run.duration;
}

/*
 * The last processor: the first one has most of the interrupts. Before others
 * there, who would be measured too.
 */
static void take_a_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
	sched_setaffinity(0, sizeof(set), &set);
	setpriority(PRIO_PROCESS, 0, -20);
}

__attribute__((noreturn)) static void usage(void)
{
	fputs("usage: bench [--quick] [--rounds N] [--only NAME,...] [--mmdb FILE] [--large PROGRAM]\n"
	      "             [--output DIRECTORY] [--samples] [--unsafe-swap] | --names\n"
	      "Benchmarks:",
	      stderr);
	for (size_t i = 0; i < BENCHMARKS; i++)
		fprintf(stderr, " %s", benchmarks[i].name);
	fputc('\n', stderr);
	exit(2);
}

/* Is @name one of the comma-separated words? */
static bool is_among(const char *words, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = words; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (!strncmp(at, name, length) && (!at[length] || at[length] == ','))
			return true;
	return false;
}

/* Every word of @only shall be a benchmark. */
static void check_names(const char *only)
{
	size_t words = only ? 1 : 0, found = 0;

	for (const char *at = only; at && *at; at++)
		words += *at == ',';
	for (size_t i = 0; i < BENCHMARKS; i++)
		found += only && is_among(only, benchmarks[i].name);
	if (words != found)
		usage();
}

static void run(const char *only)
{
	check_names(only);
	take_a_processor();
	for (size_t i = 0; i < BENCHMARKS; i++)
		if (only ? is_among(only, benchmarks[i].name) : !benchmarks[i].asked)
			benchmarks[i].run();
}

static int report(void)
{
	char path[512];
	bool quiet = bench_noise();

	bench_derive();
	bench_print(stdout);
	if (!quiet)
		puts("\nThe machine was too noisy to tell: noise.ok is 0.");
	snprintf(path, sizeof(path), "%s/results.json", bench.output);
	if (!bench_write_json(path))
		bench_die("%s: %m", path);
	printf("\n%s, and plots beside it\n", path);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "quick", no_argument, NULL, 'q' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "only", required_argument, NULL, 'o' },
		{ "mmdb", required_argument, NULL, 'm' },
		{ "large", required_argument, NULL, 'l' },
		{ "output", required_argument, NULL, 'd' },
		{ "samples", no_argument, NULL, 's' },
		{ "names", no_argument, NULL, 'n' },
		{ "unsafe-swap", no_argument, NULL, 'u' },
		{ NULL, 0, NULL, 0 },
	};
	const char *only = NULL;
	bool samples = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'q':
			bench.quick = true;
			bench.rounds = 5;
			break;
		case 'r': bench.rounds = atoi(optarg); break;
		case 'o': only = optarg; break;
		case 'm': bench.mmdb = optarg; break;
		case 'l': bench.large = optarg; break;
		case 'd': bench.output = optarg; break;
		case 's': samples = true; break;
		case 'u': bench.unsafe_swap = true; break;
		case 'n': bench_print_help(stdout); return 0;
		default: usage();
		}
	}
	if (optind < argc || bench.rounds < 1)
		usage();
	if (mkdir(bench.output, 0755) && errno != EEXIST)
		bench_die("%s: %m", bench.output);
	run(only);
	if (!samples)
		return report();
	bench_write_samples(stdout);
	return 0;
}
