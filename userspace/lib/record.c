// SPDX-License-Identifier: GPL-2.0
/*
 * record.c - a stream of records of one size, such as a BPF iterator writes
 */
#include "userspace/lib/record.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Hands on the whole records of @buffer; what is left moves to its front. */
static int hand_on(char *buffer, size_t *have, size_t size, int (*fn)(void *, const void *),
		   void *ctx)
{
	size_t used;
	int err = 0;

	for (used = 0; !err && *have - used >= size; used += size)
		if (fn)
			err = fn(ctx, buffer + used);
	*have -= used;
	memmove(buffer, buffer + used, *have);
	return err;
}

int rf_record_read(int fd, size_t size, int (*fn)(void *, const void *), void *ctx)
{
	char buffer[16384] __attribute__((aligned(8)));
	size_t have = 0;
	ssize_t n;
	int err;

	for (;;) {
		n = read(fd, buffer + have, sizeof(buffer) - have);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		have += n;
		err = hand_on(buffer, &have, size, fn, ctx);
		if (err)
			return err;
	}
}
