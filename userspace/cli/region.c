// SPDX-License-Identifier: GPL-2.0
/*
 * region.c - ringfence region: where addresses are, and who says so
 */
#include "userspace/cli/region.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/progress.h"
#include "userspace/cli/source.h"
#include "userspace/lib/saved.h"

static const struct {
	const char *name;
	int most; /* arguments after the name; -1: any number */
	int (*run)(struct rf_region *region);
} subcommands[] = {
	{ "lookup", -1, rf_region_lookup },	 { "list", 0, rf_region_list },
	{ "conflicts", 0, rf_region_conflicts }, { "diff", 2, rf_region_diff },
	{ "stat", 0, rf_region_stat },		 { "map", 0, rf_region_map },
	{ "update", 0, rf_region_update },
};

#define SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

const struct rf_atoms *rf_region_atoms(const struct rf_region *region)
{
	return region->policy ? &region->atoms : NULL;
}

int rf_region_fail(const struct rf_fault *fault)
{
	fprintf(stderr, "ringfence: region: %s\n", fault->text);
	return RF_EXIT_FAILED;
}

void rf_region_print(json_t *line)
{
	json_dumpf(line, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(line);
}

long rf_region_limit(const struct rf_region *region, long standard)
{
	const char *given = rf_option_value(region->invocation, "limit");
	char *end;
	long limit;

	if (!given)
		return standard;
	errno = 0;
	limit = strtol(given, &end, 10);
	if (*given >= '0' && *given <= '9' && !*end && !errno)
		return limit;
	fprintf(stderr, "ringfence: region: --limit takes a number, 0 for no limit\n");
	return -1;
}

const char *rf_region_size(bool v4, unsigned long long size, char text[64])
{
	char digits[32], *out = text;
	int len = snprintf(digits, sizeof(digits), "%llu", size);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	strcpy(out, v4 ? " addresses" : " networks of /64");
	return text;
}

/* The policy to take regions from; none is no error here. */
static int load_policy(struct rf_region *region)
{
	const char *given = rf_option_value(region->invocation, "policy");
	struct rf_fault fault = { 0 };
	char path[PATH_MAX];
	int code;

	snprintf(path, sizeof(path), "%s/" RF_SAVED_FILE, rf_places.state_dir);
	if (!given && access(path, R_OK))
		return RF_EXIT_OK;
	code = rf_source_load("region", given, region->invocation->json, &region->policy);
	if (code || !rf_atoms_build(region->policy, &region->atoms, &fault))
		return code;
	rf_policy_free(region->policy);
	region->policy = NULL;
	return rf_region_fail(&fault);
}

int rf_region_open(struct rf_region *region)
{
	struct rf_fault fault = { 0 };
	int err;

	rf_progress_say("reading the region data");
	err = rf_compiled_world(region->policy, &rf_places, &region->world, &fault);
	if (!err)
		err = rf_world_parse(region->world, &fault);
	rf_progress_end();
	if (!err)
		return RF_EXIT_OK;
	rf_region_fail(&fault);
	if (err == -ENOENT && strstr(fault.text, "/geoip"))
		fprintf(stderr, "The region data is in Debian's package tor-geoipdb: apt install "
				"tor-geoipdb\n");
	return RF_EXIT_FAILED;
}

int rf_region_compile(const struct rf_region *region, struct rf_world *world, void *value,
		      struct rf_generation_report *report, struct rf_fault *fault)
{
	static const struct rf_policy none;
	struct rf_atoms atoms = { 0 };
	struct rf_generation_input input = {
		.atoms = region->policy ? &region->atoms : &atoms,
		.world = world,
	};
	int err = region->policy ? 0 : rf_atoms_build(&none, &atoms, fault);

	rf_progress_say("compiling, and checking every range against a second reader");
	if (!err)
		err = rf_generation_build(&input, value, report, fault);
	rf_progress_end();
	rf_atoms_free(&atoms);
	return err;
}

static int usage(void)
{
	fprintf(stderr, "ringfence: region: say lookup ADDRESS..., list, conflicts, diff OLD NEW, "
			"stat, map or update\n"
			"Try 'ringfence region --help'.\n");
	return RF_EXIT_USAGE;
}

int rf_region_run(struct rf_invocation *invocation)
{
	struct rf_region region = { .invocation = invocation };
	size_t i = 0;
	int code;

	while (i < SUBCOMMANDS && strcmp(invocation->argv[0], subcommands[i].name))
		i++;
	if (i == SUBCOMMANDS ||
	    (subcommands[i].most >= 0 && invocation->argc - 1 != subcommands[i].most))
		return usage();
	code = load_policy(&region);
	if (!code)
		code = subcommands[i].run(&region);
	if (region.world)
		rf_world_close(region.world);
	if (region.policy)
		rf_atoms_free(&region.atoms);
	rf_policy_free(region.policy);
	return code;
}
