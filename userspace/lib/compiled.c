// SPDX-License-Identifier: GPL-2.0
/*
 * compiled.c - a policy with everything that was made from it
 */
#include "userspace/lib/compiled.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/decide.h"
#include "userspace/lib/word.h"

int rf_compiled_world(const char *dir, struct rf_world **out, struct rf_fault *fault)
{
	char v4[PATH_MAX], v6[PATH_MAX];

	snprintf(v4, sizeof(v4), "%s/geoip", dir);
	snprintf(v6, sizeof(v6), "%s/geoip6", dir);
	return rf_world_open(v4, v6, out, fault);
}

static int build(const struct rf_compiled_input *input, struct rf_compiled *compiled,
		 struct rf_fault *fault)
{
	struct rf_generation_input from = {
		.atoms = &compiled->atoms,
		.bits = compiled->bits,
		.number = input->number,
		.cache_dir = input->cache_dir,
	};
	int err;

	err = rf_atoms_build(compiled->policy, &compiled->atoms, fault);
	if (err)
		return err;
	err = rf_compiled_world(input->geoip_dir, &compiled->world, fault);
	if (err)
		return err;
	compiled->value = aligned_alloc(4096, RF_GENERATION_SIZE);
	if (!compiled->value)
		return rf_fault_set(fault, -ENOMEM, "no memory for the generation");
	from.world = compiled->world;
	return rf_generation_build(&from, compiled->value, &compiled->report, fault);
}

int rf_compiled_new(const struct rf_compiled_input *input, struct rf_compiled **out,
		    struct rf_fault *fault)
{
	struct rf_compiled *compiled = calloc(1, sizeof(*compiled));
	size_t i;
	int err;

	if (!compiled)
		return rf_fault_set(fault, -ENOMEM, "no memory");
	compiled->policy = input->policy;
	for (i = 0; i < input->policy->class_count; i++)
		compiled->bits[i] = input->bits ? input->bits[i] : (uint8_t)i;
	err = build(input, compiled, fault);
	if (err) {
		compiled->policy = NULL; /* stays the caller's */
		rf_compiled_free(compiled);
		return err;
	}
	*out = compiled;
	return 0;
}

void rf_compiled_free(struct rf_compiled *compiled)
{
	if (!compiled)
		return;
	free(compiled->value);
	rf_world_close(compiled->world);
	rf_atoms_free(&compiled->atoms);
	rf_policy_free(compiled->policy);
	free(compiled);
}

uint64_t rf_compiled_label(const struct rf_compiled *compiled, uint64_t classes)
{
	uint64_t label = 0;
	size_t i;

	for (i = 0; i < compiled->policy->class_count; i++)
		if (classes >> i & 1)
			label |= 1ull << compiled->bits[i];
	return label;
}

int rf_compiled_verdict(void *context, uint64_t classes, const uint8_t addr[16], uint16_t port,
			char reason[128])
{
	const struct rf_compiled *compiled = context;
	char name[RF_ATOM_NAME_MAX];
	struct rf_decision decision;

	(void)port; /* no rule of this version looks at it */
	decision = rf_decide(compiled->value, rf_compiled_label(compiled, classes), addr);
	if (decision.reason == RF_REASON_REGION)
		snprintf(reason, 128, "region %.100s",
			 rf_atoms_name(&compiled->atoms, decision.atom, name));
	else
		snprintf(reason, 128, "%s", rf_word_because(decision.reason, decision.verdict));
	return decision.verdict;
}
