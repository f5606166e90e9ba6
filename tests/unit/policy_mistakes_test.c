// SPDX-License-Identifier: GPL-2.0
/*
 * policy_mistakes_test.c - what each mistake in a policy is told, word by word
 *
 * Run from the root of the tree: the shipped country sets are read.
 */
#include "tests/unit/policy_text.h"

/* Replaces "@" by the name that policy_text_load() gives the file. */
static char *expand(const char *expected)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (; *expected; expected++)
		if (*expected == '@')
			fputs("dir/p.yaml", out);
		else
			fputc(*expected, out);
	fclose(out);
	return text;
}

static void expect(const char *yaml, const char *expected, int loads)
{
	char *said, *wanted = expand(expected);
	struct rf_policy *policy = policy_text_load(yaml, &said);

	assert_string_equal(said, wanted);
	assert_int_equal(policy != NULL, loads);
	rf_policy_free(policy);
	free(wanted);
	free(said);
}

#define NOT_ENFORCED ": not enforced yet; a policy that asks for it cannot be applied\n"

static void checked_but_not_enforced(void **state)
{
	(void)state;
	expect(CN "classes:\n"
		  "  c:\n"
		  "    allow: [cn]\n"
		  "    on-violation: kill\n"
		  "exceptions:\n"
		  "  - { class: c, to: [203.0.113.7/32, us], until: 2026-12-31,\n"
		  "      approved-by: dpo@example.cn, reason: court order }\n"
		  "audit: true\n",
	       "@:6:19: warning: on-violation: kill" NOT_ENFORCED
	       "@:8:5: warning: an exception" NOT_ENFORCED
	       "@:10:1: warning: audit for the whole host" NOT_ENFORCED,
	       1);
}

#define SERVICE(what) CN "classes: { c: { allow: [cn], origins: [{ service: " what " }] } }\n"
#define SERVICE_HINT "expected address and port, or the path of a unix socket\n"

