// SPDX-License-Identifier: GPL-2.0
/*
 * decide_test.c - invariants 2 and 3 (unknown is foreign, every label must
 * allow) and each other way through decide, one row each
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "bpf/decide.h"

#define A (1ull << 0) /* goes to HOME only */
#define B (1ull << 1) /* goes to HOME and ABROAD */
#define C (1ull << 2) /* goes nowhere; in audit */
#define D (1ull << 63) /* goes to ABROAD only */
#define X (1ull << 5) /* does not exist */

/* HOME is 10.0.0.0/16 and 2001::/16, ABROAD 20.0.0.0/16 and 2a00::/16. */
enum { HOME = 7, ABROAD = RF_ATOM_EMBED_FIRST - 1 };

static struct rf_generation *gen;

static int make_generation(void **state)
{
	(void)state;
	gen = calloc(1, RF_GENERATION_SIZE);
	if (!gen)
		return -1;
	gen->header.magic = RF_GENERATION_MAGIC;
	gen->header.abi = RF_ABI_VERSION;
	gen->header.classes = A | B | C | D;
	gen->header.audit = C;
	gen->header.allow[HOME] = A | B;
	gen->header.allow[ABROAD] = B | D;
	gen->v4.bucket[0x0a00].atom = HOME;
	gen->v4.bucket[0x1400].atom = ABROAD;
	for (int i = 0; i < RF_V6_ROOTS; i++)
		gen->v6.root[i] = RF_V6_ROOT_LEAF;
	gen->v6.root[0x2001] |= HOME;
	gen->v6.root[0x2a00] |= ABROAD;
	return 0;
}

static int free_generation(void **state)
{
	(void)state;
	free(gen);
	return 0;
}

static void parse(const char *text, __u8 addr[16])
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(addr, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, addr + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
}

struct row {
	const char *name;
	__u64 label;
	const char *addr;
	enum rf_verdict verdict;
	enum rf_reason reason;
	__u64 classes;
	__u16 atom;
};

#define ALLOW(reason, atom) RF_VERDICT_ALLOW, RF_REASON_##reason, 0, atom
#define DENY(reason, classes, atom) RF_VERDICT_DENY, RF_REASON_##reason, classes, atom
#define AUDIT(reason, classes, atom) RF_VERDICT_AUDIT, RF_REASON_##reason, classes, atom

static const struct row rows[] = {
	{ "no label, known", 0, "20.0.0.1", ALLOW(UNLABELLED, 0) },
	{ "no label, unknown", 0, "99.0.0.1", ALLOW(UNLABELLED, 0) },
	{ "loopback", A, "127.0.0.1", ALLOW(LOCAL, 0) },
	{ "loopback, its last address", A, "127.255.255.255", ALLOW(LOCAL, 0) },
	{ "loopback, a class that does not exist", X, "127.0.0.1", ALLOW(LOCAL, 0) },
	{ "before loopback", A, "126.255.255.255", DENY(UNKNOWN, A, 0) },
	{ "after loopback", A, "128.0.0.0", DENY(UNKNOWN, A, 0) },
	{ "loopback, IPv6", A, "::1", ALLOW(LOCAL, 0) },
	{ "not loopback, IPv6", A, "::2", DENY(UNKNOWN, A, 0) },
	{ "not loopback, ::127.0.0.1 is not mapped", A, "::127.0.0.1", DENY(UNKNOWN, A, 0) },
	{ "not loopback, upper half", A, "1::1", DENY(UNKNOWN, A, 0) },
	{ "not loopback, upper half, mapped form", A, "1::ffff:127.0.0.1", DENY(UNKNOWN, A, 0) },
	{ "the unspecified address is the caller's", A, "::", DENY(UNKNOWN, A, 0) },
	{ "unknown", A, "99.0.0.1", DENY(UNKNOWN, A, 0) },
	{ "unknown, all classes refuse", A | B, "99.0.0.1", DENY(UNKNOWN, A | B, 0) },
	{ "unknown, in audit", C, "99.0.0.1", AUDIT(UNKNOWN, C, 0) },
	{ "unknown, one not in audit", A | C, "99.0.0.1", DENY(UNKNOWN, A | C, 0) },
	{ "unknown, IPv6", B, "3000::1", DENY(UNKNOWN, B, 0) },
	{ "home", A, "10.0.0.1", ALLOW(REGION, HOME) },
	{ "home, IPv6", A, "2001::1", ALLOW(REGION, HOME) },
	{ "abroad", A, "20.0.0.1", DENY(REGION, A, ABROAD) },
	{ "abroad, IPv6", A, "2a00::1", DENY(REGION, A, ABROAD) },
	{ "abroad, last bit", D, "20.0.0.1", ALLOW(REGION, ABROAD) },
	{ "home, last bit", D, "10.0.0.1", DENY(REGION, D, HOME) },
	{ "both allow", A | B, "10.0.0.1", ALLOW(REGION, HOME) },
	{ "one of two refuses", A | B, "20.0.0.1", DENY(REGION, A, ABROAD) },
	{ "each refuses one place, home", A | D, "10.0.0.1", DENY(REGION, D, HOME) },
	{ "each refuses one place, abroad", A | D, "20.0.0.1", DENY(REGION, A, ABROAD) },
	{ "audit", C, "10.0.0.1", AUDIT(REGION, C, HOME) },
	{ "audit beside one that allows", A | C, "10.0.0.1", AUDIT(REGION, C, HOME) },
	{ "audit beside one that refuses", A | C, "20.0.0.1", DENY(REGION, A | C, ABROAD) },
	{ "no such class", X, "10.0.0.1", DENY(GENERATION, X, 0) },
	{ "no such class beside one", A | X, "10.0.0.1", DENY(GENERATION, X, 0) },
	{ "no such class is not audited", C | X, "10.0.0.1", DENY(GENERATION, X, 0) },
};

