// SPDX-License-Identifier: GPL-2.0
/*
 * policy_value.c - single values: text, paths, prefixes, dates, names
 */
#include "userspace/lib/policy_build.h"
#include "userspace/lib/policy_country.h"
#include "userspace/lib/policy_prefix.h"
#include "userspace/lib/printable.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Escapes of quoted YAML can make any character; lines may be broken. */
static bool is_printable(const char *text)
{
	size_t len = strlen(text), unit;

	for (; len; text += unit, len -= unit) {
		unit = *text == '\n' ? 1 : rf_printable_unit(text, len);
		if (!unit)
			return false;
	}
	return true;
}

/* Text that is there, printable; says so otherwise. */
static bool expect_text(struct rf_policy_build *build, const struct rf_yaml_node *node,
			const char *what)
{
	if (node->kind == RF_YAML_BROKEN)
		return false;
	if (node->kind != RF_YAML_TEXT || !node->text[strspn(node->text, " \n")]) {
		rf_policy_error(build, &node->pos, NULL, "expected %s, found %s", what,
				node->kind == RF_YAML_TEXT && !node->plain ?
					"an empty text" :
					rf_yaml_node_name(node));
		return false;
	}
	if (is_printable(node->text))
		return true;
	rf_policy_error(build, &node->pos, "leave it out", "\"%s\" holds an unprintable character",
			node->text);
	return false;
}

/* Replaces what a key given twice left there. */
static bool copy_text(struct rf_policy_build *build, const char *from, char **text)
{
	free(*text);
	*text = strdup(from);
	if (!*text)
		rf_policy_no_memory(build);
	return *text;
}

/* Block texts end in a line break and may hold more: all is shown on one line. */
bool rf_policy_read_text(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 const char *what, char **text)
{
	char *c;

	if (!expect_text(build, node, what) || !copy_text(build, node->text, text))
		return false;
	for (c = *text; *c; c++)
		if (*c == '\n')
			*c = ' ';
	while (c > *text && c[-1] == ' ')
		*--c = '\0';
	return true;
}

/* A part of a path that makes two paths out of one file. */
static const char *path_problem(const char *path)
{
	size_t len = strlen(path);

	if (path[0] != '/')
		return "does not begin with a /";
	if (len >= PATH_MAX)
		return "is too long";
	if (strchr(path, '\n'))
		return "has a line break";
	if (strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../") ||
	    (len >= 2 && !strcmp(path + len - 2, "/.")) ||
	    (len >= 3 && !strcmp(path + len - 3, "/..")))
		return "has an empty, \".\" or \"..\" part";
	if (!path[strspn(path, "/")])
		return "is the root of everything";
	return NULL;
}

static const char *path_example(const char *what)
{
	if (!strcmp(what, "program"))
		return "expected a path such as /usr/sbin/redactor";
	if (!strcmp(what, "cgroup"))
		return "expected a path below the cgroup root, such as /system.slice/crm.service";
	if (!strcmp(what, "socket"))
		return "expected a path such as /run/postgresql/.s.PGSQL.5432";
	return "expected a path such as /srv/customers";
}

bool rf_policy_read_path(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 const char *what, char **path)
{
	const char *problem;
	size_t len;

	if (!expect_text(build, node, what))
		return false;
	problem = path_problem(node->text);
	if (problem) {
		rf_policy_error(build, &node->pos, path_example(what), "%s \"%s\" %s", what,
				node->text, problem);
		return false;
	}
	if (!copy_text(build, node->text, path))
		return false;
	len = strlen(*path);
	if ((*path)[len - 1] == '/')
		(*path)[len - 1] = '\0';
	return true;
}

static void prefix_error(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 enum rf_prefix_error error, const struct rf_prefix *meant)
{
	static const char *const problems[] = {
		[RF_PREFIX_BAD_ADDRESS] = "is not an IPv4 or IPv6 prefix",
		[RF_PREFIX_NO_LENGTH] = "has no prefix length",
		[RF_PREFIX_BAD_LENGTH] = "has a bad prefix length",
		[RF_PREFIX_HOST_BITS] = "has bits set behind its prefix length",
		[RF_PREFIX_MAPPED] = "is an IPv4 prefix in IPv6 form",
	};
	char text[RF_PREFIX_TEXT_LEN],
		hint[128] = "expected one such as 10.20.0.0/16 or 2001:db8::/32";

	if (error == RF_PREFIX_BAD_LENGTH)
		snprintf(hint, sizeof(hint), "expected /0 to /%s",
			 strchr(node->text, ':') ? "128" : "32");
	else if (error != RF_PREFIX_BAD_ADDRESS)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", rf_prefix_format(meant, text));
	rf_policy_error(build, &node->pos, hint, "\"%s\" %s", node->text, problems[error]);
}

