/* SPDX-License-Identifier: GPL-2.0 */
/*
 * blockdev.h - the block devices through which a file system can be read raw
 */
#ifndef RF_BLOCKDEV_H
#define RF_BLOCKDEV_H

#include <stddef.h>
#include <linux/types.h>

/**
 * rf_blockdev_below - the device itself, its disk, and what it is made of
 * @dev: device number as the kernel has it (major << 20 | minor)
 *
 * Fills @list with up to @max numbers in the same form, @dev first. Returns
 * how many, or -E2BIG if there are more.
 */
int rf_blockdev_below(__u32 dev, __u32 *list, size_t max);

#endif /* RF_BLOCKDEV_H */
