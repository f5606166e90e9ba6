// SPDX-License-Identifier: GPL-2.0
/*
 * trace.c - data taken out of another process's memory, or put into it
 *
 * The two are forks of one program: @data is at the same address in both.
 *
 * trace crash FILE -: dies with the data in its memory. trace core ADDRESS:
 * sends what a core dump on stdin holds. trace core-file FILE ADDRESS: in FILE.
 */
#include "tests/vm/attack/hand.h"

#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

extern char **environ;

#define NUMBER 77
#define MAPPED 0x10000000UL

static void give_nothing(void)
{
}

static void measure(void)
{
	len = strnlen(data, CARRY_MAX);
}

static int proc_open(pid_t pid, const char *what, int flags)
{
	char file[64];

	snprintf(file, sizeof(file), "/proc/%d/%s", pid, what);
	return carry_check(open(file, flags), file);
}

/* --- the taker reads the giver */

static void take_readv(void)
{
	struct iovec part = { data, CARRY_MAX };

	carry_check(process_vm_readv(giver, &part, 1, &part, 1, 0), "process_vm_readv");
	measure();
}

static void attach_mem(void)
{
	ends[0] = proc_open(giver, "mem", O_RDONLY);
}

static void take_mem_early(void)
{
	carry_check(pread(ends[0], data, CARRY_MAX, (off_t)data), "pread");
	measure();
}

static void take_mem(void)
{
	attach_mem();
	take_mem_early();
}

static void peek(void)
{
	for (size_t at = 0; at < CARRY_MAX; at += 8) {
		long word;

		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, giver, data + at, NULL);
		if (errno)
			carry_fail("ptrace");
		memcpy(data + at, &word, 8);
		if (!word)
			break;
	}
	measure();
}

static void take_attach(void)
{
	int status;

	carry_check(ptrace(PTRACE_ATTACH, giver, NULL, NULL), "ptrace");
	carry_check(waitpid(giver, &status, __WALL), "waitpid");
	peek();
	carry_check(ptrace(PTRACE_DETACH, giver, NULL, NULL), "ptrace");
}

static void attach_seize(void)
{
	carry_check(ptrace(PTRACE_SEIZE, giver, NULL, NULL), "ptrace");
}

/* The giver stops itself; its tracer is told first. */
static void take_stopped(void)
{
	int status;

	carry_check(waitpid(giver, &status, __WALL), "waitpid");
	if (!WIFSTOPPED(status))
		_exit(ENODATA);
	peek();
	carry_check(ptrace(PTRACE_DETACH, giver, NULL, SIGSTOP), "ptrace");
}

/* --- the giver writes into the taker */

static void put(ssize_t done, const char *what)
{
	if (done < (ssize_t)len)
		carry_fail(what);
}

static void give_writev(void)
{
	struct iovec part = { data, len };

	put(process_vm_writev(taker, &part, 1, &part, 1, 0), "process_vm_writev");
}

static void early_mem(void)
{
	ends[1] = proc_open(taker, "mem", O_RDWR);
}

static void give_mem_early(void)
{
	put(pwrite(ends[1], data, len, (off_t)data), "pwrite");
}

static void give_mem(void)
{
	early_mem();
	give_mem_early();
}

static void early_seize(void)
{
	carry_check(ptrace(PTRACE_SEIZE, taker, NULL, NULL), "ptrace");
}

static void give_poke(void)
{
	int status;

	carry_check(ptrace(PTRACE_INTERRUPT, taker, NULL, NULL), "ptrace");
	carry_check(waitpid(taker, &status, __WALL), "waitpid");
	for (size_t at = 0; at < len; at += 8)
		carry_check(ptrace(PTRACE_POKEDATA, taker, data + at, *(long *)(data + at)),
			    "ptrace");
	carry_check(ptrace(PTRACE_DETACH, taker, NULL, NULL), "ptrace");
}

static void give_poke_later(void)
{
	early_seize();
	give_poke();
}

/* --- descriptors of the other */

static void early_number(void)
{
	dup2(carry_check(memfd_create("mine", 0), "memfd_create"), NUMBER);
}

static void give_number(void)
{
	carry_check(pwrite(NUMBER, data, len, 0), "pwrite");
}

static int get(pid_t pid, int number)
{
	int pidfd = carry_check(syscall(SYS_pidfd_open, pid, 0), "pidfd_open");

	return carry_check(syscall(SYS_pidfd_getfd, pidfd, number, 0), "pidfd_getfd");
}

static void take_getfd(void)
{
	len = carry_read_fd(get(giver, NUMBER), data);
}

static void take_proc_fd(void)
{
	len = carry_read_fd(proc_open(giver, "fd/77", O_RDONLY), data);
}

static void attach_getfd(void)
{
	ends[0] = get(giver, NUMBER);
}

static void take_got(void)
{
	len = carry_read_fd(ends[0], data);
}

/* The taker's connection, in the giver's hands */
static void attach_number(void)
{
	hand_connect();
	dup2(sock, NUMBER);
}

static void give_getfd(void)
{
	carry_write(get(taker, NUMBER), data, len);
}

static void take_nothing(void)
{
	_exit(0);
}

