// SPDX-License-Identifier: GPL-2.0
/*
 * policy_data_test.c - where the region data comes from, as a policy says it;
 * and the cloud regions of a region
 */
#include "tests/unit/policy_text.h"

#define DATA CLASS "region-data:\n"

static void reads_sources_in_order_of_trust(void **state)
{
	struct rf_policy *policy = policy_text_good(
		DATA "  sources:\n"
		     "    - { name: sites, format: geofeed, path: /srv/feed.csv, max-age: 30,\n"
		     "        sha256sums: /srv/SHA256SUMS }\n"
		     "    - { format: csv, path: [/srv/four.csv.gz, /srv/six.csv.gz] }\n"
		     "    - tor-geoipdb\n"
		     "  require-agreement: 2\n"
		     "  max-loss: 25\n");
	const struct rf_policy_data *data = &policy->data;

	(void)state;
	assert_int_equal(data->source_count, 3);
	assert_string_equal(data->sources[0].name, "sites");
	assert_int_equal(data->sources[0].format, RF_FORMAT_GEOFEED);
	assert_int_equal(data->sources[0].max_age_days, 30);
	assert_string_equal(data->sources[0].sums, "/srv/SHA256SUMS");
	assert_string_equal(data->sources[1].name, "csv");
	assert_int_equal(data->sources[1].path_count, 2);
	assert_string_equal(data->sources[1].paths[1], "/srv/six.csv.gz");
	assert_string_equal(data->sources[2].name, "tor-geoipdb");
	assert_int_equal(data->sources[2].path_count, 0);
	assert_int_equal(data->agreement, 2);
	assert_int_equal(data->max_loss, 25);
	rf_policy_free(policy);
}

static void reads_marks(void **state)
{
	struct rf_policy *policy = policy_text_good(DATA "  anycast: [1.1.1.0/24]\n"
							 "  satellite: [\"2a0d:3344::/32\"]\n"
							 "  nat64: [\"2001:db8:64::/96\"]\n");
	const struct rf_policy_data *data = &policy->data;

	(void)state;
	assert_int_equal(data->mark_count, 3);
	assert_int_equal(data->marks[0].kind, RF_POLICY_MARK_ANYCAST);
	assert_int_equal(data->marks[0].net.len, 96 + 24);
	assert_int_equal(data->marks[1].kind, RF_POLICY_MARK_SATELLITE);
	assert_int_equal(data->marks[2].kind, RF_POLICY_MARK_NAT64);
	assert_int_equal(data->agreement, 0);
	assert_int_equal(data->source_count, 0);
	rf_policy_free(policy);
}

static void reads_cloud_regions(void **state)
{
	struct rf_policy *policy =
		policy_text_good(HEAD "regions:\n"
				      "  bj: { clouds: [aws:cn-north-1] }\n"
				      "  all: { include: [bj], clouds: [aws:cn-northwest-1] }\n"
				      "classes: { c: { allow: [bj, all] } }\n");
	struct rf_policy_members members;

	(void)state;
	assert_int_equal(policy->regions[0].cloud_count, 1);
	assert_int_equal(rf_policy_region_members(policy, 1, &members), 0);
	assert_int_equal(members.cloud_count, 2);
	assert_string_equal(policy->clouds.list[members.clouds[0]].name, "aws:cn-north-1");
	assert_string_equal(policy->clouds.list[members.clouds[0]].code, "CN");
	assert_string_equal(policy->clouds.list[members.clouds[1]].name, "aws:cn-northwest-1");
	rf_policy_members_free(&members);
	rf_policy_free(policy);
}

