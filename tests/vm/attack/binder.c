// SPDX-License-Identifier: GPL-2.0
/*
 * binder.c - a descriptor that comes through binder, then send it
 *
 * usage: binder DEVICE FILE ADDRESS
 *
 * This process is the device's context manager, its child opens FILE.
 */
#include <linux/android/binder.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "tests/vm/attack/carry.h"

static char data[CARRY_MAX];

static int open_binder(const char *device)
{
	int fd = carry_check(open(device, O_RDWR | O_CLOEXEC), device);

	if (mmap(NULL, 65536, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		carry_fail("mmap");
	return fd;
}

static void give(int binder, int fd)
{
	struct binder_fd_object object = { .hdr.type = BINDER_TYPE_FD, .fd = fd };
	binder_size_t offset = 0;
	struct {
		uint32_t command;
		struct binder_transaction_data transaction;
	} __attribute__((packed)) message = {
		.command = BC_TRANSACTION,
		.transaction = {
			.flags = TF_ONE_WAY,
			.data_size = sizeof(object),
			.offsets_size = sizeof(offset),
			.data.ptr.buffer = (uintptr_t)&object,
			.data.ptr.offsets = (uintptr_t)&offset,
		},
	};
	struct binder_write_read call = {
		.write_buffer = (uintptr_t)&message,
		.write_size = sizeof(message),
	};

	carry_check(ioctl(binder, BINDER_WRITE_READ, &call), "binder write");
}

/* The descriptor in the first transaction that comes */
static int take(int binder)
{
	char room[512];

	for (;;) {
		struct binder_write_read call = {
			.read_buffer = (uintptr_t)room,
			.read_size = sizeof(room),
		};

		carry_check(ioctl(binder, BINDER_WRITE_READ, &call), "binder read");
		for (size_t at = 0; at < call.read_consumed;) {
			const struct binder_fd_object *object;
			struct binder_transaction_data transaction;
			uint32_t command;

			memcpy(&command, room + at, sizeof(command));
			at += sizeof(command);
			memcpy(&transaction, room + at, sizeof(transaction));
			object = (const void *)(uintptr_t)transaction.data.ptr.buffer;
			if (command == BR_TRANSACTION)
				return object->fd;
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
	size_t len;
	int binder;

	if (argc != 4)
		errx(200, "usage: binder DEVICE FILE ADDRESS");
	manager.hdr.type = BINDER_TYPE_BINDER;
	binder = open_binder(argv[1]);
	carry_check(ioctl(binder, BINDER_SET_CONTEXT_MGR_EXT, &manager), "context manager");
	carry_check(ioctl(binder, BINDER_WRITE_READ, &enter), "enter");
	if (!carry_check(fork(), "fork")) {
		int channel = open_binder(argv[1]);

		give(channel, carry_check(open(argv[2], O_RDONLY), argv[2]));
		/* What was sent goes with the sender. */
		pause();
	}
	/* What is refused doesn't come. */
	alarm(5);
	len = carry_read_fd(take(binder), data);
	carry_send(argv[3], data, len);
	return 0;
}
