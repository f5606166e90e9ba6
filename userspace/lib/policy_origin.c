// SPDX-License-Identifier: GPL-2.0
/*
 * policy_origin.c - what gives a class: the key `origins`
 */
#include "userspace/lib/policy_build.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const kind_names[RF_POLICY_ORIGIN_MAX] = {
	[RF_POLICY_ORIGIN_PATH] = "path",     [RF_POLICY_ORIGIN_UNIT] = "unit",
	[RF_POLICY_ORIGIN_CGROUP] = "cgroup", [RF_POLICY_ORIGIN_PROGRAM] = "program",
	[RF_POLICY_ORIGIN_USER] = "user",     [RF_POLICY_ORIGIN_SERVICE] = "service",
};

const char *rf_policy_origin_kind_name(enum rf_policy_origin_kind kind)
{
	return (unsigned int)kind < RF_POLICY_ORIGIN_MAX ? kind_names[kind] : "?";
}

static void read_path(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_origin *origin = into;

	if (!rf_policy_read_path(build, value, key->text, &origin->text))
		return;
	if (strpbrk(origin->text, "*?["))
		rf_policy_warn(build, &value->pos,
			       "name the directory, it stands for its whole tree",
			       "%s \"%s\" is taken as it is written: there are no patterns",
			       key->text, origin->text);
}

static void read_cgroup(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const struct rf_yaml_node *value, void *into)
{
	static const char mount[] = "/sys/fs/cgroup/";
	struct rf_policy_origin *origin = into;

	if (!rf_policy_read_path(build, value, key->text, &origin->text))
		return;
	if (!strncmp(origin->text, mount, strlen(mount)))
		rf_policy_error(build, &value->pos, "leave /sys/fs/cgroup out",
				"cgroup \"%s\" is not relative to the cgroup root", origin->text);
}

/* The characters of systemd's unit names; "@." is a template, not a unit. */
static bool is_unit(const char *text)
{
	static const char *const suffixes[] = { ".service", ".scope", ".slice" };
	size_t len = strlen(text), i;

	if (len > NAME_MAX ||
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789:-_.\\@") != len ||
	    strstr(text, "@."))
		return false;
	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (len > strlen(suffixes[i]) &&
		    !strcmp(text + len - strlen(suffixes[i]), suffixes[i]))
			return true;
	return false;
}

static void read_unit(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_origin *origin = into;

	if (!rf_policy_read_text(build, value, key->text, &origin->text))
		return;
	if (!is_unit(origin->text))
		rf_policy_error(
			build, &value->pos,
			"expected a name such as crm.service, with .service, .scope or .slice",
			"\"%s\" is not a unit", origin->text);
}

/* A name as useradd takes them, or a uid. */
static bool is_user(const char *text)
{
	size_t len = strlen(text);

	if (text[strspn(text, "0123456789")] == '\0')
		return len <= 10 && (len == 1 || text[0] != '0') &&
		       strtoull(text, NULL, 10) < UINT32_MAX;
	return len <= 32 && text[0] != '-' &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789-_.") == len;
}

static void read_user(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_origin *origin = into;

	if (!rf_policy_read_text(build, value, key->text, &origin->text))
		return;
	if (!is_user(origin->text))
		rf_policy_error(build, &value->pos, "expected a user name or a uid",
				"\"%s\" is not a user", origin->text);
}

static void read_address(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	(void)key;
	rf_policy_read_prefix(build, value, &((struct rf_policy_origin *)into)->service);
}

static void read_port(struct rf_policy_build *build, const struct rf_yaml_node *key,
		      const struct rf_yaml_node *value, void *into)
{
	(void)key;
	rf_policy_read_port(build, value, &((struct rf_policy_origin *)into)->port);
}

static void read_socket(struct rf_policy_build *build, const struct rf_yaml_node *key,
			const struct rf_yaml_node *value, void *into)
{
	rf_policy_read_path(build, value, key->text, &((struct rf_policy_origin *)into)->text);
}

