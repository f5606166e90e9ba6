// SPDX-License-Identifier: GPL-2.0
/*
 * policy_hash.c - one number for what a policy was made from
 */
#include "userspace/lib/policy_build.h"

#include <stdlib.h>

#include <openssl/evp.h>

/* Every text goes in with its length, so that no two inputs run together. */
static bool add(EVP_MD_CTX *context, const void *data, size_t len)
{
	uint8_t size[8];
	size_t i;

	for (i = 0; i < sizeof(size); i++)
		size[i] = (uint64_t)len >> (8 * i);
	return EVP_DigestUpdate(context, size, sizeof(size)) == 1 &&
	       EVP_DigestUpdate(context, data, len) == 1;
}

static bool add_text(EVP_MD_CTX *context, const char *text)
{
	return add(context, text, strlen(text));
}

static bool add_file(EVP_MD_CTX *context, const struct rf_policy_file *file)
{
	const char *slash = strrchr(file->name, '/');

	return add_text(context, "file") && add_text(context, slash ? slash + 1 : file->name) &&
	       add(context, file->data, file->len);
}

/* What a set means, not how its file is written. */
static bool add_set(EVP_MD_CTX *context, const struct rf_policy_set *set)
{
	return add_text(context, "set") && add_text(context, set->name) &&
	       add(context, set->codes, set->code_count * sizeof(*set->codes));
}

static bool add_all(EVP_MD_CTX *context, const struct rf_policy *policy,
		    const struct rf_policy_file *files, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!add_file(context, &files[i]))
			return false;
	/* In the order of their first use, which the files settle. */
	for (i = 0; i < policy->set_count; i++)
		if (!add_set(context, &policy->sets[i]))
			return false;
	return true;
}

bool rf_policy_compute_hash(struct rf_policy *policy, const struct rf_policy_file *files,
			    size_t count)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
		  add_all(context, policy, files, count) &&
		  EVP_DigestFinal_ex(context, policy->hash, NULL) == 1;

	EVP_MD_CTX_free(context);
	return ok;
}

const uint8_t *rf_policy_hash(const struct rf_policy *policy)
{
	return policy->hash;
}
