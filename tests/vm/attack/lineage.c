// SPDX-License-Identifier: GPL-2.0
/*
 * lineage.c - read a file in one task and send it from a relative
 */
#include "tests/vm/attack/way.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Shared by CLONE_VM, copied by fork. */
static volatile int fd = -1;
static volatile int sock = -1;
static char stack[262144] __attribute__((aligned(16)));

static int child_reads(void *unused)
{
	obtain();
	_exit(0);
}

static int child_opens(void *unused)
{
	fd = open_file();
	_exit(0);
}

static int child_opens_number(void *number)
{
	int opened = open_file();

	carry_check(dup2(opened, *(int *)number), "dup2");
	_exit(0);
}

static int child_sends(void *unused)
{
	send_data();
	_exit(0);
}

static pid_t start(int (*run)(void *), int flags, void *argument)
{
	return carry_check(clone(run, stack + sizeof(stack), flags | SIGCHLD, argument), "clone");
}

static void wait_for(pid_t child)
{
	int status;

	carry_check(waitpid(child, &status, __WALL), "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 201);
}

/* --- fork */

static void fork_after(void)
{
	pid_t child;

	obtain();
	child = carry_check(fork(), "fork");
	if (!child)
		child_sends(NULL);
	carry_end(child);
}

/* The parent connects, the child reads and sends on that connection. */
static void fork_socket(void)
{
	pid_t child;

	sock = carry_connect(host);
	child = carry_check(fork(), "fork");
	if (!child) {
		obtain();
		carry_write(sock, data, len);
		_exit(0);
	}
	carry_end(child);
}

/* The child is there before the label; what it sends is its own. */
static void fork_before(void)
{
	pid_t child = carry_check(fork(), "fork");

	if (!child) {
		obtain();
		child_sends(NULL);
	}
	carry_end(child);
}

static void double_fork(void)
{
	int done[2];
	int status = 201;
	pid_t child;

	obtain();
	carry_check(pipe(done), "pipe");
	child = carry_check(fork(), "fork");
	if (!child) {
		setsid();
		if (fork())
			_exit(0);
		while (getppid() != 1)
			usleep(1000);
		child = fork();
		if (!child)
			child_sends(NULL);
		waitpid(child, &status, 0);
		status = WEXITSTATUS(status);
		carry_check(write(done[1], &status, sizeof(status)), "write");
		_exit(0);
	}
	waitpid(child, NULL, 0);
	close(done[1]);
	carry_check(read(done[0], &status, sizeof(status)), "read");
	_exit(status);
}

/* --- vfork and clone */

static void vfork_reads(void)
{
	pid_t child = vfork();

	if (!child)
		child_reads(NULL);
	wait_for(child);
}

static void vfork_sends(void)
{
	pid_t child;

	obtain();
	child = vfork();
	if (!child)
		child_sends(NULL);
	carry_end(child);
}

static void clone_vm(void)
{
	wait_for(start(child_reads, CLONE_VM, NULL));
}

/* The child has memory of its own: only the descriptor is shared. */
static void clone_files(void)
{
	int number = 77;

	wait_for(start(child_opens_number, CLONE_FILES, &number));
	len = carry_read_fd(number, data);
}

static void clone_vm_files(void)
{
	wait_for(start(child_opens, CLONE_VM | CLONE_FILES, NULL));
	len = carry_read_fd(fd, data);
}

/* The child becomes a sibling of whoever read the data. */
static void clone_parent(void)
{
	pid_t child = carry_check(fork(), "fork");

	if (!child) {
		obtain();
		start(child_sends, CLONE_PARENT, NULL);
		_exit(0);
	}
	wait_for(child);
	carry_end(-1);
}

/* A grandchild that shares memory with its grandparent. */
static int child_clones(void *unused)
{
	static char other[65536] __attribute__((aligned(16)));
	pid_t child = clone(child_reads, other + sizeof(other), CLONE_VM | SIGCHLD, NULL);

	wait_for(carry_check(child, "clone"));
	_exit(0);
}

static void clone_vm_twice(void)
{
	wait_for(start(child_clones, CLONE_VM, NULL));
}

/* --- threads */

static void *thread_reads(void *unused)
{
	obtain();
	return NULL;
}

static void *thread_reads_later(void *unused)
{
	usleep(300000);
	obtain();
	return NULL;
}

static void thread(void)
{
	pthread_t other;

	pthread_create(&other, NULL, thread_reads, NULL);
	pthread_join(other, NULL);
}

/* Send the buffer again and again, whatever the other thread puts into it. */
static void thread_loop(void)
{
	struct sockaddr_in address = carry_address(host);
	int udp = carry_check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	int error = 0;
	pthread_t other;

	carry_check(connect(udp, (void *)&address, sizeof(address)), "connect");
	pthread_create(&other, NULL, thread_reads_later, NULL);
	for (int after = 0; after < 20;) {
		for (size_t at = 0; at < 4096; at += 1024)
			if (send(udp, data + at, 1024, 0) < 0)
				error = errno;
		after += len > 0;
	}
	pthread_join(other, NULL);
	_exit(error);
}

/* The connection is there, and the main thread is in it, before the label. */
static void thread_connected(void)
{
	pthread_t other;

	sock = carry_connect(host);
	pthread_create(&other, NULL, thread_reads, NULL);
	pthread_join(other, NULL);
	carry_write(sock, data, len);
	_exit(0);
}

/* --- exec: the descriptor, or the data in an argument, is taken along */

static void open_kept(void)
{
	fd = open_file();
}

static void exec_fd(void)
{
	open_kept();
	exec_send_fd(self, fd);
}

static void exec_argument(void)
{
	obtain();
	data[len] = '\0';
	execl(self, self, "send-text", data, host, NULL);
	carry_fail("exec");
}

static void *thread_execs(void *unused)
{
	exec_send_fd(self, fd);
	return NULL;
}

static void exec_thread(void)
{
	pthread_t other;

	open_kept();
	pthread_create(&other, NULL, thread_execs, NULL);
	for (;;)
		pause();
}

static void *thread_opens(void *unused)
{
	open_kept();
	return NULL;
}

/* One thread opens and ends, one execs, and the leader has ended before. */
static void *thread_execs_later(void *opener)
{
	pthread_join(*(pthread_t *)opener, NULL);
	carry_wait_leader(getpid());
	exec_send_fd(self, fd);
	return NULL;
}

static void exec_leader_gone(void)
{
	static pthread_t opener;
	pthread_t other;

	pthread_create(&opener, NULL, thread_opens, NULL);
	pthread_create(&other, NULL, thread_execs_later, &opener);
	pthread_exit(NULL);
}

/* vfork and exec: the child leaves the shared memory with the label. */
static void exec_vfork(void)
{
	pid_t child;

	open_kept();
	child = vfork();
	if (!child)
		exec_send_fd(self, fd);
	carry_end(child);
}

static int child_execs(void *unused)
{
	exec_send_fd(self, fd);
	return 0;
}

/* Shared descriptors, into which the parent opens the file; then exec. */
static void exec_clone_files(void)
{
	open_kept();
	carry_end(start(child_execs, CLONE_FILES, NULL));
}

static void exec_clone_vm(void)
{
	open_kept();
	carry_end(start(child_execs, CLONE_VM, NULL));
}

static void exec_fexecve(void)
{
	int program = carry_check(open(self, O_RDONLY | O_CLOEXEC), self);
	char number[16];
	char *const arguments[] = { "lineage", "send-fd", number, (char *)host, NULL };
	extern char **environ;

	open_kept();
	snprintf(number, sizeof(number), "%d", fd);
	fexecve(program, arguments, environ);
	carry_fail("fexecve");
}

/* A failed exec leaves the task as it was. */
static void exec_fails(void)
{
	open_kept();
	execl("/nonexistent", "nonexistent", NULL);
	execl("/etc/passwd", "passwd", NULL);
	len = carry_read_fd(fd, data);
}

/* $EXEC names the program: a set-uid one, or a script. */
static void exec_named(void)
{
	open_kept();
	exec_send_fd(getenv("EXEC"), fd);
}

static void send_text(void)
{
	carry_send(host, path, strlen(path));
	_exit(0);
}

static const struct way ways[] = {
	{ "plain", obtain },
	{ "fork-after", fork_after },
	{ "fork-before", fork_before },
	{ "fork-socket", fork_socket },
	{ "double-fork", double_fork },
	{ "vfork-reads", vfork_reads },
	{ "vfork-sends", vfork_sends },
	{ "clone-vm", clone_vm },
	{ "clone-vm-twice", clone_vm_twice },
	{ "clone-files", clone_files },
	{ "clone-vm-files", clone_vm_files },
	{ "clone-parent", clone_parent },
	{ "thread", thread },
	{ "thread-loop", thread_loop },
	{ "thread-connected", thread_connected },
	{ "exec-fd", exec_fd },
	{ "exec-argument", exec_argument },
	{ "exec-thread", exec_thread },
	{ "exec-leader-gone", exec_leader_gone },
	{ "exec-vfork", exec_vfork },
	{ "exec-clone-files", exec_clone_files },
	{ "exec-clone-vm", exec_clone_vm },
	{ "exec-fexecve", exec_fexecve },
	{ "exec-fails", exec_fails },
	{ "exec-named", exec_named },
	{ "send-fd", read_number },
	{ "send-text", send_text },
};

int main(int argc, char **argv)
{
	return way_main(argc, argv, ways, sizeof(ways) / sizeof(ways[0]));
}
