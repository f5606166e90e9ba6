/* SPDX-License-Identifier: GPL-2.0 */
/*
 * region.h - between the files of `ringfence region`; nobody else includes it
 */
#ifndef RF_CLI_REGION_H
#define RF_CLI_REGION_H

#include "userspace/cli/command.h"
#include "userspace/lib/atom.h"
#include "userspace/lib/generation.h"
#include "userspace/lib/world.h"

/**
 * struct rf_region - what a subcommand works on
 * @policy: NULL if there is none
 * @atoms: of the policy; only if there is one
 * @world: NULL until rf_region_open()
 */
struct rf_region {
	struct rf_invocation *invocation;
	struct rf_policy *policy;
	struct rf_atoms atoms;
	struct rf_world *world;
};

/** rf_region_atoms - of the policy, or NULL */
const struct rf_atoms *rf_region_atoms(const struct rf_region *region);

/** rf_region_open - read and parse what the policy asks for; an exit code, with a message */
int rf_region_open(struct rf_region *region);

/**
 * rf_region_compile - all that apply does to a world, but for the switch; with
 * the policy's prefixes, if there is a policy
 * @world: parsed or not
 * @value: RF_GENERATION_SIZE bytes
 *
 * Says what takes long. Returns 0 or a negative errno, with @fault.
 */
int rf_region_compile(const struct rf_region *region, struct rf_world *world, void *value,
		      struct rf_generation_report *report, struct rf_fault *fault);

/** rf_region_fail - say on stderr what a fault is; returns RF_EXIT_FAILED */
int rf_region_fail(const struct rf_fault *fault);

/** rf_region_print - one line of JSON; takes @line over */
void rf_region_print(json_t *line);

/** rf_region_limit - how many lines to show: --limit, or @standard; -1 after a message */
long rf_region_limit(const struct rf_region *region, long standard);

/** rf_region_size - "65,536 addresses" or "3 networks of /64"; @text of 64 bytes */
const char *rf_region_size(bool v4, unsigned long long size, char text[64]);

/* Each runs one subcommand and returns an exit code. */
int rf_region_lookup(struct rf_region *region);
int rf_region_list(struct rf_region *region);
int rf_region_conflicts(struct rf_region *region);
int rf_region_diff(struct rf_region *region);
int rf_region_stat(struct rf_region *region);
int rf_region_map(struct rf_region *region);
int rf_region_update(struct rf_region *region);

#endif /* RF_CLI_REGION_H */
