// SPDX-License-Identifier: GPL-2.0
/*
 * trust.c - may new region data take the place of what was accepted before?
 */
#include "userspace/lib/trust.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "userspace/lib/census.h"
#include "userspace/lib/store.h"

#define HEX_LEN (2 * SHA256_DIGEST_LENGTH)
#define DAY 86400ll /* seconds */
#define SMALL_SHARE 10000 /* a country below this share of the whole may vanish */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int read_file(const char *path, char **data, size_t *len, struct rf_fault *fault)
{
	int error = rf_store_read(path, data, len);

	return error ? rf_fault_set(fault, error, "%s: %s", path, strerror(-error)) : 0;
}

/* Region data; if a world has opened the file, it must be what was read then. */
static int read_data(const char *path, const struct rf_world_file *opened, char **data, size_t *len,
		     struct rf_fault *fault)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	int error = read_file(path, data, len, fault);

	if (error || !opened)
		return error;
	SHA256((unsigned char *)*data, *len, hash);
	if (!memcmp(hash, opened->hash, sizeof(hash)))
		return 0;
	free(*data);
	*data = NULL;
	return rf_fault_set(fault, -ESTALE, "%s: changed while it was used", path);
}

static int hash_file(const char *path, const struct rf_world_file *opened, char hex[HEX_LEN + 1],
		     struct rf_fault *fault)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char *data;
	size_t len;
	int error = read_data(path, opened, &data, &len, fault);

	if (error)
		return error;
	SHA256((unsigned char *)data, len, hash);
	free(data);
	for (int i = 0; i < SHA256_DIGEST_LENGTH; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return 0;
}

/* The line "HEX  NAME" or "HEX *NAME" of a file; NULL if there is none. */
static const char *find_sum(const char *sums, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = sums; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strspn(line, "0123456789abcdef") == HEX_LEN && line[HEX_LEN] == ' ' &&
		    (line[HEX_LEN + 1] == ' ' || line[HEX_LEN + 1] == '*') &&
		    !strncmp(line + HEX_LEN + 2, name, len) &&
		    (line[HEX_LEN + 2 + len] == '\n' || !line[HEX_LEN + 2 + len]))
			return line;
	}
	return NULL;
}

static const struct rf_world_file *opened_file(const struct rf_world_source *opened, size_t i)
{
	return opened ? &opened->files[i] : NULL;
}

static int check_sums(const char *path, const struct rf_accepted_files *named,
		      const struct rf_accepted_files *staged, const struct rf_world_source *opened,
		      struct rf_fault *fault)
{
	char hex[HEX_LEN + 1];
	size_t len;
	char *sums;
	int error = read_file(path, &sums, &len, fault);

	if (error)
		return error;
	for (size_t i = 0; !error && i < staged->count; i++) {
		const char *name = base_name(named->paths[i]), *line = find_sum(sums, name);

		error = hash_file(staged->paths[i], opened_file(opened, i), hex, fault);
		if (!error && !line)
			error = rf_fault_set(fault, -EPERM, "%s does not list %s", path, name);
		else if (!error && strncmp(line, hex, HEX_LEN))
			error = rf_fault_set(fault, -EPERM,
					     "%s is not the file that %s lists: its SHA-256 is %s",
					     named->paths[i], path, hex);
	}
	free(sums);
	return error;
}

static EVP_PKEY *read_key(const char *path, struct rf_fault *fault)
{
	FILE *file = fopen(path, "re");
	EVP_PKEY *key = file ? PEM_read_PUBKEY(file, NULL, NULL, NULL) : NULL;

	if (!file)
		rf_fault_set(fault, -errno, "%s: %s", path, strerror(errno));
	else if (!key)
		rf_fault_set(fault, -EINVAL, "%s: not a public key in PEM", path);
	if (file)
		fclose(file);
	return key;
}

/* Ed25519 and Ed448 hash by themselves. */
static bool verify(EVP_PKEY *key, const char *data, size_t len, const char *signature,
		   size_t signature_len)
{
	int kind = EVP_PKEY_get_id(key);
	const EVP_MD *digest = kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448 ? NULL :
										    EVP_sha256();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context && EVP_DigestVerifyInit(context, NULL, digest, NULL, key) == 1 &&
		    EVP_DigestVerify(context, (const unsigned char *)signature, signature_len,
				     (const unsigned char *)data, len) == 1;

	EVP_MD_CTX_free(context);
	return good;
}

static int check_signature(const struct rf_policy_source *source, const char *named,
			   const char *staged, const struct rf_world_file *opened,
			   struct rf_fault *fault)
{
	char *data = NULL, *signature = NULL;
	size_t len, signature_len;
	EVP_PKEY *key = read_key(source->key, fault);
	int error = key ? 0 : -EPERM;

