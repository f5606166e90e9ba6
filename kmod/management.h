/* SPDX-License-Identifier: GPL-2.0 */
/*
 * prefixes that stay open in quarantine
 *
 * Two lists: the module parameter's, fixed at load, and the policy's, replaced
 * by RF_IOC_MANAGEMENT. A destination in either passes. IPv6 prefixes never
 * cover IPv4: "::/0" leaves IPv4 shut.
 */
#ifndef RF_MANAGEMENT_H
#define RF_MANAGEMENT_H

#include <linux/in6.h>
#include <linux/types.h>

#include "uapi/ringfence.h"

struct seq_file;

/**
 * rf_management_init() - read the module parameter
 * @text: "ADDRESS/LENGTH,..." without spaces, no bits set behind the length;
 *	NULL or empty for none
 *
 * Return: 0, -EINVAL after the log has named what was wrong, -E2BIG for more
 *	than RF_MANAGEMENT_MAX, -ENOMEM
 */
int rf_management_init(const char *text);

/* Frees both lists; after the gate is gone. May sleep. */
void rf_management_exit(void);

/**
 * rf_management_set() - replace the policy's list
 * @management: checked here
 *
 * Context: process; may sleep.
 * Return: 0, -EINVAL (ABI, count, length, padding, bits behind the length),
 *	-ENOMEM. On error nothing changes.
 */
int rf_management_set(const struct rf_ioc_management *management);

/* Does an address stay open? Network byte order; under rcu_read_lock(). */
bool rf_management_covers_v4(__be32 addr);
bool rf_management_covers_v6(const struct in6_addr *addr);

/* One line "management ADDRESS/LENGTH" per prefix. */
void rf_management_show(struct seq_file *m);

#endif /* RF_MANAGEMENT_H */
