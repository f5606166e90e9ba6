// SPDX-License-Identifier: GPL-2.0
/*
 * format_azure.c - Microsoft's ServiceTags_*.json: Azure public, China, US government
 *
 * Each service is listed whole, with an empty region, and again region by
 * region: only the latter say where addresses are. The file bears no date.
 */
#include <errno.h>
#include <stdio.h>

#include "userspace/lib/format_reader.h"

static int read_prefixes(struct rf_reader *reader, size_t index, const json_t *prefixes,
			 const char *place)
{
	const json_t *prefix;
	size_t i;

	json_array_foreach(prefixes, i, prefix) {
		char where[96];
		int result;

		snprintf(where, sizeof(where), "values[%zu].properties.addressPrefixes[%zu]", index,
			 i);
		result = rf_json_prefix(reader, where, prefix, NULL, place);
		if (result)
			return result;
	}
	return 0;
}

static int read_value(struct rf_reader *reader, size_t index, const json_t *value)
{
	const json_t *properties, *region, *prefixes;
	char where[64], place[RF_PLACE_LEN];
	const char *wrong;

	snprintf(where, sizeof(where), "values[%zu]", index);
	properties = rf_json_member(reader, where, value, "properties", JSON_OBJECT);
	if (!properties)
		return -EINVAL;
	snprintf(where, sizeof(where), "values[%zu].properties", index);
	region = rf_json_member(reader, where, properties, "region", JSON_STRING);
	prefixes =
		region ? rf_json_member(reader, where, properties, "addressPrefixes", JSON_ARRAY) :
			 NULL;
	if (!prefixes)
		return -EINVAL;
	if (!json_string_length(region))
		return 0;
	wrong = rf_text_region("azure", json_string_value(region), place);
	if (wrong)
		return rf_reader_wrong(reader, "%s.region: %s", where, wrong);
	return read_prefixes(reader, index, prefixes, place);
}

int rf_format_read_azure(struct rf_reader *reader)
{
	int error = 0;
	json_t *root = rf_json_load(reader, &error);
	const json_t *values, *value;
	size_t index;

	if (!root)
		return error;
	values = rf_json_member(reader, "", root, "values", JSON_ARRAY);
	if (!values)
		error = -EINVAL;
	json_array_foreach(values, index, value) {
		error = read_value(reader, index, value);
		if (error)
			break;
	}
	json_decref(root);
	return error;
}
