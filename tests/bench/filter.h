/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter.h - what can stand between a process and the network: the
 * alternatives that are compared
 */
#ifndef BENCH_FILTER_H
#define BENCH_FILTER_H

#include <netinet/in.h>
#include <stdbool.h>

enum bench_filter {
	FILTER_NONE = 0,
	FILTER_EMPTY, /* a cgroup_skb program that does nothing */
	FILTER_NFT, /* an interval set, for one cgroup */
	FILTER_IPSET, /* the same with iptables */
	FILTER_LPM, /* a program as systemd's IPAddressAllow */
	FILTER_UNLABELLED, /* the product, for a process without a label */
	FILTER_LABELLED, /* and with one */
	FILTER_MAX,
};

extern const char *const bench_filter_names[FILTER_MAX]; /* as in results */
extern const char *const bench_filter_titles[FILTER_MAX]; /* for people */

/* Makes the namespaces and all that filters are made from. Once. */
void bench_filters_open(void);

/* One at a time: nothing of the others is there meanwhile. */
void bench_filter_start(enum bench_filter filter);
void bench_filter_stop(void);

/* Gives the socket the label that the running filter wants it to have. */
void bench_filter_label(int socket);

/* The filter's program; -1 if it is none of ours. */
int bench_filter_program(enum bench_filter filter);

/* An address in China that all filters allow; @i chooses one of 4096. */
#define BENCH_DESTINATIONS 4096
struct sockaddr_in bench_destination(unsigned int i, uint16_t port);

/* A bar for each filter, of PREFIX.FILTER.ns */
void bench_filter_plot(const char *file, const char *title, const char *unit,
		       const char *const *prefixes, const char *const *groups, size_t count);

#endif /* BENCH_FILTER_H */
