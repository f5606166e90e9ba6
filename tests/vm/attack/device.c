// SPDX-License-Identifier: GPL-2.0
/*
 * device.c - who holds such a device can't obtain the data, who holds the data
 * can't open it
 *
 * usage: device HOW PATH
 *
 *	new		it opens it when it has the data
 *	held		before
 *	forked		so does its parent
 *	executed	so does its parent, and it executes this program
 *	passed		another process opens it
 */
#include "tests/vm/attack/attack.h"
#include "tests/vm/attack/rights.h"

static int pass(const char *path)
{
	int ends[2];

	carry_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	if (!carry_check(fork(), "fork")) {
		rights_give(ends[0], carry_check(open(path, O_WRONLY), path));
		_exit(0);
	}
	wait(NULL);
	return rights_take(ends[1]);
}

static void obtain_in_child(char **argv)
{
	bool executes = attack_is(argv, 1, "executed");
	pid_t child = executes ? vfork() : fork();
	int status;

	if (carry_check(child, "fork")) {
		wait(&status);
		exit(WEXITSTATUS(status));
	}
	if (executes) {
		execl(argv[0], argv[0], "inherited", argv[2], NULL);
		_exit(127);
	}
	attack_obtain();
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (attack_is(argv, 1, "new") || attack_is(argv, 1, "inherited"))
		attack_obtain();
	if (attack_is(argv, 1, "inherited"))
		return attack_status;
	attack_do("device", attack_is(argv, 1, "passed") ? pass(argv[2]) : open(argv[2], O_WRONLY));
	if (attack_is(argv, 1, "forked") || attack_is(argv, 1, "executed"))
		obtain_in_child(argv);
	else if (!attack_is(argv, 1, "new"))
		attack_obtain();
	return attack_status;
}
