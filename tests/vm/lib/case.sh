# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# case.sh - cases of the VM tests: sourced by them, prints TAP
#
#	deny NAME COMMAND...	the regulated file does not reach a foreign host
#	allow NAME COMMAND...	it reaches those that the policy allows
#	skip NAME REASON...	what this kernel or machine cannot show
#	is NAME WANTED GOT	equal texts
#	said_is NAME WANTED	the same, of what the last run said
#	ok NAME COMMAND...	COMMAND succeeds; fails NAME COMMAND...: it fails
#	pass NAME, fail NAME WHY...
#	counter PATH		a number of `ringfence status --json`
#	count WHAT HOST		`world` asked, again if need be
#	attack NAME ARG...	a program of tests/vm/attack
#	as_user COMMAND...	as uid 1000 (CAPS=net_raw,...: with these)
#	wait_until COMMAND...	until it succeeds; a test that gives up, after LIMIT
#				seconds (300), has failed
#
# COMMAND is a program or a shell function; the host it is to send to is in $TO,
# see "address HOST FAMILY" for where that is. It reads the file named by $FILE,
# the public one in the run that has to arrive and the regulated one in the run
# that must not, and is told in no other way which of the two it is. It runs in
# a process of its own, so that a label does not stay with the test.
#
# Variables that a case is given in front of it, as in HOST=de deny ...:
#
#	HOST	where the data is to go (us; for allow, all of "cn dc")
#	EXPECT	what the denied run must say: a word of its output (EACCES), or
#		several words that follow each other there ("connect EACCES").
#		"silence": no such thing as an errno (TCP at the packet door)
#	STATUS	what the denied run must exit with; with EXPECT and no STATUS,
#		anything but 0
#	USERS	as whom (root user)
#	CAPS	capabilities for uid 1000, for what root alone may do
#	LIMIT	seconds that a run may take (60). Limits end what hangs: what works is
#		ten times as slow beside other VMs, and must not come near one.
#	ATLEAST	tokens that must arrive in the run that has to (1)
#	KEEP	1: no `world reset` before each run

# The test's first argument, if there is one: only cases (deny, allow, free, held)
# whose name contains it are run.

ONLY=${1-}
REGULATED=/srv/customers/cn/people.csv
PUBLIC=/srv/public/people.csv
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
ATTACK=$here/build/attack
OUT=/run/case.out
export FILE=$PUBLIC ATTACK REGULATED PUBLIC

pass() { echo "ok $*"; }

# fail NAME WHY...: why goes to stderr
fail()
{
	local name=$1
	shift

	echo "not ok $name"
	[ $# = 0 ] || echo "# $name: $*" >&2
}

# skip NAME REASON...
skip()
{
	local name=$1
	shift

	echo "ok $name # SKIP $*"
}

is()
{
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "wanted '$2', got '$3'"; fi
}

ok()
{
	local name=$1 said
	shift

	if said=$("$@" 2>&1); then pass "$name"; else fail "$name" "status $?: $said"; fi
}

fails()
{
	local name=$1 said
	shift

	if said=$("$@" 2>&1); then fail "$name" "it succeeded: $said"; else pass "$name"; fi
}

# Programs that print "ok ..." and "not ok ..." lines themselves, here with a
# name in front.
cases()
{
	local name=$1
	shift

	"$@" 2>&1 | sed -n "s/^\(not \)\{0,1\}ok \(.*\)/\1ok $name: \2/p"
}

# as UID CAPABILITIES COMMAND...: in a process of its own. The functions that
# COMMAND may call are exported to it: the test's own, and what they need.
as()
{
	local uid=$1 caps=$2 name
	shift 2

	while read -r _ _ name; do
		case $CASE_FUNCTIONS in
		*" $name "*)	;;
		*)		export -f "${name?}" ;;
		esac
	done < <(declare -F)
	# shellcheck disable=SC2016
	"$here/build/vm/as" "$uid" "${LIMIT:-60}" "$caps" bash-static -c '"$@"' case "$@"
}

as_user() { as 1000 "${CAPS-}" "$@"; }

# end_tree PID: the process and what it started
end_tree()
{
	local child

	for child in $(pgrep -P "$1"); do
		end_tree "$child"
	done
	kill -KILL "$1" 2>/dev/null
}

# As root a fork does: starting a shell takes most of the time of a case.
as_root()
{
	local pid status

	{ ("$@" 7>&-); echo $? >&7; } &
	pid=$!
	if ! read -r -t "${LIMIT:-60}" -u 7 status; then
		end_tree $pid
		status=124
	fi
	wait $pid 2>/dev/null
	return "$status"
}

rm -f /run/case.status
mkfifo -m 600 /run/case.status
exec 7<>/run/case.status

