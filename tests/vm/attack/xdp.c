// SPDX-License-Identifier: GPL-2.0
/*
 * xdp.c - who holds an AF_XDP socket can't obtain the data, who holds the data
 * can't make one
 *
 * usage: xdp new|held
 */
#include "tests/vm/attack/attack.h"

int main(int argc, char **argv)
{
	if (attack_is(argv, 1, "new"))
		attack_obtain();
	attack_do("socket", socket(AF_XDP, SOCK_RAW, 0));
	if (!data.len)
		attack_obtain();
	return attack_status;
}
