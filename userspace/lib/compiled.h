/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compiled.h - a policy with everything that was made from it: what the
 * kernel is given, and what people are told about it
 */
#ifndef RF_COMPILED_H
#define RF_COMPILED_H

#include "userspace/lib/accepted.h"
#include "userspace/lib/atom.h"
#include "userspace/lib/generation.h"
#include "userspace/lib/policy.h"
#include "userspace/lib/world.h"

/**
 * struct rf_compiled - one compiled policy
 * @policy: owned
 * @bits: label bit of each of the policy's classes
 * @value: the generation, RF_GENERATION_SIZE bytes
 */
struct rf_compiled {
	struct rf_policy *policy;
	struct rf_world *world;
	struct rf_atoms atoms;
	uint8_t bits[RF_CLASS_MAX];
	struct rf_generation_header *value;
	struct rf_generation_report report;
};

/**
 * struct rf_compiled_input - what to compile
 * @policy: taken over on success only
 * @bits: NULL for each class's index
 * @places: where the region data is
 * @cache_dir: NULL for no cache
 */
struct rf_compiled_input {
	struct rf_policy *policy;
	const uint8_t *bits;
	__u64 number;
	const struct rf_places *places;
	const char *cache_dir;
};

/**
 * rf_compiled_new - compile, check against the reference
 * @out: written only on success; release with rf_compiled_free()
 *
 * Returns 0 or a negative errno, with @fault.
 */
int rf_compiled_new(const struct rf_compiled_input *input, struct rf_compiled **out,
		    struct rf_fault *fault);
void rf_compiled_free(struct rf_compiled *compiled);

/**
 * rf_compiled_world - the region data that a policy asks for, not parsed
 * @policy: must outlive it; NULL for the installed source alone
 *
 * A source whose files were accepted by `ringfence region update` is read from
 * those copies, and from nowhere else (accepted.h). Others are read as they are
 * named, and must be what the policy has listed or signed (trust.h).
 */
int rf_compiled_world(const struct rf_policy *policy, const struct rf_places *places,
		      struct rf_world **out, struct rf_fault *fault);

/** rf_compiled_world_of - the same, of these @count sources' files, in the policy's order */
int rf_compiled_world_of(const struct rf_policy *policy, const struct rf_accepted_files *files,
			 size_t count, struct rf_world **out, struct rf_fault *fault);

/** rf_compiled_label - label bits of a mask by class index */
uint64_t rf_compiled_label(const struct rf_compiled *compiled, uint64_t classes);

/**
 * rf_compiled_verdict - what the kernel would say; an rf_table_verdict
 * @context: the struct rf_compiled
 */
int rf_compiled_verdict(void *context, uint64_t classes, const uint8_t addr[16], uint16_t port,
			char reason[128]);

#endif /* RF_COMPILED_H */
