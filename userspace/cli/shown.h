/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shown.h - words and paths from the command line, made safe to show
 */
#ifndef RF_CLI_SHOWN_H
#define RF_CLI_SHOWN_H

#include <limits.h>

#include <jansson.h>

#define RF_SHOWN_MAX PATH_MAX

/** rf_shown - a copy as rf_printable_copy() makes it; returns @buffer */
const char *rf_shown(char buffer[RF_SHOWN_MAX], const char *text);

/** rf_shown_json - the same as a JSON string, which takes UTF-8 only; null for NULL */
json_t *rf_shown_json(const char *text);

#endif /* RF_CLI_SHOWN_H */
