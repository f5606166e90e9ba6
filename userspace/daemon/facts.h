/* SPDX-License-Identifier: GPL-2.0 */
/*
 * facts.h - an event of the kernel with its numbers turned into what people
 * know them by
 */
#ifndef RF_FACTS_H
#define RF_FACTS_H

#include <jansson.h>

#include "userspace/daemon/daemon.h"

#define RF_FACTS_CLASSES_MAX 512

/**
 * struct rf_facts - one event
 * @classes: those that refused, or that were added, joined by "+"
 * @exe: the kernel's path, or /proc's, or the thread's name; may hold any
 *	bytes but NUL
 * @unit, @cgroup: empty if not known
 * @region: of the destination; empty if it was not looked up
 * @origin, @origin_kind, @file, @line: what gave the label, or, for a verdict,
 *	in @file and @line the rule that refused; @file NULL if there is none
 * @flow: how the label came from another process ("a pipe"), or NULL; then who
 *	that was in @from and @from_pid, if it is still known
 * @generation: number of the enforced one
 */
struct rf_facts {
	const struct rf_event *event;
	uint64_t real_ns;
	uint64_t generation;
	char classes[RF_FACTS_CLASSES_MAX];
	char exe[RF_PATH_LEN * 2];
	char comm[RF_COMM_LEN + 1];
	char unit[256];
	const char *cgroup;
	char region[RF_ATOM_NAME_MAX];
	char source[64];
	char destination[64];
	const char *origin;
	const char *origin_kind;
	const char *file;
	uint32_t line;
	const char *flow;
	char from[RF_COMM_LEN + 1];
	uint32_t from_pid;
};

/** rf_facts_gather - the facts of an event; strings are valid until the next apply */
void rf_facts_gather(struct rf_daemon *daemon, const struct rf_event *event,
		     struct rf_facts *facts);

/** rf_facts_text - in one sentence; always NUL-terminated, not yet printable */
void rf_facts_text(const struct rf_facts *facts, char *text, size_t size);

/** rf_facts_json - as `watch` shows it; a new reference, NULL without memory */
json_t *rf_facts_json(struct rf_daemon *daemon, const struct rf_facts *facts);

/** rf_facts_message - as a syslog message; @count repeats in @span_ns, or 0 */
void rf_facts_message(const struct rf_facts *facts, uint64_t count, uint64_t span_ns,
		      struct rf_syslog_message *message);

#endif /* RF_FACTS_H */
