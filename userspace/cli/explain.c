// SPDX-License-Identifier: GPL-2.0
/*
 * explain.c - ringfence explain: may data go there, and why?
 *
 * The verdict is rf_decide()'s, on the value that the kernel would get. What
 * is told beside it (rule, prefix, source) comes from the policy and from the
 * region data themselves.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/decide.h"
#include "userspace/cli/address.h"
#include "userspace/cli/ask.h"
#include "userspace/cli/command.h"
#include "userspace/cli/label.h"
#include "userspace/cli/place.h"
#include "userspace/cli/shown.h"
#include "userspace/cli/source.h"
#include "userspace/cli/why.h"
#include "userspace/lib/policy_name.h"
#include "userspace/lib/word.h"

/**
 * struct question - what was asked
 * @classes: names, a JSON array
 * @by: by what a process got its label last, NULL unless one was asked about
 * @label: their bits, once it was answered
 */
struct question {
	json_t *classes;
	json_t *by;
	uint64_t label;
	uint8_t addr[16];
	uint16_t port;
};

static int usage(const char *what)
{
	fprintf(stderr, "ringfence: explain: %s\nTry 'ringfence explain --help'.\n", what);
	return RF_EXIT_USAGE;
}

static int classes_of_process(const char *pid, struct question *question)
{
	json_t *result;
	long number;
	char *end;
	int err;

	number = strtol(pid, &end, 10);
	if (*pid < '0' || *pid > '9' || *end || number <= 0 || number > INT_MAX)
		return usage("--pid takes the number of a process");
	err = rf_ask(json_pack("{s:s, s:I}", "do", "holder", "pid", (json_int_t)number), NULL, NULL,
		     &result);
	if (err)
		return rf_ask_failed("explain", err);
	if (json_integer_value(json_object_get(result, "exit")))
		return rf_ask_finish("explain", result);
	question->classes = json_incref(json_object_get(result, "classes"));
	question->by = json_string(rf_why_last(result));
	json_decref(result);
	return RF_EXIT_OK;
}

static void say_unknown(const struct rf_policy *policy, const char *name)
{
	struct rf_name_search search = { .text = name };
	size_t i;

	for (i = 0; i < policy->class_count; i++)
		rf_name_consider(&search, policy->classes[i].name);
	fprintf(stderr, "ringfence: explain: the policy has no class '%s'%s%s%s\n", name,
		search.best ? "; did you mean '" : "", search.best ? search.best : "",
		search.best ? "'?" : "");
}

/* Whoever asks by name shall not mistake a misspelt one for a denial. */
static int check_names(const struct rf_policy *policy, const json_t *names)
{
	json_t *item;
	size_t i;

	json_array_foreach(names, i, item) {
		const char *name = json_string_value(item) ?: "";

		if (rf_policy_class_find(policy, name) < 0) {
			say_unknown(policy, name);
			return RF_EXIT_USAGE;
		}
	}
	return RF_EXIT_OK;
}

/* The rule of the first class that decides: one that refused, or else any. */
static const struct rf_policy_class *decisive(const struct rf_compiled *compiled,
					      const struct rf_decision *decision, uint64_t label,
					      struct rf_pos *rule)
{
	uint64_t which = decision->classes ? decision->classes : label;
	const struct rf_policy *policy = compiled->policy;
	size_t i;

	for (i = 0; i < policy->class_count; i++) {
		if (!(which >> compiled->bits[i] & 1))
			continue;
		*rule = policy->classes[i].pos;
		if (decision->reason == RF_REASON_REGION)
			rf_atoms_allows(&compiled->atoms, decision->atom, i, rule);
		return &policy->classes[i];
	}
	return NULL;
}

