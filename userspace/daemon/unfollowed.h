/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unfollowed.h - by what data still reaches another process without its label
 */
#ifndef RF_UNFOLLOWED_H
#define RF_UNFOLLOWED_H

#include <jansson.h>

/* The README's "Open in this version" names each; a NULL ends them. */
extern const char *const rf_unfollowed[];

/** rf_unfollowed_json - the same as a new array of strings */
json_t *rf_unfollowed_json(void);

#endif /* RF_UNFOLLOWED_H */
