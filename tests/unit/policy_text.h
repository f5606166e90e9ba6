/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_text.h - a policy from a text, and what was found in it
 *
 * For tests that run from the root of the tree: the shipped country sets are
 * read.
 */
#ifndef RF_TEST_POLICY_TEXT_H
#define RF_TEST_POLICY_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "userspace/lib/policy.h"

#define HEAD "version: 1\n"
#define CN HEAD "regions: { cn: { countries: [CN] }, us: { countries: [US] } }\n"
#define CLASS CN "classes: { c: { allow: [cn] } }\n"

static const struct rf_policy_options policy_text_options = { .sets_dir = "policy/sets",
							      .today = "2026-11-24" };

/* Loads one file called p.yaml; its findings as printed are in @said. */
static inline struct rf_policy *policy_text_load(const char *text, char **said)
{
	const struct rf_policy_file file = { "dir/p.yaml", text, strlen(text) };
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy;
	size_t size;
	FILE *out;

	policy = rf_policy_load_files(&file, 1, &policy_text_options, &diagnostics);
	out = open_memstream(said, &size);
	assert_non_null(out);
	rf_diagnostics_print(&diagnostics, out);
	fclose(out);
	assert_int_equal(policy != NULL, rf_diagnostics_ok(&diagnostics));
	rf_diagnostics_free(&diagnostics);
	return policy;
}

/* A policy without any finding. */
static inline struct rf_policy *policy_text_good(const char *text)
{
	struct rf_policy *policy;
	char *said;

	policy = policy_text_load(text, &said);
	assert_string_equal(said, "");
	free(said);
	assert_non_null(policy);
	return policy;
}

#endif /* RF_TEST_POLICY_TEXT_H */
