// SPDX-License-Identifier: GPL-2.0
/*
 * region.c - ringfence region: where addresses are, and who says so
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/address.h"
#include "userspace/cli/command.h"
#include "userspace/cli/place.h"
#include "userspace/cli/progress.h"
#include "userspace/cli/shown.h"
#include "userspace/cli/source.h"
#include "userspace/lib/saved.h"

/* The policy to take regions from; none is no error here. */
static int load_policy(struct rf_invocation *invocation, struct rf_policy **policy)
{
	const char *given = rf_option_value(invocation, "policy");
	char path[PATH_MAX];

	*policy = NULL;
	snprintf(path, sizeof(path), "%s/" RF_SAVED_FILE, rf_places.state_dir);
	if (!given && access(path, R_OK))
		return RF_EXIT_OK;
	return rf_source_load("region", given, invocation->json, policy);
}

static int open_world(struct rf_world **world)
{
	struct rf_fault fault = { 0 };
	int err;

	rf_progress_say("reading the region data");
	err = rf_compiled_world(rf_places.geoip_dir, world, &fault);
	if (!err) {
		err = rf_world_parse(*world, &fault);
		if (err)
			rf_world_close(*world);
	}
	rf_progress_end();
	if (!err)
		return RF_EXIT_OK;
	fprintf(stderr, "ringfence: region: %s\n", fault.text);
	if (err == -ENOENT)
		fprintf(stderr, "The region data is in Debian's package tor-geoipdb: apt install "
				"tor-geoipdb\n");
	return RF_EXIT_FAILED;
}

static void print_place(const struct rf_place *place, const struct rf_atoms *atoms)
{
	const struct rf_atom *atom = atoms ? &atoms->list[place->answer.atom] : NULL;
	char source[256];
	size_t i;

	rf_place_source(place, source, sizeof(source));
	printf("%s: %s, prefix %s (%s)", place->address, place->name, place->prefix, source);
	for (i = 0; atom && i < atom->region_count; i++)
		printf("%s %s", i ? "," : "; in the policy's",
		       atoms->policy->regions[atom->regions[i]].name);
	putchar('\n');
}

static int look_up(const struct rf_world *world, const struct rf_atoms *atoms, const char *text,
		   bool json)
{
	struct rf_place place;
	uint8_t addr[16];
	uint16_t port;
	char shown[RF_SHOWN_MAX];
	json_t *line;

	if (rf_address_parse(text, addr, &port) || port) {
		fprintf(stderr, "ringfence: region: '%s' is not an IPv4 or IPv6 address\n",
			rf_shown(shown, text));
		return RF_EXIT_USAGE;
	}
	rf_place_find(world, atoms, addr, &place);
	if (json) {
		line = json_pack("{s:s}", "address", place.address);
		json_object_update_new(line, rf_place_json(&place, atoms));
		json_dumpf(line, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		json_decref(line);
	} else {
		print_place(&place, atoms);
	}
	return place.answer.atom == RF_ATOM_UNKNOWN ? RF_EXIT_FAILED : RF_EXIT_OK;
}

static int run_lookup(struct rf_invocation *invocation, const struct rf_policy *policy)
{
	struct rf_fault fault = { 0 };
	struct rf_atoms atoms = { 0 };
	struct rf_world *world;
	int code, worst = RF_EXIT_OK, i;

	if (invocation->argc < 2) {
		fprintf(stderr, "ringfence: region lookup: which address?\n");
		return RF_EXIT_USAGE;
	}
	if (policy && rf_atoms_build(policy, &atoms, &fault)) {
		fprintf(stderr, "ringfence: region: %s\n", fault.text);
		return RF_EXIT_FAILED;
	}
	code = open_world(&world);
	for (i = 1; !code && i < invocation->argc; i++) {
		int one = look_up(world, policy ? &atoms : NULL, invocation->argv[i],
				  invocation->json);

		worst = one > worst ? one : worst;
	}
	if (!code)
		rf_world_close(world);
	if (policy)
		rf_atoms_free(&atoms);
	return code ? code : worst;
}

static json_t *region_json(const struct rf_policy_region *region,
			   const struct rf_policy_members *members, const char *file)
{
	json_t *countries = json_array(), *prefixes = json_array();
	char text[RF_ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < members->country_count; i++)
		json_array_append_new(countries, json_string(members->countries[i].code));
	for (i = 0; i < members->prefix_count; i++) {
		const struct rf_prefix *net = &members->prefixes[i].net;

		rf_addr_prefix_text(rf_addr_load(net->addr), net->len, text);
		json_array_append_new(prefixes, json_string(text));
	}
	return json_pack("{s:s, s:s?, s:o, s:o, s:o, s:I}", "region", region->name, "note",
			 region->note, "countries", countries, "prefixes", prefixes, "file",
			 rf_shown_json(file), "line", (json_int_t)region->pos.line);
}

static void print_region(const json_t *region)
{
	static const char *const keys[] = { "countries", "prefixes" };
	json_t *item;
	size_t i, k;

	printf("%s:", json_string_value(json_object_get(region, "region")));
	for (k = 0; k < 2; k++)
		json_array_foreach(json_object_get(region, keys[k]), i, item)
			printf(" %s", json_string_value(item));
	printf(" (%s:%lld)\n", json_string_value(json_object_get(region, "file")),
	       (long long)json_integer_value(json_object_get(region, "line")));
}

static int run_list(struct rf_invocation *invocation, const struct rf_policy *policy)
{
	struct rf_policy_members members;
	json_t *region;
	size_t i;

	if (!policy) {
		fprintf(stderr,
			"ringfence: region list: no policy; give one with --policy PATH%s\n",
			geteuid() ? ", or use sudo to see the one applied last" : "");
		return RF_EXIT_FAILED;
	}
	for (i = 0; i < policy->region_count; i++) {
		if (rf_policy_region_members(policy, i, &members))
			return RF_EXIT_FAILED;
		region = region_json(&policy->regions[i], &members,
				     rf_policy_pos_file(policy, &policy->regions[i].pos));
		rf_policy_members_free(&members);
		if (invocation->json) {
			json_dumpf(region, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
			putchar('\n');
		} else {
			print_region(region);
		}
		json_decref(region);
	}
	return RF_EXIT_OK;
}

int rf_region_run(struct rf_invocation *invocation)
{
	bool lookup = !strcmp(invocation->argv[0], "lookup");
	struct rf_policy *policy;
	int code;

	if (!lookup && (strcmp(invocation->argv[0], "list") || invocation->argc > 1)) {
		fprintf(stderr, "ringfence: region: say lookup ADDRESS..., or list\n"
				"Try 'ringfence region --help'.\n");
		return RF_EXIT_USAGE;
	}
	code = load_policy(invocation, &policy);
	if (code)
		return code;
	code = lookup ? run_lookup(invocation, policy) : run_list(invocation, policy);
	rf_policy_free(policy);
	return code;
}
