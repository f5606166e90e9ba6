// SPDX-License-Identifier: GPL-2.0
/*
 * empty OBJECT COMMAND...: run COMMAND while each hook of OBJECT has a program
 * that returns at once
 *
 * What is left of a hook's cost when it does nothing: the programs of OBJECT
 * are read for where they attach, and two instructions are attached there.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

/* r0 = value; exit */
static int load_empty(const struct bpf_program *program, int value)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = value },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	enum bpf_attach_type where = bpf_program__expected_attach_type(program);
	const char *section = bpf_program__section_name(program), *hook = strchr(section, '/');
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = where,
		    .prog_flags = bpf_program__flags(program));

	if (bpf_program__type(program) != BPF_PROG_TYPE_CGROUP_SKB) {
		options.attach_btf_id = libbpf_find_vmlinux_btf_id(hook + 1, where);
		/* As ours is left out, on a kernel without the function */
		if ((int)options.attach_btf_id < 0)
			return -1;
	}
	return bpf_prog_load(bpf_program__type(program), "empty", "GPL", code, 2, &options);
}

static int attach_empty(const struct bpf_program *program, int cgroup)
{
	bool packet = bpf_program__type(program) == BPF_PROG_TYPE_CGROUP_SKB;
	int fd = load_empty(program, packet ? 1 : 0);

	if (fd < 0)
		return -1;
	return bpf_link_create(fd, packet ? cgroup : 0, bpf_program__expected_attach_type(program),
			       NULL);
}

/*
 * Not what user space runs, which is on no hook, nor what is there without the module
 * only.
 */
static bool is_attached(const struct bpf_program *program)
{
	return bpf_program__type(program) != BPF_PROG_TYPE_SYSCALL &&
	       strncmp(bpf_program__section_name(program), "iter/", 5) &&
	       strncmp(bpf_program__name(program), "rf_unkept_", 10);
}

/* Stays attached for as long as this process lives. */
static int attach_all(const struct bpf_object *object)
{
	int cgroup = open(CGROUP_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct bpf_program *program;
	int attached = 0;

	bpf_object__for_each_program(program, object) {
		if (!is_attached(program))
			continue;
		if (attach_empty(program, cgroup) < 0)
			warn("left out: %s", bpf_program__section_name(program));
		else
			attached++;
	}
	return attached;
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	int status;
	pid_t child;

	if (argc < 3)
		errx(125, "usage: empty OBJECT COMMAND...");
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(NULL);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		err(125, "%s", argv[1]);
	warnx("%d hooks", attach_all(object));
	child = fork();
	if (!child) {
		execvp(argv[2], argv + 2);
		err(125, "%s", argv[2]);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		err(125, "%s", argv[2]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
