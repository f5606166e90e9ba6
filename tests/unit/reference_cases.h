/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reference_cases.h - who wins at an address: files, marks and prefixes, and
 * the whole table that has to come out of them
 */
#ifndef RF_TEST_REFERENCE_CASES_H
#define RF_TEST_REFERENCE_CASES_H

#include "userspace/lib/reference_private.h"

#define SOURCES 3
#define ROWS 24
#define CODE(a, b) (RF_ATOM_CODE_FIRST + ((a) - 'A') * RF_ATOM_CODE_BASE + ((b) - 'A'))

enum {
	NONE = RF_ATOM_UNKNOWN,
	CN = CODE('C', 'N'),
	DE = CODE('D', 'E'),
	EU = CODE('E', 'U'),
	FR = CODE('F', 'R'),
	US = CODE('U', 'S'),
	EVERYWHERE = RF_ATOM_CLOUD_FIRST,
	BEIJING,
	NINGXIA,
	OHIO,
	SITE = RF_ATOM_SET_FIRST,
	LAB,
};

/* Sorted by name, as clouds.tsv is once it is read. */
static struct rf_cloud cloud_list[] = {
	{ "aws:aws-global", "ZZ" },
	{ "aws:cn-north-1", "CN" },
	{ "aws:cn-northwest-1", "CN" },
	{ "aws:us-east-2", "US" },
};
static const struct rf_clouds clouds = { .list = cloud_list, .count = 4 };

/* struct text - a file; CSV, or the clouds' JSON */
struct text {
	enum rf_format format;
	const char *text;
};

/* struct row - from this address on; the first of a family is at its start */
struct row {
	const char *addr;
	__u16 atom;
};

/* struct prefix - of a mark or of the policy; its length in the family's form */
struct prefix {
	const char *addr;
	unsigned int len;
	__u16 atom;
};

/**
 * struct test_case - what was said, and what has to come of it
 * @v4, @v6: the whole table; without rows nothing is known
 * @look_ups: single addresses of what carries IPv4
 */
struct test_case {
	const char *name;
	struct text sources[SOURCES];
	unsigned int agreement;
	struct prefix marks[ROWS];
	struct prefix blocks[ROWS];
	struct row v4[ROWS];
	struct row v6[ROWS];
	struct row look_ups[ROWS];
};

#define CSV(text)                   \
	{                           \
		RF_FORMAT_CSV, text \
	}
#define AWS(list)                                          \
	{                                                  \
		RF_FORMAT_AWS, "{\"prefixes\":[" list "]}" \
	}
#define IN(region, prefix) "{\"ip_prefix\":\"" prefix "\",\"region\":\"" region "\"}"

