// SPDX-License-Identifier: GPL-2.0
/*
 * classes.c - which bit of a label is which class
 */
#include "userspace/daemon/classes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/store.h"

static int read_names(const json_t *names, struct rf_classes *classes)
{
	const char *name;
	size_t bit;

	if (!json_is_array(names) || json_array_size(names) != RF_CLASS_MAX)
		return -EBADMSG;
	for (bit = 0; bit < RF_CLASS_MAX; bit++) {
		name = json_string_value(json_array_get(names, bit));
		if (!name || strlen(name) > RF_CLASS_NAME_MAX)
			return -EBADMSG;
		strcpy(classes->name[bit], name);
	}
	return 0;
}

int rf_classes_load(const char *path, struct rf_classes *classes)
{
	struct rf_classes read = { 0 };
	const char *boot;
	json_t *json;
	int err;

	err = rf_store_read_json(path, &json);
	if (err)
		return err;
	boot = json_string_value(json_object_get(json, "boot"));
	read.reserved = (uint64_t)json_integer_value(json_object_get(json, "reserved"));
	err = read_names(json_object_get(json, "names"), &read);
	if (!boot || strlen(boot) >= sizeof(read.boot))
		err = -EBADMSG;
	else
		strcpy(read.boot, boot);
	json_decref(json);
	if (!err)
		*classes = read;
	return err;
}

int rf_classes_save(const char *path, const struct rf_classes *classes)
{
	json_t *names = json_array();
	json_t *json;
	size_t bit;
	int err;

	for (bit = 0; names && bit < RF_CLASS_MAX; bit++)
		json_array_append_new(names, json_string(classes->name[bit]));
	json = json_pack("{s:s, s:I, s:o}", "boot", classes->boot, "reserved",
			 (json_int_t)classes->reserved, "names", names);
	if (!json)
		return -ENOMEM;
	err = rf_store_write_json(path, json);
	json_decref(json);
	return err;
}

int rf_classes_bit(const struct rf_classes *classes, const char *name)
{
	int bit;

	for (bit = 0; bit < RF_CLASS_MAX; bit++)
		if (*name && !strcmp(classes->name[bit], name))
			return bit;
	return -ENOENT;
}

static bool wanted(const char *name, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void start_boot(struct rf_classes *classes, const char *boot, const char *const *names,
		       size_t count)
{
	size_t bit;

	for (bit = 0; bit < RF_CLASS_MAX; bit++)
		if (!wanted(classes->name[bit], names, count))
			memset(classes->name[bit], 0, sizeof(classes->name[bit]));
	classes->reserved = 0;
	snprintf(classes->boot, sizeof(classes->boot), "%s", boot);
}

static int free_bit(const struct rf_classes *classes)
{
	int bit;

	for (bit = 0; bit < RF_CLASS_MAX; bit++)
		if (!classes->name[bit][0] && !(classes->reserved >> bit & 1))
			return bit;
	return -ENOSPC;
}

int rf_classes_assign(struct rf_classes *classes, const char *boot, const char *const *names,
		      size_t count, uint8_t *bits)
{
	struct rf_classes next = *classes;
	uint8_t given[RF_CLASS_MAX];
	size_t i;
	int bit;

	if (count > RF_CLASS_MAX)
		return -ENOSPC;
	if (strcmp(next.boot, boot))
		start_boot(&next, boot, names, count);
	for (i = 0; i < count; i++) {
		bit = rf_classes_bit(&next, names[i]);
		if (bit < 0)
			bit = free_bit(&next);
		if (bit < 0)
			return bit;
		snprintf(next.name[bit], sizeof(next.name[bit]), "%s", names[i]);
		given[i] = (uint8_t)bit;
	}
	*classes = next;
	memcpy(bits, given, count);
	return 0;
}

void rf_classes_text(const struct rf_classes *classes, uint64_t label, char *text, size_t size)
{
	size_t used = 0;
	int bit, n;

	if (size)
		text[0] = '\0';
	for (bit = 0; bit < RF_CLASS_MAX; bit++) {
		const char *plus = used ? "+" : "";

		if (!(label >> bit & 1))
			continue;
		if (classes->name[bit][0])
			n = snprintf(text + used, size - used, "%s%s", plus, classes->name[bit]);
		else
			n = snprintf(text + used, size - used, "%s?%d", plus, bit);
		if (n < 0 || (size_t)n >= size - used)
			return;
		used += (size_t)n;
	}
}

json_t *rf_classes_json(const struct rf_classes *classes, uint64_t label)
{
	json_t *list = json_array();
	char unnamed[8];
	int bit;

	for (bit = 0; list && bit < RF_CLASS_MAX; bit++) {
		if (!(label >> bit & 1))
			continue;
		snprintf(unnamed, sizeof(unnamed), "?%d", bit);
		json_array_append_new(list, json_string(classes->name[bit][0] ? classes->name[bit] :
										unnamed));
	}
	return list;
}
