#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where a label came from: ps --why, label get, set, clear and scan
#
# run-long:
#
#	regulated file --> cat --> FIFO --> cat --> FIFO --> sleep
#	                    |                        ^ ps --why names every hop
#	                 syslog: who passed it on
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

OUT=/run/why.out
says() { if grep -qE -- "$2" $OUT; then pass "$1"; else fail "$1" "no '$2' in: $(cat $OUT)"; fi; }
exits()
{
	local name=$1 wanted=$2 got
	shift 2

	timeout 60 "$@" >$OUT 2>&1
	got=$?
	if [ $got = "$wanted" ]; then pass "$name"; else fail "$name" "exit $got: $(cat $OUT)"; fi
}
json() { ok "$1" /usr/bin/python3 -IS -c 'import json; [json.loads(l) for l in open("'$OUT'")]'; }
field() { /usr/bin/python3 -IS -c 'import json, sys; print(eval(sys.argv[1], {"o": json.loads(open("'$OUT'").readline())}))' "$1"; }
origin='path /srv/customers/cn \(.*/test.yaml:[0-9]+\)'

# --- a chain of two FIFOs

# chain N FILE: data goes through N of them; the last process is $LAST
chain()
{
	local i n=$1 cats=()

	for ((i = 1; i <= n; i++)); do
		rm -f /run/fifo.$i
		mkfifo /run/fifo.$i
	done
	for ((i = 1; i < n; i++)); do
		cat /run/fifo.$i >/run/fifo.$((i + 1)) &
		cats+=($!)
	done
	(read -r _; exec sleep 1000) </run/fifo.$n &
	LAST=$!
	cat "$2" >/run/fifo.1
	wait "${cats[@]}"
	wait_until grep -qx sleep /proc/$LAST/comm
}

chain 2 $PUBLIC
exits "unlabelled: ps --why" 0 ringfence ps --why $LAST
says "unlabelled: it says so" 'holds no regulated data'
kill $LAST
chain 2 $REGULATED
exits "ps" 0 ringfence ps
says "ps: the last hop" "^ *$LAST .* cn-personal +a pipe from cat \(pid [0-9]+, ended\)$"
exits "ps --why" 0 ringfence ps --why $LAST
says "ps --why: who holds what" "^sleep \(pid $LAST, root\) holds cn-personal$"
says "ps --why: the origin and its place" "cat \(pid [0-9]+, ended\) got it by $origin"
is "ps --why: two hops" 2 "$(grep -c 'cat (pid [0-9]*, ended) passed it on by a pipe$' $OUT)"
is "ps --why: oldest first" "$(grep -o '20[0-9T:.-]*Z' $OUT)" "$(grep -o '20[0-9T:.-]*Z' $OUT | sort)"
says "ps --why: who has it now" "now +sleep \(pid $LAST\) has it$"
exits "ps --why --json" 0 ringfence ps --why $LAST --json
json "ps --why --json is JSON"
is "ps --why --json: the kinds" "path pipe pipe" "$(field '" ".join(s["kind"] for s in o["sources"])')"
is "ps --why --json: nothing folded" 0 "$(field 'o["folded"]')"
exits "explain --pid" 3 ringfence explain --pid $LAST --to "$US4"
says "explain --pid: by what" 'label +by a pipe from cat'
alert() { world syslog | grep -qE "now holds cn-personal, by a pipe from cat \(pid [0-9]+\)"; }
ok "syslog: by what, and from whom" wait_until alert
exits "no such process" 1 ringfence ps --why 999999
exits "no number" 2 ringfence ps --why cat
kill $LAST

# --- more hops than are kept

chain 14 $REGULATED
exits "a long chain" 0 ringfence ps --why $LAST
says "a long chain: the origin" "got it by $origin"
says "a long chain: what is not kept" '[0-9]+ hops in between were not kept'
is "a long chain: all are counted" 15 $((\
	$(grep -c 'passed it on by\|got it by' $OUT) + $(grep -o '[0-9]* hops in between' $OUT | cut -d' ' -f1)))
