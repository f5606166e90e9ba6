// SPDX-License-Identifier: GPL-2.0
/*
 * names.c - every name that the bench can write, what it means, and the goals
 */
#include "tests/bench/bench.h"

#include <string.h>

#define FILTERS "{none,empty,nft,ipset,lpm,unlabelled,labelled}"
#define COUNTS "{1000,10000,100000,1000000,4000000}"

#define PLAIN(pattern, help)                       \
	{                                          \
		pattern, help, BENCH_NO_GOAL, 0, 0 \
	}
#define AT_LEAST(pattern, help, goal, noisy)               \
	{                                                  \
		pattern, help, BENCH_AT_LEAST, goal, noisy \
	}
#define AT_MOST(pattern, help, goal, noisy)               \
	{                                                 \
		pattern, help, BENCH_AT_MOST, goal, noisy \
	}

const struct bench_name bench_names[] = {
	/* Looking up an address */
	AT_LEAST("lookup4.cold.lpm_over_ours", "IPv4: a BPF LPM trie of the world, by our table",
		 15, 12),
	AT_LEAST("lookup6.cold.lpm_over_ours", "IPv6, all 128 bits: an LPM trie, by our table", 12,
		 10),
	PLAIN("lookup{4,6}.{hot,evicted}.lpm_over_ours", "the same for other addresses, see .ns"),
	PLAIN("lookup{4,6}.{cold,hot}.mmdb_over_ours",
	      "libmaxminddb in user space (the tree only, without the record), by ours in BPF"),
	PLAIN("lookup{4,6}.cold.{ours,lpm,mmdb,empty}.ns",
	      "one of dependent look-ups of random addresses of random segments, the loop subtracted; "
	      "empty: that loop"),
	PLAIN("lookup{4,6}.hot.{ours,lpm,mmdb,empty}.ns", "the same, of 16 addresses"),
	PLAIN("lookup{4,6}.evicted.{ours,lpm,empty}.ns",
	      "one look-up after the caches were swept, with its code in the cache; empty: the clock"),
	PLAIN("lookup{4,6}.prefixes", "prefixes of the world in the LPM trie"),

	/* Memory */
	AT_MOST("memory.ours_over_lpm",
		"memory of a generation (both families and the rules), by both LPM tries'", 0.10,
		0.10),
	PLAIN("memory.{ours,lpm}.bytes",
	      "what the kernel's slabs and vmalloc grow by when they are made"),
	PLAIN("memory.fdinfo.{ours,lpm}.bytes",
	      "what the kernel says of the maps: for LPM tries neither the inner nodes nor what the "
	      "allocator rounds up"),

	/* One packet */
	AT_MOST("packet.labelled_over_none", "a packet of a labelled socket, by an unfiltered one",
		1.10, 1.15),
	AT_MOST("packet.labelled_minus_empty.ns", "what our program adds to an empty one, labelled",
		35, 35),
	AT_MOST("packet.unlabelled_minus_empty.ns", "and unlabelled", 10, 10),
	PLAIN("packet.unlabelled_over_empty", "unlabelled, by an empty program"),
	PLAIN("packet.{empty,nft,ipset,lpm,unlabelled}_over_none",
	      "each of the others, by no filter"),
	PLAIN("packet." FILTERS ".ns",
	      "a send of 32 bytes by UDP over veth, connected, allowed. none: no filter; empty: a cgroup_skb "
	      "program that does nothing; nft: interval set and socket cgroupv2; ipset: with iptables -m "
	      "cgroup; lpm: a program as systemd's IPAddressAllow; ours for a socket without and with label"),
	PLAIN("packet.{one,many}." FILTERS ".ns",
	      "the same with sendto: to one destination, to 4096 in turn"),
	PLAIN("packet.{one,many}.{labelled,nft,ipset,lpm}_over_none", "and by no filter"),
	PLAIN("packet.{one,many}.labelled_minus_empty.ns",
	      "and what labelled adds to an empty program"),
	PLAIN("packet.{one,many}.unlabelled_minus_empty.ns", "and unlabelled"),
	PLAIN("program.{empty,lpm,unlabelled,labelled}.ns",
	      "in the program alone, by the kernel's run-time statistics, its clock included"),
	PLAIN("program.{lpm,unlabelled,labelled}_minus_empty.ns", "the same without the clock"),

	/* Connections and streams */
	AT_MOST("connect.labelled_over_nft",
		"TCP connect and close of a labelled process, by nftables", 1.00, 1.05),
	PLAIN("connect.{empty,nft,ipset,lpm,unlabelled,labelled}_over_none", "each, by no filter"),
	PLAIN("connect." FILTERS ".ns",
	      "connect and close (reset) over veth; labelled: with the call's verdict and a socket label"),
	PLAIN("stream.{empty,nft,ipset,lpm,unlabelled,labelled}_over_none", "each, by no filter"),
	PLAIN("stream." FILTERS ".ns",
	      "a mebibyte of one TCP stream over veth, segmentation offload on"),

	/* Making and replacing a generation */
	AT_MOST("build.check_over_read", "checking the world against the reference, by reading it",
		1.0, 1.0),
	AT_MOST("build.tables_over_read", "building both tables, by reading the world", 1.0, 1.0),
	PLAIN("build.{read,tables,check,whole}.ns",
	      "reading and parsing both files; building the tables of 64 classes and 200 regions from them; "
	      "comparing with the reference; all of it"),
	PLAIN("load.{ours,lpm}.ns", "the built tables into the kernel; lpm: in batches"),
	PLAIN("load.lpm_over_ours", "and by ours"),
	PLAIN("replace.ours_over_build",
	      "the world replaced (built, loaded aside, published and the old one's "
	      "grace period), by the time to build it"),
	AT_MOST("replace.ungraced_over_build", "the same without the grace period", 1.5, 1.5),
	PLAIN("replace.{ours,build,ungraced,grace}.ns", "the parts of that"),

	/* Growth */
	PLAIN("growth{4,6}." COUNTS ".{ours,lpm}.ns", "a cold look-up among so many prefixes"),
	PLAIN("growth{4,6}." COUNTS ".{ours,lpm}.bytes", "the memory in use for them"),
	PLAIN("growth{4,6}." COUNTS ".build.ns", "building our table of them"),
	PLAIN("growth.classes.{1,4,16,64}.ns",
	      "the egress program, in it, with so many classes in the label"),
	PLAIN("growth.sockets.{1,10,100,1000,10000,100000}.ns",
	      "a packet of one of so many labelled sockets in turn"),
	PLAIN("growth.sockets.{1,10,100,1000,10000,100000}.none.ns",
	      "the same, without any filter"),
	PLAIN("growth.processes.{1,1000,100000}.ns",
	      "a packet, with so many labelled processes on record"),
	PLAIN("growth.processes.100000.bytes", "what their records take"),

	/* Swapping under probes */
	AT_MOST("swap.wrong_verdicts",
		"answers that neither generation gives, while they are swapped", 0, 0),
	PLAIN("swap.probes", "answers that were looked at"),
	PLAIN("swap.packets", "of those, real packets through the product's program"),
	PLAIN("swap.swaps", "how often the generation was replaced meanwhile"),

	/* Noise */
	PLAIN("noise.ok", "1 if the run may be trusted, 0 if the machine was too noisy to tell"),
	PLAIN("noise.{cpu,memory}.ns", "work that never changes, measured in each round"),
	PLAIN("noise.{cpu,memory}.spread", "its third quartile by its first, less one"),
	{ NULL, NULL, BENCH_NO_GOAL, 0, 0 },
};

