/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy_describe.h - parts of a policy as lists of texts, to be compared
 * and shown
 */
#ifndef RF_POLICY_DESCRIBE_H
#define RF_POLICY_DESCRIBE_H

#include "userspace/lib/policy.h"

/**
 * struct rf_texts - a list of texts; zeroed memory is an empty one
 * @failed: memory ran out, the list is not complete
 */
struct rf_texts {
	char **items;
	size_t count;
	bool failed;
};

void rf_texts_add(struct rf_texts *texts, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void rf_texts_sort(struct rf_texts *texts);
void rf_texts_free(struct rf_texts *texts);

/** rf_texts_join - all in one line with commas, to be freed; NULL without memory */
char *rf_texts_join(const struct rf_texts *texts);

/*
 * Each adds to the list what is there, by meaning and not by how it is
 * written. Only so that old and new can be asked alike, an index of -1 stands
 * for nothing.
 */
void rf_policy_describe_countries(const struct rf_policy *policy, int region,
				  struct rf_texts *texts);
void rf_policy_describe_prefixes(const struct rf_policy *policy, int region,
				 struct rf_texts *texts);
void rf_policy_describe_clouds(const struct rf_policy *policy, int region, struct rf_texts *texts);
void rf_policy_describe_data(const struct rf_policy *policy, struct rf_texts *texts);
void rf_policy_describe_origins(const struct rf_policy *policy, int class, struct rf_texts *texts);
void rf_policy_describe_allow(const struct rf_policy *policy, int class, struct rf_texts *texts);
void rf_policy_describe_deny(const struct rf_policy *policy, int class, struct rf_texts *texts);
void rf_policy_describe_management(const struct rf_policy *policy, struct rf_texts *texts);
void rf_policy_describe_declassifiers(const struct rf_policy *policy, struct rf_texts *texts);
void rf_policy_describe_exceptions(const struct rf_policy *policy, struct rf_texts *texts);

#endif /* RF_POLICY_DESCRIBE_H */
