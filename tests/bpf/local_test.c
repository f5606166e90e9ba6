// SPDX-License-Identifier: GPL-2.0
/*
 * local_test.c - a packet that a softirq sends while the task below it labels something
 *
 *	task: rf_settle() --softirq--> packet to a socket of this host: dropped
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <bpf/bpf.h>
#include <cmocka.h>
#include <linux/if_ether.h>

#include "local.skel.h"
#include "tests/bpf/product.h"

#define PASS 1
#define DROP 0

static struct rf_object *object;
static struct local_bpf *skel;
static struct sockaddr_in receiver;
static int sock;

static int load_packet_door(void)
{
	skel = local_bpf__open();
	return !skel || product_share(object, skel->obj) || local_bpf__load(skel);
}

static int open_receiver(void)
{
	socklen_t size = sizeof(receiver);

	receiver.sin_family = AF_INET;
	receiver.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sock = socket(AF_INET, SOCK_DGRAM, 0);
	return sock < 0 || bind(sock, (void *)&receiver, size) ||
	       getsockname(sock, (void *)&receiver, &size);
}

static int setup(void **state)
{
	(void)state;
	return product_load(&object) || load_packet_door() || open_receiver();
}

static int teardown(void **state)
{
	(void)state;
	close(sock);
	local_bpf__destroy(skel);
	rf_object_close(object);
	return 0;
}

/* What the program says of a packet to the receiver. */
static int send_udp(void)
{
	struct {
		struct ethhdr ethernet;
		struct iphdr ip;
		struct udphdr udp;
		char data[4];
	} __attribute__((packed)) packet = { .ethernet.h_proto = htons(ETH_P_IP) };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = &packet, .data_size_in = sizeof(packet));

	packet.ip.version = 4;
	packet.ip.ihl = 5;
	packet.ip.protocol = IPPROTO_UDP;
	packet.ip.saddr = htonl(INADDR_LOOPBACK);
	packet.ip.daddr = receiver.sin_addr.s_addr;
	packet.udp.source = htons(1);
	packet.udp.dest = receiver.sin_port;
	skel->bss->gained = 0;
	assert_int_equal(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.send_udp), &run), 0);
	return (int)run.retval;
}

/* @task labels a node; a nested run of rf_settle() would find it. */
static void begin(__u64 task, struct rf_work *work)
{
	const __u64 waits = RF_WORK_WAITS;

	*work = (struct rf_work){ .task = task, .node = 1 };
	assert_int_equal(rf_object_put(object, RF_MAP_WORK, work, &waits, BPF_ANY), 0);
	rf_object_state(object)->work++;
}

static void end(const struct rf_work *work)
{
	rf_object_state(object)->work--;
	assert_int_equal(rf_object_delete(object, RF_MAP_WORK, work), 0);
}

static __u64 self(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	assert_int_equal(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.find_self), &run), 0);
	return skel->bss->self;
}

static void labels_the_receiver(void **state)
{
	(void)state;
	assert_int_equal(send_udp(), PASS);
	assert_int_equal(skel->bss->gained, 1);
}

static void drops_what_interrupts_a_label(void **state)
{
	struct rf_work work;

	(void)state;
	begin(self(), &work);
	assert_int_equal(send_udp(), DROP);
	assert_int_equal(skel->bss->gained, 0);
	end(&work);
	assert_int_equal(send_udp(), PASS);
}

static void leaves_what_another_task_labels(void **state)
{
	struct rf_work work;

	(void)state;
	begin(self() + 1, &work);
	assert_int_equal(send_udp(), PASS);
	assert_int_equal(skel->bss->gained, 1);
	end(&work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_the_receiver),
		cmocka_unit_test(drops_what_interrupts_a_label),
		cmocka_unit_test(leaves_what_another_task_labels),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
