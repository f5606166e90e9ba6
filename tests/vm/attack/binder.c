// SPDX-License-Identifier: GPL-2.0
/*
 * binder.c - a descriptor or data that comes through binder, then send it
 *
 * usage: binder descriptor|data DEVICE FILE ADDRESS
 *
 * This process is the device's context manager, its child opens FILE.
 */
#include <linux/android/binder.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "tests/vm/attack/carry.h"

static char data[CARRY_MAX];

static int open_binder(const char *device)
{
	int fd = carry_check(open(device, O_RDWR | O_CLOEXEC), device);

	if (mmap(NULL, 65536, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		carry_fail("mmap");
	return fd;
}

/* Offsets: where in what is given a descriptor is. */
static void give(int binder, const void *what, size_t size, size_t offsets)
{
	binder_size_t offset = 0;
	struct {
		uint32_t command;
		struct binder_transaction_data transaction;
	} __attribute__((packed)) message = {
		.command = BC_TRANSACTION,
		.transaction = {
			.flags = TF_ONE_WAY,
			.data_size = size,
			.offsets_size = offsets * sizeof(offset),
			.data.ptr.buffer = (uintptr_t)what,
			.data.ptr.offsets = (uintptr_t)&offset,
		},
	};
	struct binder_write_read call = {
		.write_buffer = (uintptr_t)&message,
		.write_size = sizeof(message),
	};

	carry_check(ioctl(binder, BINDER_WRITE_READ, &call), "binder write");
}

static void give_descriptor(int binder, int fd)
{
	struct binder_fd_object object = { .hdr.type = BINDER_TYPE_FD, .fd = fd };

	give(binder, &object, sizeof(object), 1);
}

/* What is in the first transaction that comes; its length */
static const void *take(int binder, size_t *size)
{
	char room[512];

	for (;;) {
		struct binder_write_read call = {
			.read_buffer = (uintptr_t)room,
			.read_size = sizeof(room),
		};

		carry_check(ioctl(binder, BINDER_WRITE_READ, &call), "binder read");
		for (size_t at = 0; at < call.read_consumed;) {
			struct binder_transaction_data transaction;
			uint32_t command;

			memcpy(&command, room + at, sizeof(command));
			at += sizeof(command);
			memcpy(&transaction, room + at, sizeof(transaction));
			*size = transaction.data_size;
			if (command == BR_TRANSACTION)
				return (const void *)(uintptr_t)transaction.data.ptr.buffer;
			at += _IOC_SIZE(command);
		}
	}
}

int main(int argc, char **argv)
{
	struct flat_binder_object manager = { .flags = FLAT_BINDER_FLAG_ACCEPTS_FDS };
	uint32_t loop = BC_ENTER_LOOPER;
	struct binder_write_read enter = {
		.write_buffer = (uintptr_t)&loop,
		.write_size = sizeof(loop),
	};
	const struct binder_fd_object *object;
	const void *taken;
	bool whole;
	size_t len;
	int binder;

	if (argc != 5)
		errx(200, "usage: binder descriptor|data DEVICE FILE ADDRESS");
	whole = !strcmp(argv[1], "data");
	manager.hdr.type = BINDER_TYPE_BINDER;
	binder = open_binder(argv[2]);
	/* The one before is forgotten a moment after its end. */
	while (ioctl(binder, BINDER_SET_CONTEXT_MGR_EXT, &manager)) {
		if (errno != EBUSY)
			carry_fail("context manager");
		usleep(10000);
	}
	carry_check(ioctl(binder, BINDER_WRITE_READ, &enter), "enter");
	if (!carry_check(fork(), "fork")) {
		int channel = open_binder(argv[2]);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (whole)
			give(channel, data, carry_read(argv[3], data), 0);
		else
			give_descriptor(channel, carry_check(open(argv[3], O_RDONLY), argv[3]));
		/* What was sent goes with the sender. */
		pause();
	}
	/* What is refused doesn't come. */
	alarm(15);
	taken = take(binder, &len);
	alarm(0);
	object = taken;
	if (whole)
		memcpy(data, taken, len);
	else
		len = carry_read_fd(object->fd, data);
	carry_send(argv[4], data, len);
	return 0;
}
