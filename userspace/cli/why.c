// SPDX-License-Identifier: GPL-2.0
/*
 * why.c - a chain of hops as people read it
 */
#include "userspace/cli/why.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static bool brought(const json_t *hop, const char *class)
{
	json_t *name;
	size_t i;

	json_array_foreach(json_object_get(hop, "classes"), i, name)
		if (!strcmp(json_string_value(name) ?: "", class))
			return true;
	return false;
}

static void print_folded(long long folded)
{
	if (folded)
		printf("    %-27s  %lld hop%s in between %s not kept\n", "...", folded,
		       folded == 1 ? "" : "s", folded == 1 ? "was" : "were");
}

static void print_class(const json_t *object, const char *class, const char *ends)
{
	long long folded = json_integer_value(json_object_get(object, "folded"));
	size_t gap = (size_t)json_integer_value(json_object_get(object, "folded_after"));
	json_t *hops = json_object_get(object, "sources"), *hop;
	bool any = false;
	size_t i;

	printf("  %s\n", class);
	json_array_foreach(hops, i, hop) {
		if (i == gap)
			print_folded(folded);
		if (!brought(hop, class))
			continue;
		any = true;
		printf("    %-27s  %s\n", text(hop, "since"), text(hop, "text"));
	}
	if (gap >= json_array_size(hops))
		print_folded(folded);
	if (!any && !folded)
		printf("    %-27s  how it came is not known\n", "");
	printf("    %-27s  %s\n", "now", ends);
}

void rf_why_print(const json_t *object, const char *ends)
{
	json_t *name;
	size_t i;

	json_array_foreach(json_object_get(object, "classes"), i, name)
		print_class(object, json_string_value(name) ?: "", ends);
}

const char *rf_why_last(const json_t *object)
{
	json_t *hops = json_object_get(object, "sources");
	size_t count = json_array_size(hops);

	return count ? text(json_array_get(hops, count - 1), "by") : "";
}
