// SPDX-License-Identifier: GPL-2.0
/*
 * datapath_process.c - labels of processes: given on request, and listed
 */
#include "userspace/lib/datapath_private.h"

#include <errno.h>
#include <string.h>

static int refused_by(struct rf_datapath *dp, const struct rf_request *ask)
{
	if (!ask->refused)
		return 0;
	return rf_datapath_fail(
		dp, -EPERM,
		"%llu process(es) could not be labelled, the first is %u: it has another way to send (AF_XDP, a mapped AF_PACKET ring, MSG_ZEROCOPY) or no record",
		(unsigned long long)ask->refused, ask->refused_tgid);
}

/* Asks all iterators; returns how many processes got a label. */
static int ask_holders(struct rf_datapath *dp, enum rf_request_mode mode)
{
	struct rf_request ask;
	int err, labelled = 0;

	for (int iterator = 0; iterator <= RF_ITERATOR_VMA; iterator++) {
		memset(&ask, 0, sizeof(ask));
		ask.mode = mode;
		err = rf_request_run(dp, &ask, iterator);
		if (!err)
			err = refused_by(dp, &ask);
		if (err)
			return err;
		labelled += ask.labelled;
	}
	return labelled;
}

/*
 * A pass may miss a child that got its descriptors from a parent that the pass
 * had not yet reached (see rf_request_record()), so passes go on until one
 * finds nobody.
 */
int rf_datapath_label_holders(struct rf_datapath *dp)
{
	/* A label stays: nobody gets one before it is clear that all can. */
	int err = ask_holders(dp, RF_REQUEST_CHECK), labelled = 0;

	if (err < 0)
		return err;
	for (int pass = 0; pass < RF_PASSES_MAX; pass++) {
		err = ask_holders(dp, RF_REQUEST_ORIGINS);
		if (err < 0)
			return err;
		if (!err)
			return labelled;
		labelled += err;
	}
	return rf_datapath_fail(dp, -EAGAIN, "processes are made faster than labelled");
}

int rf_datapath_label_process(struct rf_datapath *dp, pid_t tgid, __u64 classes,
			      const struct rf_source *source)
{
	struct rf_request ask = {
		.mode = RF_REQUEST_LABEL,
		.tgid = tgid,
		.classes = classes,
		.kind = source->kind,
		.origin = source->origin,
	};
	struct rf_process process;
	int err;

	err = rf_request_run(dp, &ask, RF_ITERATOR_TASK);
	if (!err)
		err = refused_by(dp, &ask);
	if (!err)
		err = rf_datapath_process(dp, tgid, &process);
	if (!err && (process.label & classes) != classes)
		err = rf_datapath_fail(dp, -EPERM, "process %d was not labelled", tgid);
	return err;
}

struct list {
	struct rf_datapath *dp;
	int (*fn)(void *ctx, const struct rf_process *process);
	void *ctx;
};

void rf_datapath_sources(struct rf_datapath *dp, __u64 node, struct rf_sources *out)
{
	if (!node || rf_object_get(dp->object, RF_MAP_SOURCES, &node, out))
		memset(out, 0, sizeof(*out));
}

static int list_one(void *ctx, const void *data)
{
	const struct rf_listed *listed = data;
	struct rf_process process = {
		.tgid = listed->tgid,
		.holder = listed->holder,
		.label = listed->label,
		.cgroup = listed->cgroup,
		.uid = listed->uid,
	};
	struct list *list = ctx;

	memcpy(process.comm, listed->comm, sizeof(process.comm));
	rf_datapath_sources(list->dp, process.holder, &process.sources);
	return list->fn(list->ctx, &process);
}

/* @tgid: one process, or 0 for all that are labelled */
static int list_processes(struct rf_datapath *dp, pid_t tgid, struct list *list)
{
	const struct rf_request ask = { .mode = RF_REQUEST_LIST, .tgid = tgid };

	return rf_request_read(dp, &ask, RF_ITERATOR_TASK, sizeof(struct rf_listed), list_one,
			       list);
}

int rf_datapath_processes(struct rf_datapath *dp, int (*fn)(void *ctx, const struct rf_process *p),
			  void *ctx)
{
	struct list list = { .dp = dp, .fn = fn, .ctx = ctx };

	return list_processes(dp, 0, &list);
}

static int keep_process(void *ctx, const struct rf_process *process)
{
	*(struct rf_process *)ctx = *process;
	return 0;
}

int rf_datapath_process(struct rf_datapath *dp, pid_t tgid, struct rf_process *out)
{
	struct rf_process found = {};
	struct list list = { .dp = dp, .fn = keep_process, .ctx = &found };
	int err = list_processes(dp, tgid, &list);

	if (err)
		return err;
	if (!found.tgid)
		return rf_datapath_fail(dp, -ESRCH, "no process %d", tgid);
	*out = found;
	return 0;
}

struct flows {
	int (*fn)(void *ctx, const struct rf_flow *flow);
	void *ctx;
};

static int list_flow(void *ctx, const void *data)
{
	const struct flows *flows = ctx;

	return flows->fn(flows->ctx, data);
}

int rf_datapath_flows(struct rf_datapath *dp, int (*fn)(void *ctx, const struct rf_flow *flow),
		      void *ctx)
{
	const struct rf_request ask = { .mode = RF_REQUEST_LIST };
	struct flows flows = { fn, ctx };

	return rf_request_read(dp, &ask, RF_ITERATOR_SOCK, sizeof(struct rf_flow), list_flow,
			       &flows);
}