kill $LAST

# --- files

exits "get: of a tree" 0 ringfence label get --why $REGULATED
says "get: of a tree: by which origin" "tree +cn-personal, by $origin"
exits "get: of no tree" 0 ringfence label get $PUBLIC
says "get: of no tree: nothing" ': -$'
exits "get: no such file" 1 ringfence label get /srv/nothing
mkdir -p /srv/out /srv/secret
cp $PUBLIC /srv/out/old.csv

# reads FILE: 1 if who opens it has a label. It writes to nobody: that would be
# a flow to this test.
reads()
{
	local pid

	rm -f /run/has
	(exec 9<"$1"; touch /run/has; exec sleep 1000) >/dev/null 2>&1 &
	pid=$!
	wait_until test -e /run/has
	ringfence ps --json | grep -c "\"pid\":$pid,"
	kill $pid
}

is "get: who opens another is not labelled" 0 "$(reads $PUBLIC)"
is "set: unlabelled before" 0 "$(reads /srv/out/old.csv)"
(exec 9</srv/out/old.csv; touch /run/open; exec sleep 1000) &
had=$!
wait_until test -e /run/open
exits "set" 0 ringfence label set cn-personal /srv/out/old.csv
says "set: who had it open" '1 process that had it open'
ok "set: that is labelled" eval "ringfence ps --json | grep -q '\"pid\":$had,'"
exits "set: why" 0 ringfence ps --why $had
says "set: named as what gave it" 'got it by label /srv/out/old.csv'
is "set: who opens it is labelled" 1 "$(reads /srv/out/old.csv)"
exits "get: what was set" 0 ringfence label get --why /srv/out/old.csv
says "get: written" 'written +cn-personal'
says "get: by whom" 'ringfence label \(pid [0-9]+, ended\) labelled /srv/out/old.csv'
exits "get --json" 0 ringfence label get --json /srv/out/old.csv
json "get --json is JSON"
is "get --json: what was written" "['cn-personal']" "$(field 'o["written"]')"
exits "set: a class that is not there" 2 ringfence label set nonsense /srv/out/old.csv
exits "set: a directory" 1 ringfence label set cn-personal /srv/out
exits "set: survives a policy" 0 ringfence apply "$here/tests/vm/policy/audit.yaml"
is "set: still labelled" 1 "$(reads /srv/out/old.csv)"
exits "set: and the next" 0 ringfence apply "$here/tests/vm/policy/test.yaml"

