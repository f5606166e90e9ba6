// SPDX-License-Identifier: GPL-2.0
/*
 * reference_file.c - the reference's own reader of the raw files
 *
 * It walks the text with pointers and checks only what it needs to be right;
 * geoip.c is the strict one.
 */
#include "userspace/lib/reference_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int slurp(const char *path, char **text)
{
	FILE *file = fopen(path, "re");
	size_t room = 1 << 16, used = 0;
	char *data = NULL;

	if (!file)
		return -errno;
	for (;;) {
		char *grown = realloc(data, room);

		if (!grown) {
			free(data);
			fclose(file);
			return -ENOMEM;
		}
		data = grown;
		used += fread(data + used, 1, room - used - 1, file);
		if (used < room - 1)
			break;
		room *= 2;
	}
	data[used] = '\0';
	*text = data;
	if (ferror(file) || strlen(data) != used) {
		free(data);
		fclose(file);
		return -EINVAL;
	}
	fclose(file);
	return 0;
}

static bool scan_number(char **at, rf_addr *addr)
{
	char *end;
	unsigned long number = strtoul(*at, &end, 10);

	if (end == *at || number > 0xfffffffful)
		return false;
	*at = end;
	*addr = ((rf_addr)0xffff << 32) + number;
	return true;
}

/*
 * IPv6 text: groups are collected from the left; what stands after "::" is
 * moved to the right end.
 */
static bool scan_groups(char **at, rf_addr *addr)
{
	unsigned int groups[8] = { 0 }, count = 0;
	int gap = -1;
	char *c = *at;

	while (*c != ',' && *c != '\0') {
		char *end;

		if (c[0] == ':' && c[1] == ':') {
			if (gap >= 0)
				return false;
			gap = (int)count;
			c += 2;
			continue;
		}
		if (*c == ':')
			c++;
		if (count == 8)
			return false;
		groups[count++] = (unsigned int)strtoul(c, &end, 16);
		if (end == c || end > c + 4)
			return false;
		c = end;
	}
	if (gap < 0 && count != 8)
		return false;
	*addr = 0;
	for (unsigned int i = 0; i < count; i++) {
		unsigned int place = gap >= 0 && i >= (unsigned int)gap ? 8 - count + i : i;

		*addr |= (rf_addr)groups[i] << (112 - 16 * place);
	}
	*at = c;
	return true;
}

/* The numbering of atom.h, said again: A-Z, 0-9, two digits of base 36, plus 1. */
static bool scan_code(char **at, unsigned int *atom)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const char *high, *low;

	if (!strncmp(*at, "??\n", 3)) {
		*atom = 0;
		*at += 3;
		return true;
	}
	if (!(*at)[0] || !(*at)[1] || (*at)[2] != '\n')
		return false;
	high = strchr(digits, (*at)[0]);
	low = strchr(digits, (*at)[1]);
	if (!high || !low)
		return false;
	*atom = (unsigned int)(high - digits) * 36 + (unsigned int)(low - digits) + 1;
	*at += 3;
	return true;
}

static bool scan_comma(char **at)
{
	return *(*at)++ == ',';
}

static bool scan_line(char **at, bool is_v4, struct rf_reference_line *line)
{
	bool (*scan)(char **, rf_addr *) = is_v4 ? scan_number : scan_groups;

	return scan(at, &line->first) && scan_comma(at) && scan(at, &line->last) &&
	       scan_comma(at) && scan_code(at, &line->atom) && line->first <= line->last;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '\n')); text++)
		count++;
	return count;
}

static int scan_text(char *text, bool is_v4, struct rf_reference_line *lines, size_t *count)
{
	char *at = text;

	while (*at) {
		struct rf_reference_line *line = &lines[*count];

		if (*at == '#') {
			at = strchr(at, '\n');
			if (!at)
				return -EINVAL;
			at++;
			continue;
		}
		if (!scan_line(&at, is_v4, line))
			return -EINVAL;
		if (*count && line->first <= line[-1].last)
			return -EINVAL;
		++*count;
	}
	return 0;
}

int rf_reference_read(const char *path, bool is_v4, struct rf_reference_line **lines, size_t *count,
		      struct rf_fault *fault)
{
	size_t found = 0;
	struct rf_reference_line *list;
	char *text = NULL;
	int error = slurp(path, &text);

	if (error)
		return rf_fault_set(fault, error, "reference: %s: %s", path, strerror(-error));
	list = calloc(count_lines(text) + 1, sizeof(*list));
	error = list ? scan_text(text, is_v4, list, &found) : -ENOMEM;
	free(text);
	if (error) {
		free(list);
		return rf_fault_set(fault, error, "reference: %s: %s", path, strerror(-error));
	}
	*lines = list;
	*count = found;
	return 0;
}
