#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The commands as people use them: exit codes and what they print
#
# run-long:
#
#	check, region, explain --class    without root, without the daemon
#	diff, apply, status, ps, run      as root, with it
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

policies=$here/tests/vm/policy
# exits NAME STATUS COMMAND...: with its output in /run/said
exits()
{
	local name=$1 wanted=$2
	shift 2
	"$@" >/run/said.out 2>/run/said.err </dev/null
	is "$name" "$wanted" $?
	cat /run/said.out /run/said.err >/run/said
}
says() { ok "$1" grep -qE -- "$2" /run/said; }
json() { ok "$1" /usr/bin/python3 -c '
import json
lines = open("/run/said.out").readlines()
assert lines
for line in lines:
    assert isinstance(json.loads(line), dict)'; }
unprivileged() { as_user ringfence "$@"; }

# --- without root, without the daemon

for policy in /usr/share/ringfence/cn-personal /usr/share/ringfence/eu-personal; do
	exits "check of the shipped $(basename $policy), by uid 1000" 0 unprivileged check $policy
	says "its tables were run" 'valid, [0-9]+ of [0-9]+ table rows as expected'
done
exits "check of the test policy" 0 unprivileged check "$policies/test.yaml"
exits "check --json" 0 ringfence check --json "$policies/test.yaml"
json "check --json is JSON"
exits "region lookup, by uid 1000" 0 unprivileged region lookup --policy "$policies/test.yaml" "$US4" "$DC6"
says "region lookup: country and prefix" "^$US4: US, prefix [0-9.]+/[0-9]+ .*tor-geoipdb"
says "region lookup: the policy's region" "^$DC6: cn-sites"
exits "region lookup of nowhere" 1 ringfence region lookup 240.0.0.1
exits "region lookup of nonsense" 2 ringfence region lookup nonsense
exits "region list" 0 ringfence region list
says "region list: prefixes" '^cn-sites: 10.20.0.0/16'
exits "explain, denied, by uid 1000" 3 unprivileged explain --policy "$policies/test.yaml" \
	--class cn-personal --to "$US4:443"
says "explain: the rule's place" "$policies/test.yaml:12"
says "explain: the region and its source" 'US, prefix'
exits "explain, allowed" 0 ringfence explain --class cn-personal --to "[$CN6]:443"
exits "explain of an unknown class" 2 ringfence explain --class nonsense --to "$US4"
exits "explain --json" 3 ringfence explain --json --class cn-personal --to "$US4"
json "explain --json is JSON"
exits "no command" 2 ringfence
exits "a misspelt command" 2 ringfence aply
says "a misspelt command: the nearest" "did you mean 'apply'"
exits "an abbreviated option of ringfence itself" 2 ringfence --vers
exits "a command that does not exist" 2 ringfence nonsense
exits "an option that does not exist" 2 ringfence status --nonsense
exits "an argument too many" 2 ringfence status more
for command in doctor check diff apply status run ps label region explain watch disarm; do
	exits "$command --help" 0 unprivileged $command --help
	says "$command --help: exit codes" 'Exit codes|exit'
done

# The verdict table beside a policy is believed only if it is right.
mkdir -p /run/tables
cp "$policies/test.yaml" /run/tables/
printf 'classes\taddress\tport\tverdict\ncn-personal\t%s\t-\tdeny\n' "$US4" >/run/tables/t.tsv
exits "check with a table" 0 ringfence check /run/tables
says "check with a table: it was run" '1 of 1'
printf 'cn-personal\t%s\t443\tallow\n' "$US4" >>/run/tables/t.tsv
exits "check with a wrong table" 3 ringfence check /run/tables
says "check with a wrong table: its place" '/run/tables/t.tsv:3'
generation=$(enforced)
exits "apply with a wrong table" 3 ringfence apply /run/tables
is "apply with a wrong table: nothing changes" "$generation" "$(enforced)"

# Every error at once, with its place and the nearest name
cat >/run/bad.yaml <<-'END'
	version: 1
	regions:
	  cn: { contries: [CN] }
	  xx: { countries: [XQ], prefixes: [10.0.0.1/8, 300.1.1.1/8] }
	clases: {}
	classes:
	  a:
	    law: x
	    origins: [{ path: etc }]
	    allow: [cm]
	    on-violation: explode
END
exits "check of many errors" 3 ringfence check /run/bad.yaml
for place in 3:9 4:21 4:37 4:49 5:1 9:23 10:13 11:19; do
	says "an error at $place" "^/run/bad.yaml:$place: error: "
done
says "the nearest key" 'did you mean "countries"'
says "the nearest region" 'did you mean "cn"'

# A policy that the tables cannot hold is the policy's fault, not the host's.
{
	printf 'version: 1\nclasses: { a: { allow: [r] } }\nregions:\n  r:\n    prefixes:\n'
	for ((i = 0; i < 17000; i++)); do
		printf '      - "2001:db8:%x:1::%x:0/112"\n' $i $((i % 7 + 1))
	done
} >/run/large.yaml
exits "check of a policy that is too large" 3 ringfence check /run/large.yaml
says "too large: says of what" 'IPv6 needs more than'

# What is not enforced yet is checked, and never ignored.
{ cat "$policies/test.yaml"; printf 'exceptions:\n  - class: cn-personal\n    to: [203.0.113.7/32]\n    until: 2999-12-31\n    approved-by: x\n    reason: none\n'; } >/run/later.yaml
exits "check of what is not enforced yet" 0 ringfence check /run/later.yaml
says "it says so" 'warning: .*not enforced yet'
exits "apply of what is not enforced yet" 3 ringfence apply /run/later.yaml
is "apply of it changes nothing" "$generation" "$(enforced)"

# --- as root, with the daemon

for command in status ps "diff $policies/test.yaml" "apply $policies/test.yaml" "disarm --yes" watch \
	       "run --class cn-personal -- true"; do
	# shellcheck disable=SC2086
	unprivileged $command >/run/said 2>&1
	status=$?
	ok "$command without root fails ($status)" test $status != 0
	says "$command without root: says why" 'root'
done
exits "status --json" "$([ -e /dev/ringfence ]; echo $?)" ringfence status --json
json "status --json is JSON"
exits "diff, the same" 0 ringfence diff "$policies/test.yaml"
exits "diff, another" 3 ringfence diff "$policies/audit.yaml"
says "diff: a class more" 'cn-secret'
says "diff: the mode" 'audit'
exits "diff --json" 3 ringfence diff --json "$policies/audit.yaml"
json "diff --json is JSON"

# Live connections of a labelled process, to where the new policy does not allow
sed 's/allow: \[cn, cn-sites\]/allow: [cn-sites]/' "$policies/test.yaml" >/run/stricter.yaml
(
	exec 7<&- 8<$REGULATED 9<>"/dev/tcp/$CN4/9000" 10<>"/dev/tcp/$DC4/9000"
	touch /run/connected
	exec sleep 1000
) &
holder=$!
wait_until test -e /run/connected
exits "diff, stricter" 3 ringfence diff /run/stricter.yaml
says "diff, stricter: what it would cut" \
	"^! cut tcp $HOST4 port [0-9]* -> $CN4 port 9000, pid $holder [^ ]*, holds cn-personal: .*not allowed"
is "diff, stricter: and nothing else" 1 "$(grep -c '^!' /run/said)"
exits "diff --json, stricter" 3 ringfence diff --json /run/stricter.yaml
json "diff --json, stricter, is JSON"
says "diff --json, stricter: what it would cut" "\"address\":\"$CN4\",\"port\":9000,.*\"change\":\"cut\""
kill $holder

exits "apply of a path that does not exist" 3 ringfence apply "$policies/audit.yaml"
says "its place" "$policies/audit.yaml:[0-9]*:[0-9]*: error: .*/srv/secret"
is "the generation stays" "$generation" "$(enforced)"
mkdir -p /srv/secret
exits "apply --dry-run" 0 ringfence apply --dry-run "$policies/audit.yaml"
is "apply --dry-run: the generation stays" "$generation" "$(enforced)"
says "apply --dry-run: what would change" 'cn-secret'
exits "apply" 0 ringfence apply "$policies/audit.yaml"
is "apply: the next generation" $((generation + 1)) "$(enforced)"
says "apply: what changed" 'cn-secret'
exits "apply of the same again" 0 ringfence apply "$policies/audit.yaml"
exits "diff after it" 0 ringfence diff "$policies/audit.yaml"

# --- who holds what

(exec 9<$REGULATED; touch /run/has; exec sleep 1000) &
holder=$!
wait_until test -e /run/has
exits "ps" 0 ringfence ps
says "ps: the process" "^ *$holder .*cn-personal"
line=$(grep -n 'path: /srv/customers/cn' "$policies/audit.yaml" | cut -d: -f1)
says "ps: where the label came from" "path /srv/customers/cn \($policies/audit.yaml:$line\)"
exits "ps --json" 0 ringfence ps --json
json "ps --json is JSON"
exits "explain --pid, audited" 0 ringfence explain --pid $holder --to "$US4"
says "explain --pid: it passes in audit mode" 'audit'
exits "apply of the first policy" 0 ringfence apply "$policies/test.yaml"
exits "explain --pid, denied" 3 ringfence explain --pid $holder --to "$US4"
exits "explain --pid, allowed" 0 ringfence explain --pid $holder --to "$CN4"
exits "explain --pid of one without a label" 0 ringfence explain --pid $$ --to "$US4"
exits "explain --pid of nobody" 1 ringfence explain --pid 999999 --to "$US4"
exits "explain --pid of more than there can be" 2 ringfence explain --pid $((holder + (1 << 32))) \
	--to "$US4"
# No class is left out of a label because it is not understood.
exits "explain of what is no class" 2 ringfence explain --class $'\xff' --to "$US4"
for classes in $'\xff' $'cn-personal+\xff' +cn-personal cn-personal+ +; do
	exits "run of what is no class: $(printf %q "$classes")" 2 ringfence run --class "$classes" -- true
done
exits "run of an unknown class" 125 ringfence run --class cn-persona -- true
kill $holder

# The kernel's verdict and explain's are the same.
while read -r address; do
	ringfence explain --class cn-personal --to "$address" >/dev/null
	said=$?
	ringfence run --class cn-personal -- /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
try:
    s.connect((sys.argv[1], 9))
except PermissionError:
    sys.exit(3)' "$address"
	is "explain and the kernel agree on $address" $said $?
done <<-END
	$CN4
	$CN6
	$US4
	$US6
	$DC4
	$DE6
	::ffff:$US4
	::ffff:$CN4
	127.0.0.1
	::1
	10.19.255.255
	10.20.0.0
	10.21.0.0
	203.0.113.1
	2001:db8:20::1
	2001:db8:21::1
END

# --- and when it was stopped

exits "apply --json of what is wrong" 3 ringfence apply --json /run/bad.yaml
json "apply --json of what is wrong is JSON"
says "apply --json of what is wrong: the result" '"kind":"result","exit":3'
exits "disarm" 0 ringfence disarm --yes
exits "doctor of a disarmed host" 1 ringfence doctor
says "doctor of a disarmed host: what is missing" '^missing *daemon .*off'
exits "ps of a disarmed host" 1 ringfence ps
says "ps of a disarmed host: says why" 'disarmed'
