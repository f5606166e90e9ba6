/* SPDX-License-Identifier: GPL-2.0 */
/*
 * giver.h - another process, which obtains the data and writes it to a socket on which
 * we wait; and once more if that was refused
 */
#ifndef RF_ATTACK_GIVER_H
#define RF_ATTACK_GIVER_H

#include <sys/syscall.h>

#include "tests/vm/attack/attack.h"

/* Until that thread is in a read. */
static inline void giver_wait(pid_t tid)
{
	char path[64], call[8] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	while (strncmp(call, "0 ", 2)) {
		poll(NULL, 0, 5);
		fd = attack_do("syscall", open(path, O_RDONLY | O_CLOEXEC));
		attack_do("state", read(fd, call, sizeof(call)));
		close(fd);
	}
}

static inline void giver_write(int fd)
{
	for (int i = 0; i < 2; i++) {
		if (write(fd, data.bytes, data.len) == (ssize_t)data.len)
			return;
		attack_note("write", errno);
	}
}

/* A socket to wait on. The giver begins once it has read the waiting thread from @go. */
static inline int giver_start(int *go)
{
	int data_ends[2], go_ends[2];
	pid_t tid;

	attack_do("pair", socketpair(AF_UNIX, SOCK_STREAM, 0, data_ends));
	attack_do("pipe", pipe(go_ends));
	if (attack_do("fork", fork())) {
		close(data_ends[1]);
		close(go_ends[0]);
		*go = go_ends[1];
		return data_ends[0];
	}
	close(data_ends[0]);
	close(go_ends[1]);
	if (read(go_ends[0], &tid, sizeof(tid)) != sizeof(tid))
		exit(1);
	giver_wait(tid);
	attack_obtain();
	giver_write(data_ends[1]);
	exit(attack_status);
}

/* What it gives; nothing if it could not. */
static inline void giver_read(int from, int go, struct attack_data *into)
{
	pid_t tid = syscall(SYS_gettid);
	ssize_t got;

	attack_do("go", write(go, &tid, sizeof(tid)));
	got = read(from, into->bytes, sizeof(into->bytes));
	if (got < 0)
		attack_note("read", errno);
	into->len = got > 0 ? got : 0;
}

#endif /* RF_ATTACK_GIVER_H */
