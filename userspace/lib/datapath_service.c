// SPDX-License-Identifier: GPL-2.0
/*
 * datapath_service.c - the services that give a label to who receives from them
 *
 * The programs look at the slots from the first on, as many as the state says.
 * A slot that is seen has a whole service at any time: its address is written
 * while it gives nothing.
 */
#include "userspace/lib/datapath_private.h"

#include <errno.h>
#include <string.h>

static __u64 *slots_used(struct rf_datapath *dp)
{
	return &rf_object_state(dp->object)->services;
}

static int read_slot(struct rf_datapath *dp, __u32 slot, struct rf_service *service)
{
	return rf_object_get(dp->object, RF_MAP_SERVICES, &slot, service);
}

static int write_slot(struct rf_datapath *dp, __u32 slot, const struct rf_service *service)
{
	return rf_object_put(dp->object, RF_MAP_SERVICES, &slot, service, BPF_EXIST);
}

static bool same_place(const struct rf_service *a, const struct rf_service *b)
{
	return a->port == b->port && !memcmp(a->addr, b->addr, sizeof(a->addr)) &&
	       !memcmp(a->mask, b->mask, sizeof(a->mask));
}

/* The slot of a service, else one that is free; -ENOSPC if none is. */
static int find_slot(struct rf_datapath *dp, const struct rf_service *service)
{
	__u64 used = *slots_used(dp);
	struct rf_service there;
	int found = -ENOSPC, err;

	for (__u32 slot = 0; slot < used; slot++) {
		err = read_slot(dp, slot, &there);
		if (err)
			return err;
		if (there.classes && same_place(&there, service))
			return slot;
		if (!there.classes && found < 0)
			found = slot;
	}
	return found < 0 && used < RF_SERVICES_MAX ? (int)used : found;
}

static int add_service(struct rf_datapath *dp, const struct rf_service *service)
{
	struct rf_service joined = *service, there;
	int slot = find_slot(dp, service), err;

	if (slot < 0)
		return slot;
	err = read_slot(dp, slot, &there);
	if (err)
		return err;
	if (!same_place(&there, service)) {
		joined.classes = 0;
		err = write_slot(dp, slot, &joined);
		joined.classes = service->classes;
	} else {
		joined.classes |= there.classes;
	}
	if (!err)
		err = write_slot(dp, slot, &joined);
	if (!err && (__u64)slot >= *slots_used(dp))
		__atomic_store_n(slots_used(dp), slot + 1, __ATOMIC_SEQ_CST);
	return err;
}

int rf_datapath_add_services(struct rf_datapath *dp, const struct rf_service *list, size_t count)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = add_service(dp, &list[i]);
	if (err)
		return rf_datapath_fail(dp, err, "no room for a service: %s", strerror(-err));
	return 0;
}

static int keep_slot(struct rf_datapath *dp, __u32 slot, const struct rf_service *list,
		     size_t count, bool *used)
{
	struct rf_service there;
	__u64 classes = 0;
	int err = read_slot(dp, slot, &there);

	if (err)
		return err;
	for (size_t i = 0; i < count; i++)
		if (same_place(&there, &list[i]))
			classes |= list[i].classes;
	there.classes &= classes;
	*used = there.classes;
	return write_slot(dp, slot, &there);
}

int rf_datapath_keep_services(struct rf_datapath *dp, const struct rf_service *list, size_t count)
{
	__u64 used = 0;
	bool kept;
	int err;

	for (__u32 slot = 0; slot < *slots_used(dp); slot++) {
		err = keep_slot(dp, slot, list, count, &kept);
		if (err)
			return rf_datapath_fail(dp, err, "old services: %s", strerror(-err));
		if (kept)
			used = slot + 1;
	}
	__atomic_store_n(slots_used(dp), used, __ATOMIC_SEQ_CST);
	return 0;
}
