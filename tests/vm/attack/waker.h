/* SPDX-License-Identifier: GPL-2.0 */
/*
 * waker.h - the peer (lib/drain.py) begins to read once somebody connects to its
 * port 9101
 */
#ifndef RF_ATTACK_WAKER_H
#define RF_ATTACK_WAKER_H

#include "tests/vm/attack/attack.h"

/*
 * A descriptor; a byte written to it wakes @peer. To be made early: who wakes the
 * peer must never have held the data.
 */
static inline int waker_make(const char *peer)
{
	int ends[2], fd;
	char byte;

	attack_do("pipe", pipe(ends));
	if (attack_do("fork", fork())) {
		close(ends[0]);
		return ends[1];
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		exit(1);
	fd = attack_connected_port(peer, 9101);
	attack_answer(fd);
	exit(0);
}

#endif /* RF_ATTACK_WAKER_H */
