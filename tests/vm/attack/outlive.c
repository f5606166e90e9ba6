// SPDX-License-Identifier: GPL-2.0
/*
 * outlive.c - shared memory that is on its way out when its process execs
 *
 * usage: outlive zerocopy|sendfile alone|threads ADDRESS
 *
 * The pages of a memfd are sent to port 9100 of the peer (lib/drain.py), which
 * reads nothing yet; then this program is executed anew (as one of two threads),
 * reads the file into those pages, and has the peer woken by its port 9101.
 */
#include <linux/sockios.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>

#include "tests/vm/attack/waker.h"

#define PAGES 8192
/* As often in a row a peer that takes more would have taken some. */
#define QUIET 20

static int sock, pages, waker;

/* Sends until the peer takes no more, then makes room here. */
static void fill(void)
{
	static char junk[1 << 16];
	int large = 1 << 20;

	for (int quiet = 0; quiet < QUIET; quiet++) {
		while (send(sock, junk, sizeof(junk), MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
			quiet = 0;
		poll(NULL, 0, 50);
	}
	attack_do("setsockopt", setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &large, sizeof(large)));
}

static char *map_pages(void)
{
	return mmap(NULL, PAGES, PROT_READ | PROT_WRITE, MAP_SHARED, pages, 0);
}

static void send_pages(bool zerocopy)
{
	int one = 1;

	pages = attack_do("memfd", memfd_create("pages", 0));
	attack_do("ftruncate", ftruncate(pages, PAGES));
	memset(map_pages(), 'x', PAGES);
	fill();
	if (!zerocopy) {
		attack_do("sendfile", sendfile(sock, pages, NULL, PAGES));
		return;
	}
	attack_do("option", setsockopt(sock, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)));
	attack_do("send", send(sock, map_pages(), PAGES, MSG_ZEROCOPY | MSG_NOSIGNAL));
}

static void *wait_for_end(void *unused)
{
	pause();
	return unused;
}

static void exec_again(char **argv)
{
	char numbers[3][12];
	pthread_t thread;

	if (attack_is(argv, 2, "threads"))
		pthread_create(&thread, NULL, wait_for_end, NULL);
	snprintf(numbers[0], sizeof(numbers[0]), "%d", sock);
	snprintf(numbers[1], sizeof(numbers[1]), "%d", pages);
	snprintf(numbers[2], sizeof(numbers[2]), "%d", waker);
	execl("/proc/self/exe", argv[0], argv[1], argv[2], argv[3], numbers[0], numbers[1],
	      numbers[2], NULL);
	attack_do("exec", -1);
}

static void change_pages(void)
{
	int left = 1;

	attack_obtain();
	memcpy(map_pages(), data.bytes, data.len);
	attack_do("wake", write(waker, "", 1));
	for (int i = 0; i < 50 && left; i++) {
		poll(NULL, 0, 100);
		ioctl(sock, SIOCOUTQ, &left);
	}
}

int main(int argc, char **argv)
{
	union attack_addr addr;
	int small = 1 << 14;

	if (argc == 7) {
		sock = atoi(argv[4]);
		pages = atoi(argv[5]);
		waker = atoi(argv[6]);
		change_pages();
		return attack_status;
	}
	if (argc != 4)
		return 2;
	waker = waker_make(argv[3]);
	addr = attack_addr_port(argv[3], 9100);
	sock = attack_socket(&addr, SOCK_STREAM, 0);
	setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	attack_do("connect", connect(sock, &addr.any, attack_len(&addr)));
	send_pages(attack_is(argv, 1, "zerocopy"));
	exec_again(argv);
}
