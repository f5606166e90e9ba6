/* SPDX-License-Identifier: GPL-2.0 */
/*
 * local output in quarantine
 *
 * In every network namespace, those made later included, each IPv4 and IPv6
 * packet that the host itself sends asks rf_anchor_open(). In quarantine it
 * passes only
 *   - through a loopback device,
 *   - to a management prefix, without source routing,
 *   - as IPv6 neighbour discovery or multicast listener report on its own
 *     link, without which no management prefix could be reached over IPv6.
 * The rest is dropped and counted; senders get EPERM where they get an errno.
 *
 * DHCP passes if its server does: add it (for DHCPv6 ff02::1:2/128) to the
 * management prefixes. What clients do through AF_PACKET is not seen at all.
 *
 * Not seen, and not meant to be: AF_PACKET and AF_XDP, ARP, bridged and
 * forwarded packets, what root's own tc, nftables (after the output hook) and
 * BPF programs redirect. Quarantine keeps a host that lost its policy from
 * speaking; it does not confine root.
 */
#ifndef RF_GATE_H
#define RF_GATE_H

#include <linux/types.h>

#include "uapi/ringfence.h"

/* Hooks into every namespace. May sleep. Return: 0 or a negative errno. */
int rf_gate_init(void);

/* No packet is looked at after this returns. May sleep. */
void rf_gate_exit(void);

/**
 * rf_gate_status() - the anchor's status and what the gate dropped
 * @status: every field is set
 *
 * Context: process; may sleep.
 */
void rf_gate_status(struct rf_ioc_status *status);

#endif /* RF_GATE_H */