/* Copies @pattern with each choice of its first brace, then the next one. */
static void expand(const char *done, const char *pattern, const struct bench_name *row,
		   void (*fn)(const char *name, const struct bench_name *row, void *ctx), void *ctx)
{
	const char *open = strchr(pattern, '{'), *word, *end;
	char name[BENCH_NAME_LEN];

	if (!open) {
		snprintf(name, sizeof(name), "%s%s", done, pattern);
		fn(name, row, ctx);
		return;
	}
	for (word = open + 1;; word = end + 1) {
		end = word + strcspn(word, ",}");
		snprintf(name, sizeof(name), "%s%.*s%.*s", done, (int)(open - pattern), pattern,
			 (int)(end - word), word);
		expand(name, strchr(open, '}') + 1, row, fn, ctx);
		if (*end == '}')
			break;
	}
}

void bench_each_name(void (*fn)(const char *name, const struct bench_name *row, void *ctx),
		     void *ctx)
{
	for (const struct bench_name *row = bench_names; row->pattern; row++)
		expand("", row->pattern, row, fn, ctx);
}

struct search {
	const char *name;
	const struct bench_name *found;
};

static void compare(const char *name, const struct bench_name *row, void *ctx)
{
	struct search *search = ctx;

	if (!strcmp(name, search->name))
		search->found = row;
}

const struct bench_name *bench_find_name(const char *name)
{
	struct search search = { .name = name };

	bench_each_name(compare, &search);
	return search.found;
}
