// SPDX-License-Identifier: GPL-2.0
/*
 * device.c - who holds such a device can't obtain the data, who holds the data
 * can't open it
 *
 * usage: device new|held|passed PATH	passed: another process opens it
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

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (attack_is(argv, 1, "new"))
		attack_obtain();
	attack_do("device", attack_is(argv, 1, "passed") ? pass(argv[2]) : open(argv[2], O_WRONLY));
	if (!attack_is(argv, 1, "new"))
		attack_obtain();
	return attack_status;
}
