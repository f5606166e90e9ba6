#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is said of a denial: one alert with all of it, counts that are exact
#
# run-long:
#
#	 denied --> BPF --> ring --> ringfenced --> /dev/log --> rsyslogd --> file
#	             |                   |                                     |
#	             +-> counters        +-> watch                   parsed back here
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

policies=$here/tests/vm/policy
# The daemon answers once it has told what was denied before, but for the counts of repeats.
told() { ringfence ps >/dev/null && world syslog; }
alerts() { told | "$here/tests/vm/lib/rfc5424.py" "$@"; }

# --- one alert, all fields

mkdir -p /sys/fs/cgroup/system.slice/billing.service
ringfence watch --json >/run/watch 2>&1 &
watcher=$!
# Once it waits in recvfrom(), the daemon hears it before anybody else.
asked() { [ "$(awk '{print $1}' /proc/$watcher/syscall)" = 45 ]; }
wait_until asked
ringfence ps >/dev/null
(
	echo $BASHPID >/sys/fs/cgroup/system.slice/billing.service/cgroup.procs
	exec 9<$REGULATED
	exec setpriv --reuid 1000 --regid 1000 --clear-groups \
		curl -s -m 60 --data-binary @/dev/fd/9 "http://$US4:80/"
) &
pid=$!
wait $pid
is "a denied curl: its exit" 7 $?
now=$(date +%s)
is "every line is RFC 5424" 0 "$(alerts count >/run/alerts 2>&1; echo $?)"
cat /run/alerts | grep -v '^[0-9]*$' >&2
is "one alert" 1 "$(alerts count msgid=DENY pid=$pid)"
told >/run/log
said() { "$here/tests/vm/lib/rfc5424.py" get "$1" msgid=DENY pid=$pid </run/log; }
field() { is "alert: $1" "$2" "$(said "$1")"; }
field pri 84 # authpriv.warning
field id ringfence@32473
field app ringfenced
field procid "$(daemon_pid)"
field host "$(hostname)"
field class cn-personal
field verdict deny
field reason region
field door call
field dst "$US4"
field port 80
field region US
field proto tcp
field uid 1000
field exe /usr/bin/curl
field comm curl
field unit billing.service
field gen "$(enforced)"
field rule "$policies/test.yaml:$(grep -n 'allow:' "$policies/test.yaml" | cut -d: -f1)"
ok "alert: the text says it" grep -q "denied: /usr/bin/curl (pid $pid) holding cn-personal to $US4 port 80 (US)" \
	<(said text)
age=$((now - $(date -d "$(said time)" +%s)))
[ "$age" -ge 0 ] && [ "$age" -lt 30 ] || fail "alert: the time is now" "off by $age s, said $(said time)"
is "the label was told too" path "$(alerts get origin-kind msgid=LABEL pid=$pid)"
is "and which origin gave it" /srv/customers/cn "$(alerts get origin msgid=LABEL pid=$pid)"

seen() { grep "\"pid\":$pid," /run/watch | grep -q '"verdict":"deny"'; }
wait_until seen
kill $watcher
wait $watcher
is "watch ends well when it is told to" 0 $?
ok "watch --json has the same" /usr/bin/python3 -c '
import json, sys
events = [json.loads(line) for line in open("/run/watch")]
mine = [e for e in events if e.get("pid") == int(sys.argv[1]) and e.get("verdict") == "deny"]
assert len(mine) == 1, mine
e = mine[0]
assert e["classes"] == ["cn-personal"] and e["reason"] == "region", e
assert e["dst"] == sys.argv[2] and e["port"] == 80 and e["region"] == "US", e
assert e["exe"] == "/usr/bin/curl" and e["unit"] == "billing.service" and e["uid"] == 1000, e
' $pid "$US4"

# --- counters: exact, and apart

