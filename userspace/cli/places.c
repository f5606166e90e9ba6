// SPDX-License-Identifier: GPL-2.0
/*
 * places.c - where the daemon's files are
 */
#include "userspace/cli/places.h"

#include "userspace/lib/control.h"

struct rf_places rf_places = {
	.state_dir = RF_STATE_DIR,
	.run_dir = RF_RUN_DIR,
	.pin_dir = "/sys/fs/bpf/ringfence",
};
