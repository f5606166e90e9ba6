/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timestamp.h - times as text: RFC 3339 in UTC
 */
#ifndef RF_TIMESTAMP_H
#define RF_TIMESTAMP_H

#include <stdint.h>

#define RF_TIMESTAMP_LEN sizeof("2026-11-24T13:07:17.123456Z")

/**
 * rf_timestamp_format - RFC 3339 with microseconds
 * @real_ns: nanoseconds since 1970 (CLOCK_REALTIME); years 1970 to 9999
 */
void rf_timestamp_format(uint64_t real_ns, char text[RF_TIMESTAMP_LEN]);

/* CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME in nanoseconds */
uint64_t rf_timestamp_now(void);
uint64_t rf_timestamp_monotonic(void);
uint64_t rf_timestamp_boot(void);

/**
 * rf_timestamp_from_boot - when an event of the kernel was, by today's clock
 * @boot_ns: CLOCK_BOOTTIME as the kernel records it
 */
uint64_t rf_timestamp_from_boot(uint64_t boot_ns);

#endif /* RF_TIMESTAMP_H */
