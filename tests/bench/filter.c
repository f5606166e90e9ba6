// SPDX-License-Identifier: GPL-2.0
/*
 * filter.c - what can stand between a process and the network
 *
 * All allow China and private networks and drop the rest. nft, ipset and the
 * LPM program hold those prefixes; ours holds the world. The prefixes are of
 * the installed region data, as the addresses that are sent to.
 */
#include "tests/bench/filter.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/region.h"
#include "filter.skel.h"
#include "tests/bench/bench.h"
#include "tests/bench/net.h"
#include "tests/bench/plot.h"
#include "tests/bench/product.h"
#include "tests/bench/world.h"

const char *const bench_filter_names[FILTER_MAX] = {
	"none", "empty", "nft", "ipset", "lpm", "unlabelled", "labelled",
};

const char *const bench_filter_titles[FILTER_MAX] = {
	"no filter",
	"empty program",
	"nftables",
	"ipset",
	"LPM program",
	"Ringfence, unlabelled",
	"Ringfence, labelled",
};

static struct filter_bpf *skel;
static enum bench_filter running = FILTER_NONE;
static int link_fd = -1;
static rf_addr destinations[BENCH_DESTINATIONS];
static char work[64]; /* a directory for rules in files */
static pid_t owner;

static bool is_allowed(uint16_t atom, void *ctx)
{
	const struct bench_world *world = ctx;

	return world->value->allow[atom] & BENCH_CLASS;
}

static void print_prefix(FILE *file, const struct bench_prefix *prefix)
{
	uint32_t addr = (uint32_t)prefix->first;

	fprintf(file, "%u.%u.%u.%u/%u", addr >> 24, addr >> 16 & 255, addr >> 8 & 255, addr & 255,
		prefix->len - 96u);
}

static FILE *open_rules(const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", work, name);
	file = fopen(path, "we");
	if (!file)
		bench_die("%s: %m", path);
	return file;
}

static void write_nft(const struct bench_prefixes *prefixes)
{
	FILE *file = open_rules("nft");

	fputs("table ip bench {\n\tset allowed {\n\t\ttype ipv4_addr; flags interval;\n"
	      "\t\telements = {\n",
	      file);
	for (size_t i = 0; i < prefixes->count; i++) {
		print_prefix(file, &prefixes->list[i]);
		fputs(",\n", file);
	}
	fprintf(file,
		"\t\t}\n\t}\n\tchain output {\n\t\ttype filter hook output priority 0;\n"
		"\t\tsocket cgroupv2 level 1 \"%s\" ip daddr != @allowed drop\n\t}\n}\n",
		bench_cgroup_below_sys());
	fclose(file);
}

static void write_ipset(const struct bench_prefixes *prefixes)
{
	FILE *file = open_rules("ipset");

	fputs("create allowed hash:net maxelem 1000000\n", file);
	for (size_t i = 0; i < prefixes->count; i++) {
		fputs("add allowed ", file);
		print_prefix(file, &prefixes->list[i]);
		fputc('\n', file);
	}
	fclose(file);
}

static void remove_work(void)
{
	if (getpid() != owner)
		return;
	bench_command("rm -rf %s", work);
}

static void load_programs(const struct bench_prefixes *prefixes)
{
	int trie = bench_trie_new(prefixes, true, NULL);

	skel = filter_bpf__open();
	if (!skel || bpf_map__reuse_fd(skel->maps.allowed4, trie) || filter_bpf__load(skel))
		bench_die("the programs of the other filters cannot be loaded");
}

static void drop_at_the_far_end(void)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, options, .prog_fd = bpf_program__fd(skel->progs.drop_udp));

	bench_net_enter_far();
	hook.ifindex = (int)if_nametoindex(BENCH_FAR_DEVICE);
	if (bpf_tc_hook_create(&hook) || bpf_tc_attach(&hook, &options))
		bench_die("the far end: %m");
	bench_net_enter_near();
}

/* Addresses of China only: those are what the classes may go to. */
static void choose_destinations(const struct bench_world *world)
{
	const struct rf_segments *segments = &world->segments[RF_FAMILY_V4];
	__u16 china = rf_atom_from_code("CN");

	for (size_t i = 0; i < BENCH_DESTINATIONS;) {
		rf_addr addr = bench_random_address(segments);
		__u8 bytes[16];

		rf_addr_store(addr, bytes);
		if (rf_region_atom(world->value, bytes) == china)
			destinations[i++] = addr;
	}
}