/* What is written, what is said; the place is that of dir/p.yaml. */
static const struct {
	const char *yaml;
	const char *said;
} mistakes[] = {
	{ DATA "  sources: [tor-geopdb]\n",
	  "5:13: error: unknown value \"tor-geopdb\" of \"format\"; expected tor-geoipdb, mmdb, csv, "
	  "delegated-extended, geofeed, aws, google or azure; did you mean \"tor-geoipdb\"?" },
	{ DATA "  sources: [{ format: mmdb }]\n",
	  "5:13: error: source \"mmdb\" has no file; add path: /the/file" },
	{ DATA "  sources: [{ name: a, path: /b }]\n",
	  "5:13: error: \"format\" is missing in a source of region data" },
	{ DATA "  sources: [{ format: csv, path: b.csv }]\n",
	  "5:34: error: a file of region data \"b.csv\" does not begin with a /" },
	{ DATA "  sources: [{ name: A b, format: csv, path: /b }]\n",
	  "5:21: error: \"A b\" cannot name a source; expected 1 to 63 of a-z, 0-9 and -" },
	{ DATA "  sources: [tor-geoipdb, tor-geoipdb]\n",
	  "5:26: error: two sources are called \"tor-geoipdb\"; give one of them another name" },
	{ DATA "  sources: [{ format: csv, path: /b, signature: /s }]\n",
	  "5:13: error: source \"csv\": signature and key belong together; write signature: "
	  "/the/file.sig and key: /the/public.pem" },
	{ DATA "  sources: [{ format: csv, path: [/a, /b], signature: /s, key: /k }]\n",
	  "5:13: error: source \"csv\": one signature is of one file; use sha256sums" },
	{ DATA "  sources: [{ format: tor-geoipdb, signature: /s, key: /k }]\n",
	  "5:13: error: source \"tor-geoipdb\": one signature is of one file; use sha256sums" },
	{ DATA "  sources: [{ format: csv, path: [] }]\n",
	  "5:34: error: a list of no files; name at least one" },
	{ DATA "  sources: [{ format: csv, path: /b, max-age: never }]\n",
	  "5:47: error: \"never\" is not max-age; expected a number from 1 to 3650" },
	{ DATA "  require-agreement: 2\n",
	  "5:22: error: 2 sources must agree, but there is 1: every address would be foreign; name "
	  "more sources" },
	{ DATA "  sources: [tor-geoipdb]\n  require-agreement: 0\n",
	  "6:22: error: \"0\" is not require-agreement; expected a number from 1 to 16" },
	{ DATA "  max-loss: 101\n",
	  "5:13: error: \"101\" is not max-loss; expected a number from 1 to 100" },
	{ DATA "  nat64: [\"2001:db8::/64\"]\n",
	  "5:11: error: \"2001:db8::/64\" cannot be used for NAT64 here; expected an IPv6 prefix of "
	  "96 bits" },
	{ DATA "  nat64: [0.0.0.0/0]\n",
	  "5:11: error: \"0.0.0.0/0\" cannot be used for NAT64 here; expected an IPv6 prefix of "
	  "96 bits" },
	{ DATA "  anycast: [1.1.1.0/24]\n  satellite: [1.1.1.0/24]\n",
	  "6:15: error: \"1.1.1.0/24\" is marked twice" },
	{ DATA "  anycasts: [1.1.1.0/24]\n",
	  "5:3: error: unknown key \"anycasts\" in region-data; expected one of sources, "
	  "require-agreement, max-loss, anycast, satellite, nat64; did you mean \"anycast\"?" },
	{ HEAD "regions: { cn: { clouds: [aws:cn-nort-1] } }\nclasses: { c: { allow: [cn] } }\n",
	  "2:27: error: unknown cloud region \"aws:cn-nort-1\"; expected one such as "
	  "aws:eu-central-1; did you mean \"aws:cn-north-1\"?" },
	{ HEAD "regions: { cn: { clouds: [aws:global] } }\nclasses: { c: { allow: [cn] } }\n",
	  "2:27: error: \"aws:global\" is everywhere: no region can hold it; name its prefixes" },
};

static void tells_each_mistake(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		char *said;
		struct rf_policy *policy = policy_text_load(mistakes[i].yaml, &said);

		assert_null(policy);
		if (strncmp(said, "dir/p.yaml:", 11) ||
		    strncmp(said + 11, mistakes[i].said, strlen(mistakes[i].said)))
			fail_msg("expected %s\nfound    %s", mistakes[i].said, said);
		free(said);
	}
}

static void refuses_the_section_twice(void **state)
{
	static const struct rf_policy_file files[] = {
		{ "a.yaml", CLASS "region-data: { max-loss: 5 }\n",
		  sizeof(CLASS "region-data: { max-loss: 5 }\n") - 1 },
		{ "b.yaml", HEAD "region-data: { max-loss: 6 }\n",
		  sizeof(HEAD "region-data: { max-loss: 6 }\n") - 1 },
	};
	struct rf_diagnostics found = { 0 };

	(void)state;
	assert_null(rf_policy_load_files(files, 2, &policy_text_options, &found));
	assert_int_equal(found.errors, 1);
	assert_non_null(
		strstr(found.items[0].message, "given twice; the other is in a.yaml, line 4"));
	rf_diagnostics_free(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_sources_in_order_of_trust),
		cmocka_unit_test(reads_marks),
		cmocka_unit_test(reads_cloud_regions),
		cmocka_unit_test(tells_each_mistake),
		cmocka_unit_test(refuses_the_section_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
