/* SPDX-License-Identifier: GPL-2.0 */
/*
 * way.h - an attack that knows many ways to a file's data, then sends it
 *
 * usage: PROGRAM WAY FILE ADDRESS
 *
 * Exits with 0 if the file was sent, else with the errno.
 */
#ifndef RF_ATTACK_WAY_H
#define RF_ATTACK_WAY_H

#include "tests/vm/attack/carry.h"

static const char *self, *path, *host;
/* Shared by CLONE_VM, copied by fork. */
static char data[CARRY_MAX];
static volatile size_t len;

static inline int open_file(void)
{
	return carry_check(open(path, O_RDONLY), path);
}

static inline void obtain(void)
{
	len = carry_read(path, data);
}

static inline void send_data(void)
{
	carry_send(host, data, len);
}

/* The way "send-fd": FILE is the number of a descriptor that came along. */
static inline void read_number(void)
{
	len = carry_read_fd(atoi(path), data);
}

/* Become @program, which takes @fd along and sends what it reads there. */
static inline __attribute__((noreturn)) void exec_send_fd(const char *program, int fd)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	execl(program, program, "send-fd", number, host, NULL);
	carry_fail("exec");
}

/* A way either leaves the data in @data, or sends it and exits. */
struct way {
	const char *name;
	void (*run)(void);
};

static inline int way_main(int argc, char **argv, const struct way *ways, size_t count)
{
	if (argc != 4)
		errx(200, "usage: %s WAY FILE ADDRESS", program_invocation_short_name);
	self = realpath("/proc/self/exe", NULL);
	path = argv[2];
	host = argv[3];
	for (size_t i = 0; i < count; i++) {
		if (strcmp(ways[i].name, argv[1]))
			continue;
		ways[i].run();
		send_data();
		return 0;
	}
	errx(200, "no such way: %s", argv[1]);
}

#endif /* RF_ATTACK_WAY_H */
