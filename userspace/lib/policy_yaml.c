// SPDX-License-Identifier: GPL-2.0
/*
 * policy_yaml.c - libyaml's events into a tree with places
 */
#include "userspace/lib/policy_yaml.h"
#include "userspace/lib/policy_file.h"
#include "userspace/lib/printable.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/**
 * struct reader - one parse
 * @open: collections that are not closed yet, innermost last
 * @depth: how many
 */
struct reader {
	yaml_parser_t parser;
	const struct rf_policy_file *file;
	uint32_t index;
	struct rf_yaml_tree *tree;
	struct rf_diagnostics *diagnostics;
	struct rf_yaml_node *open[RF_POLICY_DEPTH_MAX];
	size_t depth;
};

static int error_at(struct reader *reader, size_t line, size_t column, const char *hint,
		    const char *message)
{
	const struct rf_diagnostic_place place = { reader->file->name, line, column };

	rf_diagnostics_add(reader->diagnostics, RF_SEVERITY_ERROR, 0, &place, hint, "%s", message);
	return -EINVAL;
}

static int error_at_mark(struct reader *reader, const yaml_mark_t *mark, const char *hint,
			 const char *message)
{
	return error_at(reader, mark->line + 1, mark->column + 1, hint, message);
}

static int no_memory(struct reader *reader)
{
	error_at(reader, 0, 0, NULL, "out of memory");
	return -ENOMEM;
}

/*
 * Bytes that no policy holds are refused before libyaml sees them: it would
 * take UTF-16, and its own message has no place.
 */
static int check_bytes(struct reader *reader)
{
	const char *data = reader->file->data;
	size_t len = reader->file->len, line = 1, column = 1, unit;
	size_t at = rf_policy_file_mark(reader->file);

	while (at < len) {
		unit = rf_printable_unit(data + at, len - at);
		if (!unit && !memchr("\t\n\r", data[at], 3))
			return error_at(reader, line, column, "expected UTF-8 text",
					(unsigned char)data[at] < 0x80 ?
						"a control character; this is not a text file" :
						"not UTF-8, or an invisible character");
		column++;
		if (data[at] == '\n') {
			line++;
			column = 1;
		}
		at += unit ? unit : 1;
	}
	return 0;
}

static struct rf_yaml_node *new_node(struct reader *reader, enum rf_yaml_kind kind,
				     const yaml_mark_t *mark)
{
	struct rf_yaml_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->kind = kind;
	node->pos = (struct rf_pos){ reader->index, mark->line + 1, mark->column + 1 };
	node->next = reader->tree->nodes;
	reader->tree->nodes = node;
	return node;
}

static int add_item(struct rf_yaml_node *parent, struct rf_yaml_node *node)
{
	size_t capacity = parent->item_capacity ? parent->item_capacity * 2 : 4;
	struct rf_yaml_node **items;

	if (parent->item_count == parent->item_capacity) {
		items = reallocarray(parent->items, capacity, sizeof(*items));
		if (!items)
			return -ENOMEM;
		parent->items = items;
		parent->item_capacity = capacity;
	}
	parent->items[parent->item_count++] = node;
	return 0;
}

/* Puts a node where it belongs: into the innermost open collection. */
static int place_node(struct reader *reader, struct rf_yaml_node *node)
{
	if (reader->depth)
		return add_item(reader->open[reader->depth - 1], node) ? no_memory(reader) : 0;
	reader->tree->root = node;
	return 0;
}

/* Reports what would make the node mean something that it does not show. */
static void check_properties(struct reader *reader, const yaml_event_t *event,
			     const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		error_at_mark(reader, &event->start_mark, "write the value out where it is used",
			      "anchors are not supported");
	if (tag)
		error_at_mark(reader, &event->start_mark, "leave the tag out",
			      "tags are not supported");
}

