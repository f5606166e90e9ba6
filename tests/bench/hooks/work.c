// SPDX-License-Identifier: GPL-2.0
/*
 * work TITLE COUNT COMMAND...: instructions that COMMAND takes, divided by
 * COUNT, which is how often it does what TITLE says
 *
 * work get PORT FILES COUNT: fetch /0 to /FILES-1 from this host over HTTP, in
 * turn, a connection each
 *
 * Prints a line as operations.c does. Counted is what all tasks of the VM's one
 * processor execute, servers included, by the scheduler's own clock: while
 * nobody runs the emulator lets the time jump, by amounts that differ.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS 5

static void get_one(const struct sockaddr_in *server, int number)
{
	int sock = socket(AF_INET, SOCK_STREAM, 0);
	char request[128], answer[8192];
	ssize_t size, received = 0;

	if (sock < 0 || connect(sock, (const struct sockaddr *)server, sizeof(*server)))
		err(1, "connect");
	size = snprintf(request, sizeof(request), "GET /%d HTTP/1.0\r\nHost: bench\r\n\r\n",
			number);
	if (write(sock, request, size) != size)
		err(1, "write");
	while ((size = read(sock, answer + received, sizeof(answer) - received)) > 0)
		received += size;
	if (received < 12 || memcmp(answer + 8, " 200", 4))
		errx(1, "no answer to request for /%d", number);
	close(sock);
}

static int get(char **argv)
{
	struct sockaddr_in server = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)atoi(argv[0])),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int files = atoi(argv[1]), count = atoi(argv[2]);

	for (int i = 0; i < count; i++)
		get_one(&server, i % files);
	return 0;
}

/* Nanoseconds, which are instructions, that tasks have run on processor 0 */
static uint64_t run_time(void)
{
	unsigned long long ran = 0;
	char line[512];
	FILE *file = fopen("/proc/schedstat", "re");

	if (!file)
		err(1, "/proc/schedstat");
	while (!ran && fgets(line, sizeof(line), file))
		if (sscanf(line, "cpu0 %*u %*u %*u %*u %*u %*u %llu", &ran) != 1)
			ran = 0;
	fclose(file);
	if (!ran)
		errx(1, "no run time in /proc/schedstat");
	return ran;
}

/* This process sleeps meanwhile: its own time is in the sum when it wakes up. */
static uint64_t count_command(char **argv)
{
	uint64_t start = run_time();
	pid_t child = fork();
	int status;

	if (!child) {
		execvp(argv[0], argv);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		err(1, "%s", argv[0]);
	if (status)
		errx(1, "%s: status %#x", argv[0], (unsigned int)status);
	return run_time() - start;
}

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
	double runs[RUNS];

	if (argc == 5 && !strcmp(argv[1], "get"))
		return get(argv + 2);
	if (argc < 4)
		errx(2, "usage: work TITLE COUNT COMMAND...");
	count_command(argv + 3);
	for (int i = 0; i < RUNS; i++)
		runs[i] = (double)count_command(argv + 3) / atoi(argv[2]);
	qsort(runs, RUNS, sizeof(*runs), by_size);
	printf("work %s\t%.0f\t%.0f\n", argv[1], runs[RUNS / 2], runs[RUNS - 2] - runs[1]);
	return 0;
}
