// SPDX-License-Identifier: GPL-2.0
/*
 * grow.c - lists that get longer
 */
#include "userspace/lib/grow.h"

#include <stdlib.h>

#define FIRST_ROOM 256

void *rf_grow(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : FIRST_ROOM;

	if (count < *room)
		return list;
	list = reallocarray(list, more, size);
	if (list)
		*room = more;
	return list;
}
