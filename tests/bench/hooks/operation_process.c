// SPDX-License-Identifier: GPL-2.0
/*
 * operation_process.c - fork and exec
 */
#include "tests/bench/hooks/operation.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* This program: the script has put it there. */
#define PROGRAM BENCH_ROOT "tmpfs/operations"

static int wait_for(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return -1;
}

static int fork_once(const struct operation *operation)
{
	pid_t child = fork();

	(void)operation;
	if (!child)
		_exit(0);
	return wait_for(child);
}

static int exec_once(const struct operation *operation)
{
	pid_t child = vfork();

	(void)operation;
	if (!child) {
		execl(PROGRAM, PROGRAM, BENCH_NOTHING, NULL);
		_exit(errno);
	}
	return wait_for(child);
}

const struct operation process_operations[] = {
	{ "fork, exit, wait", 4, NULL, NULL, fork_once, NULL },
	{ "vfork, exec, exit, wait", 4, NULL, NULL, exec_once, NULL },
};

const size_t process_operation_count = COUNT(process_operations);
