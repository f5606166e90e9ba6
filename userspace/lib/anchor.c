// SPDX-License-Identifier: GPL-2.0
/*
 * anchor.c - the kernel module, as seen from user space
 */
#include "userspace/lib/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int anchor_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

int rf_anchor_open(void)
{
	struct rf_ioc_status status;
	int fd, err;

	fd = open(RF_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		/* A device node left behind by nobody is as good as none. */
		return errno == ENXIO || errno == ENODEV ? -ENOENT : -errno;

	err = anchor_ioctl(fd, RF_IOC_STATUS, &status);
	if (err == -ENOTTY || (!err && status.abi != RF_ABI_VERSION))
		err = -EPROTO;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int rf_anchor_arm(int fd, const int *link_fds, size_t count, __u64 generation)
{
	struct rf_ioc_arm arm = {
		.abi = RF_ABI_VERSION,
		.generation = generation,
	};

	if (!count || count > RF_LINKS_MAX)
		return -EINVAL;
	arm.count = (__u32)count;
	for (size_t i = 0; i < count; i++)
		arm.link_fds[i] = link_fds[i];
	return anchor_ioctl(fd, RF_IOC_ARM, &arm);
}

int rf_anchor_disarm(int fd)
{
	return anchor_ioctl(fd, RF_IOC_DISARM, NULL);
}

int rf_anchor_management(int fd, const struct rf_prefix *prefixes, size_t count)
{
	struct rf_ioc_management management = { .abi = RF_ABI_VERSION };

	if (count > RF_MANAGEMENT_MAX)
		return -EINVAL;
	management.count = (__u32)count;
	if (count)
		memcpy(management.prefixes, prefixes, count * sizeof(*prefixes));
	return anchor_ioctl(fd, RF_IOC_MANAGEMENT, &management);
}

int rf_anchor_classes(int fd, const char (*names)[RF_CLASS_NAME_MAX + 1])
{
	struct rf_ioc_classes classes = { .abi = RF_ABI_VERSION };

	memcpy(classes.name, names, sizeof(classes.name));
	return anchor_ioctl(fd, RF_IOC_CLASSES, &classes);
}

int rf_anchor_keep(int fd, int file, __u64 label, __u32 flags)
{
	struct rf_ioc_keep keep = {
		.abi = RF_ABI_VERSION,
		.fd = file,
		.label = label,
		.flags = flags,
	};

	return anchor_ioctl(fd, RF_IOC_KEEP, &keep);
}

int rf_anchor_status(int fd, struct rf_ioc_status *status)
{
	struct rf_ioc_status result;
	int err;

	err = anchor_ioctl(fd, RF_IOC_STATUS, &result);
	if (err)
		return err;
	if (result.abi != RF_ABI_VERSION)
		return -EPROTO;
	*status = result;
	return 0;
}

static const char *const anchor_states[] = {
	[RF_ANCHOR_QUARANTINE] = "quarantine",
	[RF_ANCHOR_ARMED] = "armed",
	[RF_ANCHOR_DISARMED] = "disarmed",
};

_Static_assert(sizeof(anchor_states) / sizeof(anchor_states[0]) == RF_ANCHOR_MAX,
	       "a word for each state");

/* Each key that must be there has a bit, to see that all were. */
enum {
	KEY_STATE = 0x01,
	KEY_ABI = 0x02,
	KEY_GENERATION = 0x04,
	KEY_LINKS = 0x08,
	KEY_ATTACHED = 0x10,
	KEY_QUARANTINED = 0x20,
	KEY_ALL = 0x3f,
};

static bool parse_number(const char *text, __u64 max, __u64 *number)
{
	unsigned long long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end || value > max)
		return false;
	*number = value;
	return true;
}

static bool parse_state(const char *text, __u32 *state)
{
	for (__u32 i = 0; i < RF_ANCHOR_MAX; i++) {
		if (strcmp(text, anchor_states[i]))
			continue;
		*state = i;
		return true;
	}
	return false;
}

static bool parse_u32(const char *text, __u32 *number)
{
	__u64 value;

	if (!parse_number(text, UINT32_MAX, &value))
		return false;
	*number = (__u32)value;
	return true;
}

/* Returns the bit of the key, 0 for a key that is not known or has no value. */
static unsigned int parse_line(const char *key, const char *value, struct rf_ioc_status *status)
{
	if (!strcmp(key, "state"))
		return parse_state(value, &status->state) ? KEY_STATE : 0;
	if (!strcmp(key, "abi"))
		return parse_u32(value, &status->abi) ? KEY_ABI : 0;
	if (!strcmp(key, "generation"))
		return parse_number(value, UINT64_MAX, &status->generation) ? KEY_GENERATION : 0;
	if (!strcmp(key, "links"))
		return parse_u32(value, &status->links) ? KEY_LINKS : 0;
	if (!strcmp(key, "attached"))
		return parse_u32(value, &status->attached) ? KEY_ATTACHED : 0;
	if (!strcmp(key, "quarantined"))
		return parse_number(value, UINT64_MAX, &status->quarantined) ? KEY_QUARANTINED : 0;
	return 0;
}

static int anchor_parse(FILE *file, struct rf_ioc_status *status)
{
	struct rf_ioc_status result = { 0 };
	unsigned int keys = 0;
	char line[256], *value;

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		keys |= parse_line(line, value, &result);
	}
	if (ferror(file))
		return -EIO;
	if (keys != KEY_ALL)
		return -EPROTO;
	*status = result;
	return 0;
}

int rf_anchor_read(const char *path, struct rf_ioc_status *status)
{
	FILE *file;
	int err;

	file = fopen(path ? path : RF_ANCHOR_STATE_PATH, "re");
	if (!file)
		return -errno;
	err = anchor_parse(file, status);
	fclose(file);
	return err;
}

bool rf_anchor_keeps(void)
{
	return !access(RF_ANCHOR_BTF_PATH, F_OK);
}
