// SPDX-License-Identifier: GPL-2.0
/*
 * format_google.c - Google Cloud's cloud.json
 */
#include <errno.h>
#include <stdio.h>

#include "userspace/lib/format_reader.h"

static int read_entry(struct rf_reader *reader, size_t index, const json_t *entry)
{
	const json_t *v4 = json_object_get(entry, "ipv4Prefix");
	const json_t *v6 = json_object_get(entry, "ipv6Prefix");
	char where[64], place[RF_PLACE_LEN];
	const json_t *scope;
	const char *wrong;
	bool is_v4 = v4 != NULL;

	snprintf(where, sizeof(where), "prefixes[%zu]", index);
	scope = rf_json_member(reader, where, entry, "scope", JSON_STRING);
	if (!scope)
		return -EINVAL;
	wrong = rf_text_region("google", json_string_value(scope), place);
	if (wrong)
		return rf_reader_wrong(reader, "%s.scope: %s", where, wrong);
	if (!v4 == !v6)
		return rf_reader_wrong(reader, "%s: expected either ipv4Prefix or ipv6Prefix",
				       where);
	snprintf(where, sizeof(where), "prefixes[%zu].%s", index, v4 ? "ipv4Prefix" : "ipv6Prefix");
	return rf_json_prefix(reader, where, v4 ? v4 : v6, &is_v4, place);
}

static int read_list(struct rf_reader *reader, const json_t *root)
{
	const json_t *entries = rf_json_member(reader, "", root, "prefixes", JSON_ARRAY), *entry;
	size_t index;

	if (!entries)
		return -EINVAL;
	json_array_foreach(entries, index, entry) {
		int result = read_entry(reader, index, entry);

		if (result)
			return result;
	}
	return 0;
}

/*
 * syncToken is the time in milliseconds. creationTime is the same one by the
 * clocks of California, without saying so.
 */
static void read_date(struct rf_reader *reader, const json_t *root)
{
	const char *text = json_string_value(json_object_get(root, "syncToken"));
	__u64 milliseconds;

	if (text && !rf_text_number(text, ~(__u64)0, &milliseconds))
		rf_reader_date(reader, milliseconds / 1000);
}

int rf_format_read_google(struct rf_reader *reader)
{
	int error = 0;
	json_t *root = rf_json_load(reader, &error);

	if (!root)
		return error;
	read_date(reader, root);
	error = read_list(reader, root);
	json_decref(root);
	return error;
}
