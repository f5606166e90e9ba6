// SPDX-License-Identifier: GPL-2.0
/*
 * origins.c - the policy's origins as the kernel knows them: by number
 *
 * The numbers are kept as a JSON array, index + 1 is the number; an entry is
 * {kind, text, places: {CLASS: [FILE, LINE]}}.
 */
#include "userspace/daemon/origins.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/store.h"

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

static struct rf_origin *find(struct rf_origin_list *list, uint32_t id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].id == id)
			return &list->items[i];
	return NULL;
}

static int add(struct rf_origins *origins, const struct rf_policy *policy,
	       const struct rf_policy_class *class, const struct rf_policy_origin *from,
	       uint64_t bit, struct rf_origin_list *list)
{
	struct rf_origin *origin;
	json_t *entry;
	uint32_t id;

	entry = number(origins, rf_policy_origin_kind_name(from->kind), from->text, &id);
	if (!entry)
		return -ENOSPC;
	json_object_set_new(json_object_get(entry, "places"), class->name,
			    json_pack("[s, I]", rf_policy_pos_file(policy, &from->pos),
				      (json_int_t)from->pos.line));
	origin = find(list, id);
	if (!origin) {
		origin = &list->items[list->count++];
		*origin = (struct rf_origin){
			.id = id, .kind = from->kind, .text = from->text, .pos = from->pos
		};
	}
	origin->classes |= bit;
	return 0;
}

static size_t count_of(const struct rf_policy *policy)
{
	size_t count = 0, i;

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
			if (class->origins[k].text)
				err = add(origins, policy, class, &class->origins[k],
					  1ull << bits[i], &made);
	}
	if (err)
		rf_origin_list_free(&made);
	else
		*list = made;
	return err;
}

void rf_origin_list_free(struct rf_origin_list *list)
{
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
