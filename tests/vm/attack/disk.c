// SPDX-License-Identifier: GPL-2.0
/*
 * disk.c - the data of a file put on a disk itself, and taken from there
 *
 * $DISK is that, by a link: who made it is not who unlinks it. A way with "held" or
 * "mapped" in its name: the taker has the disk open, or only mapped, before there is
 * anything on it.
 */
#include "tests/vm/attack/hand.h"

#include <ctype.h>
#include <sys/mman.h>

#define BLOCK 4096

static int disk = -1;
static char *mapped;

static void make_link(void)
{
	carry_check(symlink(getenv("DISK"), name), name);
}

static void make_file(void)
{
	close(carry_check(open(name, O_RDWR | O_CREAT | O_EXCL, 0600), name));
}

static void open_disk(void)
{
	disk = carry_check(open(getenv("DISK"), O_RDWR), "disk");
}

static void hold_disk(void)
{
	disk = carry_check(open(getenv("DISK"), O_RDONLY), "disk");
}

static void map(int protection)
{
	mapped = mmap(NULL, BLOCK, protection, MAP_SHARED, disk, 0);
	if (mapped == MAP_FAILED)
		carry_fail("mmap");
	close(disk);
}

/* --- the giver's half */

static void write_disk(void)
{
	carry_check(pwrite(disk, data, len, 0), "write");
}

static void give_later(void)
{
	open_disk();
	write_disk();
}

static void map_early(void)
{
	open_disk();
	map(PROT_READ | PROT_WRITE);
}

static void give_mapped(void)
{
	memcpy(mapped, data, len < BLOCK ? len : BLOCK);
}

static void give_file(void)
{
	int fd = carry_check(open(name, O_WRONLY), name);

	carry_check(write(fd, data, len), "write");
	carry_check(fsync(fd), "fsync");
}

/* --- the taker's half */

static void map_held(void)
{
	hold_disk();
	map(PROT_READ);
}

static void take_held(void)
{
	len = carry_read_fd(disk, data);
}

static void take_later(void)
{
	hold_disk();
	take_held();
}

static void take_mapped(void)
{
	memcpy(data, mapped, BLOCK);
	len = strnlen(data, BLOCK);
}

static bool is_text(const char *at)
{
	for (int i = 0; i < 64; i++)
		if (!isprint((unsigned char)at[i]) && at[i] != '\n')
			return false;
	return true;
}

/* Blocks of text that are on it, wherever; not from memory. */
static void take_blocks(void)
{
	static char block[BLOCK] __attribute__((aligned(BLOCK)));
	off_t at = 0;

	carry_check(fcntl(disk, F_SETFL, O_DIRECT), "O_DIRECT");
	for (; pread(disk, block, BLOCK, at) == BLOCK; at += BLOCK) {
		if (!is_text(block) || len + BLOCK > CARRY_MAX)
			continue;
		memcpy(data + len, block, BLOCK);
		len += BLOCK;
	}
}

static void take_disk(void)
{
	hold_disk();
	take_blocks();
}

static const struct hand hands[] = {
	{ "early", AFTER, make_link, NULL, open_disk, write_disk, take_later },
	{ "early-held", AFTER, make_link, hold_disk, open_disk, write_disk, take_held },
	{ "early-mapped", AFTER, make_link, map_held, open_disk, write_disk, take_mapped },
	{ "map-early", AFTER, make_link, NULL, map_early, give_mapped, take_later },
	{ "map-early-held", AFTER, make_link, hold_disk, map_early, give_mapped, take_held },
	{ "map-early-mapped", AFTER, make_link, map_held, map_early, give_mapped, take_mapped },
	{ "later", AFTER, make_link, NULL, NULL, give_later, take_later },
	{ "later-held", AFTER, make_link, hold_disk, NULL, give_later, take_held },
	{ "later-mapped", AFTER, make_link, map_held, NULL, give_later, take_mapped },
	{ "file", AFTER, make_file, NULL, NULL, give_file, take_disk },
	{ "file-held", AFTER, make_file, hold_disk, NULL, give_file, take_blocks },
};

int main(int argc, char **argv)
{
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
