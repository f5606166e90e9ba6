// SPDX-License-Identifier: GPL-2.0
/*
 * xdp.c - who holds an AF_XDP socket can't obtain the data, who holds the data
 * can't make one
 *
 * usage: xdp new|held|forced|moved|bred FILE
 *
 * forced: who holds one waits for what another process reads there, and then reads
 * it from there itself. moved: who holds one goes into the cgroup that FILE moves to.
 * bred: and forks.
 */
#include <sys/wait.h>

#include "tests/vm/attack/giver.h"

static void wait_with_socket(void)
{
	int go, from = giver_start(&go);

	attack_do("socket", socket(AF_XDP, SOCK_RAW, 0));
	giver_read(from, go, &data);
	attack_obtain();
}

int main(int argc, char **argv)
{
	if (attack_is(argv, 1, "forced")) {
		wait_with_socket();
		return attack_status;
	}
	if (attack_is(argv, 1, "moved") || attack_is(argv, 1, "bred")) {
		attack_do("socket", socket(AF_XDP, SOCK_RAW, 0));
		attack_do("move", write(open(argv[2], O_WRONLY), "0", 1));
		if (attack_is(argv, 1, "bred") && attack_do("fork", fork()))
			return attack_do("wait", wait(NULL)) < 0;
		attack_obtain();
		return attack_status;
	}
	if (attack_is(argv, 1, "new"))
		attack_obtain();
	attack_do("socket", socket(AF_XDP, SOCK_RAW, 0));
	if (!data.len)
		attack_obtain();
	return attack_status;
}
