/* SPDX-License-Identifier: GPL-2.0 */
/*
 * product.h - the product's maps, for a test's own programs
 */
#ifndef RF_TESTS_PRODUCT_H
#define RF_TESTS_PRODUCT_H

#include <bpf/libbpf.h>

#include "userspace/lib/bpf_hook.h"
#include "userspace/lib/bpf_private.h"

/* With none of its programs but those that need no hook: this kernel may not have them. */
static inline int product_load(struct rf_object **object)
{
	if (rf_object_open(object))
		return -1;
	for (size_t i = 0; i < rf_object_hook_count(*object); i++)
		rf_object_hook_leave_out(*object, i);
	for (size_t i = 0; i < RF_ITERATOR_MAX; i++)
		bpf_program__set_autoload((*object)->iterators[i], false);
	return rf_object_load(*object);
}

/* Before @test is loaded: it has the same maps. */
static inline int product_share(const struct rf_object *object, const struct bpf_object *test)
{
	for (int i = 0; i < RF_MAP_MAX; i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(test, rf_object_map_name(i));

		if (!map || bpf_map__reuse_fd(map, rf_map_fd(object, i)))
			return -1;
	}
	return 0;
}

#endif /* RF_TESTS_PRODUCT_H */
