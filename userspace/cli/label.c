// SPDX-License-Identifier: GPL-2.0
/*
 * label.c - labels as people write them: CLASS[+CLASS]
 */
#include "userspace/cli/label.h"

#include <stdio.h>
#include <string.h>

#include "userspace/cli/shown.h"
#include "userspace/lib/policy.h"
#include "userspace/lib/policy_name.h"

/* Adds @len bytes of @text; false if they are no name or there is no memory. */
static bool add(json_t *names, const char *text, size_t len)
{
	char name[RF_CLASS_NAME_MAX + 1];

	if (len >= sizeof(name))
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	return rf_name_valid(name) && !json_array_append_new(names, json_string(name));
}

json_t *rf_label_names(const char *command, const char *text)
{
	json_t *names = json_array();
	const char *at = text;
	char shown[RF_SHOWN_MAX];
	size_t len;

	for (;; at += len + 1) {
		len = strcspn(at, "+");
		if (!add(names, at, len))
			break;
		if (!at[len])
			return names;
	}
	fprintf(stderr,
		"ringfence: %s: '%s' is not CLASS[+CLASS]; a class is " RF_NAME_TEXT "\n"
		"Try 'ringfence %s --help'.\n",
		command, rf_shown(shown, text), command);
	json_decref(names);
	return NULL;
}

/* What the kernel says of a class bit that no class of the generation has. */
static struct rf_decision decide_stranger(const uint8_t addr[16])
{
	struct rf_decision decision = rf_decide(NULL, ~0ull, addr);

	decision.classes = 0;
	return decision;
}

struct rf_decision rf_label_decide(const struct rf_compiled *compiled, const json_t *names,
				   const uint8_t addr[16], uint64_t *label)
{
	json_t *name;
	size_t i;

	*label = 0;
	json_array_foreach(names, i, name) {
		int at = rf_policy_class_find(compiled->policy, json_string_value(name) ?: "");

		if (at < 0) {
			*label = 0;
			return decide_stranger(addr);
		}
		*label |= 1ull << compiled->bits[at];
	}
	return rf_decide(compiled->value, *label, addr);
}
