// SPDX-License-Identifier: GPL-2.0
/*
 * format.c - the formats, and who reads each
 */
#include "userspace/lib/format.h"

#include <errno.h>

#include "userspace/lib/format_reader.h"

/* struct format - one row for each value of enum rf_format */
static const struct format {
	const char *name;
	int (*read)(struct rf_reader *reader);
} formats[RF_FORMAT_MAX] = {
	[RF_FORMAT_GEOIP] = { "tor-geoipdb", rf_format_read_geoip },
	[RF_FORMAT_MMDB] = { "mmdb", rf_format_read_mmdb },
	[RF_FORMAT_CSV] = { "csv", rf_format_read_csv },
	[RF_FORMAT_DELEGATED] = { "delegated-extended", rf_format_read_delegated },
	[RF_FORMAT_GEOFEED] = { "geofeed", rf_format_read_geofeed },
	[RF_FORMAT_AWS] = { "aws", rf_format_read_aws },
	[RF_FORMAT_GOOGLE] = { "google", rf_format_read_google },
	[RF_FORMAT_AZURE] = { "azure", rf_format_read_azure },
};

int rf_format_read(enum rf_format format, const char *name, const void *data, size_t len,
		   int (*take)(void *ctx, const struct rf_statement *statement), void *ctx,
		   char date[RF_DATE_LEN], struct rf_fault *fault)
{
	struct rf_reader reader = {
		.name = name,
		.data = data,
		.len = len,
		.take = take,
		.ctx = ctx,
		.date = date,
		.fault = fault,
	};
	int error;

	date[0] = '\0';
	if ((unsigned int)format >= RF_FORMAT_MAX)
		return rf_fault_set(fault, -EINVAL, "%s: no such format", name);
	error = formats[format].read(&reader);
	reader.line = 0;
	if (!error && !reader.taken)
		error = rf_reader_wrong(&reader, "says nothing about any address");
	return error;
}

const char *rf_format_name(enum rf_format format)
{
	return (unsigned int)format < RF_FORMAT_MAX ? formats[format].name : "?";
}

bool rf_format_is_of_cloud(enum rf_format format)
{
	return format == RF_FORMAT_AWS || format == RF_FORMAT_GOOGLE || format == RF_FORMAT_AZURE;
}
