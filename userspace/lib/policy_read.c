// SPDX-License-Identifier: GPL-2.0
/*
 * policy_read.c - mappings by tables of keys, lists, and what is wrong with them
 */
#include "userspace/lib/policy_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void add_finding(struct rf_policy_build *build, enum rf_severity severity,
			unsigned int flags, const struct rf_pos *pos, const char *hint,
			const char *format, va_list args)
{
	const struct rf_diagnostic_place place = {
		.file = rf_policy_pos_file(build->policy, pos),
		.line = pos->line,
		.column = pos->column,
	};
	char *message;

	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	rf_diagnostics_add(build->diagnostics, severity, flags, &place, hint, "%s",
			   message ? message : "out of memory");
	free(message);
}

void rf_policy_error(struct rf_policy_build *build, const struct rf_pos *pos, const char *hint,
		     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_finding(build, RF_SEVERITY_ERROR, 0, pos, hint, format, args);
	va_end(args);
}

void rf_policy_warn(struct rf_policy_build *build, const struct rf_pos *pos, const char *hint,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_finding(build, RF_SEVERITY_WARNING, 0, pos, hint, format, args);
	va_end(args);
}

void rf_policy_not_enforced(struct rf_policy_build *build, const struct rf_pos *pos,
			    const char *what)
{
	const struct rf_diagnostic_place place = {
		.file = rf_policy_pos_file(build->policy, pos),
		.line = pos->line,
		.column = pos->column,
	};

	rf_diagnostics_add(build->diagnostics, RF_SEVERITY_WARNING, RF_DIAGNOSTIC_NOT_ENFORCED,
			   &place, "a policy that asks for it cannot be applied",
			   "%s: not enforced yet", what);
}

void rf_policy_no_memory(struct rf_policy_build *build)
{
	rf_diagnostics_add(build->diagnostics, RF_SEVERITY_ERROR, 0, NULL, NULL, "out of memory");
}

/* Arrays double whenever the count reaches a power of two. */
void *rf_policy_grow(struct rf_policy_build *build, void *items, size_t count, size_t size)
{
	void *more = items;

	if (!(count & (count - 1)))
		more = reallocarray(items, count ? count * 2 : 1, size);
	if (!more)
		rf_policy_no_memory(build);
	return more;
}

bool rf_policy_suggests(const struct rf_policy_build *build)
{
	return build->diagnostics->errors < 200;
}

const char *rf_policy_hint(char hint[512], const char *expected,
			   const struct rf_name_search *search)
{
	snprintf(hint, 512, "%s%s%s%s", expected, search->best ? "; did you mean \"" : "",
		 search->best ? search->best : "", search->best ? "\"?" : "");
	return hint;
}

static void expected_keys(char text[256], const struct rf_policy_key *keys, size_t count)
{
	size_t len = snprintf(text, 256, "expected %s", count > 1 ? "one of " : ""), i;

	for (i = 0; i < count && len < 256; i++)
		len += snprintf(text + len, 256 - len, "%s%s", i ? ", " : "", keys[i].name);
}

static void unknown_key(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const char *what, const struct rf_policy_key *keys, size_t count)
{
	struct rf_name_search search = { .text = key->text };
	char expected[256], hint[512];
	size_t i;

	for (i = 0; i < count; i++)
		rf_name_consider(&search, keys[i].name);
	expected_keys(expected, keys, count);
	rf_policy_error(build, &key->pos, rf_policy_hint(hint, expected, &search),
			"unknown key \"%s\" in %s", key->text, what);
}

static void read_key(struct rf_policy_build *build, const struct rf_yaml_node *key,
		     const struct rf_yaml_node *value, const char *what,
		     const struct rf_policy_key *keys, size_t count, void *into)
{
	size_t i;

	/*
	 * A broken key was reported by the YAML layer. The value of one that was
	 * given twice is read all the same: it may have errors of its own.
	 */
	if (!key->text)
		return;
	for (i = 0; i < count; i++)
		if (!strcmp(keys[i].name, key->text)) {
			keys[i].read(build, key, value, into);
			return;
		}
	if (key->kind == RF_YAML_TEXT)
		unknown_key(build, key, what, keys, count);
}

bool rf_policy_has_key(const struct rf_yaml_node *node, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < node->item_count; i += 2)
		if (node->items[i]->text && !strcmp(node->items[i]->text, name))
			return true;
	return false;
}

void rf_policy_read_mapping(struct rf_policy_build *build, const struct rf_yaml_node *node,
			    const char *what, const struct rf_policy_key *keys, size_t count,
			    void *into)
{
	char expected[256];
	size_t i;

	if (node->kind == RF_YAML_BROKEN)
		return;
	expected_keys(expected, keys, count);
	if (node->kind != RF_YAML_MAPPING) {
		rf_policy_error(build, &node->pos, expected, "expected a mapping for %s, found %s",
				what, rf_yaml_node_name(node));
		return;
	}
	for (i = 0; i + 1 < node->item_count; i += 2)
		read_key(build, node->items[i], node->items[i + 1], what, keys, count, into);
	for (i = 0; i < count; i++)
		if (keys[i].required && !rf_policy_has_key(node, keys[i].name))
			rf_policy_error(build, &node->pos, NULL, "\"%s\" is missing in %s",
					keys[i].name, what);
}

void rf_policy_read_list(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 const char *what,
			 void (*each)(struct rf_policy_build *build,
				      const struct rf_yaml_node *item, void *into),
			 void *into)
{
	char hint[512] = "write it as [first, second]";
	size_t i;

	if (node->kind == RF_YAML_BROKEN)
		return;
	if (node->kind != RF_YAML_LIST) {
		if (node->kind == RF_YAML_TEXT && node->text[0])
			snprintf(hint, sizeof(hint), "write [%.64s]", node->text);
		rf_policy_error(build, &node->pos, hint, "expected a list for \"%s\", found %s",
				what, rf_yaml_node_name(node));
		return;
	}
	for (i = 0; i < node->item_count; i++)
		if (node->items[i]->kind != RF_YAML_BROKEN)
			each(build, node->items[i], into);
}

/* Equal items stay in the order of the file: pointers into one array tell it. */
static int by_item(const void *left, const void *right, void *compare)
{
	const char *const *a = left, *const *b = right;
	int order = (*(int (**)(const void *, const void *))compare)(*a, *b);

	return order ? order : (*a > *b) - (*a < *b);
}

void rf_policy_warn_twice(struct rf_policy_build *build, const void *items, size_t count,
			  size_t size, size_t pos_offset,
			  int (*compare)(const void *a, const void *b), const char *what)
{
	const char **sorted = calloc(count + 1, sizeof(*sorted));
	size_t i;

	if (!sorted) {
		rf_policy_no_memory(build);
		return;
	}
	for (i = 0; i < count; i++)
		sorted[i] = (const char *)items + i * size;
	qsort_r(sorted, count, sizeof(*sorted), by_item, &compare);
	for (i = 1; i < count; i++) {
		const struct rf_pos *first = (const void *)(sorted[i - 1] + pos_offset);

		if (!compare(sorted[i - 1], sorted[i]))
			rf_policy_warn(build, (const void *)(sorted[i] + pos_offset),
				       "leave one out", "%s given twice, first in line %u", what,
				       first->line);
	}
	free(sorted);
}
