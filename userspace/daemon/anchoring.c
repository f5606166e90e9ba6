// SPDX-License-Identifier: GPL-2.0
/*
 * anchoring.c - the daemon's dealings with the module
 */
#include "userspace/daemon/anchoring.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "userspace/lib/anchor.h"

static int send_management(int fd, const struct rf_policy *policy)
{
	struct rf_prefix *list;
	size_t i;
	int err;

	list = calloc(policy->management_count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (i = 0; i < policy->management_count; i++)
		list[i] = policy->management[i].net;
	err = rf_anchor_management(fd, list, policy->management_count);
	free(list);
	return err;
}

int rf_anchoring_arm(struct rf_daemon *daemon)
{
	int links[RF_LINKS_MAX];
	int fd, count, err;

	daemon->anchored = false;
	if (!daemon->compiled || !daemon->dp)
		return -ENOENT;
	fd = rf_anchor_open();
	if (fd < 0)
		return fd;
	err = rf_anchor_classes(fd, daemon->classes.name);
	if (!err)
		err = send_management(fd, daemon->compiled->policy);
	count = rf_datapath_links(daemon->dp, links, RF_LINKS_MAX);
	if (!err && count < 0)
		err = count;
	if (!err)
		err = rf_anchor_arm(fd, links, (size_t)count, daemon->compiled->value->number);
	close(fd);
	daemon->anchored = !err;
	return err;
}

int rf_anchoring_classes(const struct rf_daemon *daemon)
{
	int fd, err;

	fd = rf_anchor_open();
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fd;
	err = rf_anchor_classes(fd, daemon->classes.name);
	close(fd);
	return err;
}

int rf_anchoring_disarm(struct rf_daemon *daemon)
{
	int fd, err;

	daemon->anchored = false;
	fd = rf_anchor_open();
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fd;
	err = rf_anchor_disarm(fd);
	close(fd);
	return err;
}

bool rf_anchoring_needed(const struct rf_daemon *daemon)
{
	struct rf_ioc_status status;

	if (!daemon->compiled || !daemon->dp || rf_anchor_read(NULL, &status))
		return false;
	return status.state != RF_ANCHOR_ARMED || status.attached < status.links ||
	       status.generation != daemon->compiled->value->number;
}
