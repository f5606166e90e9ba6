/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cloud.h - the regions of the clouds, and in which country each is
 *
 * The providers' files name regions and not countries, so that is shipped:
 * clouds.tsv, one line "PROVIDER:REGION<tab>CC", with its sources in comments.
 */
#ifndef RF_CLOUD_H
#define RF_CLOUD_H

#include <stddef.h>

#include "userspace/lib/fault.h"
#include "userspace/lib/format.h"

#define RF_CLOUDS_MAX 512
#define RF_CLOUDS_FILE "clouds.tsv" /* beside the country sets */

/**
 * struct rf_cloud - one cloud region
 * @name: "aws:cn-north-1"
 * @code: its country; "ZZ" for one that is everywhere ("aws:global")
 */
struct rf_cloud {
	char name[RF_PLACE_LEN];
	char code[3];
};

/**
 * struct rf_clouds - sorted by name, each once
 * @hash: SHA-256 of the file
 */
struct rf_clouds {
	struct rf_cloud *list;
	size_t count;
	unsigned char hash[32];
};

/**
 * rf_clouds_read - read clouds.tsv
 * @out: written only on success; release with rf_clouds_free()
 *
 * Returns 0, -EINVAL with file and line (no such code, a name twice, more than
 * RF_CLOUDS_MAX), an errno of reading, -ENOMEM; with @fault.
 */
int rf_clouds_read(const char *path, struct rf_clouds *out, struct rf_fault *fault);
void rf_clouds_free(struct rf_clouds *clouds);

/** rf_clouds_find - index of a name, or -1 */
int rf_clouds_find(const struct rf_clouds *clouds, const char *name);

#endif /* RF_CLOUD_H */
