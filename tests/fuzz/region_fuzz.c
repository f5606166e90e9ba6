// SPDX-License-Identifier: GPL-2.0
/*
 * region_fuzz.c - region data of any bytes, with any prefixes on top: refused
 * with a cause, or compiled into tables that the reference agrees with
 *
 * The input: text of the IPv4 file, '|', text of the IPv6 file, '|', then the
 * policy's prefixes, each 16 bytes of address and one of length. A file's text
 * that is empty is replaced by a small one, so that one family is enough.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/region.h"
#include "userspace/lib/generation.h"
#include "userspace/lib/geoip.h"

#define BLOCKS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* struct piece - a part of the input */
struct piece {
	const uint8_t *data;
	size_t len;
};

static struct piece cut(struct piece *rest)
{
	const uint8_t *bar = memchr(rest->data, '|', rest->len);
	struct piece head = { rest->data, bar ? (size_t)(bar - rest->data) : rest->len };

	rest->data += head.len + (bar ? 1 : 0);
	rest->len -= head.len + (bar ? 1 : 0);
	return head;
}

static int ignore(void *ctx, const struct rf_geoip_range *range)
{
	(void)ctx;
	if (range->last < range->first)
		abort();
	return 0;
}

/* Building tables is slow: only what the reader takes goes on. */
static int is_readable(enum rf_geoip_family family, const struct piece *text)
{
	char date[RF_GEOIP_DATE_LEN];
	struct rf_fault fault = { 0 };
	int error = rf_geoip_read("input", family, (const char *)text->data, text->len, ignore,
				  NULL, &fault);

	rf_geoip_date((const char *)text->data, text->len, date);
	if (error && !fault.text[0])
		abort();
	return !error;
}

static size_t read_blocks(struct rf_block *blocks, struct piece rest)
{
	size_t count = 0, kept = 0;

	for (; rest.len >= 17 && count < BLOCKS_MAX; rest.data += 17, rest.len -= 17) {
		blocks[count].len = rest.data[16] % 129;
		blocks[count].first = rf_addr_load(rest.data) &
				      ~rf_addr_host_mask(blocks[count].len);
		blocks[count].atom = (__u16)(RF_ATOM_SET_FIRST + count % 5);
		count++;
	}
	qsort(blocks, count, sizeof(*blocks), rf_block_order);
	for (size_t i = 0; i < count; i++)
		if (!kept || rf_block_order(&blocks[kept - 1], &blocks[i]))
			blocks[kept++] = blocks[i];
	return kept;
}

static int make_file(const struct piece *text, char path[32])
{
	int fd = memfd_create("region", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text->data, text->len) != (ssize_t)text->len)
		abort();
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static void build(const struct piece *v4, const struct piece *v6, struct rf_atoms *atoms)
{
	static struct rf_generation *value;
	struct rf_generation_input input = { .atoms = atoms };
	struct rf_fault fault = { 0 };
	char v4_path[32], v6_path[32];
	const char *const paths[] = { v4_path, v6_path };
	int v4_fd = make_file(v4, v4_path), v6_fd = make_file(v6, v6_path);
	int error;

	if (!value)
		value = malloc(RF_GENERATION_SIZE);
	input.world = rf_world_new();
	if (!value || !input.world ||
	    rf_world_add(input.world, "input", RF_FORMAT_GEOIP, paths, 2, &fault))
		abort();
	error = rf_generation_build(&input, value, NULL, &fault);
	if (error && error != -E2BIG) {
		fprintf(stderr, "%d %s\n", error, fault.text);
		abort();
	}
	rf_world_close(input.world);
	close(v4_fd);
	close(v6_fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char small_v4[] = "16777216,16777471,AU\n";
	static const char small_v6[] = "2001:db8::,2001:db8::ffff,CN\n";
	static const struct rf_policy policy;
	static struct rf_atom list[RF_ATOM_MAX];
	struct rf_block blocks[BLOCKS_MAX];
	struct rf_atoms atoms = {
		.policy = &policy, .list = list, .count = RF_ATOM_SET_FIRST, .blocks = blocks
	};
	struct piece rest = { data, size };
	struct piece v4 = cut(&rest), v6 = cut(&rest);

	if (!v4.len)
		v4 = (struct piece){ (const uint8_t *)small_v4, sizeof(small_v4) - 1 };
	if (!v6.len)
		v6 = (struct piece){ (const uint8_t *)small_v6, sizeof(small_v6) - 1 };
	if (!is_readable(RF_GEOIP_V4, &v4) || !is_readable(RF_GEOIP_V6, &v6))
		return 0;
	atoms.block_count = read_blocks(blocks, rest);
	build(&v4, &v6, &atoms);
	return 0;
}
