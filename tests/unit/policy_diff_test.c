// SPDX-License-Identifier: GPL-2.0
/*
 * policy_diff_test.c - what changed between two policies, in words and JSON
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "userspace/lib/policy_diff.h"

#define HEAD "version: 1\n"
#define BASE                                                                            \
	HEAD "regions:\n  cn: { countries: [CN] }\n  own: { prefixes: [10.0.0.0/8] }\n" \
	     "classes:\n  c:\n    law: a\n    origins: [{ path: /srv/c }]\n    allow: [cn]\n"

static struct rf_policy *load(const char *text)
{
	const struct rf_policy_file file = { "p.yaml", text, strlen(text) };
	const struct rf_policy_options options = { .sets_dir = "policy/sets" };
	struct rf_diagnostics diagnostics = { 0 };
	struct rf_policy *policy = NULL;

	if (!text[0])
		return NULL;
	policy = rf_policy_load_files(&file, 1, &options, &diagnostics);
	rf_diagnostics_free(&diagnostics);
	assert_non_null(policy);
	return policy;
}

static void expect(const char *before, const char *after, const char *expected)
{
	struct rf_policy *old = load(before), *new = load(after);
	struct rf_policy_diff diff;
	char *said, *line;
	size_t size, i;
	json_t *json;
	FILE *out = open_memstream(&said, &size);

	assert_int_equal(rf_policy_diff(old, new, &diff), 0);
	for (i = 0; i < diff.count; i++) {
		line = rf_policy_change_text(&diff.changes[i]);
		fprintf(out, "%s\n", line);
		free(line);
	}
	fclose(out);
	assert_string_equal(said, expected);
	json = rf_policy_diff_json(&diff);
	assert_int_equal(json_array_size(json), diff.count);
	json_decref(json);
	free(said);
	rf_policy_diff_free(&diff);
	rf_policy_free(old);
	rf_policy_free(new);
}

static void same_meaning(void **state)
{
	(void)state;
	expect(BASE, BASE, "");
	expect("", "", "");
	expect(BASE,
	       HEAD "classes: { c: { allow: [cn], law: \"a\", origins: [ { path: /srv/c/ } ] } }\n"
		    "regions: { own: { prefixes: [\"10.0.0.0/8\"] }, cn: { include: [x] }, "
		    "x: { countries: [CN] } }\n",
	       "+ region x: CN\n");
}

static void first_policy_and_none(void **state)
{
	(void)state;
	expect("", BASE "management: [10.1.0.0/16]\n",
	       "+ policy management: 10.1.0.0/16\n"
	       "+ region cn: CN\n"
	       "+ region own: 10.0.0.0/8\n"
	       "+ class c: allow cn, origins path /srv/c, on-violation deny\n");
	expect(BASE, "",
	       "- region cn: CN\n"
	       "- region own: 10.0.0.0/8\n"
	       "- class c: allow cn, origins path /srv/c, on-violation deny\n");
}

static void each_part(void **state)
{
	(void)state;
	expect(BASE,
	       HEAD "regions:\n  cn: { countries: [CN, HK], note: n }\n"
		    "  own: { prefixes: [11.0.0.0/8, \"2001:db8::/32\"] }\n"
		    "classes:\n  c:\n    law: b\n    origins: [{ unit: c.service }]\n"
		    "    allow: [cn, own]\n    on-violation: audit\n",
	       "+ region cn note: n\n"
	       "+ region cn country: HK\n"
	       "- region own prefix: 10.0.0.0/8\n"
	       "+ region own prefix: 11.0.0.0/8\n"
	       "+ region own prefix: 2001:db8::/32\n"
	       "~ class c law: a -> b\n"
	       "~ class c on-violation: deny -> audit\n"
	       "+ class c allow: own\n"
	       "- class c origin: path /srv/c\n"
	       "+ class c origin: unit c.service\n");
}

static void where_the_region_data_comes_from(void **state)
{
	(void)state;
	expect(BASE,
	       BASE "region-data:\n"
		    "  sources: [tor-geoipdb, { format: csv, path: [/a, /b], sha256sums: /s }]\n"
		    "  require-agreement: 2\n  anycast: [1.1.1.0/24]\n",
	       "+ policy region-data: anycast 1.1.1.0/24\n"
	       "+ policy region-data: require-agreement 2\n"
	       "+ policy region-data: source 1: tor-geoipdb (tor-geoipdb) as installed\n"
	       "+ policy region-data: source 2: csv (csv) /a, /b, listed in /s\n");
	expect(HEAD "regions: { bj: { countries: [CN] } }\nclasses: { c: { deny: [bj] } }\n",
	       HEAD "regions: { bj: { clouds: [aws:cn-north-1] } }\n"
		    "classes: { c: { deny: [bj] } }\n",
	       "- region bj country: CN\n"
	       "+ region bj cloud: aws:cn-north-1\n");
}

static void from_allow_to_deny(void **state)
{
	(void)state;
	expect(HEAD "regions: { cn: { countries: [CN] } }\nclasses: { c: { allow: [] } }\n",
	       HEAD "regions: { cn: { countries: [CN] } }\nclasses: { c: { deny: [cn] } }\n",
	       "~ class c rule: only where allowed -> wherever not denied\n"
	       "+ class c deny: cn\n");
}

static void declassifiers_and_services(void **state)
{
	static const char digest[] =
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
	char after[2048], expected[1024];

	(void)state;
	snprintf(after, sizeof(after),
		 HEAD "regions:\n  cn: { countries: [CN] }\n  own: { prefixes: [10.0.0.0/8] }\n"
		      "classes:\n  c:\n    law: a\n    allow: [cn]\n"
		      "    origins: [{ path: /srv/c }, { service: { socket: /run/db } },\n"
		      "              { service: { address: 10.0.0.0/8, port: 5 } }]\n"
		      "  b: { allow: [cn] }\n"
		      "declassifiers:\n"
		      "  - { program: /a, holds: all, reason: r }\n"
		      "  - { program: /b, holds: [c, b], removes: [c], reason: s }\n"
		      "  - { program: /c, removes: [b], reason: t, digest: 'sha256:%s' }\n",
		 digest);
	snprintf(expected, sizeof(expected),
		 "+ policy declassifier: /a holds all: r\n"
		 "+ policy declassifier: /b holds b, c; removes c: s\n"
		 "+ policy declassifier: /c with digest sha256:%s removes b: t\n"
		 "+ class b: allow cn, on-violation deny\n"
		 "+ class c origin: service /run/db\n"
		 "+ class c origin: service 10.0.0.0/8 port 5\n",
		 digest);
	expect(BASE, after, expected);
}

static void what_is_not_enforced_yet(void **state)
{
	(void)state;
	expect(BASE,
	       BASE "audit: true\n"
		    "exceptions: [{ class: c, to: [203.0.113.7/32, own], until: 2999-12-31, "
		    "approved-by: x, reason: y }]\n",
	       "~ policy audit: false -> true\n"
	       "+ policy exception: c to 203.0.113.7/32, own until 2999-12-31, approved by x: y\n");
}

static void as_json(void **state)
{
	struct rf_policy *old = load(BASE), *new = load(BASE "management: [10.0.0.0/8]\n");
	struct rf_policy_diff diff;
	json_t *json;
	char *text;

	(void)state;
	assert_int_equal(rf_policy_diff(old, new, &diff), 0);
	json = rf_policy_diff_json(&diff);
	text = json_dumps(json, JSON_COMPACT);
	assert_string_equal(text, "[{\"change\":\"added\",\"object\":\"policy\",\"name\":\"\","
				  "\"item\":\"management\",\"old\":null,\"new\":\"10.0.0.0/8\"}]");
	free(text);
	json_decref(json);
	rf_policy_diff_free(&diff);
	rf_policy_free(old);
	rf_policy_free(new);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_meaning),
		cmocka_unit_test(first_policy_and_none),
		cmocka_unit_test(each_part),
		cmocka_unit_test(where_the_region_data_comes_from),
		cmocka_unit_test(from_allow_to_deny),
		cmocka_unit_test(declassifiers_and_services),
		cmocka_unit_test(what_is_not_enforced_yet),
		cmocka_unit_test(as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
