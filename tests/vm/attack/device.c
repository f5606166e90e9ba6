// SPDX-License-Identifier: GPL-2.0
/*
 * device.c - who holds such a device can't obtain the data, who holds the data
 * can't open it
 *
 * usage: device new|held PATH
 */
#include "tests/vm/attack/attack.h"

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (attack_is(argv, 1, "new"))
		attack_obtain();
	attack_do("device", open(argv[2], O_WRONLY));
	if (attack_is(argv, 1, "held"))
		attack_obtain();
	return attack_status;
}