static json_t *answer_json(const struct rf_compiled *compiled, const struct question *question,
			   const struct rf_decision *decision, const struct rf_place *place)
{
	const struct rf_policy_class *class;
	struct rf_pos rule = { 0 };
	json_t *json;

	class = decisive(compiled, decision, question->label, &rule);
	json = json_pack("{s:s, s:s, s:s, s:O, s:s, s:i, s:s?, s:s?, s:o, s:I, s:I}", "verdict",
			 rf_word_verdict(decision->verdict), "reason",
			 rf_word_reason(decision->reason), "because",
			 rf_word_because(decision->reason, decision->verdict), "classes",
			 question->classes, "address", place->address, "port", question->port,
			 "class", class ? class->name : NULL, "law", class ? class->law : NULL,
			 "file",
			 rf_shown_json(class ? rf_policy_pos_file(compiled->policy, &rule) : NULL),
			 "line", (json_int_t)rule.line, "column", (json_int_t)rule.column);
	if (json)
		json_object_update_new(json, rf_place_json(place));
	if (json && question->by)
		json_object_set(json, "label_by", question->by);
	return json;
}

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static void print_answer(const json_t *json, const struct rf_place *place)
{
	const char *verdict = text_of(json, "verdict"), *class = text_of(json, "class");
	char source[256];

	rf_place_source(place, source, sizeof(source));
	printf("%s: %s\n",
	       strcmp(verdict, "deny") ? strcmp(verdict, "audit") ?
					 "allowed" :
					 "audited (let pass, counted and alerted)" :
					 "denied",
	       text_of(json, "because"));
	if (class)
		printf("  class   %s%s%s\n", class, text_of(json, "law") ? ", " : "",
		       text_of(json, "law") ? text_of(json, "law") : "");
	if (text_of(json, "label_by") && *text_of(json, "label_by"))
		printf("  label   by %s\n", text_of(json, "label_by"));
	if (text_of(json, "file"))
		printf("  rule    %s:%lld\n", text_of(json, "file"),
		       (long long)json_integer_value(json_object_get(json, "line")));
	printf("  region  %s, prefix %s\n", place->name, place->prefix);
	printf("  source  %s\n", source);
}

static int answer(struct rf_compiled *compiled, struct question *question, bool json)
{
	struct rf_decision decision;
	struct rf_fault fault = { 0 };
	struct rf_place place;
	json_t *line;

	if (rf_world_parse(compiled->world, &fault)) {
		fprintf(stderr, "ringfence: explain: %s\n", fault.text);
		return RF_EXIT_FAILED;
	}
	decision = rf_label_decide(compiled, question->classes, question->addr, &question->label);
	if (rf_place_find(compiled->world, &compiled->atoms, question->addr, &place)) {
		fprintf(stderr, "ringfence: explain: no memory\n");
		return RF_EXIT_FAILED;
	}
	line = answer_json(compiled, question, &decision, &place);
	if (!line) {
		fprintf(stderr, "ringfence: explain: no memory\n");
		return RF_EXIT_FAILED;
	}
	if (json)
		json_dumpf(line, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	else
		print_answer(line, &place);
	if (json)
		putchar('\n');
	json_decref(line);
	return decision.verdict == RF_VERDICT_DENY ? RF_EXIT_DENIED : RF_EXIT_OK;
}

static int explain(struct rf_invocation *invocation, struct question *question, bool of_process)
{
	struct rf_policy *policy;
	struct rf_compiled *compiled;
	int code;

	code = rf_source_load("explain", rf_option_value(invocation, "policy"), invocation->json,
			      &policy);
	if (code)
		return code;
	code = rf_source_compile("explain", policy, &compiled);
	if (code) {
		rf_policy_free(policy);
		return code;
	}
	code = of_process ? RF_EXIT_OK : check_names(compiled->policy, question->classes);
	if (!code)
		code = answer(compiled, question, invocation->json);
	rf_compiled_free(compiled);
	return code;
}

int rf_explain_run(struct rf_invocation *invocation)
{
	const char *pid = rf_option_value(invocation, "pid");
	const char *class = rf_option_value(invocation, "class");
	const char *to = rf_option_value(invocation, "to");
	struct question question = { 0 };
	int code = RF_EXIT_OK;

	if (!pid == !class)
		return usage("say either --pid or --class");
	if (!to)
		return usage("--to is missing");
	if (rf_address_parse(to, question.addr, &question.port))
		return usage(
			"--to takes an address, with :PORT if you like; IPv6 in brackets then");
	if (pid)
		code = classes_of_process(pid, &question);
	else
		question.classes = rf_label_names("explain", class);
	if (!question.classes && !code)
		code = RF_EXIT_USAGE;
	if (!code)
		code = explain(invocation, &question, pid);
	json_decref(question.classes);
	json_decref(question.by);
	return code;
}
