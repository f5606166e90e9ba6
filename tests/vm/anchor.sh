#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What status says of the module, and how enforcement is stopped and started; row 32
#
# run-long:
# run-long: --no-module
#
#	anchored --disarm--> disarmed --daemon starts--> anchored
#	unanchored --disarm--> off --daemon starts--> unanchored
#
# Quarantine is in boot.sh and tamper.sh, the module's own life in
# module_cycle.sh.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

if [ -e /dev/ringfence ]; then
	armed=anchored disarmed=disarmed well=0
else
	armed=unanchored disarmed=unanchored well=1
fi
send() { "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
leaks()
{
	world reset
	"$ATTACK/obtain" read $REGULATED "$US4" >/dev/null 2>&1
	world leaked us
}

is "state" enforcing "$(status state)"
is "the module" $armed "$(status module state)"
ringfence status >/run/status
is "status: all well only with the module" $well $?
ok "status for people says it" grep -qw $armed /run/status
ringfence doctor >/run/doctor
is "doctor: all well only with the module" $well $?
ringfence doctor --json >/run/doctor.json
ok "doctor: one object per line" /usr/bin/python3 -c '
import json
for line in open("/run/doctor.json"):
    assert isinstance(json.loads(line), dict)'
EXPECT="Permission denied" deny "enforced" send
if [ $armed = anchored ]; then
	is "the module holds all links" "$(status module links)" "$(status module attached)"
	is "the module knows the generation" "$(enforced)" "$(status module generation)"
	fails "rmmod while armed" rmmod ringfence
fi

# --- disarm: by root, and on purpose

as_user ringfence disarm --yes >/dev/null 2>&1
ok "disarm by uid 1000 fails" test $? != 0
ringfence disarm </dev/null >/dev/null 2>&1
is "disarm without an answer: exit" 1 $?
echo no | ringfence disarm >/dev/null 2>&1
is "disarm, no: exit" 1 $?
is "nothing was disarmed" enforcing "$(status state)"
is "nothing leaks" 0 "$(leaks)"

dmesg -C
ringfence disarm --yes >/run/disarm 2>&1
is "disarm: exit" 0 $?
is "disarmed: state" off "$(status state)"
is "disarmed: the module" $disarmed "$(status module state)"
timeout 60 ringfence status >/dev/null 2>&1
is "disarmed: status is not well" 1 $?
ok "disarmed: data goes anywhere" test "$(leaks)" -gt 0
is "disarmed: no program is left" 0 "$(bpftool prog show | grep -c ' name rf_')"
is "disarmed: syslog says who" 1 "$(world syslog | grep -c ' DISARM .*uid 0 pid [0-9]* stops')"
[ $armed = unanchored ] ||
	is "disarmed: the kernel's log says it" 1 "$(dmesg | grep -c 'ringfence: disarm: generation .* uid 0 ')"
ringfence apply "$here/tests/vm/policy/test.yaml" >/run/apply 2>&1
is "disarmed: apply fails" 1 $?
ok "disarmed: data still goes anywhere" test "$(leaks)" -gt 0
ringfence disarm --yes >/dev/null 2>&1
ok "disarm again does no harm" test "$(status state)" = off

# --- armed again

daemon_end TERM
daemon_start
is "started again: state" enforcing "$(status state)"
is "started again: the module" $armed "$(status module state)"
is "started again: the policy applied last" "$here/tests/vm/policy/test.yaml" \
	"$(status policy files | tr -d "[]'")"
ok "started again: the number counts on" test "$(enforced)" -ge 1
EXPECT="Permission denied" deny "started again" send
is "a file read while disarmed: its reader is found" 1 "$(
	ringfence disarm --yes >/dev/null 2>&1
	exec 9<$REGULATED
	daemon_end TERM
	daemon_start
	ringfence ps --json | grep -cw "\"pid\":$BASHPID")"

# --- the module goes: by interrupting who has been in a call since it was labelled

[ $armed = anchored ] || exit 0
: >/run/waits
sleep 1000 </run/waits &
waits=$!
wait_until grep -qx sleep /proc/$waits/comm
ok "a file that a sleeping process has open is labelled" \
	ringfence label set cn-personal /run/waits
is "it has the label" 1 "$(ringfence ps --json | grep -cw "\"pid\":$waits")"
ringfence disarm --yes >/dev/null 2>&1
daemon_end TERM
# Programs that call the module hold it until the kernel has freed them.
ok "rmmod after a disarm" wait_until rmmod ringfence
ok "who sleeps sleeps on" kill -0 $waits
kill $waits