mkdir /srv/names
(exec 9<$REGULATED; touch /srv/names/new; setfattr -n user.data -v x /srv/out/old.csv)
exits "names: get" 0 ringfence label get /srv/names
says "names: said, and not as what it gives to who opens it" '^/srv/names: -, names cn-personal$'
exits "names: why" 0 ringfence label get --why /srv/names
says "names: for whom" 'names +cn-personal, for who lists it'
says "names: by whom" 'touch \(pid [0-9]+, ended\) passed it on by a name, link or attribute'
exits "attributes: why" 0 ringfence label get --why /srv/out/old.csv
says "attributes: for whom" 'xattrs +cn-personal, for who asks for attributes'
(: /srv/names/*; exec sleep 1000) &
lists=$!
ok "names: who lists it" wait_until eval "ringfence ps --json | grep -q '\"pid\":$lists,'"
exits "names: why who lists it" 0 ringfence ps --why $lists
says "names: by a name" 'by a name, link or attribute'
kill $lists
exits "names: clear" 0 ringfence label clear --reason x /srv/names
exits "names: none" 0 ringfence label get /srv/names
says "names: none are left" '^/srv/names: -$'
mv /srv/out/old.csv /srv/out/moved.csv
exits "clear: without a reason" 2 ringfence label clear /srv/out/moved.csv
exits "clear" 0 ringfence label clear --reason "DPO-1 \"test\"" /srv/out/moved.csv
is "clear: not labelled any more" 0 "$(reads /srv/out/moved.csv)"
cleared() { world syslog | grep -q 'uid 0 pid .* takes the label cn-personal from /srv/out/moved.csv: DPO-1'; }
ok "clear: audited, with the reason" wait_until cleared
exits "clear: of a tree's file" 0 ringfence label clear --reason x $REGULATED
says "clear: the tree still gives it" "tree +cn-personal, by $origin"
is "clear: it does" 1 "$(reads $REGULATED)"
kill $had

# --- scans

mkdir -p /srv/tree/a/b /srv/tree/c
for ((i = 0; i < 3000; i++)); do
	echo $i >/srv/tree/a/b/$i
done
odd=/srv/tree/c/$'odd\n\xff'
cp $PUBLIC "$odd"
exits "scan: no origin names it" 2 ringfence label scan /srv/tree
exits "scan" 0 ringfence label scan --class cn-personal /srv/tree
says "scan: how many, how fast" '3001 files labelled, [0-9]+ a second'
is "scan: a file" 1 "$(reads /srv/tree/a/b/2999)"
is "scan: an odd name" 1 "$(reads "$odd")"
touch /srv/tree/new
is "scan: the tree gives nothing when it is over" 0 "$(reads /srv/tree/new)"
exits "scan: why" 0 ringfence label get --why /srv/tree/a/b/7
says "scan: by what" 'labelled /srv/tree$'

# Stopped at its start: the daemon is slower than a signal that is there before.
mkdir -p /srv/slow
for ((i = 0; i < 20000; i++)); do
	: >/srv/slow/$i
done
ringfence label scan --class cn-personal /srv/slow >/run/scan.out 2>&1 &
scanner=$!
begun() { grep -q /srv/slow /var/lib/ringfence/scans.json; }
wait_until begun
kill -INT $scanner
wait $scanner
is "scan: interrupted" 130 $?
stopped() { world syslog | grep -q 'the scan of /srv/slow was stopped after'; }
ok "scan: stopped" wait_until stopped
# By the order of names this is the last.
is "scan: what is opened meanwhile is labelled first" 1 "$(reads /srv/slow/9999)"
exits "scan: goes on" 0 ringfence label scan --class cn-personal /srv/slow
says "scan: where it was" '20[0-9]{3} files labelled.*went on where it had stopped'
is "scan: all are labelled" 1 "$(reads /srv/slow/9999)"
ok "scan: nothing is left of it" test "$(cat /var/lib/ringfence/scans.json)" = "{}"

# --- in the background, and over the end of the daemon

exits "scan: in the background" 0 ringfence label scan --background /srv/customers/cn
finished() { world syslog | grep -q 'files of /srv/customers/cn are labelled as cn-personal'; }
ok "scan: finished there" wait_until finished
exits "get: after it" 0 ringfence label get --why $REGULATED
says "get: both" 'written +cn-personal'
for ((i = 0; i < 20000; i++)); do
	: >/srv/tree/a/$i
done
exits "scan: another in the background" 0 ringfence label scan --class cn-personal --background /srv/tree
daemon_end KILL
exits "without the daemon" 1 ringfence label get $REGULATED
says "without the daemon: says so" 'ringfenced is not running'
daemon_start
again() { world syslog | grep -qE '[0-9]+ files of /srv/tree are labelled as cn-personal, 0 could not'; }
ok "scan: goes on in the next daemon" wait_until again
is "scan: to its end" 1 "$(reads /srv/tree/a/9999)"

# --- nobody else

is "the daemon has no label by all this" 0 "$(ringfence ps --json | grep -c '"comm":"ringfenced"')"
is "nor has the log" 0 "$(ringfence ps --json | grep -c '"comm":"rsyslogd"')"