# The program NAME of tests/vm/attack
attack()
{
	local name=$1
	shift

	"$ATTACK/$name" "$@"
}

wait_until()
{
	local end=$((SECONDS + ${LIMIT:-300}))

	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ]; then
			echo "not ok gave up after ${LIMIT:-300} s: $*"
			return 1
		fi
		sleep 0.05
	done
}

# counter denied_calls, counter classes.cn-personal.dropped_packets: from the
# status' "counters"; 0 if it is not there
counter()
{
	ringfence status --json | /usr/bin/python3 -IS -c '
import json, sys
here = json.load(sys.stdin)
here = here.get("counters", here)
for key in sys.argv[1].split("."):
    here = here.get(key, {}) if isinstance(here, dict) else {}
print(here if here != {} else 0)
' "$1"
}

# count leaked|received|take|sent HOST: asked again if the world could not answer
count()
{
	local said i

	for ((i = 0; i < 3; i++)); do
		said=$(world "$@") && break
	done
	echo "${said:-unknown}"
}

chosen() { [[ $1 == *"$ONLY"* ]]; }

# One run of "$@" as $1 with the file $2; its output in $OUT, its status
# returned
one_run()
{
	local as=$1 status
	export FILE=$2
	shift 2

	[ -n "${KEEP-}" ] || world reset
	: >"$OUT"
	"as_$as" "$@" >"$OUT" 2>&1
	status=$?
	FILE=$PUBLIC
	return $status
}

# What the denied run said is what was expected: said STATUS
said()
{
	if [ -n "${EXPECT-}" ] && [ "$EXPECT" != silence ]; then
		grep -qw -- "$EXPECT" "$OUT" || return
		[ -n "${STATUS-}" ] || [ "$1" != 0 ] || return
	fi
	[ -z "${STATUS-}" ] || [ "$1" = "$STATUS" ]
}

# said_is NAME WANTED: all that the last run said, its lines as words. A child reads it: what labelled
# processes wrote labels who reads it.
said_is()
{
	# shellcheck disable=SC2235
	if ([ "$(paste -sd' ' "$OUT")" = "$2" ]); then
		pass "$1"
	else
		fail "$1" "wanted '$2'"
		tell "$OUT"
	fi
}

# What a run said, for people: tell FILE
tell()
{
	sed "s/^/#   /" "$1" >&2
}

# deny_as USER NAME COMMAND...: the two files have different tokens, so one
# look at the end does for both runs; it resets the world for the next
deny_as()
{
	local as=$1 name="$2, as $1" host=${HOST:-us} open status arrived leaked
	export TO=$host
	shift 2

	KEEP=1 one_run "$as" "$PUBLIC" "$@"
	open=$?
	mv "$OUT" "$OUT.open"
	KEEP=1 one_run "$as" "$REGULATED" "$@"
	status=$?
	read -r arrived leaked < <(count take "$host")
	if [ "$leaked" != 0 ]; then
		fail "$name" "LEAKED $leaked tokens to $host, status $status"
		tell "$OUT"
	elif ! [ "$arrived" -ge "${ATLEAST:-1}" ]; then
		fail "$name" "unlabelled: status $open, $arrived tokens at $host: proves nothing"
		tell "$OUT.open"
	elif ! said "$status"; then
		fail "$name" "expected ${EXPECT-} ${STATUS+status $STATUS}, status $status"
		tell "$OUT"
	else
		pass "$name"
	fi
}

deny()
{
	local as

	chosen "$1" || return 0
	world reset
	for as in ${USERS:-root user}; do
		deny_as "$as" "$@"
	done
}

allow()
{
	local as name=$1 status leaked
	shift

	chosen "$name" || return 0
	world reset
	for as in ${USERS:-root user}; do
		for TO in ${HOST:-cn dc}; do
			export TO
			KEEP=1 one_run "$as" "$REGULATED" "$@"
			status=$?
			read -r _ leaked < <(count take "$TO")
			if [ "$leaked" -gt 0 ]; then
				pass "$name, to $TO, as $as"
			else
				fail "$name, to $TO, as $as" "status $status, nothing arrived"
				tell "$OUT"
			fi
		done
	done
}

# address HOST FAMILY: its address of family 4 or 6; "mapped" for IPv4 in IPv6
address()
{
	local name=${1^^}

	case $2 in
	6)	name=${name}6; echo "${!name}" ;;
	mapped)	name=${name}4; echo "::ffff:${!name}" ;;
	*)	name=${name}4; echo "${!name}" ;;
	esac
}

# Those of the above that no COMMAND calls
CASE_FUNCTIONS=" as as_root end_tree as_user one_run said said_is tell chosen deny_as deny allow cases is ok fails counter count skip "
