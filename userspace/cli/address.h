/* SPDX-License-Identifier: GPL-2.0 */
/*
 * address.h - addresses as people type them
 */
#ifndef RF_CLI_ADDRESS_H
#define RF_CLI_ADDRESS_H

#include <stdint.h>

/**
 * rf_address_parse - "ADDRESS", "ADDRESS:PORT" or "[IPV6]:PORT"
 * @addr: network byte order; IPv4 as ::ffff:a.b.c.d
 * @port: host byte order, 0 if there is none
 *
 * No names: which address a name has is not for a policy to say. Returns 0 or
 * -EINVAL, with the outputs untouched.
 */
int rf_address_parse(const char *text, uint8_t addr[16], uint16_t *port);

#endif /* RF_CLI_ADDRESS_H */