static const struct test_case cases[] = {
	{
		.name = "nobody says anything",
	},
	{
		.name = "one source, with gaps and a range that says nothing",
		.sources = { CSV("1.0.0.0/24,CN\n1.0.2.0/24,??\n1.0.3.0/24,US\n"
				 "2001:db8::/32,DE\n") },
		.v4 = { { "1.0.0.0", CN },
			{ "1.0.1.0", NONE },
			{ "1.0.3.0", US },
			{ "1.0.4.0", NONE } },
		.v6 = { { "2001:db8::", DE }, { "2001:db9::", NONE } },
	},
	{
		.name = "all of both families",
		.sources = { CSV("0.0.0.0/0,CN\n::/0,US\n") },
		.v4 = { { "0.0.0.0", CN } },
		.v6 = { { "::", US } },
	},
	{
		.name = "what is said of ::/0 is said of what is around IPv4",
		.sources = { CSV("::/0,US\n") },
		.blocks = { { "::", 0, SITE } },
		.v6 = { { "::", US } },
	},
	{
		.name = "what IPv6's table has in IPv4's place does not matter",
		.blocks = { { "::", 0, SITE } },
		.v6 = { { "::", SITE }, { "::ffff:0:0", US }, { "::1:0:0:0", SITE } },
	},
	{
		.name = "IPv6 around it says nothing about IPv4",
		.sources = { CSV("::/64,US\n") },
		.marks = { { "::", 80, EU } },
		.blocks = { { "::", 8, SITE } },
		.v6 = { { "::", EU },
			{ "::1:0:0:0", US },
			{ "0:0:0:1::", SITE },
			{ "100::", NONE } },
	},
	{
		.name = "the longest statement of a source decides, in any order",
		.sources = { CSV("1.0.0.0/24,US\n1.0.0.16/28,DE\n1.0.0.0/16,CN\n"
				 "1.0.0.18/32,FR\n1.0.0.20/30,??\n") },
		.v4 = { { "1.0.0.0", US },
			{ "1.0.0.16", DE },
			{ "1.0.0.18", FR },
			{ "1.0.0.19", DE },
			{ "1.0.0.20", NONE },
			{ "1.0.0.24", DE },
			{ "1.0.0.32", US },
			{ "1.0.1.0", CN },
			{ "1.1.0.0", NONE } },
	},
	{
		.name = "a range counts as its CIDR blocks, not as a whole",
		/* /30 at 0, /31 at 4 against /31 at 2, /30 at 4, /31 at 8 */
		.sources = { CSV("1.0.0.0,1.0.0.5,CN\n1.0.0.2,1.0.0.9,US\n") },
		.v4 = { { "1.0.0.0", CN },
			{ "1.0.0.2", US },
			{ "1.0.0.4", CN },
			{ "1.0.0.6", US },
			{ "1.0.0.10", NONE } },
	},
	{
		.name = "one address in common",
		.sources = { CSV("1.0.0.0,1.0.0.7,CN\n1.0.0.7,1.0.0.8,US\n") },
		.v4 = { { "1.0.0.0", CN }, { "1.0.0.7", US }, { "1.0.0.9", NONE } },
	},
	{
		.name = "a source that contradicts itself is believed by nobody",
		.sources = { CSV("1.0.0.0,1.0.0.255,US\n1.0.0.0,1.0.0.255,CN\n"
				 "1.0.1.0,1.0.1.255,US\n1.0.1.0,1.0.1.255,US\n"
				 "1.0.2.0,1.0.2.255,US\n1.0.2.0,1.0.2.255,??\n"
				 "1.0.3.0,1.0.3.2,US\n1.0.3.0,1.0.3.1,CN\n"),
			     CSV("1.0.0.0/16,DE\n") },
		.v4 = { { "1.0.0.0", NONE },
			{ "1.0.1.0", US },
			{ "1.0.2.0", NONE },
			{ "1.0.3.2", US },
			{ "1.0.3.3", DE },
			{ "1.1.0.0", NONE } },
	},
	{
		.name = "trust goes before length",
		.sources = { CSV("1.0.0.0/16,US\n1.0.1.0/24,??\n"),
			     CSV("1.0.0.0/24,CN\n1.0.1.0/24,DE\n1.1.0.0/16,ZZ\n"),
			     CSV("1.0.1.0/25,FR\n1.0.0.0/8,FR\n1.1.1.0/24,CN\n") },
		.v4 = { { "1.0.0.0", US },
			{ "1.0.1.0", DE },
			{ "1.0.2.0", US },
			{ "1.1.0.0", NONE },
			{ "1.2.0.0", FR },
			{ "2.0.0.0", NONE } },
	},
	{
		.name = "each /24 of the first needs a second",
		.sources = { CSV("1.0.0.0/22,US\n1.0.8.0/24,US\n"),
			     CSV("1.0.1.0/24,CN\n1.0.2.0/24,US\n1.0.3.0/24,??\n1.0.8.0/24,ZZ\n"),
			     CSV("1.0.1.0/24,US\n1.0.5.0/24,US\n1.0.6.0/24,CN\n") },
		.agreement = 2,
		.v4 = { { "1.0.0.0", NONE }, { "1.0.1.0", US }, { "1.0.3.0", NONE } },
	},
	{
		.name = "all three have to agree",
		.sources = { CSV("1.0.0.0/24,US\n1.0.1.0/24,US\n1.0.2.0/24,US\n"),
			     CSV("1.0.0.0/24,US\n1.0.1.0/24,US\n1.0.2.0/24,US\n"),
			     CSV("1.0.0.0/24,US\n1.0.1.0/24,CN\n") },
		.agreement = 3,
		.v4 = { { "1.0.0.0", US }, { "1.0.1.0", NONE } },
	},
	{
		.name = "who does not agree is still heard before a shorter prefix",
		.sources = { CSV("1.0.0.0/24,US\n"), CSV("1.0.0.0/24,CN\n") },
		.agreement = 2,
		.blocks = { { "1.0.0.0", 16, SITE }, { "1.0.0.128", 25, LAB } },
		.v4 = { { "1.0.0.0", NONE },
			{ "1.0.0.128", LAB },
			{ "1.0.1.0", SITE },
			{ "1.1.0.0", NONE } },
	},
	{
		.name = "cloud regions have atoms of their own",
		.sources = { AWS(IN("cn-north-1", "1.0.0.0/24") "," IN(
				     "us-east-2",
				     "1.0.1.0/24") "," IN("GLOBAL",
							  "1.0.2.0/24") "," IN("aws-global",
									       "1.0.3.0/24")),
			     CSV("1.0.0.0/16,DE\n") },
		.v4 = { { "1.0.0.0", BEIJING },
			{ "1.0.1.0", OHIO },
			{ "1.0.2.0", NONE },
			{ "1.0.4.0", DE },
			{ "1.1.0.0", NONE } },
	},
	{
		.name = "two cloud regions at once are their country, or nobody's",
		.sources = { AWS(IN("cn-north-1", "1.0.0.0/24") "," IN("cn-northwest-1", "1.0.0.0/24") "," IN("us-east-2", "1.0.1.0/24") "," IN(
			"cn-north-1",
			"1.0.1.0/24") "," IN("us-east-2",
					     "1.0.2.0/24") "," IN("mars-1",
								  "1.0.2.0/24") "," IN("cn-north-1",
										       "1.0.3.0/24") "," IN("cn-north-1",
													    "1.0.3.0/24")) },
		.v4 = { { "1.0.0.0", CN },
			{ "1.0.1.0", NONE },
			{ "1.0.3.0", BEIJING },
			{ "1.0.4.0", NONE } },
	},
	{
		.name = "a cloud region agrees with its country",
		.sources = { AWS(IN("cn-north-1", "1.0.0.0/24") "," IN(
				     "us-east-2", "1.0.1.0/24") "," IN("mars-1", "1.0.2.0/24")),
			     CSV("1.0.0.0/16,CN\n") },
		.agreement = 2,
		.v4 = { { "1.0.0.0", BEIJING }, { "1.0.1.0", NONE } },
	},
	{
		.name = "marks go before all sources, the longest first",
		.sources = { CSV("10.0.0.0/16,US\n11.0.0.0/24,US\n2001:db8:1::/48,US\n") },
		.marks = { { "10.0.0.0", 8, NONE },
			   { "11.0.0.0", 16, EU },
			   { "11.0.0.0", 30, NONE },
			   { "2001:db8::", 32, NONE } },
		.v4 = { { "11.0.0.0", NONE }, { "11.0.0.4", EU }, { "11.1.0.0", NONE } },
	},
	{
		.name = "marks need no second",
		.sources = { CSV("11.0.0.0/24,US\n"), CSV("11.0.0.0/24,CN\n") },
		.agreement = 2,
		.marks = { { "11.0.0.0", 30, EU } },
		.v4 = { { "11.0.0.0", EU }, { "11.0.0.4", NONE } },
	},
	{
		.name = "a prefix of the policy wins unless something longer is said",
		.sources = { CSV("1.0.0.0/24,US\n1.0.1.0/24,??\n1.0.2.0/23,ZZ\n1.0.4.0/25,ZZ\n") },
		.marks = { { "1.0.5.0", 24, NONE }, { "1.0.6.0", 25, NONE } },
		.blocks = { { "1.0.0.0", 16, SITE },
			    { "1.0.0.0", 24, LAB },
			    { "1.0.1.0", 28, LAB },
			    { "1.0.2.0", 23, LAB },
			    { "1.0.4.0", 24, LAB },
			    { "1.0.5.0", 24, LAB },
			    { "1.0.6.0", 24, LAB },
			    { "2001:db8::", 32, SITE },
			    { "2001:db8::8", 125, LAB } },
		.v4 = { { "1.0.0.0", LAB },
			{ "1.0.1.0", LAB },
			{ "1.0.1.16", SITE },
			{ "1.0.2.0", LAB },
			{ "1.0.4.0", NONE },
			{ "1.0.4.128", LAB },
			{ "1.0.6.0", NONE },
			{ "1.0.6.128", LAB },
			{ "1.0.7.0", SITE },
			{ "1.1.0.0", NONE } },
		.v6 = { { "2001:db8::", SITE },
			{ "2001:db8::8", LAB },
			{ "2001:db8::10", SITE },
			{ "2001:db9::", NONE } },
	},
	{
		.name = "each CIDR block of a range is compared with the policy's prefix",
		/* /24, /25, /26 */
		.sources = { CSV("1.0.0.0,1.0.1.191,US\n") },
		.blocks = { { "1.0.0.0", 24, SITE }, { "1.0.1.0", 24, SITE } },
		.v4 = { { "1.0.0.0", SITE },
			{ "1.0.1.0", US },
			{ "1.0.1.192", SITE },
			{ "1.0.2.0", NONE } },
	},
	{
		.name = "the ends of the space",
		.sources = { CSV("0.0.0.0/32,CN\n255.255.255.255/32,US\n::/128,CN\n"
				 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128,US\n") },
		.blocks = { { "::fffe:ffff:ffff", 128, SITE }, { "::1:0:0:0", 128, LAB } },
		.v4 = { { "0.0.0.0", CN }, { "0.0.0.1", NONE }, { "255.255.255.255", US } },
		.v6 = { { "::", CN },
			{ "::1", NONE },
			{ "::fffe:ffff:ffff", SITE },
			{ "::ffff:0:0", NONE },
			{ "::1:0:0:0", LAB },
			{ "::1:0:0:1", NONE },
			{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", US } },
	},
	{
		.name = "the IPv4 address inside decides",
		.sources = { CSV("8.0.0.0/9,US\n9.9.9.9/32,CN\n10.0.0.0/8,DE\n192.168.0.0/16,FR\n"
				 "64:ff9b::/96,FR\n2002::/16,FR\n2001::/16,FR\n"
				 "2a00:64::/32,DE\n") },
		.marks = { { "64:ff9b::", 96, RF_ATOM_NAT64 },
			   { "2a00:64::", 96, RF_ATOM_NAT64 },
			   { "2002::", 16, RF_ATOM_6TO4 },
			   { "2001::", 32, RF_ATOM_TEREDO },
			   { "10.0.0.0", 8, NONE } },
		.blocks = { { "2002:808:808::", 48, SITE }, { "10.1.0.0", 16, LAB } },
		.v4 = { { "8.0.0.0", US },
			{ "8.128.0.0", NONE },
			{ "9.9.9.9", CN },
			{ "9.9.9.10", NONE },
			{ "10.1.0.0", LAB },
			{ "10.2.0.0", NONE },
			{ "192.168.0.0", FR },
			{ "192.169.0.0", NONE } },
		.v6 = { { "64:ff9b::", RF_ATOM_NAT64 },
			{ "64:ff9b::1:0:0", NONE },
			{ "2001::", RF_ATOM_TEREDO },
			{ "2001:1::", FR },
			{ "2002::", RF_ATOM_6TO4 },
			{ "2002:808:808::", SITE },
			{ "2002:808:809::", RF_ATOM_6TO4 },
			{ "2003::", NONE },
			{ "2a00:64::", RF_ATOM_NAT64 },
			{ "2a00:64::1:0:0", DE },
			{ "2a00:65::", NONE } },
		.look_ups = { { "64:ff9b::8.8.8.8", US },
			      { "64:ff9b::9.9.9.9", CN },
			      { "64:ff9b::9.9.9.8", NONE },
			      { "64:ff9b::10.1.0.1", NONE },
			      { "64:ff9b::192.168.0.1", NONE },
			      { "2a00:64::10.1.0.1", LAB },
			      { "2a00:64::10.2.0.1", NONE },
			      { "2a00:64::192.168.0.1", FR },
			      { "2002:0808:0707::1", US },
			      { "2002:0808:0808::1", SITE },
			      { "2002:0909:0909:ffff:ffff:ffff:ffff:ffff", CN },
			      { "2002:0a01:1::", NONE },
			      { "2002:c0a8:1::", NONE },
			      { "2001::f7f7:f7f7", US },
			      { "2001:0:808:808:0:ffff:f6f6:f6f6", CN },
			      { "2001::8.8.8.8", NONE },
			      { "2001::3f57:ff00", NONE } },
	},
	{
		.name = "an IPv4 address carries none",
		.sources = { CSV("8.0.0.0/8,US\n") },
		.marks = { { "8.8.0.0", 16, RF_ATOM_NAT64 }, { "64:ff9b::", 96, RF_ATOM_NAT64 } },
		.v4 = { { "8.0.0.0", US },
			{ "8.8.0.0", NONE },
			{ "8.9.0.0", US },
			{ "9.0.0.0", NONE } },
		.v6 = { { "64:ff9b::", RF_ATOM_NAT64 }, { "64:ff9b::1:0:0", NONE } },
		.look_ups = { { "64:ff9b::8.8.8.8", NONE }, { "64:ff9b::8.9.8.8", US } },
	},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

#endif /* RF_TEST_REFERENCE_CASES_H */
