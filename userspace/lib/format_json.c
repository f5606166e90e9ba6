// SPDX-License-Identifier: GPL-2.0
/*
 * format_json.c - the clouds' files: JSON, checked entry by entry
 */
#include <errno.h>

#include "userspace/lib/format_reader.h"

static const char *const type_names[] = {
	[JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list", [JSON_STRING] = "a string"
};

json_t *rf_json_load(struct rf_reader *reader, int *error)
{
	json_error_t cause;
	json_t *root = json_loadb(reader->data, reader->len, JSON_REJECT_DUPLICATES, &cause);

	if (!root && json_error_code(&cause) == json_error_out_of_memory)
		*error = rf_fault_set(reader->fault, -ENOMEM, "out of memory");
	else if (!root)
		*error = rf_fault_set(reader->fault, -EINVAL, "%s:%d:%d: %s", reader->name,
				      cause.line, cause.column, cause.text);
	if (root && !json_is_object(root)) {
		*error = rf_reader_wrong(reader, "expected an object");
		json_decref(root);
		root = NULL;
	}
	return root;
}

json_t *rf_json_member(struct rf_reader *reader, const char *where, const json_t *object,
		       const char *key, json_type type)
{
	const char *dot = *where ? "." : "";
	json_t *member = json_object_get(object, key);

	if (!json_is_object(object))
		rf_reader_wrong(reader, "%s: expected an object", where);
	else if (!member)
		rf_reader_wrong(reader, "%s%s%s: missing", where, dot, key);
	else if (json_typeof(member) != type)
		rf_reader_wrong(reader, "%s%s%s: expected %s", where, dot, key, type_names[type]);
	else
		return member;
	return NULL;
}

int rf_json_prefix(struct rf_reader *reader, const char *where, const json_t *text, const bool *v4,
		   const char *place)
{
	const char *wrong;
	rf_addr first, last;

	if (!json_is_string(text))
		return rf_reader_wrong(reader, "%s: expected a string", where);
	wrong = rf_text_prefix(json_string_value(text), &first, &last);
	if (!wrong && v4 && rf_addr_is_v4(first) != *v4)
		wrong = "prefix of the other family";
	if (wrong)
		return rf_reader_wrong(reader, "%s: %s", where, wrong);
	return rf_reader_take(reader, first, last, place);
}
