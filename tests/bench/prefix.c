// SPDX-License-Identifier: GPL-2.0
/*
 * prefix.c - segments as prefixes, and LPM tries of those
 */
#include <stdlib.h>

#include <bpf/bpf.h>

#include "tests/bench/bench.h"
#include "tests/bench/trie.h"
#include "tests/bench/world.h"

#define BATCH 65536

static void add(struct bench_prefixes *prefixes, rf_addr first, uint8_t len, uint16_t atom)
{
	if (prefixes->count == prefixes->room) {
		prefixes->room = prefixes->room ? 2 * prefixes->room : 4096;
		prefixes->list =
			reallocarray(prefixes->list, prefixes->room, sizeof(*prefixes->list));
		if (!prefixes->list)
			bench_die("out of memory");
	}
	prefixes->list[prefixes->count++] = (struct bench_prefix){ first, len, atom };
}

/* Each prefix as large as starts there and fits. */
static void add_range(struct bench_prefixes *out, rf_addr first, rf_addr last, uint16_t atom)
{
	while (first <= last) {
		uint8_t len = 128;

		while (len > 0) {
			rf_addr mask = rf_addr_host_mask(len - 1u);

			if (first & mask || (first | mask) > last)
				break;
			len--;
		}
		add(out, first, len, atom);
		if ((first | rf_addr_host_mask(len)) == RF_ADDR_MAX)
			return;
		first = (first | rf_addr_host_mask(len)) + 1;
	}
}

void bench_prefixes_of(const struct rf_segments *segments, bool (*keep)(uint16_t atom, void *ctx),
		       void *ctx, struct bench_prefixes *out)
{
	*out = (struct bench_prefixes){ 0 };
	for (size_t i = 0; i < segments->count; i++) {
		rf_addr last = i + 1 < segments->count ? segments->list[i + 1].first - 1 :
							 segments->last;

		if (keep(segments->list[i].atom, ctx))
			add_range(out, segments->list[i].first, last, segments->list[i].atom);
	}
}

void bench_prefixes_free(struct bench_prefixes *prefixes)
{
	free(prefixes->list);
	*prefixes = (struct bench_prefixes){ 0 };
}

static void fill_key(const struct bench_prefix *prefix, bool v4, void *key)
{
	struct bench_key4 *key4 = key;
	struct bench_key6 *key6 = key;
	__u8 bytes[16];

	rf_addr_store(prefix->first, bytes);
	if (v4) {
		key4->len = prefix->len - 96u;
		__builtin_memcpy(&key4->addr, bytes + 12, 4);
	} else {
		key6->len = prefix->len;
		__builtin_memcpy(key6->addr, bytes, 16);
	}
}

int bench_trie_new(const struct bench_prefixes *prefixes, bool v4, uint64_t *load_ns)
{
	size_t size = v4 ? sizeof(struct bench_key4) : sizeof(struct bench_key6);
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	LIBBPF_OPTS(bpf_map_batch_opts, batch);
	int fd = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "bench_lpm", size, 4, prefixes->count + 1,
				&options);
	char *keys = malloc((prefixes->count + 1) * size);
	__u32 *values = malloc((prefixes->count + 1) * sizeof(*values));
	uint64_t start;

	if (fd < 0 || !keys || !values)
		bench_die("an LPM trie: %m");
	for (size_t i = 0; i < prefixes->count; i++) {
		fill_key(&prefixes->list[i], v4, keys + i * size);
		values[i] = prefixes->list[i].atom;
	}
	start = bench_now();
	for (size_t done = 0; done < prefixes->count;) {
		__u32 count = prefixes->count - done < BATCH ? prefixes->count - done : BATCH;

		if (bpf_map_update_batch(fd, keys + done * size, values + done, &count, &batch))
			bench_die("filling an LPM trie: %m");
		done += count;
	}
	if (load_ns)
		*load_ns = bench_now() - start;
	free(keys);
	free(values);
	return fd;
}
