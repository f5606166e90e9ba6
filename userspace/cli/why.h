/* SPDX-License-Identifier: GPL-2.0 */
/*
 * why.h - a chain of hops (userspace/daemon/chain.h) as people read it
 */
#ifndef RF_WHY_H
#define RF_WHY_H

#include <jansson.h>

/**
 * rf_why_print - for each class the hops, oldest first, one a line
 * @object: with "classes" and what rf_chain_put() adds
 * @ends: what the last line of each class says: who has it now
 */
void rf_why_print(const json_t *object, const char *ends);

/** rf_why_last - by what the last hop was, "" if none was kept; belongs to @object */
const char *rf_why_last(const json_t *object);

#endif /* RF_WHY_H */
