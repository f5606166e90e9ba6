// SPDX-License-Identifier: GPL-2.0
/*
 * trust.c - have a say in what a declassifier does, and let it send a file
 *
 * The declassifier is $TRUSTED, or this program itself for the ways "child" to
 * "protect-foreign". "ask-unix" and "ask-udp" get the data from a service, for those
 * that are "-waiting" another process asks; those behind "wait" look at the process
 * whose number is FILE.
 */
#include "tests/vm/attack/way.h"

#include <linux/filter.h>
#include <linux/fsverity.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

static __attribute__((noreturn)) void run_trusted(void)
{
	const char *program = getenv("TRUSTED");

	execl(program, program, "read", path, host, NULL);
	carry_fail("exec");
}

static void plain(void)
{
	run_trusted();
}

/* Its data could be in the arguments, or in a descriptor. */
static void labelled(void)
{
	obtain();
	run_trusted();
}

static void environment(void)
{
	setenv("LD_LIBRARY_PATH", "/nowhere", 1);
	run_trusted();
}

/* The last of many kilobytes */
static void environment_long(void)
{
	static char name[32], value[1001];

	memset(value, 'x', sizeof(value) - 1);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "FILLER%d", i);
		setenv(name, value, 1);
	}
	if (!getenv("CLEAN"))
		setenv("LD_BIND_NOW", "1", 1);
	run_trusted();
}

static void traced(void)
{
	pid_t child = carry_check(fork(), "fork");
	int status;

	if (!child) {
		carry_check(ptrace(PTRACE_TRACEME, 0, NULL, NULL), "traceme");
		run_trusted();
	}
	while (waitpid(child, &status, __WALL) == child && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, child, NULL, NULL);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 201);
}

/* The listener could answer each of its calls; it is kept by the new image. */
static void listener(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };
	int fd;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	fd = carry_check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				 SECCOMP_FILTER_FLAG_NEW_LISTENER, &program),
			 "seccomp");
	fcntl(fd, F_SETFD, 0);
	run_trusted();
}

/* A filter alone answers nothing in its place. */
static void filter(void)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { 1, code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	carry_check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
	run_trusted();
}

static void namespace(void)
{
	carry_check(unshare(CLONE_NEWUSER | CLONE_NEWNS), "unshare");
	run_trusted();
}

/* What the declassifier does itself */

static void child(void)
{
	pid_t pid = carry_check(fork(), "fork");

	if (pid)
		carry_end(pid);
	obtain();
}

static void exec_other(void)
{
	exec_send_fd(getenv("OTHER"), open_file());
}

/* From a child of its own that has execed nothing: a shell would be one. */
static void spawn_other(void)
{
	pid_t pid = carry_check(vfork(), "vfork");

	if (pid)
		carry_end(pid);
	execl(getenv("OTHER"), getenv("OTHER"), "read", path, host, NULL);
	carry_fail("exec");
}

static void *map_foreign(int prot)
{
	int fd = carry_check(open(getenv("FOREIGN"), O_RDONLY), "open");
	void *at = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		carry_fail("mmap");
	return at;
}

static void map_code(void)
{
	map_foreign(PROT_READ | PROT_EXEC);
	obtain();
}

static void protect_code(void)
{
	void *at = map_foreign(PROT_READ);

	carry_check(mprotect(at, 4096, PROT_READ | PROT_EXEC), "mprotect");
	obtain();
}

/* Asks a service by one datagram, without a connection; FILE is its name. */
static void ask(int sock, const void *name, socklen_t size)
{
	struct timeval limit = { .tv_sec = 15 };

	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	carry_check(sendto(sock, "?", 1, 0, name, size), "sendto");
	len = carry_check(recv(sock, data, sizeof(data), 0), "recv");
}

/* Another process asks by the same socket, once this one waits for the answer. */
static void ask_waiting(int sock, const void *name, socklen_t size)
{
	char state[64], call[8] = "";
	pid_t reader = getpid();
	int fd;

	if (carry_check(fork(), "fork")) {
		len = carry_check(recv(sock, data, sizeof(data), 0), "recv");
		return;
	}
	snprintf(state, sizeof(state), "/proc/%d/syscall", reader);
	while (strncmp(call, "45 ", 3)) {
		poll(NULL, 0, 5);
		fd = carry_check(open(state, O_RDONLY), state);
		carry_check(read(fd, call, sizeof(call)), state);
		close(fd);
	}
	carry_check(sendto(sock, "?", 1, 0, name, size), "sendto");
	_exit(0);
}

