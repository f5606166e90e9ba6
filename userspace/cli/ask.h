/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ask.h - ask the daemon, over its control socket
 */
#ifndef RF_ASK_H
#define RF_ASK_H

#include <jansson.h>

/**
 * rf_ask - send a request and take the answers
 * @request: takes over the reference
 * @each: called for every answer but "progress" (shown on stderr) and the
 *	"result"; may be NULL
 * @result: set to the result, a new reference
 *
 * Returns 0, or a negative errno: -ECONNREFUSED or -ENOENT if the daemon does
 * not run, -EPROTO if it closed without a result.
 */
int rf_ask(json_t *request, void (*each)(void *ctx, const json_t *answer), void *ctx,
	   json_t **result);

/** rf_ask_failed - say on stderr why rf_ask() failed and what to do; returns RF_EXIT_FAILED */
int rf_ask_failed(const char *command, int err);

/**
 * rf_ask_finish - print a result's message (an error on stderr) and take its
 * exit code; releases @result
 */
int rf_ask_finish(const char *command, json_t *result);

#endif /* RF_ASK_H */