/* One mistake each: what is written, what is said. All of them are refused. */
static const struct {
	const char *yaml;
	const char *said;
} mistakes[] = {
	/* YAML itself */
	{ "", "@:1:1: error: the file is empty; expected a mapping that begins with version: 1\n" },
	{ "# only\n",
	  "@:1:1: error: the file is empty; expected a mapping that begins with version: 1\n" },
	{ "version: 1\n\x01",
	  "@:2:1: error: a control character; this is not a text file; expected UTF-8 text\n" },
	{ "version: 1 # \xff\n",
	  "@:1:14: error: not UTF-8, or an invisible character; expected UTF-8 text\n" },
	{ "version: 1\nregions: [\n",
	  "@:3:1: error: not valid YAML: did not find expected node content; "
	  "while parsing a flow node\n" },
	{ "version: 1\n\tregions: {}\n",
	  "@:2:1: error: not valid YAML: indented with a tab; write spaces in its place\n" },
	{ CLASS "---\nversion: 1\n",
	  "@:4:1: error: a second document; put it into a file of its own\n" },
	{ HEAD "regions:\n  cn: &a { countries: [CN] }\n  b: *a\nclasses: { c: { allow: [cn] } }\n",
	  "@:3:7: error: anchors are not supported; write the value out where it is used\n"
	  "@:4:6: error: aliases are not supported; write the value out where it is used\n" },
	{ CN "classes: { c: { allow: [!!str cn] } }\n",
	  "@:3:25: error: tags are not supported; leave the tag out\n" },
	{ CN "classes:\n  c: { allow: [cn] }\n  c: { allow: [us] }\n",
	  "@:5:3: error: key \"c\" is given twice, first in line 4; join the two or rename one\n" },
	{ CN "classes: { [c]: { allow: [cn] } }\n",
	  "@:3:12: error: a key that is not text; expected a name\n" },
	/* top level */
	{ "- version: 1\n",
	  "@:1:1: error: expected a mapping for the policy, found a list; expected "
	  "one of version, regions, region-data, classes, declassifiers, exceptions, "
	  "management, "
	  "audit\n" },
	{ "regions: { cn: { countries: [CN] } }\n",
	  "@:1:1: error: \"version\" is missing in the policy\n" },
	{ "version: 2\n", "@:1:10: error: unknown version \"2\"; expected 1\n" },
	{ CLASS "clases: {}\n",
	  "@:4:1: error: unknown key \"clases\" in the policy; expected one of version, regions, "
	  "region-data, classes, declassifiers, exceptions, management, audit; did you mean \"classes\"?\n" },
	{ HEAD "regions:\n",
	  "@:2:9: error: expected a mapping of names for \"regions\", found nothing; "
	  "write one line for each: name: { countries: [CN] }\n" },
	{ CLASS "audit: yes\n",
	  "@:4:8: error: unknown value \"yes\" of \"audit\"; expected false or true\n" },
	{ CLASS "management: 10.0.0.0/8\n",
	  "@:4:13: error: expected a list for \"management\", found text; write [10.0.0.0/8]\n" },
	/* regions */
	{ HEAD "regions: { Cn: { countries: [CN] } }\n",
	  "@:2:12: error: \"Cn\" cannot name a region; expected 1 to 63 of a-z, 0-9 and -, "
	  "beginning with a letter or digit\n" },
	{ HEAD "regions: { eea: { countries: [CN] } }\n",
	  "@:2:12: error: \"eea\" is the name of a shipped country set; "
	  "choose another name and include the set\n" },
	{ HEAD "regions: { cn: { note: nothing } }\n",
	  "@:2:12: error: region \"cn\" is empty; expected countries, prefixes, clouds or include\n" },
	{ HEAD "regions: { cn: { country: [CN] } }\n",
	  "@:2:18: error: unknown key \"country\" in region \"cn\"; expected one of countries, "
	  "prefixes, clouds, include, note\n" },
	{ HEAD "regions: { cn: { countries: [cn] } }\n",
	  "@:2:30: error: unknown country code \"cn\"; expected two capital letters of ISO 3166; "
	  "did you mean \"CN\"?\n" },
	{ HEAD "regions: { gb: { countries: [UK] } }\n",
	  "@:2:30: error: unknown country code \"UK\"; expected two capital letters of ISO 3166; "
	  "did you mean \"GB\"?\n" },
	{ HEAD "regions: { cn: { countries: [Chnia] } }\n",
	  "@:2:30: error: unknown country code \"Chnia\"; expected two capital letters of ISO 3166; "
	  "did you mean \"CN\"?\n" },
	{ HEAD "regions: { cn: { prefixes: [10.20.0.1/16] } }\n",
	  "@:2:29: error: \"10.20.0.1/16\" has bits set behind its prefix length; "
	  "did you mean \"10.20.0.0/16\"?\n" },
	{ HEAD "regions: { cn: { prefixes: [\"2001:db8::1/32\"] } }\n",
	  "@:2:29: error: \"2001:db8::1/32\" has bits set behind its prefix length; "
	  "did you mean \"2001:db8::/32\"?\n" },
	{ HEAD "regions: { cn: { prefixes: [10.20.0.1] } }\n",
	  "@:2:29: error: \"10.20.0.1\" has no prefix length; did you mean \"10.20.0.1/32\"?\n" },
	{ HEAD "regions: { cn: { prefixes: [10.20.0.0/33] } }\n",
	  "@:2:29: error: \"10.20.0.0/33\" has a bad prefix length; expected /0 to /32\n" },
	{ HEAD "regions: { cn: { prefixes: [\"::ffff:10.0.0.0/104\"] } }\n",
	  "@:2:29: error: \"::ffff:10.0.0.0/104\" is an IPv4 prefix in IPv6 form; "
	  "did you mean \"10.0.0.0/8\"?\n" },
	{ HEAD "regions: { cn: { prefixes: [10.20/16] } }\n",
	  "@:2:29: error: \"10.20/16\" is not an IPv4 or IPv6 prefix; expected one such as "
	  "10.20.0.0/16 or 2001:db8::/32\n" },
	{ HEAD "regions: { cn: { include: [eae] } }\n",
	  "@:2:28: error: unknown region or country set \"eae\"; expected the name of a region or "
	  "country set; did you mean \"eea\"?\n" },
	{ HEAD "regions: { a: { include: [b] }, b: { include: [c] }, c: { include: [a] } }\n",
	  "@:2:69: error: regions include each other: a -> b -> c -> a; take one include out\n" },
	{ HEAD "regions: { a: { include: [a] } }\n",
	  "@:2:27: error: regions include each other: a -> a; take one include out\n" },
	/* classes */
	{ CN "classes: { c_1: { allow: [cn] } }\n",
	  "@:3:12: error: \"c_1\" cannot name a class; expected 1 to 63 of a-z, 0-9 and -, "
	  "beginning with a letter or digit\n" },
	{ CN "classes: { c: { law: x } }\n",
	  "@:3:12: error: class \"c\" has no rule; expected allow or deny\n" },
	{ CN "classes: { c: { deny: [] } }\n",
	  "@:3:17: error: class \"c\" denies nothing: it could go everywhere; "
	  "name a region, or write allow: [] for none\n" },
	{ CN "classes: { c: { alow: [cn] } }\n",
	  "@:3:17: error: unknown key \"alow\" in class \"c\"; expected one of law, origins, allow, "
	  "deny, on-violation; did you mean \"allow\"?\n" },
	{ CN "classes: { c: { allow: [nc] } }\n",
	  "@:3:25: error: unknown region \"nc\"; expected the name of a region; "
	  "did you mean \"cn\"?\n" },
	{ CN "classes: { c: { allow: [FR] } }\n",
	  "@:3:25: error: unknown region \"FR\"; rules name regions: define one with "
	  "countries: [FR]\n" },
	{ CN "classes: { c: { allow: [eea] } }\n",
	  "@:3:25: error: unknown region \"eea\"; rules name regions: define one with "
	  "include: [eea]\n" },
	{ CN "classes: { c: { allow: cn } }\n",
	  "@:3:24: error: expected a list for \"allow\", found text; write [cn]\n" },
	{ CN "classes: { c: { allow: } }\n",
	  "@:3:24: error: expected a list for \"allow\", found nothing; "
	  "write it as [first, second]\n" },
	{ CN "classes: { c: { allow: [cn], deny: [cn] } }\n",
	  "@:3:37: error: region \"cn\" is denied here and allowed in line 3; "
	  "take it out of one of them\n" },
	{ CN "classes: { c: { allow: [cn], on-violation: denny } }\n",
	  "@:3:44: error: unknown value \"denny\" of \"on-violation\"; expected deny, audit or kill; "
	  "did you mean \"deny\"?\n" },
	{ CN "classes: { c: { allow: [cn], law: \"a\\e[2Jb\" } }\n",
	  "@:3:35: error: \"a\\x1b[2Jb\" holds an unprintable character; leave it out\n" },
	/* origins */
	{ CN "classes: { c: { allow: [cn], origins: [{ path: srv }] } }\n",
	  "@:3:48: error: path \"srv\" does not begin with a /; expected a path such as /srv/customers\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ path: / }] } }\n",
	  "@:3:48: error: path \"/\" is the root of everything; "
	  "expected a path such as /srv/customers\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ program: /a/../b }] } }\n",
	  "@:3:51: error: program \"/a/../b\" has an empty, \".\" or \"..\" part; "
	  "expected a path such as /usr/sbin/redactor\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ cgroup: a/b }] } }\n",
	  "@:3:50: error: cgroup \"a/b\" does not begin with a /; "
	  "expected a path below the cgroup root, such as /system.slice/crm.service\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ pth: /srv }] } }\n",
	  "@:3:42: error: unknown key \"pth\" in an origin; expected one of path, unit, cgroup, "
	  "program, user, service; did you mean \"path\"?\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ path: /srv, user: a }] } }\n",
	  "@:3:40: error: an origin has one key, found 2; expected one of path, unit, cgroup, "
	  "program, user, service; begin each with a - of its own\n" },
	{ CN "classes: { c: { allow: [cn], origins: [/srv] } }\n",
	  "@:3:40: error: expected a mapping for an origin, found text; expected one of path, unit, "
	  "cgroup, program, user, service\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ unit: crm }] } }\n",
	  "@:3:48: error: \"crm\" is not a unit; expected a name such as crm.service, with .service, "
	  ".scope or .slice\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ user: \"a b\" }] } }\n",
	  "@:3:48: error: \"a b\" is not a user; expected a user name or a uid\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ cgroup: /sys/fs/cgroup/a }] } }\n",
	  "@:3:50: error: cgroup \"/sys/fs/cgroup/a\" is not relative to the cgroup root; "
	  "leave /sys/fs/cgroup out\n" },
	{ SERVICE("{ address: 10.0.0.0/8, port: 65536 }"),
	  "@:3:80: error: \"65536\" is not a port; expected a number from 1 to 65535\n" },
	{ SERVICE("{ port: 5432 }"),
	  "@:3:51: error: a service has neither address nor socket; " SERVICE_HINT },
	{ SERVICE("{ address: 10.0.0.0/8, socket: /run/db }"),
	  "@:3:51: error: a service has an address and a socket; " SERVICE_HINT },
	{ SERVICE("{ socket: /run/db, port: 1 }"),
	  "@:3:51: error: a unix socket has no port; leave the port out\n" },
	{ SERVICE("{ socket: db }"), "@:3:61: error: socket \"db\" does not begin with a /; "
				     "expected a path such as /run/postgresql/.s.PGSQL.5432\n" },
	{ SERVICE("{ sockets: /run/db }"),
	  "@:3:51: error: a service has neither address nor socket; " SERVICE_HINT
	  "@:3:53: error: unknown key \"sockets\" in a service; expected one of address, port, socket; "
	  "did you mean \"socket\"?\n" },
	/* the rest */
	{ CLASS "declassifiers: [{ program: /a, removes: [d] }]\n",
	  "@:4:17: error: \"reason\" is missing in a declassifier\n"
	  "@:4:42: error: unknown class \"d\"; expected the name of a class\n" },
	{ CN "classes: { card: { allow: [cn] } }\n"
	     "declassifiers: [{ holds: [crd], reason: r }]\n",
	  "@:4:17: error: \"program\" is missing in a declassifier\n"
	  "@:4:27: error: unknown class \"crd\"; expected the name of a class; "
	  "did you mean \"card\"?\n" },
	{ CLASS "declassifiers: [{ program: /a, reason: r }]\n",
	  "@:4:17: error: a declassifier that neither holds nor removes anything; "
	  "expected holds, removes or both\n" },
	{ CLASS "declassifiers: [{ program: /a, holds: [], reason: r }]\n",
	  "@:4:39: error: a declassifier that holds nothing; expected the names of classes\n" },
	{ CLASS "declassifiers: [{ program: /a, removes: [], reason: r }]\n",
	  "@:4:41: error: a declassifier that removes nothing; expected the names of classes\n" },
	{ CLASS "declassifiers: [{ program: /a, removes: all, reason: r }]\n",
	  "@:4:41: error: expected a list for \"removes\", found text; write [all]\n" },
	{ CLASS "declassifiers: [{ program: a, holds: all, reason: r }]\n",
	  "@:4:28: error: program \"a\" does not begin with a /; "
	  "expected a path such as /usr/sbin/redactor\n" },
	{ CLASS "declassifiers: [{ program: /a, holds: all, reason: r, digest: sha256:12 }]\n",
	  "@:4:63: error: \"sha256:12\" is not a digest; expected sha256: and 64 digits of 0-9 and "
	  "a-f, see: fsverity digest\n" },
	{ CLASS "declassifiers:\n  - { program: /a, holds: all, reason: r }\n"
		"  - { program: /a, removes: [c], reason: s }\n",
	  "@:6:16: error: declassifier \"/a\" is given twice, first in dir/p.yaml:5; "
	  "write one entry for it\n" },
	{ CN "classes: { c: { allow: [cn], origins: [{ program: /a }] } }\n"
	     "declassifiers: [{ program: /a, holds: all, reason: r }]\n",
	  "@:4:28: error: declassifier \"/a\" is an origin of class \"c\": what is labelled when it "
	  "starts declassifies nothing; name the data that it reads as an origin\n" },
	{ CLASS "exceptions:\n  - { class: c, to: [1.2.3.4], until: 2026-02-30,\n"
		"      approved-by: x, reason: y }\n",
	  "@:5:5: warning: an exception" NOT_ENFORCED
	  "@:5:22: error: \"1.2.3.4\" has no prefix length; did you mean \"1.2.3.4/32\"?\n"
	  "@:5:39: error: \"2026-02-30\" is not a date; expected a day such as 2026-12-31\n" },
};

