// SPDX-License-Identifier: GPL-2.0
/*
 * saved.c - the policy that was applied last, as its files were
 */
#include "userspace/lib/saved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/store.h"

void rf_saved_free(struct rf_saved *saved)
{
	size_t i;

	for (i = 0; i < saved->count; i++) {
		free((char *)saved->files[i].name);
		free((char *)saved->files[i].data);
	}
	free(saved->files);
	memset(saved, 0, sizeof(*saved));
}

static int copy_file(const struct rf_policy_file *from, struct rf_policy_file *to)
{
	char *data = malloc(from->len + 1);
	char *name = strdup(from->name);

	if (!data || !name) {
		free(data);
		free(name);
		return -ENOMEM;
	}
	memcpy(data, from->data, from->len);
	data[from->len] = '\0';
	to->name = name;
	to->data = data;
	to->len = from->len;
	return 0;
}

int rf_saved_copy(struct rf_saved *saved, const struct rf_policy_file *files, size_t count)
{
	size_t i;

	saved->files = calloc(count + 1, sizeof(*saved->files));
	if (!saved->files)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		if (copy_file(&files[i], &saved->files[i]))
			return -ENOMEM;
		saved->count++;
	}
	return 0;
}

static int take_files(const json_t *list, struct rf_saved *saved)
{
	size_t count = json_array_size(list), i;
	struct rf_policy_file *files;
	json_t *name, *content;
	int err;

	if (!count || count > RF_POLICY_FILES_MAX)
		return -EBADMSG;
	files = calloc(count, sizeof(*files));
	if (!files)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		name = json_object_get(json_array_get(list, i), "name");
		content = json_object_get(json_array_get(list, i), "content");
		if (!json_is_string(name) || !json_is_string(content)) {
			free(files);
			return -EBADMSG;
		}
		files[i].name = json_string_value(name);
		files[i].data = json_string_value(content);
		files[i].len = json_string_length(content);
	}
	err = rf_saved_copy(saved, files, count);
	free(files);
	return err;
}

int rf_saved_load(const char *path, struct rf_saved *saved)
{
	struct rf_saved read = { 0 };
	json_t *json;
	int err;

	err = rf_store_read_json(path, &json);
	if (err)
		return err;
	read.number = (uint64_t)json_integer_value(json_object_get(json, "generation"));
	read.applied_ns = (uint64_t)json_integer_value(json_object_get(json, "applied_ns"));
	read.uid = (uid_t)json_integer_value(json_object_get(json, "uid"));
	read.pid = (pid_t)json_integer_value(json_object_get(json, "pid"));
	err = take_files(json_object_get(json, "files"), &read);
	json_decref(json);
	if (err)
		rf_saved_free(&read);
	else
		*saved = read;
	return err;
}

int rf_saved_write(const char *path, const struct rf_saved *saved)
{
	json_t *files = json_array();
	json_t *json;
	size_t i;
	int err;

	for (i = 0; files && i < saved->count; i++)
		json_array_append_new(files, json_pack("{s:s, s:s%}", "name", saved->files[i].name,
						       "content", saved->files[i].data,
						       saved->files[i].len));
	if (json_array_size(files) != saved->count) {
		json_decref(files);
		return -EINVAL;
	}
	json = json_pack("{s:I, s:I, s:I, s:I, s:o}", "generation", (json_int_t)saved->number,
			 "applied_ns", (json_int_t)saved->applied_ns, "uid", (json_int_t)saved->uid,
			 "pid", (json_int_t)saved->pid, "files", files);
	if (!json)
		return -ENOMEM;
	err = rf_store_write_json(path, json);
	json_decref(json);
	return err;
}