static int unix_service(struct sockaddr_un *name)
{
	int sock = carry_check(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");

	/* A name of its own, for the answer */
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	carry_check(bind(sock, (void *)name, sizeof(sa_family_t)), "bind");
	snprintf(name->sun_path, sizeof(name->sun_path), "%s", path);
	return sock;
}

static int udp_service(struct sockaddr_in *name)
{
	*name = carry_address("127.0.0.1");
	name->sin_port = htons(atoi(path));
	return carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
}

static void ask_unix(void)
{
	struct sockaddr_un name;
	int sock = unix_service(&name);

	ask(sock, &name, sizeof(name));
}

static void ask_unix_waiting(void)
{
	struct sockaddr_un name;
	int sock = unix_service(&name);

	ask_waiting(sock, &name, sizeof(name));
}

static void ask_udp(void)
{
	struct sockaddr_in name;
	int sock = udp_service(&name);

	ask(sock, &name, sizeof(name));
}

static void ask_udp_waiting(void)
{
	struct sockaddr_in name;
	int sock = udp_service(&name);

	ask_waiting(sock, &name, sizeof(name));
}

/* By many sockets, and waits for no answer. */
static void knock_udp(void)
{
	struct sockaddr_in name;

	for (int i = 0; i < 600; i++) {
		int sock = udp_service(&name);

		carry_check(sendto(sock, "?", 1, 0, (void *)&name, sizeof(name)), "sendto");
	}
	pause();
}

/* A service that answers each datagram with FILE. The last argument is its name. */
static __attribute__((noreturn)) void answer(int sock, const void *name, socklen_t size)
{
	struct sockaddr_storage peer;

	obtain();
	len = len < 8000 ? len : 8000;
	carry_check(bind(sock, name, size), "bind");
	for (;;) {
		socklen_t room = sizeof(peer);
		char byte;

		carry_check(recvfrom(sock, &byte, 1, 0, (void *)&peer, &room), "recvfrom");
		sendto(sock, data, len, 0, (void *)&peer, room);
	}
}

static void answer_unix(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	umask(0);
	snprintf(name.sun_path, sizeof(name.sun_path), "%s", host);
	answer(socket(AF_UNIX, SOCK_DGRAM, 0), &name, sizeof(name));
}

static void answer_udp(void)
{
	struct sockaddr_in name = carry_address("127.0.0.1");

	name.sin_port = htons(atoi(host));
	answer(socket(AF_INET, SOCK_DGRAM, 0), &name, sizeof(name));
}

/* To be got at */
static void wait_here(void)
{
	for (;;)
		pause();
}

/* Getting at a process */

static void attach(void)
{
	carry_check(ptrace(PTRACE_SEIZE, atoi(path), NULL, NULL), "seize");
	_exit(0);
}

static void memory(void)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%s/mem", path);
	carry_check(open(name, O_RDWR), name);
	_exit(0);
}

static void write_memory(void)
{
	struct iovec here = { data, 1 }, there = { (void *)4096, 1 };

	/* Past the check, there is nothing at that address. */
	if (process_vm_writev(atoi(path), &here, 1, &there, 1, 0) < 0 && errno != EFAULT)
		carry_fail("process_vm_writev");
	_exit(0);
}

static void get_fd(void)
{
	int fd = carry_check(syscall(SYS_pidfd_open, atoi(path), 0), "pidfd_open");

	carry_check(syscall(SYS_pidfd_getfd, fd, 0, 0), "pidfd_getfd");
	_exit(0);
}

/* Makes FILE one of fs-verity and prints its digest. */
static void verity(void)
{
	struct fsverity_enable_arg enable = {
		.version = 1,
		.hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
		.block_size = 4096,
	};
	union {
		struct fsverity_digest digest;
		char room[64];
	} measured = { .digest.digest_size = 32 };
	int fd = open_file();

	carry_check(ioctl(fd, FS_IOC_ENABLE_VERITY, &enable), "enable");
	carry_check(ioctl(fd, FS_IOC_MEASURE_VERITY, &measured), "measure");
	for (int i = 0; i < measured.digest.digest_size; i++)
		printf("%02x", measured.digest.digest[i]);
	printf("\n");
	exit(0);
}

static const struct way ways[] = {
	{ "plain", plain },
	{ "read", obtain },
	{ "send-fd", read_number },
	{ "labelled", labelled },
	{ "environment", environment },
	{ "environment-long", environment_long },
	{ "traced", traced },
	{ "listener", listener },
	{ "filter", filter },
	{ "namespace", namespace },
	{ "child", child },
	{ "exec-other", exec_other },
	{ "spawn-other", spawn_other },
	{ "map-foreign", map_code },
	{ "protect-foreign", protect_code },
	{ "ask-unix", ask_unix },
	{ "ask-udp", ask_udp },
	{ "ask-unix-waiting", ask_unix_waiting },
	{ "ask-udp-waiting", ask_udp_waiting },
	{ "knock-udp", knock_udp },
	{ "answer-unix", answer_unix },
	{ "answer-udp", answer_udp },
	{ "wait", wait_here },
	{ "attach", attach },
	{ "memory", memory },
	{ "write-memory", write_memory },
	{ "get-fd", get_fd },
	{ "verity", verity },
};

int main(int argc, char **argv)
{
	return way_main(argc, argv, ways, sizeof(ways) / sizeof(ways[0]));
}
