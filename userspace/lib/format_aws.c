// SPDX-License-Identifier: GPL-2.0
/*
 * format_aws.c - Amazon's ip-ranges.json
 *
 * A local zone's network_border_group is not looked at: the zone belongs to its
 * region, and where the region's data may go is what the table of clouds says.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "userspace/lib/format_reader.h"

static int read_entry(struct rf_reader *reader, const char *list, size_t index, const json_t *entry,
		      const char *key, bool v4)
{
	char where[64], place[RF_PLACE_LEN];
	const json_t *region, *prefix;
	const char *wrong;

	snprintf(where, sizeof(where), "%s[%zu]", list, index);
	region = rf_json_member(reader, where, entry, "region", JSON_STRING);
	prefix = region ? rf_json_member(reader, where, entry, key, JSON_STRING) : NULL;
	if (!prefix)
		return -EINVAL;
	wrong = rf_text_region("aws", json_string_value(region), place);
	if (wrong)
		return rf_reader_wrong(reader, "%s.region: %s", where, wrong);
	snprintf(where, sizeof(where), "%s[%zu].%s", list, index, key);
	return rf_json_prefix(reader, where, prefix, &v4, place);
}

static int read_list(struct rf_reader *reader, const json_t *root, const char *list,
		     const char *key, bool v4)
{
	const json_t *entries = rf_json_member(reader, "", root, list, JSON_ARRAY), *entry;
	size_t index;

	if (!entries)
		return -EINVAL;
	json_array_foreach(entries, index, entry) {
		int result = read_entry(reader, list, index, entry, key, v4);

		if (result)
			return result;
	}
	return 0;
}

/* "2024-01-01-00-00-00", in UTC */
static void read_date(struct rf_reader *reader, const json_t *root)
{
	const char *text = json_string_value(json_object_get(root, "createDate")), *end;
	struct tm parts = { 0 };
	time_t when;

	end = text ? strptime(text, "%Y-%m-%d-%H-%M-%S", &parts) : NULL;
	if (!end || *end)
		return;
	when = timegm(&parts);
	if (when >= 0)
		rf_reader_date(reader, (__u64)when);
}

int rf_format_read_aws(struct rf_reader *reader)
{
	int error = 0;
	json_t *root = rf_json_load(reader, &error);

	if (!root)
		return error;
	read_date(reader, root);
	error = read_list(reader, root, "prefixes", "ip_prefix", true);
	if (!error)
		error = read_list(reader, root, "ipv6_prefixes", "ipv6_prefix", false);
	json_decref(root);
	return error;
}
