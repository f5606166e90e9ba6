/* SPDX-License-Identifier: GPL-2.0 */
/*
 * chain.h - how something came by its label, hop by hop (struct rf_sources)
 */
#ifndef RF_CHAIN_H
#define RF_CHAIN_H

#include <jansson.h>

#include "userspace/daemon/daemon.h"

/**
 * rf_chain_order - the hops that were kept, oldest first
 * @list: set to them
 * @folded: how many were not kept; they lie behind the first half of @list
 *
 * Returns how many are in @list.
 */
size_t rf_chain_order(const struct rf_sources *sources,
		      const struct rf_source *list[RF_SOURCES_MAX], uint64_t *folded);

/** rf_chain_last - the newest hop that brought one of the classes; NULL if it was not kept */
const struct rf_source *rf_chain_last(const struct rf_sources *sources, uint64_t classes);

/**
 * rf_chain_put - add the members "sources", "sources_count", "folded" and
 * "folded_after" to an object
 *
 * Of each hop: classes, kind, what and where in the policy (origins), when, by
 * whom and whether that process still lives; "by" in a few words, and "text" as
 * a sentence.
 */
void rf_chain_put(const struct rf_daemon *daemon, const struct rf_sources *sources, json_t *json);

#endif /* RF_CHAIN_H */
