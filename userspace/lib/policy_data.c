// SPDX-License-Identifier: GPL-2.0
/*
 * policy_data.c - the section `region-data`: which sources say where addresses
 * are, whom to believe, and what none of them decides
 */
#include "userspace/lib/policy_build.h"
#include "userspace/lib/policy_prefix.h"

#include <stdio.h>
#include <stdlib.h>

static void read_name(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_source *source = into;

	if (!rf_policy_read_text(build, value, key->text, &source->name) ||
	    rf_name_valid(source->name))
		return;
	rf_policy_error(build, &value->pos, "expected " RF_NAME_TEXT, "\"%s\" cannot name a source",
			source->name);
}

static void set_format(struct rf_policy_build *build, const struct rf_yaml_node *value,
		       struct rf_policy_source *source)
{
	const char *names[RF_FORMAT_MAX];
	int format;

	for (int i = 0; i < RF_FORMAT_MAX; i++)
		names[i] = rf_format_name(i);
	format = rf_policy_read_word(build, value, "format", names, RF_FORMAT_MAX);
	source->has_format = format >= 0;
	if (format >= 0)
		source->format = format;
}

static void read_format(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const struct rf_yaml_node *value, void *into)
{
	(void)key;
	set_format(build, value, into);
}

static void read_file(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_source *source = into;
	char *path = NULL, **place;

	if (source->path_count == RF_POLICY_SOURCE_FILES_MAX) {
		rf_policy_error(build, &item->pos, NULL, "a source of more than %d files",
				RF_POLICY_SOURCE_FILES_MAX);
		return;
	}
	if (!rf_policy_read_path(build, item, "a file of region data", &path))
		return;
	place = RF_POLICY_ADD(build, source->paths, source->path_count);
	if (place)
		*place = path;
	else
		free(path);
}

/* One file, or a list of them. */
static void read_path(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	((struct rf_policy_source *)into)->has_path = true;
	if (value->kind == RF_YAML_LIST && !value->item_count)
		rf_policy_error(build, &value->pos, "name at least one", "a list of no files");
	if (value->kind == RF_YAML_LIST)
		rf_policy_read_list(build, value, key->text, read_file, into);
	else
		read_file(build, value, into);
}

static void read_max_age(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_number(build, value, key->text, 1, 3650,
			      &((struct rf_policy_source *)into)->max_age_days);
}

static void read_sums(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_path(build, value, key->text, &((struct rf_policy_source *)into)->sums);
}

static void read_signature(struct rf_policy_build *build, const struct rf_yaml_node *key,
			   const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_path(build, value, key->text, &((struct rf_policy_source *)into)->signature);
}

static void read_key(struct rf_policy_build *build, const struct rf_yaml_node *key,
		     const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_path(build, value, key->text, &((struct rf_policy_source *)into)->key);
}

static const struct rf_policy_key source_keys[] = {
	{ "name", false, read_name },	    { "format", true, read_format },
	{ "path", false, read_path },	    { "max-age", false, read_max_age },
	{ "sha256sums", false, read_sums }, { "signature", false, read_signature },
	{ "key", false, read_key },
};

static void check_files(struct rf_policy_build *build, const struct rf_policy_source *source)
{
	if (!source->has_path && source->format != RF_FORMAT_GEOIP)
		rf_policy_error(build, &source->pos, "add path: /the/file",
				"source \"%s\" has no file", source->name);
	if (!source->signature != !source->key)
		rf_policy_error(build, &source->pos,
				"write signature: /the/file.sig and key: /the/public.pem",
				"source \"%s\": signature and key belong together", source->name);
	/* Without a path it is tor-geoipdb's two. */
	if (source->signature &&
	    (source->has_path ? source->path_count > 1 : source->format == RF_FORMAT_GEOIP))
		rf_policy_error(build, &source->pos, "use sha256sums",
				"source \"%s\": one signature is of one file", source->name);
	if (rf_format_is_of_cloud(source->format))
		rf_policy_use_clouds(build, &source->pos);
}

static void check_source(struct rf_policy_build *build, struct rf_policy_source *source)
{
	const struct rf_policy_data *data = &build->policy->data;

	if (!source->has_format)
		return; /* reported */
	if (!source->name)
		source->name = strdup(rf_format_name(source->format));
	if (!source->name) {
		rf_policy_no_memory(build);
		return;
	}
	for (const struct rf_policy_source *other = data->sources; other < source; other++)
		if (other->name && !strcmp(other->name, source->name))
			rf_policy_error(build, &source->pos, "give one of them another name",
					"two sources are called \"%s\"", source->name);
	check_files(build, source);
}

