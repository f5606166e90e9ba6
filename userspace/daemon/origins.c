// SPDX-License-Identifier: GPL-2.0
/*
 * origins.c - the policy's origins as the kernel knows them: by number
 *
 * The numbers are kept as a JSON array, index + 1 is the number; an entry is
 * {kind, text, places: {CLASS: [FILE, LINE]}}; a declassifier's class is "".
 */
#include "userspace/daemon/origins.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/policy_prefix.h"
#include "userspace/lib/store.h"

#define SERVICE_TEXT_LEN (RF_PREFIX_TEXT_LEN + sizeof(" port 65535"))

int rf_origins_load(const char *path, const char *boot, struct rf_origins *origins)
{
	const char *its_boot;
	json_t *json, *known;
	int err;

	err = rf_store_read_json(path, &json);
	if (err && err != -ENOENT && err != -EBADMSG)
		return err;
	its_boot = err ? NULL : json_string_value(json_object_get(json, "boot"));
	known = err ? NULL : json_object_get(json, "origins");
	if (its_boot && !strcmp(its_boot, boot) && json_is_array(known))
		origins->known = json_incref(known);
	else
		origins->known = json_array();
	if (!err)
		json_decref(json);
	return origins->known ? 0 : -ENOMEM;
}

int rf_origins_save(const char *path, const char *boot, const struct rf_origins *origins)
{
	json_t *json = json_pack("{s:s, s:O}", "boot", boot, "origins", origins->known);
	int err;

	if (!json)
		return -ENOMEM;
	err = rf_store_write_json(path, json);
	json_decref(json);
	return err;
}

void rf_origins_free(struct rf_origins *origins)
{
	json_decref(origins->known);
	origins->known = NULL;
}

static const char *member(const json_t *entry, const char *key)
{
	const char *value = json_string_value(json_object_get(entry, key));

	return value ? value : "";
}

/* The entry of a kind and text, made if need be; its number in @id. */
static json_t *number(struct rf_origins *origins, const char *kind, const char *text, uint32_t *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach(origins->known, i, entry) {
		if (strcmp(member(entry, "text"), text) || strcmp(member(entry, "kind"), kind))
			continue;
		*id = (uint32_t)i + 1;
		return entry;
	}
	if (i >= RF_ORIGINS_MAX)
		return NULL;
	entry = json_pack("{s:s, s:s, s:{}}", "kind", kind, "text", text, "places");
	if (!entry || json_array_append_new(origins->known, entry))
		return NULL;
	*id = (uint32_t)i + 1;
	return entry;
}

int rf_origins_number(struct rf_origins *origins, const char *kind, const char *text, uint32_t *id)
{
	return number(origins, kind, text, id) ? 0 : -ENOSPC;
}

static struct rf_origin *find(struct rf_origin_list *list, uint32_t id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].id == id)
			return &list->items[i];
	return NULL;
}

/* The entry of the list for a kind and text; NULL without memory or number. */
static struct rf_origin *list_one(struct rf_origins *origins, enum rf_policy_origin_kind kind,
				  const char *text, json_t **entry, struct rf_origin_list *list)
{
	struct rf_origin *origin;
	uint32_t id;

	*entry = number(origins, rf_policy_origin_kind_name(kind), text, &id);
	if (!*entry)
		return NULL;
	origin = find(list, id);
	if (origin)
		return origin;
	origin = &list->items[list->count];
	*origin = (struct rf_origin){ .id = id, .kind = kind, .text = strdup(text) };
	if (!origin->text)
		return NULL;
	list->count++;
	return origin;
}

static void set_place(json_t *entry, const char *class, const struct rf_policy *policy,
		      const struct rf_pos *pos)
{
	json_object_set_new(json_object_get(entry, "places"), class,
			    json_pack("[s, I]", rf_policy_pos_file(policy, pos),
				      (json_int_t)pos->line));
}

static void set_service(const struct rf_policy_origin *from, struct rf_service *service)
{
	memcpy(service->addr, from->service.addr, sizeof(service->addr));
	for (int bit = 0; bit < from->service.len; bit++)
		service->mask[bit / 8] |= 0x80 >> bit % 8;
	service->port = from->port;
}

