// SPDX-License-Identifier: GPL-2.0
/*
 * chain.c - how something came by its label, hop by hop
 */
#include "userspace/daemon/chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/printable.h"
#include "userspace/lib/timestamp.h"
#include "userspace/lib/word.h"

#define NS_PER_S 1000000000ull

size_t rf_chain_order(const struct rf_sources *sources,
		      const struct rf_source *list[RF_SOURCES_MAX], uint64_t *folded)
{
	uint32_t count = sources->count, first = 0;
	size_t i;

	*folded = sources->folded;
	if (count > RF_SOURCES_MAX) {
		*folded += count - RF_SOURCES_MAX;
		first = count;
		count = RF_SOURCES_MAX;
	}
	/* The ring begins behind its newest. */
	for (i = 0; i < count; i++)
		list[i] = &sources->list[i < RF_SOURCES_HALF ?
						 i :
						 RF_SOURCES_HALF + (first + i) % RF_SOURCES_HALF];
	return count;
}

const struct rf_source *rf_chain_last(const struct rf_sources *sources, uint64_t classes)
{
	const struct rf_source *list[RF_SOURCES_MAX];
	uint64_t folded;
	size_t count = rf_chain_order(sources, list, &folded);

	while (count--)
		if (list[count]->classes & classes)
			return list[count];
	return NULL;
}

/* A process of that number that was there already at @boot_ns: no later one. */
static bool lives(uint32_t tgid, uint64_t boot_ns)
{
	unsigned long long start;
	char path[32], text[512], *at, state;
	size_t n;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/stat", tgid);
	file = fopen(path, "re");
	if (!file)
		return false;
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	at = strrchr(text, ')'); /* the name before it may hold anything */
	if (!at ||
	    sscanf(at,
		   ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
		   "%llu",
		   &state, &start) != 2)
		return false;
	return state != 'Z' && state != 'X' &&
	       start * (NS_PER_S / (unsigned long)sysconf(_SC_CLK_TCK)) <= boot_ns;
}

/* One hop with its numbers turned into words. */
struct hop {
	const struct rf_source *source;
	const char *kind;
	const char *what;
	const char *file;
	uint32_t line;
	bool alive;
	char comm[RF_COMM_LEN * 4 + 1];
	char who[RF_COMM_LEN * 4 + 40];
};

static void look(const struct rf_daemon *daemon, const struct rf_source *source, struct hop *hop)
{
	char class[RF_CLASS_NAME_MAX + 1];

	memset(hop, 0, sizeof(*hop));
	hop->source = source;
	hop->kind = rf_word_origin(source->kind);
	hop->what = "";
	/* The place of the first of the classes is the place that is shown. */
	rf_classes_text(&daemon->classes, source->classes & -source->classes, class, sizeof(class));
	if (source->origin)
		hop->what = rf_origins_describe(&daemon->origins, source->origin, class, &hop->kind,
						&hop->file, &hop->line);
	hop->alive = lives(source->tgid, source->time_ns);
	rf_printable_copy(hop->comm, sizeof(hop->comm), source->comm, sizeof(source->comm));
	snprintf(hop->who, sizeof(hop->who), "%s (pid %u%s)", hop->comm, source->tgid,
		 hop->alive ? "" : ", ended");
}

static json_t *by(const struct hop *hop)
{
	const char *flow = rf_word_flow(hop->source->kind);

	if (flow)
		return json_sprintf("%s from %s", flow, hop->who);
	if (hop->source->kind == RF_ORIGIN_RUN)
		return json_string("ringfence run");
	if (hop->file)
		return json_sprintf("%s %s (%s:%" PRIu32 ")", hop->kind, hop->what, hop->file,
				    hop->line);
	return json_sprintf("%s%s%s", hop->kind, *hop->what ? " " : "", hop->what);
}

static json_t *sentence(const struct hop *hop, const char *words)
{
	const char *flow = rf_word_flow(hop->source->kind);

	if (flow)
		return json_sprintf("%s passed it on by %s", hop->who, flow);
	if (!strcmp(hop->comm, "ringfence label"))
		return json_sprintf("%s labelled %s", hop->who, hop->what);
	return json_sprintf("%s got it by %s", hop->who, words);
}

static json_t *hop_json(const struct rf_daemon *daemon, const struct rf_source *source)
{
	char since[RF_TIMESTAMP_LEN];
	json_t *words, *json;
	struct hop hop;

	look(daemon, source, &hop);
	words = by(&hop);
	rf_timestamp_format(rf_timestamp_from_boot(source->time_ns), since);
	json = json_pack("{s:o, s:s, s:s, s:s?, s:I, s:s, s:I, s:s, s:b, s:I, s:o, s:o*}",
			 "classes", rf_classes_json(&daemon->classes, source->classes), "kind",
			 hop.kind, "what", hop.what, "file", hop.file, "line", (json_int_t)hop.line,
			 "since", since, "by_pid", (json_int_t)source->tgid, "by_comm", hop.comm,
			 "alive", hop.alive, "holder", (json_int_t)source->node, "text",
			 sentence(&hop, json_string_value(words)), "by", words);
	return json;
}

void rf_chain_put(const struct rf_daemon *daemon, const struct rf_sources *sources, json_t *json)
{
	const struct rf_source *hops[RF_SOURCES_MAX];
	json_t *list = json_array();
	uint64_t folded;
	size_t count, i;

	count = rf_chain_order(sources, hops, &folded);
	for (i = 0; i < count; i++)
		json_array_append_new(list, hop_json(daemon, hops[i]));
	json_object_set_new(json, "sources", list);
	json_object_set_new(json, "sources_count", json_integer((json_int_t)(count + folded)));
	json_object_set_new(json, "folded", json_integer((json_int_t)folded));
	json_object_set_new(json, "folded_after",
			    json_integer(count < RF_SOURCES_HALF ? (json_int_t)count :
								   RF_SOURCES_HALF));
}