static void each_mistake_is_told(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		expect(mistakes[i].yaml, mistakes[i].said, 0);
}

static void all_mistakes_at_once(void **state)
{
	(void)state;
	expect(HEAD "regions:\n  cn: { countries: [C1] }\nclasses:\n  c: { alow: [cn] }\n"
		    "  d: { allow: [xx] }\nmanagment: []\n",
	       "@:3:21: error: unknown country code \"C1\"; expected two capital letters of "
	       "ISO 3166; did you mean \"CA\"?\n"
	       "@:5:8: error: unknown key \"alow\" in class \"c\"; expected one of law, origins, "
	       "allow, deny, on-violation; did you mean \"allow\"?\n"
	       "@:6:16: error: unknown region \"xx\"; expected the name of a region\n"
	       "@:7:1: error: unknown key \"managment\" in the policy; expected one of version, "
	       "regions, region-data, classes, declassifiers, exceptions, management, audit; "
	       "did you mean \"management\"?\n",
	       0);
}

/* What stands in something that is wrong itself is told too. */
static void mistakes_inside_mistakes(void **state)
{
	(void)state;
	expect(CN "classes: { C: { alow: [cn] }, d: { allow: [cn] }, d: { allow: [xx] } }\n"
		  "classes: { e: { allow: [yy] } }\n",
	       "@:3:12: error: \"C\" cannot name a class; expected 1 to 63 of a-z, 0-9 and -, "
	       "beginning with a letter or digit\n"
	       "@:3:17: error: unknown key \"alow\" in class \"C\"; expected one of law, origins, "
	       "allow, deny, on-violation; did you mean \"allow\"?\n"
	       "@:3:51: error: key \"d\" is given twice, first in line 3; "
	       "join the two or rename one\n"
	       "@:3:64: error: unknown region \"xx\"; expected the name of a region\n"
	       "@:4:1: error: key \"classes\" is given twice, first in line 3; "
	       "join the two or rename one\n"
	       "@:4:25: error: unknown region \"yy\"; expected the name of a region\n",
	       0);
	expect(CN "classes: { c: { allow: [cn], law: a, law: b,\n"
		  "  origins: [{ path: srv, pth: x }] } }\n",
	       "@:3:38: error: key \"law\" is given twice, first in line 3; "
	       "join the two or rename one\n"
	       "@:4:13: error: an origin has one key, found 2; expected one of path, unit, cgroup, "
	       "program, user, service; begin each with a - of its own\n"
	       "@:4:21: error: path \"srv\" does not begin with a /; "
	       "expected a path such as /srv/customers\n"
	       "@:4:26: error: unknown key \"pth\" in an origin; expected one of path, unit, cgroup, "
	       "program, user, service; did you mean \"path\"?\n",
	       0);
}

