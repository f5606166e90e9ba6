// SPDX-License-Identifier: GPL-2.0
/*
 * cloud.c - the table of the clouds' regions
 */
#include "userspace/lib/cloud.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/format_reader.h"
#include "userspace/lib/policy_country.h"
#include "userspace/lib/unpack.h"

static int order(const void *left, const void *right)
{
	const struct rf_cloud *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/* "PROVIDER:REGION", written as the readers of the providers' files write it */
static const char *read_name(char *text, char name[RF_PLACE_LEN])
{
	char *colon = strchr(text, ':');
	char place[RF_PLACE_LEN];
	const char *wrong;

	if (!colon || strspn(text, "abcdefghijklmnopqrstuvwxyz") != (size_t)(colon - text) ||
	    colon == text)
		return "expected PROVIDER:REGION<tab>CC";
	*colon = '\0';
	wrong = rf_text_region(text, colon + 1, place);
	*colon = ':';
	if (!wrong && strcmp(place, text))
		wrong = "region in upper case";
	if (!wrong)
		strcpy(name, place);
	return wrong;
}

static bool is_known(const struct rf_clouds *clouds, const char *name)
{
	for (size_t i = 0; i < clouds->count; i++)
		if (!strcmp(clouds->list[i].name, name))
			return true;
	return false;
}

static int read_row(struct rf_reader *reader, struct rf_row *row, struct rf_clouds *clouds)
{
	struct rf_cloud *cloud = &clouds->list[clouds->count];
	const char *wrong;

	if (row->count != 2)
		return rf_reader_wrong(reader, "expected PROVIDER:REGION<tab>CC");
	wrong = read_name(row->field[0], cloud->name);
	if (wrong)
		return rf_reader_wrong(reader, "%s", wrong);
	if (is_known(clouds, cloud->name))
		return rf_reader_wrong(reader, "%s a second time", cloud->name);
	if (strcmp(row->field[1], "ZZ") && rf_country_kind(row->field[1]) != RF_COUNTRY_ASSIGNED)
		return rf_reader_wrong(reader, "neither a country's code nor ZZ");
	memcpy(cloud->code, row->field[1], sizeof(cloud->code));
	clouds->count++;
	return 0;
}

static int read_rows(struct rf_reader *reader, struct rf_clouds *clouds)
{
	static const struct rf_row_style style = { .separator = '\t', .blank = true };
	struct rf_row row;
	int result;

	while ((result = rf_reader_row(reader, &style, &row)) > 0) {
		if (clouds->count == RF_CLOUDS_MAX)
			return rf_reader_wrong(reader, "more than %d regions", RF_CLOUDS_MAX);
		result = read_row(reader, &row, clouds);
		if (result)
			break;
	}
	return result;
}

int rf_clouds_read(const char *path, struct rf_clouds *out, struct rf_fault *fault)
{
	struct rf_clouds clouds = { 0 };
	struct rf_reader reader = { .name = path, .fault = fault };
	void *data;
	int error;

	error = rf_unpack_file(path, &data, &reader.len, clouds.hash, fault);
	if (error)
		return error;
	reader.data = data;
	clouds.list = calloc(RF_CLOUDS_MAX, sizeof(*clouds.list));
	if (!clouds.list)
		error = rf_fault_set(fault, -ENOMEM, "out of memory");
	else
		error = read_rows(&reader, &clouds);
	free(data);
	if (error) {
		free(clouds.list);
		return error;
	}
	qsort(clouds.list, clouds.count, sizeof(*clouds.list), order);
	*out = clouds;
	return 0;
}

void rf_clouds_free(struct rf_clouds *clouds)
{
	free(clouds->list);
	*clouds = (struct rf_clouds){ 0 };
}

int rf_clouds_find(const struct rf_clouds *clouds, const char *name)
{
	struct rf_cloud key = { 0 };
	const struct rf_cloud *found;

	if (!clouds->count || strlen(name) >= sizeof(key.name))
		return -1;
	strcpy(key.name, name);
	found = bsearch(&key, clouds->list, clouds->count, sizeof(*clouds->list), order);
	return found ? (int)(found - clouds->list) : -1;
}
