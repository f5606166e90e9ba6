/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unit.h - a cgroup by its identifier: its path and its systemd unit
 */
#ifndef RF_UNIT_H
#define RF_UNIT_H

#include <stddef.h>
#include <stdint.h>

#define RF_UNIT_PATH_MAX 512

struct rf_units;

/** rf_units_new - @cgroup_root: mount of cgroup v2. NULL without memory. */
struct rf_units *rf_units_new(const char *cgroup_root);
void rf_units_free(struct rf_units *units);

/**
 * rf_units_path - the path of a cgroup below the root, "" if it is gone and
 * was never asked for; valid until the next call
 */
const char *rf_units_path(struct rf_units *units, uint64_t id);

/**
 * rf_unit_of - the unit in a cgroup's path: its last component that is one
 * ("x.service", "y.scope", …), "" if there is none; returns @name
 */
const char *rf_unit_of(const char *path, char name[256]);

#endif /* RF_UNIT_H */
