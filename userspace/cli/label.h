/* SPDX-License-Identifier: GPL-2.0 */
/*
 * label.h - labels as people write them: CLASS[+CLASS]
 */
#ifndef RF_CLI_LABEL_H
#define RF_CLI_LABEL_H

#include <jansson.h>

/**
 * rf_label_names - the classes of a label, a new JSON array
 *
 * NULL if one of them cannot be the name of a class, after saying so on
 * stderr: a label without it would allow more.
 */
json_t *rf_label_names(const char *command, const char *text);

#endif /* RF_CLI_LABEL_H */
