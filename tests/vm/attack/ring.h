/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring.h - one operation of io_uring at a time
 */
#ifndef RF_ATTACK_RING_H
#define RF_ATTACK_RING_H

#include "tests/vm/attack/carry.h"

#include <liburing.h>

static struct io_uring ring;

static inline void ring_make(unsigned int flags)
{
	errno = -io_uring_queue_init(8, &ring, flags);
	if (errno)
		carry_fail("io_uring_queue_init");
}

static inline struct io_uring_sqe *ring_next(void)
{
	return io_uring_get_sqe(&ring);
}

static inline int ring_wait(void)
{
	struct io_uring_cqe *cqe;
	int result;

	errno = -io_uring_wait_cqe(&ring, &cqe);
	if (errno)
		carry_fail("io_uring_wait_cqe");
	result = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	errno = -result;
	return carry_check(result, "io_uring");
}

/* Submit, and wait for the result. */
static inline int ring_run(void)
{
	io_uring_submit(&ring);
	return ring_wait();
}

#endif /* RF_ATTACK_RING_H */
