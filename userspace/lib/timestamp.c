// SPDX-License-Identifier: GPL-2.0
/*
 * timestamp.c - times as text: RFC 3339 in UTC
 */
#include "userspace/lib/timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000ull
#define LAST_SECOND 253402300799ull /* 9999-12-31T23:59:59Z */

void rf_timestamp_format(uint64_t real_ns, char text[RF_TIMESTAMP_LEN])
{
	uint64_t seconds = real_ns / NS_PER_S;
	unsigned int us = real_ns % NS_PER_S / 1000;
	char wide[96];
	struct tm tm;
	time_t t;

	t = seconds > LAST_SECOND ? (time_t)LAST_SECOND : (time_t)seconds;
	gmtime_r(&t, &tm);
	snprintf(wide, sizeof(wide), "%04d-%02d-%02dT%02d:%02d:%02d.%06uZ", tm.tm_year + 1900,
		 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, us);
	memcpy(text, wide, RF_TIMESTAMP_LEN - 1);
	text[RF_TIMESTAMP_LEN - 1] = '\0';
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

uint64_t rf_timestamp_now(void)
{
	return clock_ns(CLOCK_REALTIME);
}

uint64_t rf_timestamp_monotonic(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t rf_timestamp_boot(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

uint64_t rf_timestamp_from_boot(uint64_t boot_ns)
{
	uint64_t boot = rf_timestamp_boot();
	uint64_t now = rf_timestamp_now();

	if (boot_ns > boot)
		return now;
	return now - (boot - boot_ns);
}