/* What is mapped has a name of its own there; only root may use it. */
static void early_map(void)
{
	void *at;

	early_number();
	carry_check(ftruncate(NUMBER, 4096), "ftruncate");
	at = mmap((void *)MAPPED, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, NUMBER, 0);
	if (at == MAP_FAILED)
		carry_fail("mmap");
}

static void give_map(void)
{
	memcpy((void *)MAPPED, data, len);
}

static void take_map(void)
{
	char file[64];

	snprintf(file, sizeof(file), "map_files/%lx-%lx", MAPPED, MAPPED + 4096);
	carry_read_fd(proc_open(giver, file, O_RDONLY), data);
	measure();
}

/* --- what anybody may read of a process: its arguments and environment */

/* As programs do that show what they are doing: over what exec left there */
static void give_environ(void)
{
	char *end = environ[0], *start = environ[0];

	for (char **at = environ; *at; at++)
		end = *at + strlen(*at);
	if (end - start < (ssize_t)len)
		_exit(E2BIG);
	memcpy(start, data, len);
}

static char *arguments;
static size_t room;

static void give_cmdline(void)
{
	memcpy(arguments, data, len < room ? len : room);
}

static void attach_environ(void)
{
	ends[0] = proc_open(giver, "environ", O_RDONLY);
}

static void take_shown(void)
{
	len = carry_read_fd(ends[0], data);
}

static void take_environ(void)
{
	attach_environ();
	take_shown();
}

static void attach_cmdline(void)
{
	ends[0] = proc_open(giver, "cmdline", O_RDONLY);
}

static void take_cmdline(void)
{
	attach_cmdline();
	take_shown();
}

static const struct hand hands[] = {
	{ "readv", GIVER_FIRST | AFTER, NULL, NULL, NULL, give_nothing, take_readv },
	{ "mem", GIVER_FIRST | AFTER, NULL, NULL, NULL, give_nothing, take_mem },
	{ "mem-early", GIVER_FIRST | AFTER, NULL, attach_mem, NULL, give_nothing, take_mem_early },
	{ "attach", GIVER_FIRST | AFTER, NULL, NULL, NULL, give_nothing, take_attach },
	{ "attach-early", GIVER_FIRST | BLOCKED | CONNECTED, NULL, attach_seize, NULL, give_nothing,
	  take_stopped },
	{ "writev", AFTER, NULL, NULL, NULL, give_writev, measure },
	{ "mem-write", AFTER, NULL, NULL, NULL, give_mem, measure },
	{ "mem-write-early", AFTER, NULL, NULL, early_mem, give_mem_early, measure },
	{ "poke", AFTER, NULL, NULL, NULL, give_poke_later, measure },
	{ "poke-early", AFTER, NULL, NULL, early_seize, give_poke, measure },
	{ "getfd", GIVER_FIRST | AFTER, NULL, NULL, early_number, give_number, take_getfd },
	{ "getfd-early", GIVER_FIRST | AFTER, NULL, attach_getfd, early_number, give_number,
	  take_got },
	{ "proc-fd", GIVER_FIRST | AFTER, NULL, NULL, early_number, give_number, take_proc_fd },
	{ "getfd-connection", AFTER, NULL, attach_number, NULL, give_getfd, take_nothing },
	{ "map-files", GIVER_FIRST | AFTER, NULL, NULL, early_map, give_map, take_map },
	{ "environ", GIVER_FIRST | AFTER, NULL, NULL, NULL, give_environ, take_environ },
	{ "environ-early", GIVER_FIRST | AFTER, NULL, attach_environ, NULL, give_environ,
	  take_shown },
	{ "cmdline", GIVER_FIRST | AFTER, NULL, NULL, NULL, give_cmdline, take_cmdline },
	{ "cmdline-early", GIVER_FIRST | AFTER, NULL, attach_cmdline, NULL, give_cmdline,
	  take_shown },
};

/* --- core dumps */

static void crash(void)
{
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_CORE, &none);
	len = carry_read(path, data);
	abort();
}

/* A dump is too large to look at in one go. */
static void send_core(FILE *core)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t got;

	while ((got = getdelim(&line, &size, '\n', core)) > 0) {
		char *at = memmem(line, got, "Li Wei", 6);

		if (!at || len + 64 > CARRY_MAX)
			continue;
		got = line + got - at < 64 ? line + got - at : 64;
		memcpy(data + len, at, got);
		len += got;
	}
	if (!len)
		_exit(ENODATA);
	carry_send(host, data, len);
	_exit(0);
}

int main(int argc, char **argv)
{
	arguments = argv[0];
	room = argv[argc - 1] + strlen(argv[argc - 1]) - argv[0];
	path = argv[2];
	if (argc == 4 && !strcmp(argv[1], "crash"))
		crash();
	host = argv[argc - 1];
	if (argc == 3 && !strcmp(argv[1], "core"))
		send_core(stdin);
	if (argc == 4 && !strcmp(argv[1], "core-file")) {
		FILE *core = fopen(path, "r");

		if (!core)
			carry_fail(path);
		send_core(core);
	}
	return hand_main(argc, argv, hands, sizeof(hands) / sizeof(hands[0]));
}
