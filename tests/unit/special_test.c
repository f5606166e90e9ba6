// SPDX-License-Identifier: GPL-2.0
/*
 * special_test.c - addresses about which a standard decides: no source has a
 * say, the policy's own prefix has
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <unistd.h>

#include "bpf/region.h"
#include "userspace/lib/generation.h"

/* A source that claims the whole of both families for one country. */
static const char v4_text[] = "0,4294967295,CN\n";
static const char v6_text[] = "::,::fffe:ffff:ffff,CN\n"
			      "::1:0:0:0,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,CN\n";
static char v4_path[] = "/tmp/rf-special-v4-XXXXXX", v6_path[] = "/tmp/rf-special-v6-XXXXXX";
static struct rf_generation *gen;
static __u16 cn;

static const struct rf_policy policy;
static struct rf_block own[] = {
	{ RF_ADDR_V4_FIRST | 0x0a140000, 96 + 16, RF_ATOM_SET_FIRST }, /* 10.20.0.0/16 */
	{ (rf_addr)0xfd12 << 112, 16, RF_ATOM_SET_FIRST }, /* fd12::/16 */
};

static void write_temp(char *path, const char *text)
{
	int fd = mkstemp(path);
	size_t len = strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static int build(void **state)
{
	const char *const paths[] = { v4_path, v6_path };
	const struct rf_atoms atoms = { .policy = &policy, .blocks = own, .block_count = 2 };
	struct rf_generation_input input = { .atoms = &atoms, .world = rf_world_new() };
	struct rf_fault fault = { 0 };

	(void)state;
	cn = rf_atom_from_code("CN");
	gen = malloc(RF_GENERATION_SIZE);
	write_temp(v4_path, v4_text);
	write_temp(v6_path, v6_text);
	if (!gen || !input.world ||
	    rf_world_add(input.world, "all", RF_FORMAT_GEOIP, paths, 2, &fault) ||
	    rf_generation_build(&input, gen, NULL, &fault))
		fail_msg("%s", fault.text);
	rf_world_close(input.world);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	free(gen);
	unlink(v4_path);
	unlink(v6_path);
	return 0;
}

static __u16 atom_of(const char *text)
{
	__u8 addr[16] = { [10] = 0xff, [11] = 0xff };

	if (strchr(text, ':'))
		assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
	else
		assert_int_equal(inet_pton(AF_INET, text, addr + 12), 1);
	return rf_region_atom(&gen->header, addr);
}

static void gives_no_source_a_say(void **state)
{
	static const char *const foreign[] = {
		"0.0.0.0",
		"0.255.255.255",
		"10.0.0.1",
		"10.255.255.255",
		"100.64.0.0",
		"100.127.255.255",
		"127.0.0.1",
		"169.254.169.254",
		"172.16.0.0",
		"172.31.255.255",
		"192.0.0.8",
		"192.0.2.1",
		"192.88.99.1",
		"192.168.1.1",
		"198.18.0.0",
		"198.19.255.255",
		"198.51.100.1",
		"203.0.113.1",
		"224.0.0.1",
		"239.255.255.255",
		"240.0.0.1",
		"255.255.255.255",
		"::",
		"::1",
		"::1.2.3.4",
		"::ffff:0:1.2.3.4",
		"64:ff9b:1::1.2.3.4",
		"100::1",
		"2001:2::1",
		"2001:10::1",
		"2001:1f:ffff::",
		"2001:20::1",
		"2001:db8::1",
		"2001:db8:ffff::1",
		"3fff::1",
		"3fff:fff::1",
		"5f00::1",
		"fc00::1",
		"fdff::1",
		"fe80::1",
		"febf::1",
		"fec0::1",
		"ff02::1",
		"ffff::1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (atom_of(foreign[i]) != RF_ATOM_UNKNOWN)
			fail_msg("%s is atom %u", foreign[i], atom_of(foreign[i]));
}

static void ends_where_the_standards_say(void **state)
{
	static const char *const usual[] = {
		"1.0.0.0",
		"9.255.255.255",
		"11.0.0.0",
		"100.63.255.255",
		"100.128.0.0",
		"126.255.255.255",
		"128.0.0.0",
		"169.253.255.255",
		"169.255.0.0",
		"172.15.255.255",
		"172.32.0.0",
		"191.255.255.255",
		"192.0.1.0",
		"192.0.3.0",
		"192.88.98.255",
		"192.167.255.255",
		"192.169.0.0",
		"198.17.255.255",
		"198.20.0.0",
		"198.51.101.0",
		"203.0.114.0",
		"223.255.255.255",
		"::1:0:0",
		"64:ff9a::1",
		"100:0:0:1::",
		"2000::1",
		"2001:1::1",
		"2001:3::1",
		"2001:30::1",
		"2001:db7:ffff::",
		"2001:db9::",
		"2003::1",
		"3ffe:ffff::",
		"3fff:1000::",
		"5eff::",
		"5f01::",
		"fbff::1",
		"fe00::1",
		"64:ff9b::1:1.2.3.4",
		"64:ff9b:0:0:1::1.2.3.4",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (atom_of(usual[i]) != cn)
			fail_msg("%s is atom %u", usual[i], atom_of(usual[i]));
}

static void lets_the_carried_address_decide(void **state)
{
	static const struct {
		const char *address;
		bool allowed;
	} cases[] = {
		{ "64:ff9b::1.2.3.4", true },	     { "64:ff9b::10.20.0.1", false },
		{ "64:ff9b::127.0.0.1", false },     { "64:ff9b::224.0.0.1", false },
		{ "2002:102:304::1", true },	     { "2002:a14:1::1", false },
		{ "2002:c0a8:1::1", false },	     { "2002:e000:1::1", false },
		{ "2001:0:a14:1::fefd:fcfb", true }, { "2001::f5eb:fffe", false },
		{ "2001::ffff:ffff", false },	     { "2001::0", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (atom_of(cases[i].address) != (cases[i].allowed ? cn : RF_ATOM_UNKNOWN))
			fail_msg("%s is atom %u", cases[i].address, atom_of(cases[i].address));
}

static void leaves_the_policy_its_own(void **state)
{
	(void)state;
	assert_int_equal(atom_of("10.20.0.1"), RF_ATOM_SET_FIRST);
	assert_int_equal(atom_of("10.21.0.1"), RF_ATOM_UNKNOWN);
	assert_int_equal(atom_of("fd12::1"), RF_ATOM_SET_FIRST);
	assert_int_equal(atom_of("fd13::1"), RF_ATOM_UNKNOWN);
}

static void is_in_order_and_without_repeats(void **state)
{
	size_t count;
	const struct rf_special *list = rf_specials(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_false(list[i].first & rf_addr_host_mask(list[i].len));
		assert_ptr_equal(rf_special_find(list[i].first, list[i].len), &list[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_no_source_a_say),
		cmocka_unit_test(ends_where_the_standards_say),
		cmocka_unit_test(lets_the_carried_address_decide),
		cmocka_unit_test(leaves_the_policy_its_own),
		cmocka_unit_test(is_in_order_and_without_repeats),
	};

	return cmocka_run_group_tests(tests, build, drop);
}