static int on_scalar(struct reader *reader, const yaml_event_t *event)
{
	struct rf_yaml_node *node = new_node(reader, RF_YAML_TEXT, &event->start_mark);

	if (!node)
		return no_memory(reader);
	check_properties(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (memchr(event->data.scalar.value, '\0', event->data.scalar.length)) {
		error_at_mark(reader, &event->start_mark, "leave the \\0 out",
			      "a NUL character in a text");
		node->kind = RF_YAML_BROKEN;
	}
	node->text = strdup((const char *)event->data.scalar.value);
	if (!node->text)
		return no_memory(reader);
	return place_node(reader, node);
}

static int on_alias(struct reader *reader, const yaml_event_t *event)
{
	struct rf_yaml_node *node = new_node(reader, RF_YAML_BROKEN, &event->start_mark);

	error_at_mark(reader, &event->start_mark, "write the value out where it is used",
		      "aliases are not supported");
	return node ? place_node(reader, node) : no_memory(reader);
}

static int on_open(struct reader *reader, const yaml_event_t *event, enum rf_yaml_kind kind)
{
	struct rf_yaml_node *node;
	int ret;

	if (kind == RF_YAML_LIST)
		check_properties(reader, event, event->data.sequence_start.anchor,
				 event->data.sequence_start.tag);
	else
		check_properties(reader, event, event->data.mapping_start.anchor,
				 event->data.mapping_start.tag);
	if (reader->depth == RF_POLICY_DEPTH_MAX)
		return error_at_mark(reader, &event->start_mark, "32 levels are the most",
				     "nested too deeply");
	node = new_node(reader, kind, &event->start_mark);
	if (!node)
		return no_memory(reader);
	ret = place_node(reader, node);
	reader->open[reader->depth++] = node;
	return ret;
}

static int by_key(const void *left, const void *right)
{
	const struct rf_yaml_node *a = *(struct rf_yaml_node *const *)left;
	const struct rf_yaml_node *b = *(struct rf_yaml_node *const *)right;
	int order = strcmp(a->text, b->text);

	if (order)
		return order;
	if (a->pos.line != b->pos.line)
		return a->pos.line < b->pos.line ? -1 : 1;
	return a->pos.column < b->pos.column ? -1 : a->pos.column > b->pos.column;
}

static void duplicate_key(struct reader *reader, struct rf_yaml_node *first,
			  struct rf_yaml_node *again)
{
	const struct rf_diagnostic_place place = { reader->file->name, again->pos.line,
						   again->pos.column };

	rf_diagnostics_add(reader->diagnostics, RF_SEVERITY_ERROR, 0, &place,
			   "join the two or rename one",
			   "key \"%s\" is given twice, first in line %u", again->text,
			   first->pos.line);
	again->kind = RF_YAML_BROKEN;
}

/* Keys are sorted to be compared: a file may hold a hundred thousand. */
static int check_keys(struct reader *reader, struct rf_yaml_node *mapping)
{
	struct rf_yaml_node **keys = calloc(mapping->item_count / 2 + 1, sizeof(*keys)), *key;
	size_t count = 0, i, first = 0;

	if (!keys)
		return no_memory(reader);
	for (i = 0; i + 1 < mapping->item_count; i += 2) {
		key = mapping->items[i];
		if (key->kind == RF_YAML_TEXT)
			keys[count++] = key;
		else if (key->kind != RF_YAML_BROKEN)
			error_at(reader, key->pos.line, key->pos.column, "expected a name",
				 "a key that is not text");
		if (key->kind != RF_YAML_TEXT)
			key->kind = RF_YAML_BROKEN;
	}
	qsort(keys, count, sizeof(*keys), by_key);
	for (i = 1; i < count; i++) {
		if (strcmp(keys[first]->text, keys[i]->text))
			first = i;
		else
			duplicate_key(reader, keys[first], keys[i]);
	}
	free(keys);
	return 0;
}

static int on_close(struct reader *reader)
{
	struct rf_yaml_node *node = reader->open[--reader->depth];

	return node->kind == RF_YAML_MAPPING ? check_keys(reader, node) : 0;
}

static int on_document(struct reader *reader, const yaml_event_t *event)
{
	if (!reader->tree->root)
		return 0;
	return error_at_mark(reader, &event->start_mark, "put it into a file of its own",
			     "a second document");
}

static int on_event(struct reader *reader, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT: return on_document(reader, event);
	case YAML_ALIAS_EVENT: return on_alias(reader, event);
	case YAML_SCALAR_EVENT: return on_scalar(reader, event);
	case YAML_SEQUENCE_START_EVENT: return on_open(reader, event, RF_YAML_LIST);
	case YAML_MAPPING_START_EVENT: return on_open(reader, event, RF_YAML_MAPPING);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: return on_close(reader);
	default: return 0;
	}
}

