/* SPDX-License-Identifier: GPL-2.0 */
/*
 * store.h - files of the state directory: read whole, replaced whole
 *
 * A file is there in its old or its new form, never between: it is written
 * aside, flushed to the disk and renamed. All return 0 or a negative errno.
 */
#ifndef RF_STORE_H
#define RF_STORE_H

#include <stddef.h>

#include <jansson.h>

#define RF_STORE_MAX (128u << 20) /* bytes of one file */

/**
 * rf_store_read - a regular file as NUL-terminated memory, to be freed
 * @len: without the NUL; may be NULL
 */
int rf_store_read(const char *path, char **data, size_t *len);
int rf_store_write(const char *path, const char *data, size_t len);

/** rf_store_read_json - -EBADMSG if it is not a JSON object; a new reference */
int rf_store_read_json(const char *path, json_t **out);
int rf_store_write_json(const char *path, const json_t *json);

/** rf_store_boot_id - the kernel's identifier of this boot */
int rf_store_boot_id(char id[37]);

#endif /* RF_STORE_H */
