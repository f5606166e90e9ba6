// SPDX-License-Identifier: GPL-2.0
/*
 * file_label.c - ringfence label: what files hold, and what they shall hold
 *
 * The daemon takes a file by the descriptor that this process has of it, so
 * names may be any bytes and mount namespaces do not matter.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"
#include "userspace/cli/label.h"
#include "userspace/cli/shown.h"
#include "userspace/cli/why.h"

#define INTERRUPTED 130

static int usage(const char *what)
{
	fprintf(stderr, "ringfence: label: %s\nTry 'ringfence label --help'.\n", what);
	return RF_EXIT_USAGE;
}

static int open_path(const char *path)
{
	char shown[RF_SHOWN_MAX];
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		fprintf(stderr, "ringfence: label: %s: %s\n", rf_shown(shown, path),
			strerror(errno));
	return fd;
}

/* The whole path as it can be shown: for records and for going on with a scan. */
static json_t *whole(const char *path)
{
	char *real = realpath(path, NULL);
	json_t *json = rf_shown_json(real ? real : path);

	free(real);
	return json;
}

/* Prints why it could not be done for @path; takes the result's exit code. */
static int told(const char *path, json_t *result)
{
	const char *message = json_string_value(json_object_get(result, "message"));
	int code = (int)json_integer_value(json_object_get(result, "exit"));
	char shown[RF_SHOWN_MAX];

	if (code)
		fprintf(stderr, "ringfence: label: %s: %s\n", rf_shown(shown, path),
			message ? message : "");
	return code;
}

static const char *joined(const json_t *names, char *text, size_t size)
{
	size_t used = 0, i;
	json_t *name;

	text[0] = '\0';
	json_array_foreach(names, i, name)
		if (used < size)
			used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "+" : "",
						 json_string_value(name));
	return text;
}

struct getting {
	const char *path;
	bool json;
	bool why;
};

static void print_tree(const json_t *tree)
{
	const char *file = json_string_value(json_object_get(tree, "file"));
	char text[512];

	if (!json_is_object(tree))
		return;
	printf("  %-8s %s, by %s %s", "tree",
	       joined(json_object_get(tree, "classes"), text, sizeof(text)),
	       json_string_value(json_object_get(tree, "kind")),
	       json_string_value(json_object_get(tree, "what")));
	if (file)
		printf(" (%s:%lld)", file,
		       (long long)json_integer_value(json_object_get(tree, "line")));
	putchar('\n');
}

/* Of what the chain is: of what is in it, or else of what is beside that. */
static json_t *first_of(const json_t *file)
{
	static const char *const records[] = { "written", "names", "attributes" };
	json_t *classes = NULL;

	for (size_t i = 0; !json_array_size(classes) && i < sizeof(records) / sizeof(*records); i++)
		classes = json_object_get(file, records[i]);
	return classes;
}

/* @format has one %s. */
static void print_beside(const char *format, const json_t *classes)
{
	char text[512];

	if (json_array_size(classes))
		printf(format, joined(classes, text, sizeof(text)));
}

static void print_file(const struct getting *getting, const json_t *file)
{
	json_t *written = json_object_get(file, "written"), *kept = json_object_get(file, "kept");
	json_t *names = json_object_get(file, "names"), *first = first_of(file);
	json_t *attributes = json_object_get(file, "attributes");
	char text[512], shown[RF_SHOWN_MAX];

	joined(json_object_get(file, "classes"), text, sizeof(text));
	printf("%s: %s", rf_shown(shown, getting->path), *text ? text : "-");
	print_beside(", names %s", names);
	print_beside(", attributes %s", attributes);
	putchar('\n');
	if (!getting->why)
		return;
	print_tree(json_object_get(file, "tree"));
	if (json_array_size(written))
		printf("  %-8s %s\n", "written", joined(written, text, sizeof(text)));
	if (json_array_size(kept))
		printf("  %-8s %s, in security.ringfence\n", "on disk",
		       joined(kept, text, sizeof(text)));
	print_beside("  names    %s, for who lists it or reads where it points\n", names);
	print_beside("  xattrs   %s, for who asks for attributes\n", attributes);
	if (json_array_size(first)) {
		json_t *copy = json_pack("{s:O, s:O, s:O, s:O}", "classes", first, "sources",
					 json_object_get(file, "sources"), "folded",
					 json_object_get(file, "folded"), "folded_after",
					 json_object_get(file, "folded_after"));

		rf_why_print(copy, "the file has it");
		json_decref(copy);
	}
}