static void written_by_other_editors(void **state)
{
	(void)state;
	rf_policy_free(policy_text_good("\xef\xbb\xbf" CLASS));
	rf_policy_free(policy_text_good(HEAD "regions: { cn: { countries: [CN] } }\r\n"
					     "classes: { c: { allow: [cn] } }\r\n"));
	expect(HEAD "regions:\n\tcn: { countries: [CN] }\n",
	       "@:3:1: error: not valid YAML: indented with a tab; write spaces in its place\n", 0);
}

static void warnings_do_not_refuse(void **state)
{
	(void)state;
	expect(HEAD
	       "regions: { eu: { countries: [EU, FR, FR], prefixes: [10.0.0.0/8, 10.0.0.0/8] } }\n"
	       "classes: { c: { allow: [eu, eu], origins: [{ path: /a* }, { path: /a* }] } }\n",
	       "@:2:30: warning: \"EU\" is no country: the region data has it for somewhere in "
	       "Europe; for the members of the European Union write include: [eu-members]\n"
	       "@:2:38: warning: country given twice, first in line 2; leave one out\n"
	       "@:2:66: warning: prefix given twice, first in line 2; leave one out\n"
	       "@:3:29: warning: region given twice, first in line 3; leave one out\n"
	       "@:3:52: warning: path \"/a*\" is taken as it is written: there are no patterns; "
	       "name the directory, it stands for its whole tree\n"
	       "@:3:67: warning: path \"/a*\" is taken as it is written: there are no patterns; "
	       "name the directory, it stands for its whole tree\n"
	       "@:3:67: warning: origin given twice, first in line 3; leave one out\n",
	       1);
	expect(CLASS "management: [0.0.0.0/0, 10.0.0.0/8, \"::/0\"]\n",
	       "@:4:14: warning: \"0.0.0.0/0\" leaves a quarantined host open to everywhere; "
	       "name the networks you manage the host from\n"
	       "@:4:37: warning: \"::/0\" leaves a quarantined host open to everywhere; "
	       "name the networks you manage the host from\n",
	       1);
	expect(HEAD,
	       "@: warning: the policy has no class: it would enforce nothing; expected classes\n",
	       1);
}

