/* SPDX-License-Identifier: GPL-2.0 */
/*
 * map_text.h - texts and numbers of the map, as XML
 */
#ifndef RF_CLI_MAP_TEXT_H
#define RF_CLI_MAP_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** rf_map_text_length - in characters; a byte that is not printable is one */
size_t rf_map_text_length(const char *text);

/**
 * rf_map_text_put - write @text as the contents of an element
 *
 * With more than @most characters, the last one is an ellipsis. What is not
 * printable, or not allowed in XML, becomes U+FFFD.
 */
void rf_map_text_put(FILE *out, const char *text, size_t most);

/** rf_map_text_count - write a number with its thousands set apart */
void rf_map_text_count(FILE *out, uint64_t count);

/** rf_map_text_percent - write how many percent of all IPv4 addresses @count is */
void rf_map_text_percent(FILE *out, uint64_t count);

#endif /* RF_CLI_MAP_TEXT_H */