static void check_row(const struct row *row, const struct rf_generation_header *header)
{
	struct rf_decision decision;
	__u8 addr[16];

	parse(row->addr, addr);
	decision = rf_decide(header, row->label, addr);
	if (decision.verdict != row->verdict || decision.reason != row->reason ||
	    decision.classes != row->classes || decision.atom != row->atom)
		fail_msg("%s: verdict %u reason %u classes %llx atom %u", row->name,
			 decision.verdict, decision.reason, (unsigned long long)decision.classes,
			 decision.atom);
}

static void decides_each_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i], &gen->header);
}

static void denies_without_generation(void **state)
{
	static const struct row denied = { "none", A, "10.0.0.1", DENY(GENERATION, A, 0) };
	static const struct row audited = { "none", C, "10.0.0.1", DENY(GENERATION, C, 0) };
	static const struct row unlabelled = { "none", 0, "10.0.0.1", ALLOW(UNLABELLED, 0) };
	static const struct row local = { "none", A, "127.0.0.1", ALLOW(LOCAL, 0) };

	(void)state;
	check_row(&denied, NULL);
	check_row(&audited, NULL);
	check_row(&unlabelled, NULL);
	check_row(&local, NULL);
}

static void denies_wrong_magic(void **state)
{
	static const struct row row = { "magic", A, "10.0.0.1", DENY(GENERATION, A, 0) };

	(void)state;
	gen->header.magic ^= 1;
	check_row(&row, &gen->header);
	gen->header.magic ^= 1;
}

static void denies_wrong_abi(void **state)
{
	static const struct row row = { "abi", A, "10.0.0.1", DENY(GENERATION, A, 0) };

	(void)state;
	gen->header.abi++;
	check_row(&row, &gen->header);
	gen->header.abi--;
}

static void denies_zeroed_memory(void **state)
{
	static const struct row row = { "zero", A, "10.0.0.1", DENY(GENERATION, A, 0) };
	void *zero = calloc(1, RF_GENERATION_SIZE);

	(void)state;
	assert_non_null(zero);
	check_row(&row, zero);
	free(zero);
	assert_int_equal(RF_VERDICT_DENY, 0);
}

/* A row of the matrix for unknown must not let anything out. */
static void ignores_the_row_of_unknown(void **state)
{
	static const struct row row = { "row 0", A, "99.0.0.1", DENY(UNKNOWN, A, 0) };

	(void)state;
	gen->header.allow[RF_ATOM_UNKNOWN] = ~0ull;
	check_row(&row, &gen->header);
	gen->header.allow[RF_ATOM_UNKNOWN] = 0;
}

static void denies_atoms_out_of_range(void **state)
{
	static const struct row row = { "atom", A, "30.0.0.1", DENY(UNKNOWN, A, 0) };

	(void)state;
	gen->v4.bucket[0x1e00].atom = RF_ATOM_MAX + HOME;
	check_row(&row, &gen->header);
	gen->v4.bucket[0x1e00].atom = 0;
}

static void knows_the_unspecified_address(void **state)
{
	static const struct {
		const char *addr;
		int is;
	} cases[] = {
		{ "::", 1 },	  { "0.0.0.0", 1 },	{ "::1", 0 },
		{ "0.0.0.1", 0 }, { "8000::", 0 },	{ "::fffe:0:0", 0 },
		{ "1.0.0.0", 0 }, { "1::ffff:0:0", 0 }, { "127.0.0.1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		__u8 addr[16];

		parse(cases[i].addr, addr);
		assert_int_equal(rf_addr_is_unspecified(addr), cases[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_each_row),
		cmocka_unit_test(denies_without_generation),
		cmocka_unit_test(denies_wrong_magic),
		cmocka_unit_test(denies_wrong_abi),
		cmocka_unit_test(denies_zeroed_memory),
		cmocka_unit_test(ignores_the_row_of_unknown),
		cmocka_unit_test(denies_atoms_out_of_range),
		cmocka_unit_test(knows_the_unspecified_address),
	};

	return cmocka_run_group_tests(tests, make_generation, free_generation);
}