static void take_file(void *ctx, const json_t *file)
{
	const struct getting *getting = ctx;
	json_t *copy;

	if (!getting->json) {
		print_file(getting, file);
		return;
	}
	copy = json_copy((json_t *)file);
	json_object_del(copy, "kind");
	json_object_set_new(copy, "path", rf_shown_json(getting->path));
	json_dumpf(copy, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(copy);
}

/* One request about one file; @request gets its descriptor and name. */
static int ask(const char *path, json_t *request, struct getting *getting, json_t **result)
{
	int fd = open_path(path), err;

	if (fd < 0) {
		json_decref(request);
		return RF_EXIT_FAILED;
	}
	json_object_set_new(request, "fd", json_integer(fd));
	json_object_set_new(request, "path", whole(path));
	err = rf_ask(request, getting ? take_file : NULL, getting, result);
	close(fd);
	return err ? rf_ask_failed("label", err) : RF_EXIT_OK;
}

static int worse(int a, int b)
{
	return a > b ? a : b;
}

static int get(struct rf_invocation *invocation)
{
	struct getting getting = {
		.json = invocation->json,
		.why = rf_option_value(invocation, "why"),
	};
	int code = RF_EXIT_OK;

	for (int i = 1; i < invocation->argc; i++) {
		json_t *result = NULL;

		getting.path = invocation->argv[i];
		code = worse(code, ask(getting.path,
				       json_pack("{s:s, s:s}", "do", "label", "what", "get"),
				       &getting, &result));
		if (result)
			code = worse(code, told(getting.path, result));
		json_decref(result);
	}
	return code;
}

static void say_set(const char *path, const char *classes, const json_t *result, bool json)
{
	bool kept = json_is_true(json_object_get(result, "kept"));
	long long labelled = json_integer_value(json_object_get(result, "labelled"));
	char shown[RF_SHOWN_MAX];

	if (json) {
		printf("{\"path\":\"%s\",\"kept\":%s,\"labelled\":%lld}\n", rf_shown(shown, path),
		       kept ? "true" : "false", labelled);
		return;
	}
	printf("%s: now %s, %s\n", rf_shown(shown, path), classes,
	       kept ? "on disk too" :
		      "until the host restarts: without the module nothing is kept on disk");
	if (labelled)
		printf("  %lld process%s that had it open %s labelled\n", labelled,
		       labelled == 1 ? "" : "es", labelled == 1 ? "is" : "are");
}

static int set(struct rf_invocation *invocation)
{
	const char *classes = invocation->argv[1];
	json_t *names;
	int code = RF_EXIT_OK;

	if (invocation->argc < 3)
		return usage("set takes CLASS[+CLASS] and PATH...");
	names = rf_label_names("label", classes);
	if (!names)
		return RF_EXIT_USAGE;
	for (int i = 2; i < invocation->argc; i++) {
		const char *path = invocation->argv[i];
		json_t *result = NULL;

		code = worse(code, ask(path,
				       json_pack("{s:s, s:s, s:O}", "do", "label", "what", "set",
						 "classes", names),
				       NULL, &result));
		if (result && !told(path, result))
			say_set(path, classes, result, invocation->json);
		else if (result)
			code = worse(code,
				     (int)json_integer_value(json_object_get(result, "exit")));
		json_decref(result);
	}
	json_decref(names);
	return code;
}

static int clear(struct rf_invocation *invocation)
{
	const char *reason = rf_option_value(invocation, "reason");
	char shown[RF_SHOWN_MAX];
	int code = RF_EXIT_OK;

	if (!reason || !*reason)
		return usage("clear needs --reason: it is written to syslog");
	for (int i = 1; i < invocation->argc; i++) {
		const char *path = invocation->argv[i];
		json_t *result = NULL;

		code = worse(code, ask(path,
				       json_pack("{s:s, s:s, s:o}", "do", "label", "what", "clear",
						 "reason", rf_shown_json(reason)),
				       NULL, &result));
		if (result)
			code = worse(code, told(path, result));
		if (json_is_object(json_object_get(result, "tree"))) {
			printf("%s: still has what its tree gives:\n", rf_shown(shown, path));
			print_tree(json_object_get(result, "tree"));
		}
		json_decref(result);
	}
	return code;
}

/* The connection ends with us, and the scan with it. */
static void on_interrupt(int signal)
{
	static const char text[] =
		"\nringfence: label: stopped; the same command goes on from there\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)n;
	(void)signal;
	_exit(INTERRUPTED);
}

static void say_scan(const char *path, const json_t *result, bool json)
{
	long long files = json_integer_value(json_object_get(result, "files"));
	long long before = json_integer_value(json_object_get(result, "before"));
	long long failed = json_integer_value(json_object_get(result, "failed"));
	long long rate = json_integer_value(json_object_get(result, "rate"));
	char shown[RF_SHOWN_MAX];

	rf_shown(shown, path);
	if (json)
		printf("{\"path\":\"%s\",\"files\":%lld,\"before\":%lld,\"failed\":%lld,"
		       "\"rate\":%lld}\n",
		       shown, files, before, failed, rate);
	else if (json_object_get(result, "files"))
		printf("%s: %lld files labelled, %lld a second%s\n", shown, files + before, rate,
		       before ? " (it went on where it had stopped)" : "");
	else
		printf("%s: ringfenced labels its files; syslog says when it is done\n", shown);
}

static int scan(struct rf_invocation *invocation)
{
	const char *class = rf_option_value(invocation, "class"), *path = invocation->argv[1];
	struct sigaction action = { .sa_handler = on_interrupt };
	json_t *names = class ? rf_label_names("label", class) : json_array(), *result = NULL;
	int code;

	if (!names)
		return RF_EXIT_USAGE;
	if (invocation->argc != 2) {
		json_decref(names);
		return usage("scan takes one PATH");
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	code = ask(path,
		   json_pack("{s:s, s:o, s:b}", "do", "scan", "classes", names, "background",
			     rf_option_value(invocation, "background") != NULL),
		   NULL, &result);
	if (!result)
		return code;
	code = told(path, result);
	if (!code || json_object_get(result, "files"))
		say_scan(path, result, invocation->json);
	json_decref(result);
	return code;
}

int rf_label_run(struct rf_invocation *invocation)
{
	static const struct {
		const char *name;
		int (*run)(struct rf_invocation *invocation);
	} all[] = { { "get", get }, { "set", set }, { "clear", clear }, { "scan", scan } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(invocation->argv[0], all[i].name))
			return all[i].run(invocation);
	return usage("say get PATH..., set CLASS PATH..., clear PATH... or scan PATH");
}
