/* SPDX-License-Identifier: GPL-2.0 */
/*
 * faults.h - memory that a descriptor of userfaultfd(2) fills
 */
#ifndef RF_ATTACK_FAULTS_H
#define RF_ATTACK_FAULTS_H

#include "tests/vm/attack/carry.h"

#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

/* Of @size bytes at @at: who reads there waits. */
static inline int faults_of(char *at, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_EXACT_ADDRESS };
	struct uffdio_register range = { .range = { (unsigned long)at, size },
					 .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = carry_check(syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd");

	carry_check(ioctl(fd, UFFDIO_API, &api), "UFFDIO_API");
	carry_check(ioctl(fd, UFFDIO_REGISTER, &range), "UFFDIO_REGISTER");
	return fd;
}

static inline void fill(int fd, unsigned long at, const char *from, size_t size)
{
	struct uffdio_copy copy = { .dst = at, .src = (unsigned long)from, .len = size };

	carry_check(ioctl(fd, UFFDIO_COPY, &copy), "UFFDIO_COPY");
}

#endif /* RF_ATTACK_FAULTS_H */
