/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fold.h - repeats of an alert: the first is told at once, the rest as counts
 *
 * Repeats are those of the same process, classes and region with the same
 * verdict. After the first, a summary follows 1 s later, then after 10 s, then
 * every 60 s as long as there are more. Nothing is folded out of the kernel's
 * counters; this is about lines in a log.
 */
#ifndef RF_FOLD_H
#define RF_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kmod/uapi/ringfence.h"

struct rf_fold;

/**
 * struct rf_fold_report - what a summary says
 * @event: the last of the repeats
 * @count: how many were folded into this summary, at least 1
 * @span_ns: over how long
 */
struct rf_fold_report {
	const struct rf_event *event;
	uint64_t count;
	uint64_t span_ns;
};

typedef void (*rf_fold_fn)(void *ctx, const struct rf_fold_report *report);

/**
 * rf_fold_new - @max: how many different alerts are remembered at once
 *
 * Returns NULL without memory.
 */
struct rf_fold *rf_fold_new(size_t max);
void rf_fold_free(struct rf_fold *fold);

/**
 * rf_fold_add - an alert came
 * @now_ns: any monotonic clock, the same for all calls
 * @fn: called for the oldest alert if that has to make room; may be NULL
 *
 * Returns true if it is to be told now, false if it was folded.
 */
bool rf_fold_add(struct rf_fold *fold, const struct rf_event *event, uint64_t now_ns, rf_fold_fn fn,
		 void *ctx);

/** rf_fold_flush - tell what is due; returns when to call again, UINT64_MAX for never */
uint64_t rf_fold_flush(struct rf_fold *fold, uint64_t now_ns, rf_fold_fn fn, void *ctx);

/** rf_fold_drain - tell everything that is pending, as when stopping */
void rf_fold_drain(struct rf_fold *fold, uint64_t now_ns, rf_fold_fn fn, void *ctx);

#endif /* RF_FOLD_H */