	if (!error)
		error = read_data(staged, opened, &data, &len, fault);
	if (!error)
		error = read_file(source->signature, &signature, &signature_len, fault);
	if (!error && !verify(key, data, len, signature, signature_len))
		error = rf_fault_set(fault, -EPERM, "%s is not what %s signs", named,
				     source->signature);
	EVP_PKEY_free(key);
	free(data);
	free(signature);
	return error;
}

int rf_trust_files(const struct rf_policy_source *source, const struct rf_accepted_files *named,
		   const struct rf_accepted_files *staged, const struct rf_world_source *opened,
		   struct rf_fault *fault)
{
	int error = 0;

	if (source && source->sums)
		error = check_sums(source->sums, named, staged, opened, fault);
	if (!error && source && source->signature)
		error = check_signature(source, named->paths[0], staged->paths[0],
					opened_file(opened, 0), fault);
	return error;
}

/* What is dated ahead would have all that comes later refused as older. */
static int check_age(const char *name, const char *date, const struct rf_trust_limits *limits,
		     struct rf_fault *fault)
{
	struct tm tm = { 0 };
	long long age;

	if (!*date && !limits->max_age_days)
		return 0;
	if (!*date)
		return rf_fault_set(fault, -EPERM,
				    "%s: the data has no date, so max-age is no limit", name);
	if (!strptime(date, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return rf_fault_set(fault, -EPERM, "%s: %s is no date", name, date);
	age = limits->now - timegm(&tm);
	if (age < -DAY)
		return rf_fault_set(fault, -EPERM,
				    "%s: the data of %s is ahead of this host's clock", name, date);
	if (limits->max_age_days && age / DAY > limits->max_age_days)
		return rf_fault_set(fault, -EPERM,
				    "%s: the data of %s is %lld days old, the limit is %u", name,
				    date, age / DAY, limits->max_age_days);
	return 0;
}

static int check_dates(const struct rf_world_source *old, const struct rf_world_source *new,
		       const struct rf_trust_limits *limits, struct rf_fault *fault)
{
	int error = 0;

	for (size_t i = 0; !error && i < new->file_count; i++) {
		const char *date = new->files[i].date;

		if (old && i < old->file_count && strcmp(date, old->files[i].date) < 0)
			return rf_fault_set(fault, -EPERM,
					    "%s: %s is older than the accepted data of %s",
					    new->name, *date ? date : "data without a date",
					    old->files[i].date);
		error = check_age(new->name, date, limits, fault);
	}
	return error;
}

/* struct change - of one family from old to new */
struct change {
	const char *name;
	enum rf_family family;
	const struct rf_census *old;
	const struct rf_census *new;
	const struct rf_clouds *clouds;
	unsigned int max_loss;
	struct rf_fault *fault;
};

static int check_loss(const struct change *change, const char *what, __u64 before, __u64 after)
{
	double loss;

	if (after >= before)
		return 0;
	loss = 100.0 * (double)(before - after) / (double)before;
	if (loss <= change->max_loss)
		return 0;
	return rf_fault_set(change->fault, -EPERM,
			    "%s: %s lost %.1f %% of its %s, more than max-loss of %u %%",
			    change->name, what, loss,
			    change->family == RF_FAMILY_V4 ? "IPv4 addresses" : "IPv6 networks",
			    change->max_loss);
}

static int check_family(const struct change *change)
{
	__u64 total = rf_census_total(change->old, change->family);
	int error = check_loss(change, "the whole", total,
			       rf_census_total(change->new, change->family));
	char code[3];

	for (__u16 atom = RF_ATOM_CODE_FIRST; !error && rf_atom_code(atom, code); atom++) {
		__u64 before = rf_census_country(change->old, change->clouds, change->family, atom);

		if (atom != RF_ATOM_NOBODY && before > total / SMALL_SHARE)
			error = check_loss(change, code, before,
					   rf_census_country(change->new, change->clouds,
							     change->family, atom));
	}
	return error;
}

int rf_trust_change(const struct rf_world_source *old, const struct rf_world_source *new,
		    const struct rf_clouds *clouds, const struct rf_trust_limits *limits,
		    struct rf_fault *fault)
{
	struct rf_census *census;
	int error = check_dates(old, new, limits, fault);

	if (error || !old)
		return error;
	census = calloc(2, sizeof(*census));
	if (!census)
		return rf_fault_set(fault, -ENOMEM, "out of memory");
	rf_census_take(old, &census[0]);
	rf_census_take(new, &census[1]);
	for (int family = 0; !error && family < RF_FAMILY_MAX; family++) {
		const struct change change = { new->name, family,	    &census[0], &census[1],
					       clouds,	  limits->max_loss, fault };

		error = check_family(&change);
	}
	free(census);
	return error;
}
