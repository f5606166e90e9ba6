// SPDX-License-Identifier: GPL-2.0
/*
 * fold.c - repeats of an alert: the first is told at once, the rest as counts
 */
#include "userspace/daemon/fold.h"

#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1000000000ull

static const uint64_t stages[] = { 1 * NS_PER_S, 10 * NS_PER_S, 60 * NS_PER_S };
#define LAST_STAGE (sizeof(stages) / sizeof(stages[0]) - 1)

struct key {
	uint64_t holder;
	uint64_t classes;
	uint32_t tgid;
	uint16_t atom;
	uint8_t type;
	uint8_t verdict;
	uint8_t reason;
	uint8_t pad[7];
};
_Static_assert(sizeof(struct key) == 32, "keys are compared as bytes");

struct entry {
	struct key key;
	struct rf_event last;
	uint64_t count;
	uint64_t since;
	uint64_t due;
	uint32_t stage;
	uint32_t chain; /* next of the same bucket */
	bool used;
};

/*
 * Entries live in one array; buckets hold index + 1, so zeroed memory is
 * empty.
 */
struct rf_fold {
	size_t max;
	size_t buckets;
	uint32_t *bucket;
	struct entry *entries;
};

struct rf_fold *rf_fold_new(size_t max)
{
	struct rf_fold *fold = calloc(1, sizeof(*fold));

	if (!fold)
		return NULL;
	fold->max = max;
	fold->buckets = max * 2 + 1;
	fold->bucket = calloc(fold->buckets, sizeof(*fold->bucket));
	fold->entries = calloc(max, sizeof(*fold->entries));
	if (!fold->bucket || !fold->entries) {
		rf_fold_free(fold);
		return NULL;
	}
	return fold;
}

void rf_fold_free(struct rf_fold *fold)
{
	if (!fold)
		return;
	free(fold->bucket);
	free(fold->entries);
	free(fold);
}

static struct key key_of(const struct rf_event *event)
{
	struct key key;

	memset(&key, 0, sizeof(key));
	key.holder = event->holder;
	key.classes = event->classes;
	key.tgid = event->tgid;
	key.atom = event->atom;
	key.type = event->type;
	key.verdict = event->verdict;
	key.reason = event->reason;
	return key;
}

static size_t bucket_of(const struct rf_fold *fold, const struct key *key)
{
	const uint8_t *p = (const uint8_t *)key;
	uint64_t hash = 0xcbf29ce484222325ull;
	size_t i;

	for (i = 0; i < sizeof(*key); i++)
		hash = (hash ^ p[i]) * 0x100000001b3ull;
	return hash % fold->buckets;
}

static struct entry *find(struct rf_fold *fold, const struct key *key)
{
	uint32_t at = fold->bucket[bucket_of(fold, key)];

	while (at) {
		struct entry *entry = &fold->entries[at - 1];

		if (!memcmp(&entry->key, key, sizeof(*key)))
			return entry;
		at = entry->chain;
	}
	return NULL;
}

static void unlink_entry(struct rf_fold *fold, struct entry *entry)
{
	uint32_t self = (uint32_t)(entry - fold->entries) + 1;
	uint32_t *link = &fold->bucket[bucket_of(fold, &entry->key)];

	while (*link != self)
		link = &fold->entries[*link - 1].chain;
	*link = entry->chain;
	entry->used = false;
}

static void tell(struct entry *entry, uint64_t now_ns, rf_fold_fn fn, void *ctx)
{
	struct rf_fold_report report = {
		.event = &entry->last,
		.count = entry->count,
		.span_ns = now_ns - entry->since,
	};

	if (entry->count && fn)
		fn(ctx, &report);
	entry->count = 0;
	entry->since = now_ns;
}

/* A free entry, or that which is due first after telling what it holds. */
static struct entry *take(struct rf_fold *fold, uint64_t now_ns, rf_fold_fn fn, void *ctx)
{
	struct entry *victim = NULL;
	size_t i;

	for (i = 0; i < fold->max; i++) {
		struct entry *entry = &fold->entries[i];

		if (!entry->used)
			return entry;
		if (!victim || entry->since < victim->since)
			victim = entry;
	}
	if (victim) {
		tell(victim, now_ns, fn, ctx);
		unlink_entry(fold, victim);
	}
	return victim;
}

bool rf_fold_add(struct rf_fold *fold, const struct rf_event *event, uint64_t now_ns, rf_fold_fn fn,
		 void *ctx)
{
	struct key key = key_of(event);
	struct entry *entry = find(fold, &key);
	uint32_t *bucket;

	if (entry) {
		entry->count++;
		entry->last = *event;
		return false;
	}
	entry = take(fold, now_ns, fn, ctx);
	if (!entry)
		return true;
	memset(entry, 0, sizeof(*entry));
	entry->key = key;
	entry->since = now_ns;
	entry->due = now_ns + stages[0];
	entry->used = true;
	bucket = &fold->bucket[bucket_of(fold, &key)];
	entry->chain = *bucket;
	*bucket = (uint32_t)(entry - fold->entries) + 1;
	return true;
}

/* Quiet for a whole stage: forgotten, so that the next is told at once. */
static void pass(struct rf_fold *fold, struct entry *entry, uint64_t now_ns, rf_fold_fn fn,
		 void *ctx)
{
	if (!entry->count) {
		unlink_entry(fold, entry);
		return;
	}
	tell(entry, now_ns, fn, ctx);
	if (entry->stage < LAST_STAGE)
		entry->stage++;
	entry->due = now_ns + stages[entry->stage];
}

uint64_t rf_fold_flush(struct rf_fold *fold, uint64_t now_ns, rf_fold_fn fn, void *ctx)
{
	uint64_t next = UINT64_MAX;
	size_t i;

	for (i = 0; i < fold->max; i++) {
		struct entry *entry = &fold->entries[i];

		if (entry->used && entry->due <= now_ns)
			pass(fold, entry, now_ns, fn, ctx);
		if (entry->used && entry->due < next)
			next = entry->due;
	}
	return next;
}

void rf_fold_drain(struct rf_fold *fold, uint64_t now_ns, rf_fold_fn fn, void *ctx)
{
	size_t i;

	for (i = 0; i < fold->max; i++) {
		struct entry *entry = &fold->entries[i];

		if (!entry->used)
			continue;
		tell(entry, now_ns, fn, ctx);
		unlink_entry(fold, entry);
	}
}
