// SPDX-License-Identifier: GPL-2.0
/*
 * tamper.c - take enforcement apart by bpf(2), as root
 *
 * usage: tamper detach LINK-ID
 *	  tamper update LINK-ID			put an allowing program in its place
 *	  tamper attach CGROUP {0|override|multi}	an allowing egress program
 *	  tamper unhook CGROUP PROGRAM-ID	BPF_PROG_DETACH
 *
 * Exits with 0 if it worked, else with the errno.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attr, const char *what)
{
	int result = syscall(SYS_bpf, command, attr, sizeof(*attr));

	if (result < 0) {
		int number = errno;

		fprintf(stderr, "%s: %s\n", what, strerror(number));
		exit(number);
	}
	return result;
}

/* "return 1" for every packet */
static int allowing_program(void)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB,
		.expected_attach_type = BPF_CGROUP_INET_EGRESS,
		.insns = (unsigned long)code,
		.insn_cnt = 2,
		.license = (unsigned long)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr, "prog load");
}

static int link_by_id(const char *id)
{
	union bpf_attr attr = { .link_id = atoi(id) };

	return bpf(BPF_LINK_GET_FD_BY_ID, &attr, "link by id");
}

static void detach(const char *id)
{
	union bpf_attr attr = { .link_detach.link_fd = link_by_id(id) };

	bpf(BPF_LINK_DETACH, &attr, "link detach");
}

static void update(const char *id)
{
	union bpf_attr attr = {
		.link_update.link_fd = link_by_id(id),
		.link_update.new_prog_fd = allowing_program(),
	};

	bpf(BPF_LINK_UPDATE, &attr, "link update");
}

static int open_cgroup(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		err(200, "%s", path);
	return fd;
}

static void attach(const char *cgroup, const char *how)
{
	union bpf_attr attr = {
		.target_fd = open_cgroup(cgroup),
		.attach_bpf_fd = allowing_program(),
		.attach_type = BPF_CGROUP_INET_EGRESS,
	};

	if (!strcmp(how, "override"))
		attr.attach_flags = BPF_F_ALLOW_OVERRIDE;
	else if (!strcmp(how, "multi"))
		attr.attach_flags = BPF_F_ALLOW_MULTI;
	bpf(BPF_PROG_ATTACH, &attr, "prog attach");
}

static void unhook(const char *cgroup, const char *id)
{
	union bpf_attr program = { .prog_id = atoi(id) };
	union bpf_attr attr = {
		.target_fd = open_cgroup(cgroup),
		.attach_type = BPF_CGROUP_INET_EGRESS,
	};

	attr.attach_bpf_fd = bpf(BPF_PROG_GET_FD_BY_ID, &program, "prog by id");
	bpf(BPF_PROG_DETACH, &attr, "prog detach");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "detach"))
		detach(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "update"))
		update(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "attach"))
		attach(argv[2], argv[3]);
	else if (argc == 4 && !strcmp(argv[1], "unhook"))
		unhook(argv[2], argv[3]);
	else
		errx(200, "usage: tamper {detach|update|attach|unhook} ...");
	return 0;
}
