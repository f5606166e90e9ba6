// SPDX-License-Identifier: GPL-2.0
/*
 * tamper.c - take enforcement apart by bpf(2), as root
 *
 * usage: tamper detach LINK-ID
 *	  tamper update LINK-ID			put an allowing program in its place
 *	  tamper attach CGROUP {0|override|multi}	an allowing egress program
 *	  tamper unhook CGROUP PROGRAM-ID	BPF_PROG_DETACH
 *	  tamper replace PROGRAM-ID NAME	an extension that stands in for function NAME
 *
 * Exits with 0 if it worked, else with the errno.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
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
static const struct bpf_insn code[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int allowing_program(void)
{
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

/* Types 1 to 5: int(struct __sk_buff *) and a global function of that type. */
static int load_types(void)
{
	static const struct {
		struct btf_header header;
		struct btf_type integer;
		__u32 integer_data;
		struct btf_type skb, pointer, prototype;
		struct btf_param parameter;
		struct btf_type function;
		char names[32];
	} __attribute__((packed)) types = {
		.header = { .magic = BTF_MAGIC,
			    .version = BTF_VERSION,
			    .hdr_len = sizeof(struct btf_header),
			    .type_len = 72,
			    .str_off = 72,
			    .str_len = 32 },
		.integer = { .name_off = 1, .info = BTF_KIND_INT << 24, .size = 4 },
		.integer_data = BTF_INT_SIGNED << 24 | 32,
		.skb = { .name_off = 5, .info = BTF_KIND_STRUCT << 24 },
		.pointer = { .info = BTF_KIND_PTR << 24, .type = 2 },
		.prototype = { .info = BTF_KIND_FUNC_PROTO << 24 | 1, .type = 1 },
		.parameter = { .name_off = 15, .type = 3 },
		.function = { .name_off = 19,
			      .info = BTF_KIND_FUNC << 24 | BTF_FUNC_GLOBAL,
			      .type = 4 },
		.names = "\0int\0__sk_buff\0skb\0stand_in",
	};
	union bpf_attr attr = { .btf = (unsigned long)&types, .btf_size = sizeof(types) };

	_Static_assert(sizeof(types) == sizeof(struct btf_header) + 72 + 32, "no gaps");
	return bpf(BPF_BTF_LOAD, &attr, "btf load");
}

static struct bpf_prog_info program_info(int fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = {
		.info = { .bpf_fd = fd, .info_len = sizeof(info), .info = (unsigned long)&info },
	};

	bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, "prog info");
	return info;
}

/* The types of a program, of which function NAME is one: its number */
static int find_function(int program, const char *name)
{
	static char types[1 << 20];
	union bpf_attr by_id = { .btf_id = program_info(program).btf_id };
	struct bpf_btf_info info = { .btf = (unsigned long)types, .btf_size = sizeof(types) };
	union bpf_attr attr = {
		.info = { .info_len = sizeof(info), .info = (unsigned long)&info },
	};
	const struct btf_header *header = (void *)types;
	const char *names, *at, *end;
	int number = 1;

	attr.info.bpf_fd = bpf(BPF_BTF_GET_FD_BY_ID, &by_id, "btf by id");
	bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, "btf info");
	names = types + header->hdr_len + header->str_off;
	at = types + header->hdr_len + header->type_off;
	end = at + header->type_len;
	for (; at < end; number++) {
		const struct btf_type *type = (void *)at;
		unsigned int count = BTF_INFO_VLEN(type->info);

		at += sizeof(*type);
		switch (BTF_INFO_KIND(type->info)) {
		case BTF_KIND_FUNC:
			if (!strcmp(names + type->name_off, name))
				return number;
			break;
		case BTF_KIND_INT:
		case BTF_KIND_VAR:
		case BTF_KIND_DECL_TAG: at += 4; break;
		case BTF_KIND_ARRAY: at += sizeof(struct btf_array); break;
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION: at += count * sizeof(struct btf_member); break;
		case BTF_KIND_ENUM: at += count * sizeof(struct btf_enum); break;
		case BTF_KIND_ENUM64:
		case BTF_KIND_DATASEC: at += count * 12; break;
		case BTF_KIND_FUNC_PROTO: at += count * sizeof(struct btf_param); break;
		}
	}
	errx(200, "no function %s", name);
}

static void replace(const char *id, const char *name)
{
	static const struct bpf_func_info function = { .type_id = 5 };
	union bpf_attr program = { .prog_id = atoi(id) };
	int target = bpf(BPF_PROG_GET_FD_BY_ID, &program, "prog by id");
	static char log[4096];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_EXT,
		.insns = (unsigned long)code,
		.insn_cnt = 2,
		.license = (unsigned long)"GPL",
		.log_level = 1,
		.log_buf = (unsigned long)log,
		.log_size = sizeof(log),
		.prog_btf_fd = load_types(),
		.func_info = (unsigned long)&function,
		.func_info_rec_size = sizeof(function),
		.func_info_cnt = 1,
		.attach_btf_id = find_function(target, name),
		.attach_prog_fd = target,
	};
	union bpf_attr open = { 0 };
	int fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	if (fd < 0) {
		int number = errno;

		fprintf(stderr, "extension: %s\n%s", strerror(number), log);
		exit(number);
	}
	open.raw_tracepoint.prog_fd = fd;
	bpf(BPF_RAW_TRACEPOINT_OPEN, &open, "attach");
	pause(); /* it lasts as long as we do */
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
	else if (argc == 4 && !strcmp(argv[1], "replace"))
		replace(argv[2], argv[3]);
	else
		errx(200, "usage: tamper {detach|update|attach|unhook|replace} ...");
	return 0;
}