/* "10.20.5.0/24 port 5432" */
static const char *text_of(const struct rf_policy_origin *from, char text[SERVICE_TEXT_LEN])
{
	char prefix[RF_PREFIX_TEXT_LEN];

	if (from->text)
		return from->text;
	rf_prefix_format(&from->service, prefix);
	if (from->port)
		snprintf(text, SERVICE_TEXT_LEN, "%s port %u", prefix, from->port);
	else
		snprintf(text, SERVICE_TEXT_LEN, "%s", prefix);
	return text;
}

static int add(struct rf_origins *origins, const struct rf_policy *policy,
	       const struct rf_policy_class *class, const struct rf_policy_origin *from,
	       uint64_t bit, struct rf_origin_list *list)
{
	char text[SERVICE_TEXT_LEN];
	struct rf_origin *origin;
	json_t *entry;

	origin = list_one(origins, from->kind, text_of(from, text), &entry, list);
	if (!origin)
		return -ENOSPC;
	set_place(entry, class->name, policy, &from->pos);
	if (!origin->classes)
		origin->pos = from->pos;
	origin->classes |= bit;
	if (!from->text) {
		set_service(from, &origin->service);
		origin->service.classes = origin->classes;
		origin->service.origin = origin->id;
	}
	return 0;
}

/* By the bits that the policy's classes have in the kernel. */
static uint64_t bits_of(uint64_t classes, const struct rf_policy *policy, const uint8_t *bits)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < policy->class_count; i++)
		if (classes & 1ull << i)
			mask |= 1ull << bits[i];
	return mask;
}

static int add_declassifier(struct rf_origins *origins, const struct rf_policy *policy,
			    const struct rf_policy_declassifier *from, const uint8_t *bits,
			    struct rf_origin_list *list)
{
	struct rf_origin *origin;
	json_t *entry;

	origin = list_one(origins, RF_POLICY_ORIGIN_PROGRAM, from->program, &entry, list);
	if (!origin)
		return -ENOSPC;
	set_place(entry, "", policy, &from->pos);
	origin->pos = from->pos;
	origin->declassifier = from;
	origin->holds = from->holds_all ? ~0ull : bits_of(from->holds, policy, bits);
	origin->removes = bits_of(from->removes, policy, bits);
	return 0;
}

static size_t count_of(const struct rf_policy *policy)
{
	size_t count = policy->declassifier_count, i;

	for (i = 0; i < policy->class_count; i++)
		count += policy->classes[i].origin_count;
	return count;
}

int rf_origins_list(struct rf_origins *origins, const struct rf_policy *policy, const uint8_t *bits,
		    struct rf_origin_list *list)
{
	struct rf_origin_list made = { 0 };
	size_t i, k;
	int err = 0;

	made.items = calloc(count_of(policy) + 1, sizeof(*made.items));
	if (!made.items)
		return -ENOMEM;
	for (i = 0; !err && i < policy->class_count; i++) {
		const struct rf_policy_class *class = &policy->classes[i];

		for (k = 0; !err && k < class->origin_count; k++)
			err = add(origins, policy, class, &class->origins[k], 1ull << bits[i],
				  &made);
	}
	for (i = 0; !err && i < policy->declassifier_count; i++)
		err = add_declassifier(origins, policy, &policy->declassifiers[i], bits, &made);
	if (err)
		rf_origin_list_free(&made);
	else
		*list = made;
	return err;
}

void rf_origin_list_free(struct rf_origin_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

const char *rf_origins_describe(const struct rf_origins *origins, uint32_t id, const char *class,
				const char **kind, const char **file, uint32_t *line)
{
	json_t *entry = id ? json_array_get(origins->known, id - 1) : NULL;
	json_t *places = json_object_get(entry, "places");
	json_t *place = class ? json_object_get(places, class) : NULL;

	if (!place)
		place = json_object_iter_value(json_object_iter(places));
	*kind = member(entry, "kind");
	*file = json_string_value(json_array_get(place, 0));
	*line = (uint32_t)json_integer_value(json_array_get(place, 1));
	return member(entry, "text");
}
