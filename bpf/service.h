/* SPDX-License-Identifier: GPL-2.0 */
/*
 * service.h - does an address belong to a service that gives a label? Pure;
 * user space compiles it too
 */
#ifndef RF_BPF_SERVICE_H
#define RF_BPF_SERVICE_H

#include "bpf/maps.h"

/**
 * rf_service_classes - what is given to who receives from there
 * @addr: network byte order, IPv4 as ::ffff:a.b.c.d
 * @port: host byte order
 */
static inline __attribute__((always_inline)) __u64
rf_service_classes(const struct rf_service *service, const __u8 addr[16], __u16 port)
{
	__u8 differs = 0;

	if (service->port && service->port != port)
		return 0;
	for (int i = 0; i < 16; i++)
		differs |= (addr[i] ^ service->addr[i]) & service->mask[i];
	return differs ? 0 : service->classes;
}

#endif /* RF_BPF_SERVICE_H */