static void too_many_classes(void **state)
{
	struct rf_policy *policy;
	char *yaml, *said, *wanted;
	size_t size, i;
	FILE *out = open_memstream(&yaml, &size);

	(void)state;
	fputs(CN "classes:\n", out);
	for (i = 0; i < 64; i++)
		fprintf(out, "  c%zu: { allow: [cn] }\n", i);
	fflush(out);
	policy = policy_text_good(yaml);
	assert_int_equal(policy->class_count, RF_CLASS_MAX);
	rf_policy_free(policy);
	fputs("  one-more: { allow: [cn] }\n", out);
	fclose(out);
	assert_null(policy_text_load(yaml, &said));
	wanted = expand("@:68:3: error: more than 64 classes; a label is a mask of 64 bits\n");
	assert_string_equal(said, wanted);
	free(wanted);
	free(said);
	free(yaml);
}

static void nested_too_deeply(void **state)
{
	char yaml[256] = HEAD "regions: ";

	(void)state;
	memset(yaml + strlen(yaml), '[', 40);
	expect(yaml, "@:2:41: error: nested too deeply; 32 levels are the most\n", 0);
}

static void nothing_and_nul(void **state)
{
	static const char nul[] = HEAD "\0";
	const struct rf_policy_file file = { "p.yaml", nul, sizeof(nul) };
	struct rf_diagnostics diagnostics = { 0 };

	(void)state;
	assert_null(rf_policy_load_files(&file, 1, &policy_text_options, &diagnostics));
	assert_int_equal(diagnostics.items[0].line, 2);
	assert_null(rf_policy_load_files(NULL, 0, &policy_text_options, &diagnostics));
	assert_int_equal(diagnostics.errors, 2);
	rf_diagnostics_free(&diagnostics);
}