void bench_filters_open(void)
{
	struct bench_prefixes prefixes;
	struct bench_world world;

	if (skel)
		return;
	bench_world_open(&world, bench_policy_small);
	bench_prefixes_of(&world.segments[RF_FAMILY_V4], is_allowed, &world, &prefixes);
	snprintf(work, sizeof(work), "/tmp/ringfence-bench-XXXXXX");
	if (!mkdtemp(work))
		bench_die("%s: %m", work);
	owner = getpid();
	atexit(remove_work);
	bench_net_open();
	write_nft(&prefixes);
	write_ipset(&prefixes);
	load_programs(&prefixes);
	drop_at_the_far_end();
	choose_destinations(&world);
	bench_product_open();
	bench_product_publish(world.value);
	bench_prefixes_free(&prefixes);
	bench_world_close(&world);
}

static void start_ipset(void)
{
	bench_command("ipset restore -file %s/ipset", work);
	bench_command(
		"iptables-legacy -w -A OUTPUT -m cgroup --path %s -m set ! --match-set allowed dst "
		"-j DROP",
		bench_cgroup_name());
}

static int attach(const struct bpf_program *program)
{
	int cgroup = open(bench_cgroup_path(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = bpf_link_create(bpf_program__fd(program), cgroup, BPF_CGROUP_INET_EGRESS, NULL);

	if (fd < 0)
		bench_die("%s: %m", bpf_program__name(program));
	close(cgroup);
	return fd;
}

void bench_filter_start(enum bench_filter filter)
{
	running = filter;
	switch (filter) {
	case FILTER_EMPTY: link_fd = attach(skel->progs.empty); break;
	case FILTER_LPM: link_fd = attach(skel->progs.lpm); break;
	case FILTER_NFT: bench_command("nft -f %s/nft", work); break;
	case FILTER_IPSET: start_ipset(); break;
	case FILTER_UNLABELLED:
	case FILTER_LABELLED: link_fd = bench_product_attach(); break;
	default: break;
	}
	usleep(20000); /* what the kernel has yet to do because of that */
}

void bench_filter_stop(void)
{
	if (link_fd >= 0)
		close(link_fd);
	link_fd = -1;
	if (running == FILTER_NFT)
		bench_command("nft delete table ip bench");
	if (running == FILTER_IPSET)
		bench_command("iptables-legacy -w -F OUTPUT && ipset destroy allowed");
	running = FILTER_NONE;
	usleep(20000);
}

void bench_filter_label(int socket)
{
	bench_product_label(socket, running == FILTER_LABELLED ? BENCH_CLASS : 0);
}

int bench_filter_program(enum bench_filter filter)
{
	switch (filter) {
	case FILTER_EMPTY: return bpf_program__fd(skel->progs.empty);
	case FILTER_LPM: return bpf_program__fd(skel->progs.lpm);
	case FILTER_UNLABELLED:
	case FILTER_LABELLED: return bench_product_program();
	default: return -1;
	}
}

struct sockaddr_in bench_destination(unsigned int i, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl((uint32_t)destinations[i % BENCH_DESTINATIONS]),
	};
}

void bench_filter_plot(const char *file, const char *title, const char *unit,
		       const char *const *prefixes, const char *const *groups, size_t count)
{
	struct bench_summary values[4 * FILTER_MAX] = { 0 };
	struct plot_bars bars = {
		.title = title,
		.unit = unit,
		.groups = groups,
		.group_count = count,
		.series = bench_filter_titles,
		.series_count = FILTER_MAX,
		.values = values,
	};

	for (size_t i = 0; i < count && i < 4; i++)
		for (size_t j = 0; j < FILTER_MAX; j++) {
			char name[BENCH_NAME_LEN];

			snprintf(name, sizeof(name), "%s.%s.ns", prefixes[i],
				 bench_filter_names[j]);
			bench_summary_of(name, &values[i * FILTER_MAX + j]);
		}
	plot_bars(&bars, file);
}
