#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 37: traffic before the daemon starts, and when it fails to start
#
# run-long: --policy none
#
#	modprobe ---- quarantine ----> a policy is armed ---> links gone: quarantine
#	     |            |                    |
#	     +-> lo, management (dc)           +-> all that is not labelled
#	         pass                              passes
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

policy=$here/tests/vm/policy/test.yaml
send() { "$ATTACK/obtain" read "${FILE:-$PUBLIC}" "$1"; }
state() { sed -n "s/^$1 //p" /sys/kernel/security/ringfence/state 2>/dev/null; }

# arrives NAME HOST ADDRESS, blocked NAME HOST ADDRESS: the public file
arrives()
{
	world reset
	send "$3" >/dev/null 2>&1
	is "$1" 64 "$(world received "$2")"
}
blocked()
{
	world reset
	timeout 2 "$ATTACK/obtain" read $PUBLIC "$3" >/dev/null 2>&1
	is "$1: nothing arrives" 0 "$(world received "$2")"
	is "$1: not one packet" 0 "$(world sent "$2")"
}

# datagram ADDRESS: the errno of a send
datagram()
{
	/usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
try:
    s.sendto(b"x", (sys.argv[1], 9000))
    print(0)
except OSError as e:
    print(e.errno)' "$1"
}

# quarantined NAME: nothing to the world, all else as promised
quarantined()
{
	is "$1: state" quarantine "$(state state)"
	blocked "$1, to us" us "$US4"
	world reset
	is "$1: errno of a datagram" 1 "$(datagram "$US4")"
	is "$1: errno of a datagram, IPv6" 1 "$(datagram "$US6")"
	timeout 2 ping -c 1 -W 1 "$US4" >/dev/null 2>&1 &
	timeout 2 ping -c 1 -W 1 "$US6" >/dev/null 2>&1 &
	timeout 3 world on us curl -s -m 2 "http://$HOST4:7070/" >/dev/null 2>&1 &
	# shellcheck disable=SC2046
	wait $(jobs -p | grep -vx "$listener")
	is "$1: not one packet, by ping, IPv6 or as an answer" 0 "$(world sent us)"
	arrives "$1: the management prefix" dc "$DC4"
	is "$1: loopback" 0 "$(datagram 127.0.0.1)"
	is "$1: loopback, IPv6" 0 "$(datagram ::1)"
	is "$1: its own address" 0 "$(datagram "$HOST4")"
}

# Something that listens, for connections from abroad
/usr/bin/python3 -m http.server 7070 >/dev/null 2>&1 &
listener=$!

arrives "without anything" us "$US4"
timeout 60 ringfence status >/run/status 2>&1
is "without anything: status" 1 $?
is "an answer to a connection from abroad" 200 \
	"$(world on us curl -s -m 5 --retry 5 --retry-connrefused -o /dev/null -w '%{http_code}' "http://$HOST4:7070/")"

# --- without the module the host is open until the daemon has started

daemon_start
ok "no module: a policy" ringfence apply "$policy"
is "no module: status says so" unanchored "$(status module state)"
arrives "no module, a policy: others" us "$US4"
world reset
send "$US4" >/dev/null
FILE=$REGULATED send "$US4" >/dev/null 2>&1
is "no module, a policy: the regulated file" 0 "$(world leaked us)"
ok "no module: disarm" ringfence disarm --yes
daemon_end TERM
rm -rf /var/lib/ringfence /run/ringfence

# --- with it

exec 9<>"/dev/tcp/$US4/9000"
modprobe ringfence management="$DC4/32" || fail "modprobe"
quarantined "loaded, no daemon"
world reset
tail -n 5 $PUBLIC >&9
sleep 1
is "a connection from before: not one packet" 0 "$(world sent us)"
exec 9>&-
ok "it counts them" test "$(state quarantined)" -gt 0
timeout 60 ringfence status >/run/status 2>&1
is "status without the daemon: exit" 1 $?
ok "status without the daemon: quarantined" grep -q 'module: *quarantined' /run/status

# --- the daemon fails to start

"$ATTACK/tamper" attach /sys/fs/cgroup 0
timeout 300 ringfenced >/run/failed 2>&1 </dev/null
is "an own program is in the way first: the daemon ends" 1 $?
ok "and says why" test -s /run/failed
is "and quarantine stays" quarantine "$(state state)"
blocked "the daemon failed to start" us "$US4"
is "and nothing is half attached" 0 "$(bpftool prog show | grep -c ' name rf_')"
bpftool cgroup detach /sys/fs/cgroup egress id \
	"$(bpftool -j cgroup show /sys/fs/cgroup | sed 's/.*"id":\([0-9]*\).*/\1/')"

umount /sys/fs/bpf
timeout 300 ringfenced >/run/failed 2>&1 </dev/null
is "no bpffs: the daemon ends" 1 $?
blocked "no bpffs" us "$US4"
mount -t bpf -o mode=700 bpf /sys/fs/bpf

daemon_start
is "the daemon runs, no policy yet: state" idle "$(status state)"
is "the daemon runs, no policy yet: the module" quarantined "$(status module state)"
blocked "the daemon runs, no policy yet" us "$US4"
printf 'version: 1\nnonsense: 1\n' >/run/bad.yaml
ringfence apply /run/bad.yaml >/dev/null 2>&1
is "a policy that is refused: exit" 3 $?
is "a policy that is refused: quarantine" quarantine "$(state state)"

# --- armed

ok "apply" ringfence apply "$policy"
is "armed" armed "$(state state)"
is "armed: status" anchored "$(status module state)"
arrives "armed: others" us "$US4"
FILE=$REGULATED send "$US4" >/dev/null 2>&1
is "armed: the regulated file" 0 "$(world leaked us)"
daemon_end KILL
arrives "armed, no daemon: others" us "$US4"

# --- the links are gone without a disarm; nobody guards them in this run

daemon_start
ok "disarm" ringfence disarm --yes
is "disarmed" disarmed "$(state state)"
arrives "disarmed: others" us "$US4"
daemon_end TERM
daemon_start --test-disable=hook:guard_bpf
is "armed again" armed "$(state state)"
daemon_end KILL
egress=$(bpftool prog show | sed -n 's/^\([0-9]*\):.* name rf_egress .*/\1/p')
link=$(bpftool -j link show | /usr/bin/python3 -c '
import json, sys
print(next(l["id"] for l in json.load(sys.stdin) if l.get("prog_id") == int(sys.argv[1])))' "$egress")
"$ATTACK/tamper" detach "$link"
is "the link is detached" 0 $?
quarantined "links gone"
daemon_start
is "a new daemon: armed" armed "$(state state)"
arrives "a new daemon: others" us "$US4"
kill $listener