static void no_sets_installed(void **state)
{
	static const char text[] = HEAD "regions: { r: { include: [eea] } }\n";
	const struct rf_policy_options none = { .sets_dir = "/nonexistent" };
	const struct rf_policy_file file = { "p.yaml", text, strlen(text) };
	struct rf_diagnostics diagnostics = { 0 };

	(void)state;
	assert_null(rf_policy_load_files(&file, 1, &none, &diagnostics));
	assert_string_equal(diagnostics.items[0].hint,
			    "no country sets are installed in /nonexistent");
	rf_diagnostics_free(&diagnostics);
}

static void too_many_management_prefixes(void **state)
{
	char *yaml, *said, *wanted;
	size_t size, i;
	FILE *out = open_memstream(&yaml, &size);

	(void)state;
	fputs(CLASS "management:\n", out);
	for (i = 0; i <= RF_MANAGEMENT_MAX; i++)
		fprintf(out, "  - 10.0.%zu.0/24\n", i);
	fclose(out);
	assert_null(policy_text_load(yaml, &said));
	wanted = expand("@:69:5: error: more than 64 management prefixes; join some of them\n");
	assert_string_equal(said, wanted);
	free(wanted);
	free(said);
	free(yaml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checked_but_not_enforced),
		cmocka_unit_test(each_mistake_is_told),
		cmocka_unit_test(all_mistakes_at_once),
		cmocka_unit_test(mistakes_inside_mistakes),
		cmocka_unit_test(written_by_other_editors),
		cmocka_unit_test(warnings_do_not_refuse),
		cmocka_unit_test(too_many_classes),
		cmocka_unit_test(nested_too_deeply),
		cmocka_unit_test(nothing_and_nul),
		cmocka_unit_test(no_sets_installed),
		cmocka_unit_test(too_many_management_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
