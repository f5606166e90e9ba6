// SPDX-License-Identifier: GPL-2.0
/*
 * anchor_ioctl.c - speak to the module's device, with a BPF link of one's own
 *
 *	anchor_ioctl arm [GENERATION]	attach an egress program to the cgroup
 *					root, let the module hold it, exit;
 *					prints the link's identifier
 *	anchor_ioctl disarm
 *	anchor_ioctl status		"STATE LINKS ATTACHED GENERATION QUARANTINED"
 *	anchor_ioctl management [ADDRESS/LENGTH...]
 *	anchor_ioctl keep LABEL FILE	add a label to what is kept with a file
 *	anchor_ioctl replace LABEL FILE	the same, in place of what was
 *	anchor_ioctl detach ID		BPF_LINK_DETACH
 *	anchor_ioctl update ID		BPF_LINK_UPDATE to another program
 *	anchor_ioctl links		how many links the kernel has
 *	anchor_ioctl errors		every wrong argument and its errno
 *	anchor_ioctl stranger UID	a descriptor in the hands of another user
 *
 * Exits 0, or 1 with "anchor_ioctl: WHAT: ERROR" on stderr. It uses bpf(2)
 * directly, so that it tests the module and nothing else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kmod/uapi/ringfence.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define CGROUP_CHILD CGROUP_ROOT "/anchor-ioctl"

static int die(const char *what)
{
	fprintf(stderr, "anchor_ioctl: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int need(int result, const char *what)
{
	return result < 0 ? die(what) : result;
}

static int sys_bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* A program of two instructions that lets every packet pass. */
static int program_load(enum bpf_attach_type type)
{
	static const struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB,
		.expected_attach_type = type,
		.insns = (__u64)(unsigned long)pass,
		.insn_cnt = sizeof(pass) / sizeof(pass[0]),
		.license = (__u64)(unsigned long)"GPL",
	};

	return need(sys_bpf(BPF_PROG_LOAD, &attr), "BPF_PROG_LOAD");
}

static int link_create(const char *cgroup, enum bpf_attach_type type)
{
	int program = program_load(type);
	int dir = need(open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC), cgroup);
	union bpf_attr attr = {
		.link_create = {
			.prog_fd = (__u32)program,
			.target_fd = (__u32)dir,
			.attach_type = type,
		},
	};
	int link = need(sys_bpf(BPF_LINK_CREATE, &attr), "BPF_LINK_CREATE");

	close(program);
	close(dir);
	return link;
}

static __u32 link_id(int link)
{
	struct bpf_link_info info = { 0 };
	union bpf_attr attr = {
		.info = {
			.bpf_fd = (__u32)link,
			.info_len = sizeof(info),
			.info = (__u64)(unsigned long)&info,
		},
	};

	need(sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr), "BPF_OBJ_GET_INFO_BY_FD");
	return info.id;
}

static int link_open(const char *id)
{
	union bpf_attr attr = { .link_id = (__u32)strtoul(id, NULL, 10) };

	return need(sys_bpf(BPF_LINK_GET_FD_BY_ID, &attr), "BPF_LINK_GET_FD_BY_ID");
}

static void link_detach(int link)
{
	union bpf_attr attr = { .link_detach = { .link_fd = (__u32)link } };

	need(sys_bpf(BPF_LINK_DETACH, &attr), "BPF_LINK_DETACH");
}

static int device_open(void)
{
	return need(open(RF_DEVICE_PATH, O_RDWR | O_CLOEXEC), RF_DEVICE_PATH);
}

static int do_arm(int argc, char **argv)
{
	int link = link_create(CGROUP_ROOT, BPF_CGROUP_INET_EGRESS);
	struct rf_ioc_arm arm = {
		.abi = RF_ABI_VERSION,
		.count = 1,
		.generation = argc > 0 ? strtoull(argv[0], NULL, 10) : 1,
		.link_fds = { link },
	};

	need(ioctl(device_open(), RF_IOC_ARM, &arm), "RF_IOC_ARM");
	printf("%u\n", link_id(link));
	return 0;
}