static void read_source(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_data *data = into;
	struct rf_policy_source *source;

	if (data->source_count == RF_POLICY_SOURCES_MAX) {
		rf_policy_error(build, &item->pos, NULL, "more than %d sources",
				RF_POLICY_SOURCES_MAX);
		return;
	}
	source = RF_POLICY_ADD(build, data->sources, data->source_count);
	if (!source)
		return;
	source->pos = item->pos;
	if (item->kind == RF_YAML_TEXT)
		set_format(build, item, source);
	else
		rf_policy_read_mapping(build, item, "a source of region data", source_keys,
				       sizeof(source_keys) / sizeof(source_keys[0]), source);
	check_source(build, source);
}

static void read_sources(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_list(build, value, key->text, read_source, into);
}

static void read_agreement(struct rf_policy_build *build, const struct rf_yaml_node *key,
			   const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_data *data = into;

	data->agreement_pos = value->pos;
	rf_policy_read_number(build, value, key->text, 1, RF_POLICY_SOURCES_MAX, &data->agreement);
}

static void read_max_loss(struct rf_policy_build *build, const struct rf_yaml_node *key,
			  const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_number(build, value, key->text, 1, 100,
			      &((struct rf_policy_data *)into)->max_loss);
}

static void add_mark(struct rf_policy_build *build, const struct rf_yaml_node *item,
		     enum rf_policy_mark_kind kind)
{
	struct rf_policy_data *data = &build->policy->data;
	struct rf_policy_mark *mark;
	struct rf_prefix net;

	if (!rf_policy_read_prefix(build, item, &net))
		return;
	if (kind == RF_POLICY_MARK_NAT64 &&
	    (net.len != 96 || rf_addr_is_v4(rf_addr_load(net.addr)))) {
		rf_policy_error(build, &item->pos, "expected an IPv6 prefix of 96 bits",
				"\"%s\" cannot be used for NAT64 here", item->text);
		return;
	}
	for (size_t i = 0; i < data->mark_count; i++)
		if (!rf_prefix_compare(&data->marks[i].net, &net)) {
			rf_policy_error(build, &item->pos, NULL, "\"%s\" is marked twice",
					item->text);
			return;
		}
	mark = RF_POLICY_ADD(build, data->marks, data->mark_count);
	if (mark)
		*mark = (struct rf_policy_mark){ .net = net, .kind = kind, .pos = item->pos };
}

static void read_anycast(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	(void)into;
	add_mark(build, item, RF_POLICY_MARK_ANYCAST);
}

static void read_satellite(struct rf_policy_build *build, const struct rf_yaml_node *item,
			   void *into)
{
	(void)into;
	add_mark(build, item, RF_POLICY_MARK_SATELLITE);
}

static void read_nat64(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	(void)into;
	add_mark(build, item, RF_POLICY_MARK_NAT64);
}

static void read_marks(struct rf_policy_build *build, const struct rf_yaml_node *key,
		       const struct rf_yaml_node *value, void *into)
{
	static const struct {
		const char *key;
		void (*read)(struct rf_policy_build *build, const struct rf_yaml_node *item,
			     void *into);
	} kinds[] = {
		{ "anycast", read_anycast },
		{ "satellite", read_satellite },
		{ "nat64", read_nat64 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].key, key->text))
			rf_policy_read_list(build, value, key->text, kinds[i].read, into);
}

static const struct rf_policy_key keys[] = {
	{ "sources", false, read_sources },   { "require-agreement", false, read_agreement },
	{ "max-loss", false, read_max_loss }, { "anycast", false, read_marks },
	{ "satellite", false, read_marks },   { "nat64", false, read_marks },
};

void rf_policy_read_data(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_data *data = &build->policy->data;
	size_t errors = build->diagnostics->errors;

	(void)into;
	if (data->pos.line) {
		rf_policy_error(build, &key->pos, "keep one of them",
				"region-data is given twice; the other is in %s, line %u",
				rf_policy_pos_file(build->policy, &data->pos), data->pos.line);
		return;
	}
	data->pos = key->pos;
	rf_policy_read_mapping(build, value, "region-data", keys, sizeof(keys) / sizeof(keys[0]),
			       data);
	if (errors == build->diagnostics->errors && data->agreement > 1 &&
	    data->agreement > data->source_count)
		rf_policy_error(build, &data->agreement_pos, "name more sources",
				"%u sources must agree, but there %s %zu: every address would be "
				"foreign",
				data->agreement, data->source_count < 2 ? "is" : "are",
				data->source_count ? data->source_count : 1);
}