bool rf_policy_read_prefix(struct rf_policy_build *build, const struct rf_yaml_node *node,
			   struct rf_prefix *prefix)
{
	enum rf_prefix_error error;

	if (!expect_text(build, node, "a prefix"))
		return false;
	error = rf_prefix_parse(node->text, prefix);
	if (error)
		prefix_error(build, node, error, prefix);
	return !error;
}

int rf_policy_compare_prefixes(const void *a, const void *b)
{
	return rf_prefix_compare(&((const struct rf_policy_prefix *)a)->net,
				 &((const struct rf_policy_prefix *)b)->net);
}

bool rf_policy_read_country(struct rf_policy_build *build, const struct rf_yaml_node *node,
			    char code[3])
{
	struct rf_name_search search = { .text = "" };
	char hint[512];

	if (!expect_text(build, node, "a country code"))
		return false;
	if (rf_country_kind(node->text) != RF_COUNTRY_NONE) {
		memcpy(code, node->text, 3);
		return true;
	}
	if (rf_policy_suggests(build))
		search.best = rf_country_suggest(node->text);
	rf_policy_error(build, &node->pos,
			rf_policy_hint(hint, "expected two capital letters of ISO 3166", &search),
			"unknown country code \"%s\"", node->text);
	return false;
}

/* Decimal digits without a leading zero; anything else is 0. */
static unsigned long number_of(const char *text)
{
	size_t len = strlen(text);

	if (!len || len > 9 || text[0] == '0' || strspn(text, "0123456789") != len)
		return 0;
	return strtoul(text, NULL, 10);
}

bool rf_policy_read_number(struct rf_policy_build *build, const struct rf_yaml_node *node,
			   const char *what, unsigned int least, unsigned int most,
			   unsigned int *value)
{
	unsigned long number;
	char hint[64];

	if (!expect_text(build, node, what))
		return false;
	number = number_of(node->text);
	if (number < least || number > most) {
		snprintf(hint, sizeof(hint), "expected a number from %u to %u", least, most);
		rf_policy_error(build, &node->pos, hint, "\"%s\" is not %s", node->text, what);
		return false;
	}
	*value = number;
	return true;
}

bool rf_policy_read_port(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 uint16_t *port)
{
	unsigned int value;

	if (!rf_policy_read_number(build, node, "a port", 1, 65535, &value))
		return false;
	*port = value;
	return true;
}

