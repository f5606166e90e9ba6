// SPDX-License-Identifier: GPL-2.0
/*
 * world.c - the region data: two files, what they say and when they were made
 */
#include "userspace/lib/world.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* struct text - a file's content */
struct text {
	char *data;
	size_t len;
};

/* struct taker - where the reader's ranges go */
struct taker {
	struct rf_range *list;
	size_t count;
	size_t room;
};

static int read_all(int fd, struct text *text)
{
	size_t done = 0;

	while (done < text->len) {
		ssize_t got = read(fd, text->data + done, text->len - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		done += (size_t)got;
	}
	text->len = done;
	return 0;
}

static int read_open_file(int fd, struct text *text)
{
	struct stat status;
	int error;

	if (fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_size > (off_t)RF_WORLD_FILE_MAX)
		return -EFBIG;
	text->len = (size_t)status.st_size;
	text->data = malloc(text->len + 1);
	if (!text->data)
		return -ENOMEM;
	error = read_all(fd, text);
	if (error)
		free(text->data);
	return error;
}

/* O_NONBLOCK: a FIFO in the file's place must not hold up a start. */
static int read_file(const char *path, struct text *text, struct rf_fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error;

	if (fd < 0)
		return rf_fault_set(fault, -errno, "%s: %s", path, strerror(errno));
	error = read_open_file(fd, text);
	close(fd);
	if (error)
		rf_fault_set(fault, error, "%s: %s", path, strerror(-error));
	return error;
}

static int open_file(struct rf_world_file *file, const char *path, struct rf_fault *fault)
{
	struct text text;
	int error = read_file(path, &text, fault);

	if (error)
		return error;
	rf_geoip_date(text.data, text.len, file->date);
	SHA256((unsigned char *)text.data, text.len, file->hash);
	free(text.data);
	file->path = strdup(path);
	return file->path ? 0 : rf_fault_set(fault, -ENOMEM, "out of memory");
}

int rf_world_open(const char *v4_path, const char *v6_path, struct rf_world **out,
		  struct rf_fault *fault)
{
	struct rf_world *world = calloc(1, sizeof(*world));
	int error;

	if (!world)
		return rf_fault_set(fault, -ENOMEM, "out of memory");
	error = open_file(&world->file[RF_GEOIP_V4], v4_path ? v4_path : RF_WORLD_V4_PATH, fault);
	if (!error)
		error = open_file(&world->file[RF_GEOIP_V6], v6_path ? v6_path : RF_WORLD_V6_PATH,
				  fault);
	if (error) {
		rf_world_close(world);
		return error;
	}
	*out = world;
	return 0;
}

void rf_world_forget(struct rf_world *world)
{
	for (int i = 0; i < 2; i++) {
		free(world->file[i].ranges);
		world->file[i].ranges = NULL;
		world->file[i].range_count = 0;
	}
}

void rf_world_close(struct rf_world *world)
{
	if (!world)
		return;
	rf_world_forget(world);
	for (int i = 0; i < 2; i++)
		free(world->file[i].path);
	free(world);
}

static int take_range(void *ctx, const struct rf_geoip_range *range)
{
	struct taker *taker = ctx;

	if (taker->count == taker->room) {
		size_t room = taker->room ? taker->room * 2 : 4096;
		struct rf_range *list = reallocarray(taker->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		taker->list = list;
		taker->room = room;
	}
	taker->list[taker->count++] = (struct rf_range){
		.first = range->first,
		.last = range->last,
		.atom = strcmp(range->code, "ZZ") ? rf_atom_from_code(range->code) :
						    RF_ATOM_UNKNOWN,
	};
	return 0;
}

static int parse_text(struct rf_world_file *file, enum rf_geoip_family family,
		      const struct text *text, struct rf_fault *fault)
{
	__u8 hash[RF_WORLD_HASH_LEN];
	struct taker taker = { 0 };
	int error;

	SHA256((unsigned char *)text->data, text->len, hash);
	if (memcmp(hash, file->hash, sizeof(hash)))
		return rf_fault_set(fault, -ESTALE, "%s: changed while it was used", file->path);
	error = rf_geoip_read(file->path, family, text->data, text->len, take_range, &taker, fault);
	if (error) {
		free(taker.list);
		return error == -ENOMEM ? rf_fault_set(fault, error, "out of memory") : error;
	}
	file->ranges = taker.list;
	file->range_count = taker.count;
	return 0;
}

int rf_world_parse(struct rf_world *world, struct rf_fault *fault)
{
	for (int i = 0; i < 2; i++) {
		struct rf_world_file *file = &world->file[i];
		struct text text;
		int error;

		if (file->ranges)
			continue;
		error = read_file(file->path, &text, fault);
		if (error)
			return error;
		error = parse_text(file, (enum rf_geoip_family)i, &text, fault);
		free(text.data);
		if (error)
			return error;
	}
	return 0;
}

static const struct rf_range *find_range(const struct rf_world_file *file, rf_addr addr)
{
	size_t low = 0, high = file->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->ranges[middle].last < addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == file->range_count || file->ranges[low].first > addr)
		return NULL;
	return &file->ranges[low];
}

/* The longest of the policy's prefixes around @addr, of its own family. */
static const struct rf_block *find_block(const struct rf_atoms *atoms, rf_addr addr)
{
	const struct rf_block *best = NULL;

	for (size_t i = 0; i < atoms->block_count && atoms->blocks[i].first <= addr; i++) {
		const struct rf_block *block = &atoms->blocks[i];

		if ((addr & ~rf_addr_host_mask(block->len)) == block->first &&
		    (!rf_addr_is_v4(addr) || block->len >= 96) && (!best || block->len > best->len))
			best = block;
	}
	return best;
}

/* The shortest prefix around @addr that stays within the range. */
static __u8 prefix_length(const struct rf_range *range, rf_addr addr)
{
	__u8 len = 128;

	for (; len > 0; len--) {
		rf_addr mask = rf_addr_host_mask(len - 1u);

		if ((addr & ~mask) < range->first || (addr | mask) > range->last)
			break;
	}
	return len;
}

void rf_world_lookup(const struct rf_world *world, const struct rf_atoms *atoms,
		     const __u8 bytes[16], struct rf_world_answer *answer)
{
	rf_addr addr = rf_addr_load(bytes);
	const struct rf_world_file *file =
		&world->file[rf_addr_is_v4(addr) ? RF_GEOIP_V4 : RF_GEOIP_V6];
	const struct rf_range *range = find_range(file, addr);
	const struct rf_block *block = atoms ? find_block(atoms, addr) : NULL;

	*answer = (struct rf_world_answer){
		.first = addr,
		.len = 128,
		.source = "",
		.path = file->path,
		.date = file->date,
		.note = range && range->atom == RF_ATOM_UNKNOWN ? "??" : "",
	};
	if (range) {
		answer->len = prefix_length(range, addr);
		answer->first = addr & ~rf_addr_host_mask(answer->len);
		answer->atom = range->atom;
		answer->source = RF_WORLD_SOURCE;
	}
	if (block && (answer->atom == RF_ATOM_UNKNOWN || answer->len <= block->len)) {
		*answer = (struct rf_world_answer){
			.first = block->first,
			.len = block->len,
			.atom = block->atom,
			.is_policy = true,
			.source = "",
			.path = "",
			.date = "",
			.note = "",
		};
	}
}
