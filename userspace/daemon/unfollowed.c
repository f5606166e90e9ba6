// SPDX-License-Identifier: GPL-2.0
/*
 * unfollowed.c - by what data still reaches another process without its label
 *
 * Who lets labels follow one of them takes its line away, here and there.
 */
#include "userspace/daemon/unfollowed.h"

#include <stddef.h>

const char *const rf_unfollowed[] = {
	"packets of loopback on raw and packet sockets",
	NULL,
};

json_t *rf_unfollowed_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; rf_unfollowed[i]; i++)
		json_array_append_new(list, json_string(rf_unfollowed[i]));
	return list;
}
