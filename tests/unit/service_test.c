// SPDX-License-Identifier: GPL-2.0
/*
 * service_test.c - which addresses are a service's
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "bpf/service.h"
#include "userspace/lib/policy_prefix.h"

static void parse(const char *text, __u8 addr[16])
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(addr, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, addr + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
}

static __u64 ask(const char *prefix, __u16 service_port, const char *text, __u16 port)
{
	struct rf_service service = { .classes = 6, .port = service_port };
	struct rf_prefix net;
	__u8 addr[16];

	assert_int_equal(rf_prefix_parse(prefix, &net), 0);
	memcpy(service.addr, net.addr, sizeof(service.addr));
	for (int bit = 0; bit < net.len; bit++)
		service.mask[bit / 8] |= 0x80 >> bit % 8;
	parse(text, addr);
	return rf_service_classes(&service, addr, port);
}

static void by_address(void **state)
{
	(void)state;
	assert_int_equal(ask("10.20.5.0/24", 5432, "10.20.5.0", 5432), 6);
	assert_int_equal(ask("10.20.5.0/24", 5432, "10.20.5.255", 5432), 6);
	assert_int_equal(ask("10.20.5.0/24", 5432, "10.20.6.0", 5432), 0);
	assert_int_equal(ask("10.20.5.0/24", 5432, "10.20.4.255", 5432), 0);
	assert_int_equal(ask("10.20.5.7/32", 5432, "10.20.5.7", 5432), 6);
	assert_int_equal(ask("10.20.5.7/32", 5432, "10.20.5.6", 5432), 0);
	assert_int_equal(ask("2001:db8::/33", 5432, "2001:db8:7fff::1", 5432), 6);
	assert_int_equal(ask("2001:db8::/33", 5432, "2001:db8:8000::1", 5432), 0);
	/* IPv4 is not below an IPv6 prefix that only looks like it. */
	assert_int_equal(ask("10.0.0.0/8", 5432, "::10.0.0.1", 5432), 0);
	assert_int_equal(ask("0.0.0.0/0", 5432, "2001:db8::1", 5432), 0);
}

static void by_port(void **state)
{
	(void)state;
	assert_int_equal(ask("10.0.0.0/8", 5432, "10.0.0.1", 5433), 0);
	assert_int_equal(ask("10.0.0.0/8", 0, "10.0.0.1", 5433), 6);
	assert_int_equal(ask("10.0.0.0/8", 0, "11.0.0.1", 5433), 0);
}

static void a_free_slot_gives_nothing(void **state)
{
	const struct rf_service none = { 0 };
	__u8 addr[16];

	(void)state;
	parse("10.0.0.1", addr);
	assert_int_equal(rf_service_classes(&none, addr, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_address),
		cmocka_unit_test(by_port),
		cmocka_unit_test(a_free_slot_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
