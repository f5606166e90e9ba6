#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rows 30 and 33: the enforcement outlives its daemon, and has no gap
#
# run-long:
# run-long: --no-module
#
#	ringfenced --X            +-- steady (labelled) ---------x us
#	   kill, stop, no memory, |     without a pause, while the daemon
#	   no disk, no syslog     |     ends, starts, is upgraded, applies
#	                          VM
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

policies=$here/tests/vm/policy
read_and_send() { "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
denied() { EXPECT="Permission denied" USERS=${USERS:-root} deny "$1" read_and_send; }

[ -e /dev/ringfence ] && anchor=anchored || anchor=unanchored
is "the module, as status says" "$anchor" "$(status module state)"
# 6.1 needs longer than a second for a policy on a busy machine.
USERS="root user" denied "with its daemon"

# --- row 30: without it

daemon_end KILL
USERS="root user" denied "the daemon killed"
sleep 1.5
denied "killed some time ago"
timeout 60 ringfence status >/run/status 2>&1
is "status without the daemon: exit" 1 $?
ok "status without the daemon: says so" grep -q 'daemon: *not running' /run/status
timeout 60 ringfence apply "$policies/cgroups.yaml" >/dev/null 2>&1
is "apply without the daemon: exit" 1 $?

before=$(sed -n 's/^generation //p' /sys/kernel/security/ringfence/state 2>/dev/null)
ok "it starts again" daemon_start
ok "and takes over what is attached" grep -q 'took over what was attached, generation 1' $LOG
is "the same generation" 1 "$(enforced)"
[ -z "$before" ] || is "the same in the module" "$before" \
	"$(sed -n 's/^generation //p' /sys/kernel/security/ringfence/state)"
denied "with the new daemon"
ok "a policy again" ringfence apply "$policies/cgroups.yaml"
is "the number counts on" 2 "$(enforced)"
denied "with the new policy"
ok "the first one again" ringfence apply "$policies/test.yaml"
is "the number counts on again" 3 "$(enforced)"

kill -STOP "$(daemon_pid)"
USERS="root user" denied "the daemon stopped"
timeout 2 ringfence ps >/dev/null 2>&1
kill -CONT "$(daemon_pid)"
ok "it goes on" wait_until ringfence ps

ringfenced >/run/second 2>&1
is "a second daemon: exit" 1 $?
ok "a second daemon: why" grep -q 'another ringfenced runs' /run/second
denied "after a second daemon tried"

# --- row 30: no room for what it has to write

daemon_end TERM
mkdir -p /run/full
mount -t tmpfs -o size=192k,mode=700 tmpfs /run/full
find /var/lib/ringfence -maxdepth 1 -type f -size -64k -exec cp -a {} /run/full/ \;
daemon_start --state-dir=/run/full
dd if=/dev/zero of=/run/full/ballast bs=4k 2>/dev/null
generation=$(enforced)
timeout 300 ringfence apply "$policies/cgroups.yaml" >/run/apply 2>&1
is "disk full: apply fails" 1 $?
ok "disk full: says so" grep -qi 'no space' /run/apply
is "disk full: the generation stays" "$generation" "$(enforced)"
ok "disk full: still enforcing" test "$(status state)" = enforcing
denied "disk full"
rm /run/full/ballast
daemon_end TERM
umount /run/full
daemon_start

# A generation takes 8 MB and as much again to be compared: it cannot be had.
daemon_end TERM
setsid prlimit --as=$((160 << 20)) ringfenced >>$LOG 2>&1 </dev/null &
wait_until ringfence ps
generation=$(enforced)
prlimit --pid "$(daemon_pid)" --as=$((8 << 20))
timeout 300 ringfence apply "$policies/cgroups.yaml" >/run/apply 2>&1
is "no memory: apply fails" 1 $?
denied "no memory"
[ -n "$(daemon_pid)" ] && daemon_end KILL
daemon_start
is "no memory: the generation stays" "$generation" "$(enforced)"
denied "memory again"

# The policy of what is enforced is lost: that ends nothing, and is no idle host.
daemon_end KILL
mv /var/lib/ringfence/policy.json /run/policy.json
echo '{' >/var/lib/ringfence/policy.json
daemon_start
is "policy file damaged: the generation stays" "$generation" "$(enforced)"
is "policy file damaged: state" weakened "$(status state)"
fails "policy file damaged: doctor" ringfence doctor
denied "policy file damaged"
daemon_end KILL
mv /run/policy.json /var/lib/ringfence/policy.json
daemon_start
is "policy file back: state" enforcing "$(status state)"

# --- row 30: nobody reads the log

reader=$(cat /run/rsyslogd.pid)
kill "$reader"
wait_until gone "$reader"
USERS="root user" denied "the log socket gone"
lines=$(grep -c ' DENY ' /var/log/ringfence.log)
ok "status: the log socket gone" test "$(status alerts syslog_connected)" = False
rm -f /dev/log
rsyslogd -f /run/host/run/ringfence-vm/rsyslog.conf -i /run/rsyslogd.pid
more() { [ "$(world syslog | grep -c ' DENY ')" -gt "$lines" ]; }
ok "the alerts come when it is back" wait_until more
denied "the log socket back"

# --- row 33: not one packet

# A child reads what the labelled sender said.
many() { [ "$(sed 's/.*sent, \([0-9]*\) .*/\1/' /run/steady)" -gt 20 ]; }

# gapless NAME COMMAND...: nothing is sent while COMMAND runs
gapless()
{
	local name=$1 pid said
	shift

	rm -f /run/stop /run/stop.ready
	world reset
	"$ATTACK/steady" $REGULATED "$US4" /run/stop >/run/steady 2>&1 &
	pid=$!
	wait_until test -e /run/stop.ready
	"$@" >/run/meanwhile 2>&1
	said=$?
	sleep 0.3
	touch /run/stop
	wait $pid
	is "$name: done" 0 $said
	[ $said = 0 ] || sed 's/^/#  /' /run/meanwhile >&2
	is "$name: not one packet" 0 "$(world sent us)"
	ok "$name: many were tried" many
}

again() { daemon_end "$1" && daemon_start; }
upgrade() { daemon_end TERM && BINARY=$another daemon_start; }
back() { daemon_end KILL && daemon_start; }
reload()
{
	ringfence apply "$policies/cgroups.yaml" && ringfence apply "$policies/test.yaml"
}

# The control of this case: unlabelled, every packet arrives.
world reset
rm -f /run/stop /run/stop.ready
"$ATTACK/steady" $PUBLIC "$US4" /run/stop >/dev/null 2>&1 &
sleep 0.2
touch /run/stop
wait $!
ok "unlabelled: packets are sent" test "$(world sent us)" -gt 3

# Not in PATH, where any start would find it
another=/run/another/ringfenced
mkdir -p ${another%/*}
ok "another build of the daemon" "$here/tests/vm/lib/another_build.py" \
	/usr/sbin/ringfenced $another
chmod 755 $another

# What is attached and not what is loaded: a daemon that takes over keeps its
# own programs, which it does not need, until it ends.
egress()
{
	bpftool -j cgroup show /sys/fs/cgroup | /usr/bin/python3 -IS -c '
import json, sys
print(*(p["id"] for p in json.load(sys.stdin) if p["name"] == "rf_egress"))'
}
tag() { bpftool prog show id "$(egress)" | sed -n 's/.* tag \([0-9a-f]*\) .*/\1/p'; }

# What was replaced is let go some time later.
alone() { [[ $(egress) =~ ^[0-9]+$ ]]; }

gapless "policy reload" reload
gapless "daemon restart" again TERM
gapless "daemon killed and started" again KILL
ok "killed and started: none is attached twice" wait_until alone
old=$(tag)
gapless "upgrade" upgrade
ok "upgrade: none is attached twice" wait_until alone
new=$(tag)
ok "upgrade: another program is attached" test -n "$old" -a -n "$new" -a "$old" != "$new"
gapless "and back" back
ok "and back: none is attached twice" wait_until alone
is "and back: the same as before" "$old" "$(tag)"
is "all hooks are attached" "" "$(ringfence status | grep -i weakened)"
is "the module, in the end" "$anchor" "$(status module state)"
denied "after all of it"
