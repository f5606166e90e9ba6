/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xml_check.h - whether a text is well-formed XML, as far as our writers go:
 * elements, attributes, the five entities, UTF-8; no DOCTYPE, comment or CDATA
 */
#ifndef RF_TEST_XML_CHECK_H
#define RF_TEST_XML_CHECK_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define XML_DEPTH 32

struct xml_name {
	const char *at;
	size_t len;
};

static struct xml_name xml_name(const char **p)
{
	struct xml_name name = { *p, 0 };

	if (!isalpha((unsigned char)**p))
		return name;
	while (isalnum((unsigned char)**p) || (**p && strchr("-:._", **p)))
		(*p)++;
	name.len = (size_t)(*p - name.at);
	return name;
}

static bool xml_entity(const char **p)
{
	static const char *const entities[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&apos;" };
	size_t i;

	for (i = 0; i < sizeof(entities) / sizeof(*entities); i++) {
		if (strncmp(*p, entities[i], strlen(entities[i])) == 0) {
			*p += strlen(entities[i]);
			return true;
		}
	}
	return false;
}

/* One character of the set that XML 1.0 has. */
static bool xml_character(const char **p)
{
	const unsigned char *c = (const unsigned char *)*p;
	const int more = *c < 0x80 ? 0 : *c < 0xc2 ? -1 : *c < 0xe0 ? 1 : *c < 0xf0 ? 2 : 3;
	int i;

	if (more < 0 || *c > 0xf4 || (*c < 0x20 && !strchr("\t\r\n", *c)))
		return false;
	for (i = 1; i <= more; i++)
		if ((c[i] & 0xc0) != 0x80)
			return false;
	if (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe)
		return false;
	*p += more + 1;
	return true;
}

static bool xml_text(const char **p, const char *end)
{
	while (**p && !strchr(end, **p)) {
		if (**p == '<' || !(**p == '&' ? xml_entity(p) : xml_character(p)))
			return false;
	}
	return true;
}

static bool xml_attributes(const char **p)
{
	while (isspace((unsigned char)**p)) {
		while (isspace((unsigned char)**p))
			(*p)++;
		if (**p == '/' || **p == '>')
			return true;
		if (!xml_name(p).len || strncmp(*p, "=\"", 2) != 0)
			return false;
		*p += 2;
		if (!xml_text(p, "\"") || *(*p)++ != '"')
			return false;
	}
	return true;
}

static bool xml_close(const char **p, const struct xml_name *open)
{
	struct xml_name name;

	*p += 2;
	name = xml_name(p);
	return name.len == open->len && !memcmp(name.at, open->at, name.len) && *(*p)++ == '>';
}

static bool xml_element(const char **p)
{
	struct xml_name stack[XML_DEPTH];
	size_t depth = 0;

	do {
		if (strncmp(*p, "</", 2) == 0) {
			if (!depth || !xml_close(p, &stack[--depth]))
				return false;
		} else {
			if (depth == XML_DEPTH || *(*p)++ != '<')
				return false;
			stack[depth] = xml_name(p);
			if (!stack[depth].len || !xml_attributes(p))
				return false;
			depth += **p != '/';
			*p += **p == '/';
			if (*(*p)++ != '>')
				return false;
		}
		if (depth && !xml_text(p, "<"))
			return false;
	} while (depth && **p);
	return !depth;
}

/* One root element after the XML declaration, and only white space after it. */
static bool xml_is_well_formed(const char *p)
{
	static const char declaration[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

	if (strncmp(p, declaration, strlen(declaration)) != 0)
		return false;
	p += strlen(declaration);
	if (!xml_element(&p))
		return false;
	while (isspace((unsigned char)*p))
		p++;
	return !*p;
}

#endif /* RF_TEST_XML_CHECK_H */