/* libyaml only says that it "cannot start any token". */
static bool has_tab_indent(const struct rf_policy_file *file, size_t line)
{
	const char *at = file->data, *end = at + file->len;

	for (; at && line; line--) {
		at = memchr(at, '\n', end - at);
		at = at ? at + 1 : NULL;
	}
	while (at && at < end && *at == ' ')
		at++;
	return at && at < end && *at == '\t';
}

static int parse_error(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "cannot be parsed";
	const char *hint = parser->context;
	const struct rf_diagnostic_place place = { reader->file->name,
						   parser->problem_mark.line + 1,
						   parser->problem_mark.column + 1 };

	if (parser->error == YAML_MEMORY_ERROR)
		return no_memory(reader);
	if (has_tab_indent(reader->file, parser->problem_mark.line)) {
		problem = "indented with a tab";
		hint = "write spaces in its place";
	}
	rf_diagnostics_add(reader->diagnostics, RF_SEVERITY_ERROR, 0, &place, hint,
			   "not valid YAML: %s", problem);
	return -EINVAL;
}

static int read_events(struct reader *reader)
{
	yaml_event_t event;
	bool last = false;
	int ret = 0;

	while (!ret && !last) {
		if (!yaml_parser_parse(&reader->parser, &event))
			return parse_error(reader);
		last = event.type == YAML_STREAM_END_EVENT;
		ret = on_event(reader, &event);
		yaml_event_delete(&event);
	}
	return ret;
}

static bool is_absent(const struct rf_yaml_node *root)
{
	return !root || (root->kind == RF_YAML_TEXT && root->plain && !root->text[0]);
}

int rf_yaml_parse(const struct rf_policy_file *file, uint32_t index, struct rf_yaml_tree *tree,
		  struct rf_diagnostics *diagnostics)
{
	struct reader reader = {
		.file = file, .index = index, .tree = tree, .diagnostics = diagnostics
	};
	size_t mark = rf_policy_file_mark(file);
	int ret;

	memset(tree, 0, sizeof(*tree));
	if (file->len > RF_POLICY_FILE_MAX)
		return error_at(&reader, 0, 0, "split it into several files",
				"is larger than 1 MiB");
	ret = check_bytes(&reader);
	if (ret)
		return ret;
	if (!yaml_parser_initialize(&reader.parser))
		return no_memory(&reader);
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const yaml_char_t *)file->data + mark,
				     file->len - mark);
	ret = read_events(&reader);
	yaml_parser_delete(&reader.parser);
	if (!ret && is_absent(tree->root))
		ret = error_at(&reader, 1, 1, "expected a mapping that begins with version: 1",
			       "the file is empty");
	return ret;
}

void rf_yaml_tree_free(struct rf_yaml_tree *tree)
{
	struct rf_yaml_node *node = tree->nodes, *next;

	for (; node; node = next) {
		next = node->next;
		free(node->text);
		free(node->items);
		free(node);
	}
	memset(tree, 0, sizeof(*tree));
}

const char *rf_yaml_node_name(const struct rf_yaml_node *node)
{
	switch (node->kind) {
	case RF_YAML_LIST: return "a list";
	case RF_YAML_MAPPING: return "a mapping";
	default: return node->plain && !node->text[0] ? "nothing" : "text";
	}
}
