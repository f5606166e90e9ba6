// SPDX-License-Identifier: GPL-2.0
/*
 * datapath_request.c - asking the iterators
 */
#include "userspace/lib/datapath_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *const iterator_names[RF_ITERATOR_MAX] = {
	[RF_ITERATOR_TASK] = "tasks",
	[RF_ITERATOR_FILE] = "open files",
	[RF_ITERATOR_VMA] = "mapped files",
	[RF_ITERATOR_SOCK] = "sockets",
};

/* @only: look at this process only, or 0 */
static int send(struct rf_datapath *dp, const struct rf_request *ask, enum rf_iterator iterator,
		pid_t only, size_t size, int (*fn)(void *, const void *), void *ctx)
{
	__u32 zero = 0;
	int err;

	err = rf_object_put(dp->object, RF_MAP_REQUEST, &zero, ask, BPF_ANY);
	if (!err)
		err = rf_object_iterate(dp->object, iterator, only, size, fn, ctx);
	if (err < 0)
		return rf_datapath_fail(dp, err, "the list of %s: %s", iterator_names[iterator],
					strerror(-err));
	return err;
}

int rf_request_run(struct rf_datapath *dp, struct rf_request *ask, enum rf_iterator iterator)
{
	__u32 zero = 0;
	int err = send(dp, ask, iterator, 0, 1, NULL, NULL);

	return err ? err : rf_object_get(dp->object, RF_MAP_REQUEST, &zero, ask);
}

int rf_request_read(struct rf_datapath *dp, const struct rf_request *ask, enum rf_iterator iterator,
		    size_t size, int (*fn)(void *ctx, const void *record), void *ctx)
{
	return send(dp, ask, iterator, 0, size, fn, ctx);
}

struct identify {
	const int *fds;
	struct rf_identified *found;
	size_t count;
	size_t seen;
};

static int identify_one(void *ctx, const void *data)
{
	const struct rf_identified *one = data;
	struct identify *identify = ctx;

	for (size_t i = 0; i < identify->count; i++) {
		if (identify->fds[i] == one->fd) {
			identify->found[i] = *one;
			identify->seen++;
		}
	}
	return 0;
}

int rf_request_identify(struct rf_datapath *dp, const int *fds, struct rf_identified *found,
			size_t count)
{
	struct identify identify = { .fds = fds, .found = found, .count = count };
	const struct rf_request ask = {
		.mode = RF_REQUEST_IDENTIFY,
		.tgid = getpid(),
	};
	int err;

	err = send(dp, &ask, RF_ITERATOR_FILE, getpid(), sizeof(struct rf_identified), identify_one,
		   &identify);
	if (err)
		return err;
	if (identify.seen != count)
		return rf_datapath_fail(dp, -EIO, "descriptors could not be identified");
	return 0;
}

/*
 * A pass may miss what a task that it had not yet reached forked behind its
 * back, so passes go on until one finds nothing.
 */
int rf_request_record(struct rf_datapath *dp)
{
	struct rf_request ask;
	int err;

	for (int pass = 0; pass < RF_PASSES_MAX; pass++) {
		memset(&ask, 0, sizeof(ask));
		ask.mode = RF_REQUEST_RECORD;
		err = rf_request_run(dp, &ask, RF_ITERATOR_TASK);
		if (err)
			return err;
		if (ask.refused)
			return rf_datapath_fail(dp, -ENOMEM, "process %u could not be recorded",
						ask.refused_tgid);
		if (ask.made)
			continue;
		err = rf_request_run(dp, &ask, RF_ITERATOR_FILE);
		return err ? err : rf_request_run(dp, &ask, RF_ITERATOR_VMA);
	}
	return rf_datapath_fail(dp, -EAGAIN, "processes are made faster than recorded");
}