static int do_disarm(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	need(ioctl(device_open(), RF_IOC_DISARM), "RF_IOC_DISARM");
	return 0;
}

static int do_status(int argc, char **argv)
{
	static const char *const names[] = { "quarantine", "armed", "disarmed" };
	struct rf_ioc_status status;

	(void)argc;
	(void)argv;
	need(ioctl(device_open(), RF_IOC_STATUS, &status), "RF_IOC_STATUS");
	printf("%s %u %u %llu %llu\n", status.state < RF_ANCHOR_MAX ? names[status.state] : "?",
	       status.links, status.attached, status.generation, status.quarantined);
	return 0;
}

static void prefix_parse(char *text, struct rf_prefix *prefix)
{
	char *slash = strchr(text, '/');

	errno = EINVAL;
	if (!slash)
		die(text);
	*slash++ = '\0';
	prefix->len = (__u8)atoi(slash);
	if (inet_pton(AF_INET6, text, prefix->addr) == 1)
		return;
	if (inet_pton(AF_INET, text, prefix->addr + 12) != 1)
		die(text);
	prefix->addr[10] = 0xff;
	prefix->addr[11] = 0xff;
	prefix->len = (__u8)(prefix->len + 96);
}

static int do_management(int argc, char **argv)
{
	struct rf_ioc_management management = { .abi = RF_ABI_VERSION };

	for (int i = 0; i < argc && i < RF_MANAGEMENT_MAX; i++)
		prefix_parse(argv[i], &management.prefixes[management.count++]);
	need(ioctl(device_open(), RF_IOC_MANAGEMENT, &management), "RF_IOC_MANAGEMENT");
	return 0;
}

static int keep(int argc, char **argv, __u32 flags)
{
	struct rf_ioc_keep keep = { .abi = RF_ABI_VERSION, .flags = flags };

	if (argc != 2)
		return 2;
	keep.label = strtoull(argv[0], NULL, 0);
	keep.fd = need(open(argv[1], O_RDONLY), argv[1]);
	need(ioctl(device_open(), RF_IOC_KEEP, &keep), "RF_IOC_KEEP");
	return 0;
}

static int do_keep(int argc, char **argv)
{
	return keep(argc, argv, 0);
}

static int do_replace(int argc, char **argv)
{
	return keep(argc, argv, RF_KEEP_REPLACE);
}

static int do_detach(int argc, char **argv)
{
	if (argc != 1)
		return 2;
	link_detach(link_open(argv[0]));
	return 0;
}

static int do_update(int argc, char **argv)
{
	union bpf_attr attr = { 0 };

	if (argc != 1)
		return 2;
	attr.link_update.link_fd = (__u32)link_open(argv[0]);
	attr.link_update.new_prog_fd = (__u32)program_load(BPF_CGROUP_INET_EGRESS);
	need(sys_bpf(BPF_LINK_UPDATE, &attr), "BPF_LINK_UPDATE");
	return 0;
}

static int do_links(int argc, char **argv)
{
	union bpf_attr attr = { .start_id = 0 };
	int count = 0;

	(void)argc;
	(void)argv;
	while (!sys_bpf(BPF_LINK_GET_NEXT_ID, &attr)) {
		count++;
		attr.start_id = attr.next_id;
	}
	if (errno != ENOENT)
		die("BPF_LINK_GET_NEXT_ID");
	printf("%d\n", count);
	return 0;
}

static bool failed;

/* One line per case; the state must be what it was before. */
static void expect(const char *name, int fd, unsigned long request, void *arg, int expected)
{
	int error = ioctl(fd, request, arg) < 0 ? errno : 0;

	if (error == expected) {
		printf("ok %s: %s\n", name, strerror(error));
		return;
	}
	printf("not ok %s: %s, expected %s\n", name, strerror(error), strerror(expected));
	failed = true;
}

