// SPDX-License-Identifier: GPL-2.0
/*
 * policy_describe.c - parts of a policy as lists of texts
 */
#include "userspace/lib/policy_describe.h"
#include "userspace/lib/policy_prefix.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rf_texts_add(struct rf_texts *texts, const char *format, ...)
{
	char **items = reallocarray(texts->items, texts->count + 1, sizeof(*items));
	va_list args;
	int len;

	if (!items) {
		texts->failed = true;
		return;
	}
	texts->items = items;
	va_start(args, format);
	len = vasprintf(&items[texts->count], format, args);
	va_end(args);
	if (len < 0)
		texts->failed = true;
	else
		texts->count++;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void rf_texts_sort(struct rf_texts *texts)
{
	if (texts->count)
		qsort(texts->items, texts->count, sizeof(*texts->items), by_text);
}

void rf_texts_free(struct rf_texts *texts)
{
	size_t i;

	for (i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
	memset(texts, 0, sizeof(*texts));
}

char *rf_texts_join(const struct rf_texts *texts)
{
	size_t len = 1, i;
	char *line, *end;

	for (i = 0; i < texts->count; i++)
		len += strlen(texts->items[i]) + 2;
	line = texts->failed ? NULL : malloc(len);
	if (!line)
		return NULL;
	line[0] = '\0';
	for (end = line, i = 0; i < texts->count; i++)
		end = stpcpy(stpcpy(end, i ? ", " : ""), texts->items[i]);
	return line;
}

/* What a region holds; false if it is none, or without memory. */
static bool members_of(const struct rf_policy *policy, int region,
		       struct rf_policy_members *members, struct rf_texts *texts)
{
	if (region < 0)
		return false;
	if (!rf_policy_region_members(policy, region, members))
		return true;
	texts->failed = true;
	return false;
}

void rf_policy_describe_countries(const struct rf_policy *policy, int region,
				  struct rf_texts *texts)
{
	struct rf_policy_members members;
	size_t i;

	if (!members_of(policy, region, &members, texts))
		return;
	for (i = 0; i < members.country_count; i++)
		rf_texts_add(texts, "%s", members.countries[i].code);
	rf_policy_members_free(&members);
}

void rf_policy_describe_prefixes(const struct rf_policy *policy, int region, struct rf_texts *texts)
{
	struct rf_policy_members members;
	char text[RF_PREFIX_TEXT_LEN];
	size_t i;

	if (!members_of(policy, region, &members, texts))
		return;
	for (i = 0; i < members.prefix_count; i++)
		rf_texts_add(texts, "%s", rf_prefix_format(&members.prefixes[i].net, text));
	rf_policy_members_free(&members);
}

void rf_policy_describe_clouds(const struct rf_policy *policy, int region, struct rf_texts *texts)
{
	struct rf_policy_members members;
	size_t i;

	if (!members_of(policy, region, &members, texts))
		return;
	for (i = 0; i < members.cloud_count; i++)
		rf_texts_add(texts, "%s", policy->clouds.list[members.clouds[i]].name);
	rf_policy_members_free(&members);
}

/* The order is the trust, so it is part of each source's text. */
static void describe_source(const struct rf_policy_source *source, size_t rank,
			    struct rf_texts *texts)
{
	struct rf_texts paths = { 0 };
	char *joined;

	for (size_t i = 0; i < source->path_count; i++)
		rf_texts_add(&paths, "%s", source->paths[i]);
	joined = rf_texts_join(&paths);
	if (joined)
		rf_texts_add(texts, "source %zu: %s (%s) %s%s%s%s%s", rank, source->name,
			     rf_format_name(source->format), *joined ? joined : "as installed",
			     source->sums ? ", listed in " : "", source->sums ? source->sums : "",
			     source->signature ? ", signed by " : "",
			     source->signature ? source->key : "");
	else
		texts->failed = true;
	free(joined);
	rf_texts_free(&paths);
}

void rf_policy_describe_data(const struct rf_policy *policy, struct rf_texts *texts)
{
	static const char *const kinds[] = {
		[RF_POLICY_MARK_ANYCAST] = "anycast",
		[RF_POLICY_MARK_SATELLITE] = "satellite",
		[RF_POLICY_MARK_NAT64] = "nat64",
	};
	char text[RF_PREFIX_TEXT_LEN];

	if (!policy)
		return;
	for (size_t i = 0; i < policy->data.source_count; i++)
		describe_source(&policy->data.sources[i], i + 1, texts);
	if (policy->data.agreement > 1)
		rf_texts_add(texts, "require-agreement %u", policy->data.agreement);
	if (policy->data.max_loss)
		rf_texts_add(texts, "max-loss %u", policy->data.max_loss);
	for (size_t i = 0; i < policy->data.mark_count; i++)
		rf_texts_add(texts, "%s %s", kinds[policy->data.marks[i].kind],
			     rf_prefix_format(&policy->data.marks[i].net, text));
}

static void describe_origin(const struct rf_policy_origin *origin, struct rf_texts *texts)
{
	const char *kind = rf_policy_origin_kind_name(origin->kind);
	char text[RF_PREFIX_TEXT_LEN];

	if (origin->text)
		rf_texts_add(texts, "%s %s", kind, origin->text);
	else if (origin->port)
		rf_texts_add(texts, "%s %s port %u", kind, rf_prefix_format(&origin->service, text),
			     origin->port);
	else
		rf_texts_add(texts, "%s %s", kind, rf_prefix_format(&origin->service, text));
}

void rf_policy_describe_origins(const struct rf_policy *policy, int class, struct rf_texts *texts)
{
	size_t i;

	for (i = 0; class >= 0 && i < policy->classes[class].origin_count; i++)
		describe_origin(&policy->classes[class].origins[i], texts);
}

static void describe_rules(const struct rf_policy *policy, const struct rf_policy_rule *rules,
			   size_t count, struct rf_texts *texts)
{
	size_t i;

	for (i = 0; i < count; i++)
		rf_texts_add(texts, "%s", policy->regions[rules[i].region].name);
}

void rf_policy_describe_allow(const struct rf_policy *policy, int class, struct rf_texts *texts)
{
	if (class >= 0)
		describe_rules(policy, policy->classes[class].allow,
			       policy->classes[class].allow_count, texts);
}

void rf_policy_describe_deny(const struct rf_policy *policy, int class, struct rf_texts *texts)
{
	if (class >= 0)
		describe_rules(policy, policy->classes[class].deny,
			       policy->classes[class].deny_count, texts);
}

void rf_policy_describe_management(const struct rf_policy *policy, struct rf_texts *texts)
{
	char text[RF_PREFIX_TEXT_LEN];
	size_t i;

	for (i = 0; policy && i < policy->management_count; i++)
		rf_texts_add(texts, "%s", rf_prefix_format(&policy->management[i].net, text));
}

/* " removes a, b"; nothing if there are no classes. NULL without memory. */
static char *describe_power(const struct rf_policy *policy, const char *power, uint64_t mask)
{
	struct rf_texts classes = { 0 };
	char *list, *text = NULL;
	size_t i;

	for (i = 0; i < policy->class_count; i++)
		if (mask & 1ull << i)
			rf_texts_add(&classes, "%s", policy->classes[i].name);
	rf_texts_sort(&classes);
	list = rf_texts_join(&classes);
	if (list && asprintf(&text, "%s%s%s", mask ? power : "", mask ? " " : "", list) < 0)
		text = NULL;
	free(list);
	rf_texts_free(&classes);
	return text;
}

static void describe_digest(const struct rf_policy_declassifier *declassifier,
			    char text[2 * RF_POLICY_DIGEST_LEN + 32])
{
	size_t len = 0, i;

	text[0] = '\0';
	if (!declassifier->has_digest)
		return;
	len = sprintf(text, " with digest sha256:");
	for (i = 0; i < RF_POLICY_DIGEST_LEN; i++)
		len += sprintf(text + len, "%02x", declassifier->digest[i]);
}

static void describe_declassifier(const struct rf_policy *policy,
				  const struct rf_policy_declassifier *declassifier,
				  struct rf_texts *texts)
{
	char *holds = declassifier->holds_all ?
			      strdup("holds all") :
			      describe_power(policy, "holds", declassifier->holds);
	char *removes = describe_power(policy, "removes", declassifier->removes);
	char digest[2 * RF_POLICY_DIGEST_LEN + 32];

	describe_digest(declassifier, digest);
	if (holds && removes)
		rf_texts_add(texts, "%s%s %s%s%s: %s", declassifier->program, digest, holds,
			     *holds && *removes ? "; " : "", removes, declassifier->reason);
	else
		texts->failed = true;
	free(holds);
	free(removes);
}

void rf_policy_describe_declassifiers(const struct rf_policy *policy, struct rf_texts *texts)
{
	size_t i;

	for (i = 0; policy && i < policy->declassifier_count; i++)
		describe_declassifier(policy, &policy->declassifiers[i], texts);
}

static void describe_exception(const struct rf_policy *policy,
			       const struct rf_policy_exception *exception, struct rf_texts *texts)
{
	struct rf_texts targets = { 0 };
	char text[RF_PREFIX_TEXT_LEN], *to;
	size_t i;

	describe_rules(policy, exception->regions, exception->region_count, &targets);
	for (i = 0; i < exception->prefix_count; i++)
		rf_texts_add(&targets, "%s", rf_prefix_format(&exception->prefixes[i].net, text));
	rf_texts_sort(&targets);
	to = rf_texts_join(&targets);
	if (to)
		rf_texts_add(texts, "%s to %s until %s, approved by %s: %s",
			     policy->classes[exception->class_index].name, to, exception->until,
			     exception->approved_by, exception->reason);
	else
		texts->failed = true;
	free(to);
	rf_texts_free(&targets);
}

void rf_policy_describe_exceptions(const struct rf_policy *policy, struct rf_texts *texts)
{
	size_t i;

	for (i = 0; policy && i < policy->exception_count; i++)
		describe_exception(policy, &policy->exceptions[i], texts);
}