static void check_service(struct rf_policy_build *build, const struct rf_yaml_node *value)
{
	bool address = rf_policy_has_key(value, "address");
	bool socket = rf_policy_has_key(value, "socket");

	if (address == socket)
		rf_policy_error(build, &value->pos,
				"expected address and port, or the path of a unix socket",
				"a service has %s",
				address ? "an address and a socket" : "neither address nor socket");
	else if (socket && rf_policy_has_key(value, "port"))
		rf_policy_error(build, &value->pos, "leave the port out",
				"a unix socket has no port");
	if (address && ++build->service_count == RF_POLICY_SERVICES_MAX + 1)
		rf_policy_error(build, &value->pos, "join some of them to one prefix",
				"more than %d services by address", RF_POLICY_SERVICES_MAX);
}

static void read_service(struct rf_policy_build *build, const struct rf_yaml_node *key,
			 const struct rf_yaml_node *value, void *into)
{
	static const struct rf_policy_key keys[] = {
		{ "address", false, read_address },
		{ "port", false, read_port },
		{ "socket", false, read_socket },
	};

	(void)key;
	rf_policy_read_mapping(build, value, "a service", keys, 3, into);
	if (value->kind == RF_YAML_MAPPING)
		check_service(build, value);
}

/* In the order of enum rf_policy_origin_kind. */
static const struct rf_policy_key keys[RF_POLICY_ORIGIN_MAX] = {
	{ "path", false, read_path },	  { "unit", false, read_unit },
	{ "cgroup", false, read_cgroup }, { "program", false, read_path },
	{ "user", false, read_user },	  { "service", false, read_service },
};

static enum rf_policy_origin_kind kind_of(const struct rf_yaml_node *item)
{
	size_t kind;

	for (kind = 0; kind < RF_POLICY_ORIGIN_MAX; kind++)
		if (item->items[0]->text && !strcmp(item->items[0]->text, kind_names[kind]))
			return kind;
	return RF_POLICY_ORIGIN_PATH; /* an unknown key, which is an error */
}

static void read_origin(struct rf_policy_build *build, const struct rf_yaml_node *item, void *into)
{
	struct rf_policy_class *class = into;
	struct rf_policy_origin *origin;

	if (item->kind == RF_YAML_MAPPING && item->item_count != 2) {
		rf_policy_error(build, &item->pos,
				"expected one of path, unit, cgroup, program, user, service; "
				"begin each with a - of its own",
				"an origin has one key, found %zu", item->item_count / 2);
		if (!item->item_count)
			return;
	}
	origin = RF_POLICY_ADD(build, class->origins, class->origin_count);
	if (!origin)
		return;
	origin->pos = item->pos;
	rf_policy_read_mapping(build, item, "an origin", keys, RF_POLICY_ORIGIN_MAX, origin);
	if (item->kind != RF_YAML_MAPPING)
		return;
	origin->kind = kind_of(item);
	origin->pos = item->items[1]->pos;
}

static int compare_origins(const void *left, const void *right)
{
	const struct rf_policy_origin *a = left, *b = right;
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	order = strcmp(a->text ? a->text : "", b->text ? b->text : "");
	if (!order)
		order = memcmp(&a->service, &b->service, sizeof(a->service));
	return order ? order : (int)a->port - (int)b->port;
}

void rf_policy_read_origins(struct rf_policy_build *build, const struct rf_yaml_node *key,
			    const struct rf_yaml_node *value, void *into)
{
	struct rf_policy_class *class = into;
	size_t errors = build->diagnostics->errors;

	rf_policy_read_list(build, value, key->text, read_origin, class);
	if (errors == build->diagnostics->errors)
		rf_policy_warn_twice(build, class->origins, class->origin_count,
				     sizeof(*class->origins),
				     offsetof(struct rf_policy_origin, pos), compare_origins,
				     "origin");
}