static void errors_arm(int fd)
{
	int root = link_create(CGROUP_ROOT, BPF_CGROUP_INET_EGRESS);
	int detached = link_create(CGROUP_ROOT, BPF_CGROUP_INET_EGRESS);
	int ingress = link_create(CGROUP_ROOT, BPF_CGROUP_INET_INGRESS);
	int child, null = need(open("/dev/null", O_RDONLY), "/dev/null");
	struct rf_ioc_arm good = { .abi = RF_ABI_VERSION, .count = 1, .link_fds = { root } };
	struct rf_ioc_arm arm;

	if (mkdir(CGROUP_CHILD, 0755) && errno != EEXIST)
		die(CGROUP_CHILD);
	child = link_create(CGROUP_CHILD, BPF_CGROUP_INET_EGRESS);
	link_detach(detached);

#define CASE(name, expected, change)                                  \
	do {                                                          \
		arm = good;                                           \
		change;                                               \
		expect("arm, " name, fd, RF_IOC_ARM, &arm, expected); \
	} while (0)

	CASE("another ABI", EINVAL, arm.abi++);
	CASE("no links", EINVAL, arm.count = 0);
	CASE("too many links", EINVAL, arm.count = RF_LINKS_MAX + 1);
	CASE("no descriptor", EBADF, arm.link_fds[0] = -1);
	CASE("a file", EBADF, arm.link_fds[0] = null);
	CASE("a program", EBADF, arm.link_fds[0] = program_load(BPF_CGROUP_INET_EGRESS));
	CASE("a detached link", ENOLINK, arm.link_fds[0] = detached);
	CASE("ingress only", EINVAL, arm.link_fds[0] = ingress);
	CASE("not at the root", EINVAL, arm.link_fds[0] = child);
	CASE("a good one, then a file", EBADF, (arm.count = 2, arm.link_fds[1] = null));
	expect("arm, a bad pointer", fd, RF_IOC_ARM, (void *)8, EFAULT);
#undef CASE
	close(child);
	rmdir(CGROUP_CHILD);
}

static void errors_management(int fd)
{
	struct rf_ioc_management good = { .abi = RF_ABI_VERSION, .count = 1 };
	struct rf_ioc_management management;

	memcpy(good.prefixes[0].addr, "\xfd\x12", 2);
	good.prefixes[0].len = 16;

#define CASE(name, change)                                                               \
	do {                                                                             \
		management = good;                                                       \
		change;                                                                  \
		expect("management, " name, fd, RF_IOC_MANAGEMENT, &management, EINVAL); \
	} while (0)

	CASE("another ABI", management.abi++);
	CASE("too many", management.count = RF_MANAGEMENT_MAX + 1);
	CASE("length 129", management.prefixes[0].len = 129);
	CASE("padding", management.prefixes[0].pad[6] = 1);
	CASE("bits behind the length", management.prefixes[0].len = 8);
#undef CASE
	expect("management, a bad pointer", fd, RF_IOC_MANAGEMENT, (void *)8, EFAULT);
}

static void errors_classes(int fd)
{
	static struct rf_ioc_classes good = { .abi = RF_ABI_VERSION }, classes;

	strcpy(good.name[0], "a");
	strcpy(good.name[63], "b");

#define CASE(name_, change)                                                      \
	do {                                                                     \
		classes = good;                                                  \
		change;                                                          \
		expect("classes, " name_, fd, RF_IOC_CLASSES, &classes, EINVAL); \
	} while (0)

	CASE("another ABI", classes.abi++);
	CASE("padding", classes.pad = 1);
	CASE("a space", strcpy(classes.name[1], "c d"));
	CASE("a newline", strcpy(classes.name[1], "c\n"));
	CASE("a byte that is not ASCII", strcpy(classes.name[1], "\xe4"));
	CASE("no end", memset(classes.name[1], 'c', sizeof(classes.name[1])));
	CASE("a name twice", strcpy(classes.name[1], "b"));
#undef CASE
	expect("classes, a bad pointer", fd, RF_IOC_CLASSES, (void *)8, EFAULT);
}

