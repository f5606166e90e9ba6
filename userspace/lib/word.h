/* SPDX-License-Identifier: GPL-2.0 */
/*
 * word.h - the boundary's numbers as words: verdicts, reasons, doors, …
 *
 * Each function returns a constant, "?" for a number that does not exist.
 */
#ifndef RF_WORD_H
#define RF_WORD_H

#include "kmod/uapi/ringfence.h"

const char *rf_word_verdict(unsigned int verdict); /* deny, allow, audit */
const char *rf_word_reason(unsigned int reason); /* region, unknown, family, … */
const char *rf_word_door(unsigned int door); /* call, packet */
const char *rf_word_origin(unsigned int kind); /* path, cgroup, program, … */
/* A flow as "a pipe", "a unix socket", …; NULL for what is none. */
const char *rf_word_flow(unsigned int kind);

const char *rf_word_event(unsigned int type); /* verdict, label, refused, tamper */
const char *rf_word_anchor(unsigned int state); /* quarantined, anchored, disarmed */

/* The reason in a sentence: "the destination's region is not allowed" */
const char *rf_word_because(unsigned int reason, unsigned int verdict);

/* A protocol's name: "tcp", "udp", …; NULL if it has none here. */
const char *rf_word_protocol(unsigned int proto);

#endif /* RF_WORD_H */
