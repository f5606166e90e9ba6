// SPDX-License-Identifier: GPL-2.0
/*
 * intocgroup.c - start a program directly in another cgroup
 *
 * usage: intocgroup {fork|vm} CGROUP COMMAND...
 *
 * By clone3(CLONE_INTO_CGROUP), without a move; "vm": in shared memory until
 * it execs, as posix_spawn() does it.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Not through syscall(3): in shared memory the child would write over the
 * place that the parent returns to.
 */
static inline __attribute__((always_inline)) long clone3(struct clone_args *args)
{
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "0"(SYS_clone3), "D"(args), "S"(sizeof(*args))
		     : "rcx", "r11", "memory");
	return result;
}

int main(int argc, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
	};
	int status, cgroup;
	long child;

	if (argc < 4)
		errx(200, "usage: intocgroup {fork|vm} CGROUP COMMAND...");
	cgroup = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		err(201, "%s", argv[2]);
	args.cgroup = cgroup;
	if (!strcmp(argv[1], "vm"))
		args.flags |= CLONE_VM | CLONE_VFORK;
	child = clone3(&args);
	if (child < 0)
		errx(-child, "clone3: %s", strerror(-child));
	if (!child) {
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0)
		err(202, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 203;
}