/* YYYY-MM-DD of a day that the calendar has. */
static bool is_date(const char *text)
{
	static const char form[] = "dddd-dd-dd";
	struct tm tm = { 0 }, day;
	size_t i;

	for (i = 0; form[i]; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	if (text[i] || sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	day = tm;
	return timegm(&day) != -1 && day.tm_year == tm.tm_year && day.tm_mon == tm.tm_mon &&
	       day.tm_mday == tm.tm_mday;
}

bool rf_policy_read_date(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 char date[11])
{
	if (!expect_text(build, node, "a date"))
		return false;
	if (!is_date(node->text)) {
		rf_policy_error(build, &node->pos, "expected a day such as 2026-12-31",
				"\"%s\" is not a date", node->text);
		return false;
	}
	memcpy(date, node->text, 11);
	return true;
}

/* "sha256:" and 64 hexadecimal digits, as `fsverity digest` writes it */
bool rf_policy_read_digest(struct rf_policy_build *build, const struct rf_yaml_node *node,
			   uint8_t digest[RF_POLICY_DIGEST_LEN])
{
	static const char algorithm[] = "sha256:";
	const char *hex;

	if (!expect_text(build, node, "a digest"))
		return false;
	hex = node->text + strlen(algorithm);
	if (strncmp(node->text, algorithm, strlen(algorithm)) ||
	    strlen(hex) != 2 * RF_POLICY_DIGEST_LEN ||
	    strspn(hex, "0123456789abcdef") != 2 * RF_POLICY_DIGEST_LEN) {
		rf_policy_error(
			build, &node->pos,
			"expected sha256: and 64 digits of 0-9 and a-f, see: fsverity digest",
			"\"%s\" is not a digest", node->text);
		return false;
	}
	for (size_t i = 0; i < RF_POLICY_DIGEST_LEN; i++)
		sscanf(hex + 2 * i, "%2hhx", &digest[i]);
	return true;
}

bool rf_policy_read_bool(struct rf_policy_build *build, const struct rf_yaml_node *node,
			 const char *what, bool *value)
{
	static const char *const words[] = { "false", "true" };
	int index = rf_policy_read_word(build, node, what, words, 2);

	if (index >= 0)
		*value = index;
	return index >= 0;
}

int rf_policy_read_word(struct rf_policy_build *build, const struct rf_yaml_node *node,
			const char *what, const char *const *words, size_t count)
{
	struct rf_name_search search = { 0 };
	char expected[256] = "expected", hint[512];
	size_t len = strlen(expected), i;

	if (!expect_text(build, node, what))
		return -1;
	search.text = node->text;
	for (i = 0; i < count; i++) {
		if (!strcmp(node->text, words[i]))
			return i;
		rf_name_consider(&search, words[i]);
		len += snprintf(expected + len, sizeof(expected) - len, "%s%s",
				i == 0	      ? " " :
				i + 1 < count ? ", " :
						" or ",
				words[i]);
	}
	rf_policy_error(build, &node->pos, rf_policy_hint(hint, expected, &search),
			"unknown value \"%s\" of \"%s\"", node->text, what);
	return -1;
}

void rf_policy_read_version(struct rf_policy_build *build, const struct rf_yaml_node *key,
			    const struct rf_yaml_node *value, void *into)
{
	(void)key;
	(void)into;
	if (expect_text(build, value, "a version") && strcmp(value->text, "1"))
		rf_policy_error(build, &value->pos, "expected 1", "unknown version \"%s\"",
				value->text);
}

/* Rules name regions; a country code or prefix there is a common slip. */
static const char *not_a_region(struct rf_policy_build *build, const char *text, char hint[512])
{
	struct rf_name_search search = { .text = text };
	struct rf_prefix prefix;
	size_t i;

	if (rf_policy_has_set(build, text)) {
		snprintf(hint, 512, "rules name regions: define one with include: [%.63s]", text);
	} else if (rf_country_kind(text) != RF_COUNTRY_NONE) {
		snprintf(hint, 512, "rules name regions: define one with countries: [%s]", text);
	} else if (rf_prefix_parse(text, &prefix) != RF_PREFIX_BAD_ADDRESS) {
		snprintf(hint, 512, "rules name regions: define one with prefixes: [%.63s]", text);
	} else {
		for (i = 0; rf_policy_suggests(build) && i < build->policy->region_count; i++)
			rf_name_consider(&search, build->policy->regions[i].name);
		rf_policy_hint(hint, "expected the name of a region", &search);
	}
	return hint;
}

int rf_policy_read_region_name(struct rf_policy_build *build, const struct rf_yaml_node *node)
{
	char hint[512];
	int index;

	if (!expect_text(build, node, "the name of a region"))
		return -1;
	index = rf_policy_region_find(build->policy, node->text);
	if (index < 0)
		rf_policy_error(build, &node->pos, not_a_region(build, node->text, hint),
				"unknown region \"%s\"", node->text);
	return index;
}

int rf_policy_read_class_name(struct rf_policy_build *build, const struct rf_yaml_node *node)
{
	struct rf_name_search search = { 0 };
	char hint[512];
	size_t i;
	int index;

	if (!expect_text(build, node, "the name of a class"))
		return -1;
	index = rf_policy_class_find(build->policy, node->text);
	if (index >= 0)
		return index;
	search.text = node->text;
	for (i = 0; rf_policy_suggests(build) && i < build->policy->class_count; i++)
		rf_name_consider(&search, build->policy->classes[i].name);
	rf_policy_error(build, &node->pos,
			rf_policy_hint(hint, "expected the name of a class", &search),
			"unknown class \"%s\"", node->text);
	return -1;
}
