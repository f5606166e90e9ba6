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
#include "userspace/lib/accepted.h"
#include "userspace/lib/trust.h"
#include "userspace/lib/word.h"

static int add_sources(struct rf_world *world, const struct rf_policy *policy,
		       const struct rf_accepted_files *files, size_t count, struct rf_fault *fault)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		const struct rf_policy_source *source = rf_policy_source(policy, i);

		err = rf_world_add(world, source ? source->name : RF_WORLD_SOURCE,
				   source ? source->format : RF_FORMAT_GEOIP, files[i].list,
				   files[i].count, fault);
	}
	return err;
}

static int add_marks(struct rf_world *world, const struct rf_policy_data *data,
		     struct rf_fault *fault)
{
	static const char *const codes[] = {
		[RF_POLICY_MARK_ANYCAST] = "A3",
		[RF_POLICY_MARK_SATELLITE] = "A2",
	};
	int err = 0;

	for (size_t i = 0; !err && i < data->mark_count; i++) {
		const struct rf_policy_mark *mark = &data->marks[i];
		__u16 atom = RF_ATOM_NAT64;

		if (mark->kind != RF_POLICY_MARK_NAT64)
			atom = rf_atom_from_code(codes[mark->kind]);
		err = rf_world_mark(world, rf_addr_load(mark->net.addr), mark->net.len, atom);
	}
	return err ? rf_fault_set(fault, err, "no memory") : 0;
}

int rf_compiled_world_of(const struct rf_policy *policy, const struct rf_accepted_files *files,
			 size_t count, struct rf_world **out, struct rf_fault *fault)
{
	static const struct rf_policy_data none;
	const struct rf_policy_data *data = policy ? &policy->data : &none;
	struct rf_world *world = rf_world_new();
	int err;

	if (!world)
		return rf_fault_set(fault, -ENOMEM, "no memory");
	world->agreement = data->agreement;
	if (policy && policy->clouds.count)
		world->clouds = &policy->clouds;
	err = add_sources(world, policy, files, count, fault);
	if (!err)
		err = add_marks(world, data, fault);
	if (err) {
		rf_world_close(world);
		return err;
	}
	*out = world;
	return 0;
}

/* Nobody has looked at what was never accepted: are they what was signed? */
static int check_files(const struct rf_policy *policy, const struct rf_accepted_files *files,
		       const struct rf_world *world, struct rf_fault *fault)
{
	int err = 0;

	for (size_t i = 0; !err && policy && i < policy->data.source_count; i++)
		if (!files[i].accepted)
			err = rf_trust_files(&policy->data.sources[i], &files[i], &files[i],
					     &world->sources[i], fault);
	return err;
}

int rf_compiled_world(const struct rf_policy *policy, const struct rf_places *places,
		      struct rf_world **out, struct rf_fault *fault)
{
	size_t count = rf_policy_source_count(policy);
	struct rf_accepted_files *files = calloc(count, sizeof(*files));
	struct rf_world *world = NULL;
	int err;

	if (!files)
		return rf_fault_set(fault, -ENOMEM, "no memory");
	for (size_t i = 0; i < count; i++)
		rf_accepted_find(rf_policy_source(policy, i), places, &files[i]);
	err = rf_compiled_world_of(policy, files, count, &world, fault);
	if (!err)
		err = check_files(policy, files, world, fault);
	free(files);
	if (err)
		rf_world_close(world);
	else
		*out = world;
	return err;
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
	err = rf_compiled_world(compiled->policy, input->places, &compiled->world, fault);
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
