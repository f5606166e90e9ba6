// SPDX-License-Identifier: GPL-2.0
/*
 * special.c - the IANA special-purpose address registries (RFC 6890 and its
 * additions), multicast, and what is set aside beyond them
 */
#include "userspace/lib/special.h"

#include "bpf/generation.h"

#define V4(a, b, c, d, length)                                                                  \
	.first = RF_ADDR_V4_FIRST | ((rf_addr)(a) << 24 | (rf_addr)(b) << 16 | (c) << 8 | (d)), \
	.len = 96 + (length)
#define V6(high, length) .first = (rf_addr)(high##ull) << 64, .len = (length)

/*
 * Globally reachable ones are left out (192.31.196.0/24, 2001:4:112::/48, …):
 * where those are the region data may say.
 */
static const struct rf_special specials[] = {
	{ .first = 0,
	  .len = 96,
	  .name = "IPv4-compatible, unspecified, loopback",
	  .rfc = "RFC 4291" },
	{ V4(0, 0, 0, 0, 8), .name = "this network", .rfc = "RFC 791" },
	{ V4(10, 0, 0, 0, 8), .name = "private", .rfc = "RFC 1918" },
	{ V4(100, 64, 0, 0, 10), .name = "shared by carriers (CGN)", .rfc = "RFC 6598" },
	{ V4(127, 0, 0, 0, 8), .name = "loopback", .rfc = "RFC 1122" },
	{ V4(169, 254, 0, 0, 16), .name = "link-local", .rfc = "RFC 3927" },
	{ V4(172, 16, 0, 0, 12), .name = "private", .rfc = "RFC 1918" },
	{ V4(192, 0, 0, 0, 24), .name = "protocol assignments", .rfc = "RFC 6890" },
	{ V4(192, 0, 2, 0, 24), .name = "documentation", .rfc = "RFC 5737" },
	{ V4(192, 88, 99, 0, 24), .name = "6to4 relays, anycast", .rfc = "RFC 7526" },
	{ V4(192, 168, 0, 0, 16), .name = "private", .rfc = "RFC 1918" },
	{ V4(198, 18, 0, 0, 15), .name = "benchmarking", .rfc = "RFC 2544" },
	{ V4(198, 51, 100, 0, 24), .name = "documentation", .rfc = "RFC 5737" },
	{ V4(203, 0, 113, 0, 24), .name = "documentation", .rfc = "RFC 5737" },
	{ V4(224, 0, 0, 0, 4), .name = "multicast", .rfc = "RFC 5771" },
	{ V4(240, 0, 0, 0, 4), .name = "reserved", .rfc = "RFC 1112" },
	{ V4(255, 255, 255, 255, 32), .name = "broadcast", .rfc = "RFC 919" },
	{ .first = (rf_addr)0xffff << 48, .len = 96, .name = "IPv4-translated", .rfc = "RFC 7915" },
	{ V6(0x0064ff9b00000000, 96), .atom = RF_ATOM_NAT64, .name = "NAT64", .rfc = "RFC 6052" },
	{ V6(0x0064ff9b00010000, 48), .name = "NAT64, local use", .rfc = "RFC 8215" },
	{ V6(0x0100000000000000, 64), .name = "discard", .rfc = "RFC 6666" },
	{ V6(0x2001000000000000, 32), .atom = RF_ATOM_TEREDO, .name = "Teredo", .rfc = "RFC 4380" },
	{ V6(0x2001000200000000, 48), .name = "benchmarking", .rfc = "RFC 5180" },
	{ V6(0x2001001000000000, 28), .name = "ORCHID", .rfc = "RFC 4843" },
	{ V6(0x2001002000000000, 28), .name = "ORCHIDv2", .rfc = "RFC 7343" },
	{ V6(0x20010db800000000, 32), .name = "documentation", .rfc = "RFC 3849" },
	{ V6(0x2002000000000000, 16), .atom = RF_ATOM_6TO4, .name = "6to4", .rfc = "RFC 3056" },
	{ V6(0x3fff000000000000, 20), .name = "documentation", .rfc = "RFC 9637" },
	{ V6(0x5f00000000000000, 16), .name = "segment routing", .rfc = "RFC 9602" },
	{ V6(0xfc00000000000000, 7), .name = "private (unique local)", .rfc = "RFC 4193" },
	{ V6(0xfe80000000000000, 10), .name = "link-local", .rfc = "RFC 4291" },
	{ V6(0xfec0000000000000, 10), .name = "site-local", .rfc = "RFC 3879" },
	{ V6(0xff00000000000000, 8), .name = "multicast", .rfc = "RFC 4291" },
};

#define SPECIALS (sizeof(specials) / sizeof(specials[0]))

const struct rf_special *rf_specials(size_t *count)
{
	*count = SPECIALS;
	return specials;
}

const struct rf_special *rf_special_find(rf_addr first, unsigned int len)
{
	for (size_t i = 0; i < SPECIALS; i++)
		if (specials[i].first == first && specials[i].len == len)
			return &specials[i];
	return NULL;
}
