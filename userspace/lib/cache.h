/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cache.h - what was compiled once, kept under the hash of what it was made
 * from
 *
 * A file is written aside, synced and renamed, and carries a checksum: it is
 * whole or it is not there. What cannot be trusted (wrong owner, writable by
 * others, wrong length, wrong checksum) counts as not there.
 */
#ifndef RF_CACHE_H
#define RF_CACHE_H

#include <stddef.h>

#include "userspace/lib/fault.h"

#define RF_CACHE_KEY_LEN 32 /* SHA-256 */
#define RF_CACHE_KEEP 8 /* files; the oldest go first */

/**
 * rf_cache_load - fetch what is kept under a key
 * @data: @len bytes, written only on success
 *
 * Returns 0 or -ENOENT: nothing there that can be trusted and has this length.
 */
int rf_cache_load(const char *dir, const unsigned char key[RF_CACHE_KEY_LEN], void *data,
		  size_t len);

/**
 * rf_cache_store - keep under a key; makes the directory if its parent exists
 *
 * Returns 0 or a negative errno; nothing depends on its success.
 */
int rf_cache_store(const char *dir, const unsigned char key[RF_CACHE_KEY_LEN], const void *data,
		   size_t len, struct rf_fault *fault);

#endif /* RF_CACHE_H */