static void errors_keep(int fd)
{
	struct rf_ioc_keep good = { .abi = RF_ABI_VERSION, .label = 1 }, keep;

	good.fd = need(open("/srv/public/people.csv", O_RDONLY), "a file on a disk");

#define CASE(name, expected, change)                                     \
	do {                                                             \
		keep = good;                                             \
		change;                                                  \
		expect("keep, " name, fd, RF_IOC_KEEP, &keep, expected); \
	} while (0)

	CASE("another ABI", EINVAL, keep.abi++);
	CASE("padding", EINVAL, keep.pad = 1);
	CASE("unknown flags", EINVAL, keep.flags = 2);
	CASE("no descriptor", EBADF, keep.fd = -1);
	CASE("a path only", EBADF, keep.fd = open("/srv/public", O_PATH));
	CASE("a bit without a class", ENOENT, keep.label = 1ULL << 62);
#undef CASE
	expect("keep, a bad pointer", fd, RF_IOC_KEEP, (void *)8, EFAULT);
}

static int do_errors(int argc, char **argv)
{
	struct rf_ioc_status before, after;
	int fd = device_open();

	(void)argc;
	(void)argv;
	need(ioctl(fd, RF_IOC_STATUS, &before), "RF_IOC_STATUS");
	errors_arm(fd);
	errors_management(fd);
	errors_classes(fd);
	errors_keep(fd);
	expect("status, a bad pointer", fd, RF_IOC_STATUS, (void *)8, EFAULT);
	expect("an unknown request", fd, _IO(RF_IOC_MAGIC, 77), NULL, ENOTTY);
	need(ioctl(fd, RF_IOC_STATUS, &after), "RF_IOC_STATUS");
	/* The gate may have dropped a packet meanwhile; nothing else moves. */
	after.quarantined = before.quarantined;
	if (memcmp(&before, &after, sizeof(before))) {
		printf("not ok errors change nothing\n");
		failed = true;
	}
	return failed;
}

static int do_stranger(int argc, char **argv)
{
	struct rf_ioc_arm arm = { .abi = RF_ABI_VERSION };
	struct rf_ioc_management management = { .abi = RF_ABI_VERSION };
	static struct rf_ioc_classes classes = { .abi = RF_ABI_VERSION };
	struct rf_ioc_keep keep = { .abi = RF_ABI_VERSION, .fd = 0, .label = 1 };
	struct rf_ioc_status status;
	int fd = device_open();

	if (argc != 1)
		return 2;
	need(setuid((uid_t)atoi(argv[0])), "setuid");
	expect("arm, another user", fd, RF_IOC_ARM, &arm, EPERM);
	expect("disarm, another user", fd, RF_IOC_DISARM, NULL, EPERM);
	expect("management, another user", fd, RF_IOC_MANAGEMENT, &management, EPERM);
	expect("classes, another user", fd, RF_IOC_CLASSES, &classes, EPERM);
	expect("keep, another user", fd, RF_IOC_KEEP, &keep, EPERM);
	expect("status, another user", fd, RF_IOC_STATUS, &status, EPERM);
	return failed;
}

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "arm", do_arm },	     { "disarm", do_disarm },
	{ "status", do_status },     { "management", do_management },
	{ "detach", do_detach },     { "update", do_update },
	{ "keep", do_keep },	     { "replace", do_replace },
	{ "links", do_links },	     { "errors", do_errors },
	{ "stranger", do_stranger },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 2, argv + 2);
	}
	fprintf(stderr, "usage: anchor_ioctl COMMAND [ARG...]; see the top of its source\n");
	return 2;
}
