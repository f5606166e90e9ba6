/* SPDX-License-Identifier: GPL-2.0 */
/*
 * grow.h - lists that get longer
 */
#ifndef RF_GROW_H
#define RF_GROW_H

#include <stddef.h>

/**
 * rf_grow - room for one more
 * @list: of @count items of @size bytes, NULL if there is none yet
 * @room: how many fit; doubled if there is no more
 *
 * Returns the list, perhaps at another place, or NULL without memory: then
 * @list is as it was, and still the caller's to free.
 */
void *rf_grow(void *list, size_t count, size_t *room, size_t size);

#endif /* RF_GROW_H */
