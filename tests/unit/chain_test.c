// SPDX-License-Identifier: GPL-2.0
/*
 * chain_test.c - hops in the order in which they were, and what was folded; the
 * README and status name the same flows as not followed
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/daemon/chain.h"
#include "userspace/daemon/unfollowed.h"
#include "userspace/lib/timestamp.h"

#define HALF (RF_SOURCES_MAX / 2)

/* As bpf/source.h puts them. */
static void add(struct rf_sources *sources, const struct rf_source *source)
{
	uint32_t n = sources->count++;

	sources->list[n < HALF ? n : HALF + n % HALF] = *source;
}

static void fill(struct rf_sources *sources, uint32_t count)
{
	memset(sources, 0, sizeof(*sources));
	for (uint32_t n = 0; n < count; n++)
		add(sources, &(struct rf_source){ .classes = 1, .tgid = n + 1 });
}

static void test_order(void **state)
{
	const struct rf_source *list[RF_SOURCES_MAX];
	struct rf_sources sources;
	uint64_t folded;

	(void)state;
	for (uint32_t count = 0; count < 4 * RF_SOURCES_MAX; count++) {
		uint32_t kept = count < RF_SOURCES_MAX ? count : RF_SOURCES_MAX;

		fill(&sources, count);
		assert_int_equal(rf_chain_order(&sources, list, &folded), kept);
		assert_int_equal(folded, count - kept);
		for (uint32_t i = 0; i < kept; i++)
			assert_int_equal(list[i]->tgid, i < HALF ? i + 1 : count - kept + i + 1);
	}
}

static void test_folded_before_a_copy_counts(void **state)
{
	const struct rf_source *list[RF_SOURCES_MAX];
	struct rf_sources sources;
	uint64_t folded;

	(void)state;
	fill(&sources, RF_SOURCES_MAX + 1);
	sources.folded = 5;
	rf_chain_order(&sources, list, &folded);
	assert_int_equal(folded, 6);
}

static void test_last_of_a_class(void **state)
{
	struct rf_sources sources;

	(void)state;
	fill(&sources, 3);
	add(&sources, &(struct rf_source){ .classes = 2, .tgid = 100 });
	assert_int_equal(rf_chain_last(&sources, 1)->tgid, 3);
	assert_int_equal(rf_chain_last(&sources, 2)->tgid, 100);
	assert_int_equal(rf_chain_last(&sources, 3)->tgid, 100);
	assert_null(rf_chain_last(&sources, 4));
}

static const char *text(const json_t *json, size_t i, const char *key)
{
	return json_string_value(
		json_object_get(json_array_get(json_object_get(json, "sources"), i), key));
}

static bool alive(const json_t *json, size_t i)
{
	return json_is_true(
		json_object_get(json_array_get(json_object_get(json, "sources"), i), "alive"));
}

static void test_hops_are_told(void **state)
{
	struct rf_daemon daemon = { 0 };
	struct rf_sources sources = { 0 };
	json_t *json = json_object();
	char wanted[128];

	(void)state;
	strcpy(daemon.classes.name[0], "a");
	add(&sources,
	    &(struct rf_source){
		    .classes = 1, .kind = RF_ORIGIN_RUN, .tgid = 0x7fffffff, .comm = "ca\n" });
	add(&sources, &(struct rf_source){ .classes = 1,
					   .kind = RF_FLOW_PIPE,
					   .tgid = (uint32_t)getpid(),
					   .comm = "gzip",
					   .time_ns = rf_timestamp_boot() });
	/* A process of this number began later. */
	add(&sources, &(struct rf_source){ .classes = 1,
					   .kind = RF_FLOW_UNIX,
					   .tgid = (uint32_t)getpid(),
					   .comm = "gzip" });
	rf_chain_put(&daemon, &sources, json);
	assert_string_equal(text(json, 0, "text"),
			    "ca\\x0a (pid 2147483647, ended) got it by ringfence run");
	assert_false(alive(json, 0));
	snprintf(wanted, sizeof(wanted), "gzip (pid %d) passed it on by a pipe", getpid());
	assert_string_equal(text(json, 1, "text"), wanted);
	snprintf(wanted, sizeof(wanted), "a pipe from gzip (pid %d)", getpid());
	assert_string_equal(text(json, 1, "by"), wanted);
	assert_true(alive(json, 1));
	assert_false(alive(json, 2));
	assert_int_equal(json_integer_value(json_object_get(json, "folded")), 0);
	json_decref(json);
}

/* One sentence of several lines */
static void test_readme_names_what_is_not_followed(void **state)
{
	static char readme[65536];
	FILE *file = fopen("README.md", "re");
	char *start, *end;
	size_t n;

	(void)state;
	assert_non_null(file);
	n = fread(readme, 1, sizeof(readme) - 1, file);
	fclose(file);
	readme[n] = '\0';
	start = strstr(readme, "Open in this version");
	assert_non_null(start);
	end = strstr(start, "Further limits");
	assert_non_null(end);
	*end = '\0';
	for (char *at = start; *at; at++)
		if (*at == '\n')
			*at = ' ';
	for (size_t i = 0; rf_unfollowed[i]; i++)
		assert_non_null(strstr(start, rf_unfollowed[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_folded_before_a_copy_counts),
		cmocka_unit_test(test_last_of_a_class),
		cmocka_unit_test(test_hops_are_told),
		cmocka_unit_test(test_readme_names_what_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