# counted NAME CALLS PACKETS COMMAND...: by how much they grow
counted()
{
	local name=$1 calls=$2 packets=$3 before after
	shift 3

	before="$(counter denied_calls) $(counter dropped_packets)"
	"$@" >/run/said 2>&1
	after="$(counter denied_calls) $(counter dropped_packets)"
	is "$name: denied calls" "$calls" $((${after% *} - ${before% *}))
	is "$name: dropped packets" "$packets" $((${after#* } - ${before#* }))
}

repeat() { "$ATTACK/repeat" "$@"; }
counted "100 datagrams" 100 0 repeat udp $REGULATED 100 "$US4"
OUT=/run/said said_is "100 datagrams: the errnos" "0 sent, 100 EACCES, 0 EPERM, 0 other"
counted "100 connections" 100 0 repeat tcp $REGULATED 100 "$US4"
counted "to four hosts" 40 0 repeat udp $REGULATED 20 "$US4" "$DE4" "$CN4" "$DC4"
OUT=/run/said said_is "to four hosts: the errnos" "40 sent, 40 EACCES, 0 EPERM, 0 other"
counted "unlabelled" 0 0 repeat udp $PUBLIC 100 "$US4"
before=$(counter classes.cn-personal.denied_calls)
repeat udp $REGULATED 10 "$US4" >/dev/null
is "by class" $((before + 10)) "$(counter classes.cn-personal.denied_calls)"
before=$(counter reasons_at_call.region)
repeat udp $REGULATED 10 "$US4" >/dev/null
is "by reason" $((before + 10)) "$(counter reasons_at_call.region)"

# --- folding: few lines, and what they say adds up

"$ATTACK/repeat" udp $REGULATED 100 "$US4" "$DE4" >/run/said &
pid=$!
wait $pid
add_up() { [ "$(alerts sum msgid=DENY pid=$pid region=$1)" = 100 ]; }
for region in US DE; do
	ok "100 denials to $region: the counts add up" wait_until add_up $region
	lines=$(alerts count msgid=DENY pid=$pid region=$region)
	ok "100 denials to $region: few lines ($lines)" test "$lines" -ge 2 -a "$lines" -le 4
done
"$ATTACK/repeat" udp $REGULATED 1 "$US4" >/dev/null & one=$!
"$ATTACK/repeat" udp $REGULATED 1 "$US4" >/dev/null & two=$!
wait $one $two
is "different processes are not folded" "1 1" \
	"$(alerts count msgid=DENY pid=$one) $(alerts count msgid=DENY pid=$two)"

# A storm: the ring may lose, the counters may not.
storm() { (echo $BASHPID >/run/storm; exec "$ATTACK/repeat" udp $REGULATED 10000 "$US4"); }
before=$(status alerts events_lost)
counted "10000 denials" 10000 0 storm
pid=$(</run/storm)
lost() { echo $(($(status alerts events_lost) - before)); }
all() { [ $(($(alerts sum msgid=DENY pid=$pid) + $(lost))) -ge 10000 ]; }
ok "10000 denials: those told and those lost add up" wait_until all
ok "10000 denials: few lines" test "$(alerts count msgid=DENY)" -lt 200
ok "the daemon is well" test "$(status state)" = enforcing
echo "# events lost in the ring: $(lost)" >&2

# --- the packet door, with the other's verdict switched off

daemon_end TERM
daemon_start --test-disable=door:call
is "the call door open: state" weakened "$(status state)"
counted "50 datagrams at the packet door" 50 50 repeat udp $REGULATED 50 "$US4"
OUT=/run/said said_is "at the packet door: the errnos" "0 sent, 0 EACCES, 50 EPERM, 0 other"
"$ATTACK/repeat" udp $REGULATED 1 "$DE4" >/dev/null &
pid=$!
wait $pid
ok "at the packet door: told with who sent" test "$(alerts count msgid=DENY pid=$pid)" -ge 1
is "weakened: told" 1 "$(alerts count msgid=STATE text~weakened)"
daemon_end TERM
daemon_start

# --- audit: it passes, is told and counted

mkdir -p /srv/secret
cp $PUBLIC /srv/secret/plan
ok "apply an audit policy" ringfence apply "$policies/audit.yaml"
before="$(counter audited_calls) $(counter audited_packets) $(counter denied_calls)"
"$ATTACK/repeat" udp $REGULATED 30 "$US4" >/run/said &
pid=$!
wait $pid
OUT=/run/said said_is "audit: it passes" "30 sent, 0 EACCES, 0 EPERM, 0 other"
read -r calls packets denied <<<"$before"
is "audit: calls" 30 $(($(counter audited_calls) - calls))
is "audit: packets" 30 $(($(counter audited_packets) - packets))
is "audit: nothing denied" "$denied" "$(counter denied_calls)"
ok "audit: told" test "$(alerts count msgid=AUDIT pid=$pid verdict=audit)" -ge 1
is "audit: nothing told as denied" 0 "$(alerts count msgid=DENY pid=$pid)"
# Nor is what no address makes good.
ok "audit: a group is joined" /usr/bin/python3 -IS -c '
import socket, sys
open(sys.argv[1]).read()
group = socket.inet_aton("239.1.2.3") + socket.inet_aton("127.0.0.1")
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).setsockopt(0, socket.IP_ADD_MEMBERSHIP, group)
' $REGULATED
modprobe -q uinput
for how in new held; do
	FILE=$REGULATED ok "audit: a device, $how" "$ATTACK/device" $how /dev/uinput
done
both() { exec 9</srv/secret/plan; "$ATTACK/repeat" udp $REGULATED 5 "$US4"; }
export -f both
bash -c both >/run/said
OUT=/run/said said_is "audit, and a class that denies: denied" "0 sent, 5 EACCES, 0 EPERM, 0 other"
world reset
"$ATTACK/obtain" read $REGULATED "$US4"
is "audit: the file arrives" 64 "$(world leaked us)"
