// SPDX-License-Identifier: GPL-2.0
/*
 * table.c - the commands of `ringfence`, with everything that help, man pages
 * and completion say about them
 */
#include "userspace/cli/command.h"

#define USAGE                                                   \
	{                                                       \
		2, "usage: the command line was not understood" \
	}
#define JSON_OBJECT                                   \
	{                                             \
		"json", NULL, "print one JSON object" \
	}
#define JSON_LINES                                             \
	{                                                      \
		"json", NULL, "print one JSON object per line" \
	}

const struct rf_command rf_commands[] = {
	{
		.name = "doctor",
		.arguments = "",
		.summary = "say what this host supports, what is missing and what to do",
		.about = "Looks at the kernel, its BTF and its active security modules, cgroup v2 "
			 "and bpffs, the module and whether it can be loaded here (lockdown, "
			 "Secure Boot, signing), the region data and its age, who reads the syslog "
			 "socket, and the daemon.\n\n"
			 "Changes nothing. Run it as root: some of this is hidden from others.",
		.run = rf_doctor_run,
		.options = { JSON_LINES },
		.exits = { { 0, "all well" },
			   { 1, "something is missing; its line says what to do" },
			   USAGE },
		.examples = { { "ringfence doctor", "what is missing before the first policy" } },
	},
	{
		.name = "check",
		.arguments = "PATH",
		.summary = "check a policy and run the verdict tables beside it",
		.about = "PATH is a YAML file or a directory of them. Every error is reported with "
			 "file, line, column and a hint. If the policy is sound it is compiled "
			 "against the region data, and every verdict table (*.tsv) beside it is "
			 "run with the function that the kernel runs.\n\n"
			 "Needs neither the daemon nor root. Whether paths and units exist is not "
			 "checked here: that depends on the host, and apply does it.",
		.least = 1,
		.most = 1,
		.run = rf_check_run,
		.options = { JSON_LINES },
		.exits = { { 0, "valid; warnings may tell what is not enforced yet" },
			   { 1, "could not check, for example without region data" },
			   USAGE,
			   { 3, "invalid, or a table expects another verdict" } },
		.examples = { { "ringfence check /etc/ringfence/policy", "before applying it" },
			      { "ringfence check policy/cn-personal.yaml", "a single file" } },
	},
	{
		.name = "diff",
		.arguments = "PATH",
		.summary = "show what applying a policy would change",
		.about =
			"Compares the policy at PATH with the one applied last, by meaning: order "
			"and ways of writing make no difference. Each line tells one change: + what "
			"comes, - what goes, ~ what becomes another, and ! a live connection of a "
			"labelled process that would be cut.",
		.root = true,
		.least = 1,
		.most = 1,
		.run = rf_diff_run,
		.options = { JSON_LINES },
		.exits = { { 0, "no difference" },
			   { 1, "could not compare" },
			   USAGE,
			   { 3, "there are differences, or the policy is invalid" } },
		.examples = { { "ringfence diff /etc/ringfence/policy", "review before apply" } },
	},
	{
		.name = "apply",
		.arguments = "PATH",
		.summary = "compile a policy, check it, switch to it",
		.about = "The policy is checked, its tables are run, it is compiled and compared "
			 "with a second reader of the region data, its origins are marked, and "
			 "processes that hold regulated data already are labelled. Then the kernel "
			 "switches to it with one store. A policy that fails anywhere leaves the "
			 "running one as it was.\n\n"
			 "What the running version does not enforce yet is refused, never ignored.",
		.root = true,
		.least = 1,
		.most = 1,
		.run = rf_apply_run,
		.options = { { "dry-run", NULL,
			       "do all but the switch, and print what would change" },
			     JSON_LINES },
		.exits = { { 0, "applied, or with --dry-run: could be" },
			   { 1, "failed; the running policy is untouched" },
			   USAGE,
			   { 3, "invalid, not enforceable, or a table expects another verdict" } },
		.examples = { { "ringfence apply --dry-run /etc/ringfence/policy", "try it" },
			      { "ringfence apply /etc/ringfence/policy", "do it" } },
	},
	{
		.name = "status",
		.arguments = "",
		.summary = "show what is enforced, and how well",
		.about = "The state, the policy and its generation, the region data and its age, "
			 "the hooks, the module, the counters and how full the maps are. Denied "
			 "calls and dropped packets are counted apart. Works without the daemon as "
			 "far as the pins tell.\n\n"
			 "State: enforcing, weakened (parts were left out for a test, a hook is "
			 "gone, or the policy of what is enforced is lost), idle (no policy yet), "
			 "off. Module: anchored, unanchored (not loaded), quarantined, disarmed.",
		.root = true,
		.run = rf_status_run,
		.options = { JSON_OBJECT },
		.exits = { { 0, "all well" },
			   { 1, "something is missing or weakened, or could not be read" },
			   USAGE },
		.examples = { { "ringfence status", "for people" },
			      { "ringfence status --json | jq .counters", "for programs" } },
	},
	{
		.name = "run",
		.arguments = "-- COMMAND [ARGUMENT...]",
		.summary = "run a command as a holder of regulated data",
		.about = "The command starts with the label, and so does everything it starts. The "
			 "class has to be one of the running policy.",
		.root = true,
		.least = 1,
		.most = -1,
		.run = rf_run_run,
		.options = { { "class", "CLASS[+CLASS]", "what the command holds (required)" } },
		.exits = { USAGE, { 125, "the command could not be labelled or started" } },
		.examples = { { "ringfence run --class cn-personal -- curl http://198.51.100.7/",
				"see whether the data could get there" } },
	},
	{
		.name = "ps",
		.arguments = "",
		.summary = "list labelled processes and how each got its label",
		.about =
			"One line per process: what it holds, and by what it came last: an origin "
			"of the policy with its place there, or a flow from another process.\n\n"
			"--why tells the whole way of one process's data, class by class and oldest "
			"first: who obtained it where, and who passed it on by what. Of a long way "
			"the first and the last hops are kept; how many are not is said.",
		.root = true,
		.run = rf_ps_run,
		.options = { { "why", "PID", "tell how this process came by its label" },
			     JSON_LINES },
		.exits = { { 0, "done" },
			   { 1, "the daemon could not be asked, or there is no such process" },
			   USAGE },
		.examples = { { "ringfence ps", "who holds regulated data now" },
			      { "ringfence ps --why 4711", "how did it get there?" } },
	},
	{
		.name = "label",
		.arguments =
			"{get PATH... | set CLASS[+CLASS] PATH... | clear PATH... | scan PATH}",
		.summary = "show, give and take away the labels of files",
		.about =
			"get prints what a file gives to who opens it. With --why: by which origin "
			"of the policy its tree does, what was written into it, with the way that "
			"it took, and what is kept on disk.\n\n"
			"set gives classes to a regular file, as if a process that holds them had "
			"written it; who has it open gets them too. clear takes away what was "
			"written or set, in memory and on disk, but not what a tree of the policy "
			"gives. Both are written to syslog: who, what, and for clear the reason.\n\n"
			"scan labels the regular files of a tree that exist already: as the policy "
			"says, or as --class says. While it runs the whole tree gives the label, so "
			"what is opened meanwhile is not missed. It can be interrupted; the same "
			"command goes on where it was. --background leaves it to ringfenced, which "
			"also goes on with it when it is started again.",
		.root = true,
		.least = 2,
		.most = 4096,
		.run = rf_label_run,
		.options = { { "why", NULL, "get: tell what gave each label" },
			     { "reason", "TEXT", "clear: why (required)" },
			     { "class", "CLASS[+CLASS]", "scan: label as this" },
			     { "background", NULL, "scan: do not wait for its end" },
			     JSON_LINES },
		.exits = { { 0, "done" },
			   { 1, "a file could not be had, or not be labelled" },
			   USAGE,
			   { 130, "scan: interrupted; where it was is kept" } },
		.examples = { { "ringfence label get --why /srv/out/report.csv", "whence is it?" },
			      { "ringfence label clear --reason DPO-2026-020 /srv/out/sums.csv",
				"it holds no personal data any more" },
			      { "ringfence label scan /srv/customers/cn", "keep labels on disk" } },
	},
	{
		.name = "region",
		.arguments =
			"{lookup ADDRESS... | list | conflicts | diff OLD NEW | stat | map | update}",
		.summary = "say where an address is, and who says so",
		.about =
			"lookup prints for each address its country or cloud region, the most "
			"specific prefix, the regions of the policy that hold it, and who says "
			"so; with several sources, what each says and what became of it. list "
			"prints the regions of the policy with their countries, cloud regions and "
			"prefixes.\n\n"
			"conflicts lists where two sources name different countries, largest "
			"first. diff tells what moved between two versions of region data: two "
			"directories with tor-geoipdb's files, or two files of the --format "
			"given. stat tells how much each source puts where, how large the "
			"compiled tables are and how long reading, building and checking took. "
			"map draws IPv4 as a picture: a Hilbert curve, coloured by region.\n\n"
			"update looks at what the files of the sources are now: hash or signature "
			"if the policy names one, date, age, and how much each country would lose; "
			"it compiles them and checks every range against a second reader. Only "
			"then are they accepted: copied below the state directory and enforced. "
			"From the first update on, nothing else moves the data. What is refused "
			"changes nothing.\n\n"
			"Uses the policy applied last, if there is one and it can be read, or the "
			"one given.",
		.least = 1,
		.most = 256,
		.run = rf_region_run,
		.options = { { "policy", "PATH", "use this policy instead of the one applied last" },
			     { "limit", "N", "show this many lines of each list; 0: all" },
			     { "format", "FORMAT", "of the files that diff compares" },
			     { "svg", "FILE", "where map draws to; - for standard output" },
			     { "dry-run", NULL, "update: look, but change nothing" },
			     JSON_LINES },
		.exits = { { 0, "done; diff: no difference" },
			   { 1, "an address is in no region, or the data could not be read" },
			   USAGE,
			   { 3,
			     "the policy is invalid, diff: there are differences, or update: the new "
			     "data was refused" } },
		.examples = { { "ringfence region lookup 1.2.4.8 2001:4860:4860::8888",
				"two addresses" },
			      { "ringfence region list --policy policy/cn-personal.yaml",
				"its regions" },
			      { "ringfence region update --dry-run",
				"whether an upgrade of tor-geoipdb could be followed" },
			      { "ringfence region map --svg world.svg", "a picture of IPv4" } },
	},
	{
		.name = "explain",
		.arguments = "",
		.summary = "say whether data may go to an address, and why",
		.about = "Gives the verdict that the kernel would give, by the same function: the "
			 "class and the rule that decide, with file and line, and the region with "
			 "its source and date.\n\n"
			 "With --class it needs neither root nor the daemon if --policy is given; "
			 "without it the policy applied last is used, which only root can read. "
			 "With --pid the process's label is asked from the daemon. ADDRESS is IPv4 "
			 "or IPv6; with a port IPv6 goes in brackets: [2001:db8::1]:443.",
		.run = rf_explain_run,
		.options = { { "pid", "PID", "what this process holds" },
			     { "class", "CLASS[+CLASS]", "data of these classes" },
			     { "to", "ADDRESS[:PORT]", "the destination (required)" },
			     { "policy", "PATH", "use this policy instead of the one applied last" },
			     JSON_OBJECT },
		.exits = { { 0, "allowed" },
			   { 1, "could not say, for example without region data" },
			   USAGE,
			   { 3, "denied, or the policy given is invalid" } },
		.examples = { { "ringfence explain --class cn-personal --to 8.8.8.8:443",
				"by class" },
			      { "ringfence explain --pid 4711 --to [2001:4860:4860::8888]:53",
				"for a live process" } },
	},
	{
		.name = "watch",
		.arguments = "",
		.summary = "print verdicts and labels as they happen",
		.about = "Until it is interrupted. Best effort: what could not be delivered is "
			 "counted and said. The counters of status are exact.",
		.root = true,
		.run = rf_watch_run,
		.options = { JSON_LINES },
		.exits = { { 0, "interrupted" },
			   { 1, "the daemon could not be asked, or went away" },
			   USAGE },
		.examples = { { "ringfence watch --json | jq -r .dst",
				"destinations that were tried" } },
	},
	{
		.name = "disarm",
		.arguments = "",
		.summary = "stop enforcing; regulated data may go anywhere",
		.about = "Detaches all programs and opens the module's gate. Asks first, unless "
			 "--yes is given. It is audited: who did it is written to syslog. Starting "
			 "ringfenced again enforces the policy applied last.",
		.root = true,
		.run = rf_disarm_run,
		.options = { { "yes", NULL, "do not ask" } },
		.exits = { { 0, "nothing is enforced any more" },
			   { 1, "failed, or not confirmed" },
			   USAGE },
		.examples = { { "ringfence disarm --yes", "in a script" } },
	},
	{ .name = NULL },
};
