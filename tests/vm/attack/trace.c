// SPDX-License-Identifier: GPL-2.0
/*
 * trace.c - data taken out of another process's memory, or put into it
 *
 * The two are forks of one program: @data is at the same address in both.
 *
 * trace crash FILE -: dies with the data in its memory. trace core ADDRESS:
 * sends what a core dump on stdin holds. trace core-file FILE ADDRESS: in FILE.
 */
#include "tests/vm/attack/faults.h"
#include "tests/vm/attack/hand.h"

#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

extern char **environ;

#define NUMBER 77
/* Below 4 GB: 32-bit calls reach it too. */
#define MAPPED 0x10000000UL
#define PAGE 4096

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

/* --- by the calls of 32-bit programs */

static void *map_low(void)
{
	void *at = mmap((void *)MAPPED, CARRY_MAX, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (at == MAP_FAILED)
		carry_fail("mmap");
	return at;
}

static void early_low(void)
{
	map_low();
}

static void give_low(void)
{
	memcpy((void *)MAPPED, data, len);
}

static void attach_low(void)
{
	map_low();
	attach_seize();
}

/* ptrace of int 0x80 */
static void trace_low(int request, unsigned long at, unsigned long data)
{
	int result = 26;

	asm volatile("int $0x80"
		     : "+a"(result)
		     : "b"(request), "c"(giver), "d"(at), "S"(data)
		     : "memory", "r8", "r9", "r10", "r11");
	errno = -result;
	if (errno)
		carry_fail("ptrace");
}

static void take_low(void)
{
	int status;

	carry_check(waitpid(giver, &status, __WALL), "waitpid");
	for (size_t at = 0; at < CARRY_MAX; at += 4)
		trace_low(PTRACE_PEEKDATA, MAPPED + at, MAPPED + at);
	memcpy(data, (void *)MAPPED, CARRY_MAX);
	measure();
	/* Not the call of 64-bit programs: that is seen by itself. */
	trace_low(PTRACE_DETACH, 0, SIGSTOP);
}

/* --- whose memory a descriptor of userfaultfd(2) is about, and who waits there */

static void attach_faults(void)
{
	dup2(faults_of(map_low(), CARRY_MAX), NUMBER);
}

static int get(pid_t pid, int number);

static void early_faults(void)
{
	ends[1] = get(taker, NUMBER);
}

static void give_faults(void)
{
	fill(ends[1], MAPPED, data, CARRY_MAX);
}

static void take_faults(void)
{
	memcpy(data, (void *)MAPPED, CARRY_MAX);
	measure();
}

/* Three bytes each by where the giver reads next, of much that is not there */
#define STEP (1UL << 24)
#define ADDRESSES (CARRY_MAX / 3 + 1)
#define REGION ((char *)0x100000000000)

static void early_addresses(void)
{
	if (mmap(REGION, STEP * ADDRESSES, PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != REGION)
		carry_fail("mmap");
	dup2(faults_of(REGION, STEP * ADDRESSES), NUMBER);
}

static void attach_addresses(void)
{
	ends[0] = get(giver, NUMBER);
}

static void give_addresses(void)
{
	for (size_t i = 0; i <= len / 3; i++) {
		unsigned int value = 0;

		memcpy(&value, data + i * 3, 3);
		(void)*(volatile char *)(REGION + i * STEP + value);
	}
}

static void take_addresses(void)
{
	unsigned int value = ~0U;

	/* The last has room for a zero. */
	while (value & 0xff && value & 0xff00 && value & 0xff0000) {
		struct uffd_msg fault;
		struct uffdio_zeropage page = { .range.len = PAGE };
		unsigned long at;

		carry_check(read(ends[0], &fault, sizeof(fault)), "fault");
		at = fault.arg.pagefault.address - (unsigned long)REGION;
		value = at % STEP;
		memcpy(data + at / STEP * 3, &value, 3);
		page.range.start = fault.arg.pagefault.address & -PAGE;
		carry_check(ioctl(ends[0], UFFDIO_ZEROPAGE, &page), "UFFDIO_ZEROPAGE");
	}
	measure();
}

/* A name is a channel too, but a small one: only when it has given is said by it. */
static void give_said(void)
{
	prctl(PR_SET_NAME, "given");
}

/* Until the giver has given */
static void *release(void *unused)
{
	static char zero[PAGE];
	struct uffd_msg fault;
	char file[32], said[16] = "";

	carry_check(read(ends[0], &fault, sizeof(fault)), "fault");
	snprintf(file, sizeof(file), "/proc/%d/comm", giver);
	while (strcmp(said, "given\n")) {
		int fd = carry_check(open(file, O_RDONLY), file);

		carry_check(read(fd, said, sizeof(said) - 1), "read");
		close(fd);
		usleep(1000);
	}
	fill(ends[0], fault.arg.pagefault.address & -PAGE, zero, PAGE);
	return unused;
}

/* The first page of what it reads into is not there yet, the second gets the data. */
static void take_waiting(void)
{
	char *into = map_low();
	struct iovec from[] = { { into, PAGE }, { data, CARRY_MAX } };
	struct iovec to[] = { { into, PAGE }, { data, CARRY_MAX } };
	pthread_t thread;

	ends[0] = faults_of(into, PAGE);
	if (pthread_create(&thread, NULL, release, NULL))
		carry_fail("thread");
	carry_check(process_vm_readv(giver, to, 2, from, 2, 0), "process_vm_readv");
	measure();
}

/* What it writes is not there until it has read the file. */
static void *write_waiting(void *unused)
{
	struct iovec from = { (void *)MAPPED, CARRY_MAX }, to = { data, CARRY_MAX };

	process_vm_writev(taker, &from, 1, &to, 1, 0);
	return unused;
}

static pthread_t writing;

static void early_waiting(void)
{
	struct uffd_msg fault;

	ends[1] = faults_of(map_low(), CARRY_MAX);
	if (pthread_create(&writing, NULL, write_waiting, NULL))
		carry_fail("thread");
	carry_check(read(ends[1], &fault, sizeof(fault)), "fault");
}

static void give_waiting(void)
{
	fill(ends[1], MAPPED, data, CARRY_MAX);
	pthread_join(writing, NULL);
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

/* The auxiliary vector is a copy, which root may change. */
static void give_auxv(void)
{
	carry_check(prctl(PR_SET_MM, PR_SET_MM_AUXV, data, len < 256 ? len : 256, 0), "prctl");
}

static void attach_auxv(void)
{
	ends[0] = proc_open(giver, "auxv", O_RDONLY);
}

static void take_auxv(void)
{
	attach_auxv();
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
	{ "map-files", GIVER_FIRST | AFTER, NULL, NULL, early_map, give_low, take_map },
	{ "environ", GIVER_FIRST | AFTER, NULL, NULL, NULL, give_environ, take_environ },
	{ "environ-early", GIVER_FIRST | AFTER, NULL, attach_environ, NULL, give_environ,
	  take_shown },
	{ "cmdline", GIVER_FIRST | AFTER, NULL, NULL, NULL, give_cmdline, take_cmdline },
	{ "auxv", GIVER_FIRST | AFTER, NULL, NULL, NULL, give_auxv, take_auxv },
	{ "auxv-early", GIVER_FIRST | AFTER, NULL, attach_auxv, NULL, give_auxv, take_shown },
	{ "attach-compat", GIVER_FIRST | BLOCKED | CONNECTED, NULL, attach_low, early_low, give_low,
	  take_low },
	{ "faults-read", BLOCKED | GIVER_FIRST, NULL, attach_addresses, early_addresses,
	  give_addresses, take_addresses },
	{ "faults", AFTER, NULL, attach_faults, early_faults, give_faults, take_faults },
	{ "readv-waiting", GIVER_FIRST | BLOCKED | CONNECTED, NULL, NULL, early_low, give_said,
	  take_waiting },
	{ "writev-waiting", AFTER, NULL, NULL, early_waiting, give_waiting, measure },
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
