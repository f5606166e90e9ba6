/* SPDX-License-Identifier: GPL-2.0 */
/*
 * product.h - the product's own object with its packet door alone, attached to
 * the bench's cgroup
 */
#ifndef BENCH_PRODUCT_H
#define BENCH_PRODUCT_H

#include <stdint.h>

#include "bpf/maps.h"
#include "userspace/lib/bpf_object.h"

/* Loads it. Once. */
void bench_product_open(void);

/* Makes a generation the one that is enforced, as the daemon does. */
void bench_product_publish(const void *value);

/* Attaches the packet door to the bench's cgroup; closing the link detaches. */
int bench_product_attach(void);

/* The packet door's program */
int bench_product_program(void);

/* A descriptor of one of the maps that the packet door uses, by name */
int bench_product_map(const char *name);

/* Gives a socket a label; 0 takes it away. */
void bench_product_label(int socket, uint64_t label);

/* The object itself, for its other maps */
struct rf_object *bench_product_object(void);

#endif /* BENCH_PRODUCT_H */
