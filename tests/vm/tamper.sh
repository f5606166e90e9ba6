#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rows 31 and 32: root takes the pins and the links apart, or the module out
#
# run-6.12:
# run-long: --no-module
#
#	/sys/fs/bpf/ringfence    rm, rmdir, mv, umount, umount -l
#	   links  ---------------  detach, update, PROG_DETACH, own programs
#	     ^ held by ringfence.ko too
#
# First with the guard, which refuses all of it; then without the guard, where
# the module alone keeps what is attached. The maps are not guarded yet.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/daemon.sh"

pins=/sys/fs/bpf/ringfence
cgroups=/sys/fs/cgroup
[ -e /dev/ringfence ] && module=1 || module=
EPERM=1 EACCES=13

send() { "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
tamper() { "$ATTACK/tamper" "$@" 2>/dev/null; }

# still NAME: the regulated file is denied, at the call and on the wire
still()
{
	local status

	world reset
	"$ATTACK/obtain" read $REGULATED "$US4" >/dev/null 2>&1
	status=$?
	is "$1: nothing leaks" 0 "$(world leaked us)"
	is "$1: the errno" "${2:-$EACCES}" $status
}

# Our links: lines "ID PROGRAM-ID NAME"
links()
{
	bpftool -j prog show >/run/programs
	bpftool -j link show | /usr/bin/python3 -c '
import json, sys
names = {p["id"]: p.get("name", "") for p in json.load(open("/run/programs"))}
for link in json.load(sys.stdin):
    name = names.get(link.get("prog_id"), "")
    if name.startswith("rf_"):
        print(link["id"], link["prog_id"], name)'
}

EXPECT="Permission denied" deny "before anything" send
count=$(links | wc -l)
ok "the links are there" test "$count" -gt 20

# --- pins

pinned=$(find $pins | sort | md5sum)
rm -rf $pins 2>/dev/null
is "rm -r: the pins are there" "$pinned" "$(find $pins | sort | md5sum)"
still "rm -r of the pins"
fails "unlink of each pin" find $pins -type f -delete
fails "rmdir" rmdir $pins/*
fails "mv" mv $pins /sys/fs/bpf/elsewhere
fails "mv of a pin" mv "$(find $pins -type f | head -n 1)" /sys/fs/bpf/elsewhere
ln -s nowhere /sys/fs/bpf/other
fails "mv over a pin" mv -T -f /sys/fs/bpf/other $pins/links/egress
fails "umount" umount /sys/fs/bpf
fails "umount -l" umount -l /sys/fs/bpf
fails "umount in a mount namespace" unshare -m umount -l /sys/fs/bpf
fails "umount -l of what it is mounted on" umount -l /sys
ok "umount -l of a copy, as containers do" unshare -m umount -l /sys
mount --make-rshared /
fails "umount -l of a copy that takes ours along" unshare -m --propagation unchanged umount -l /sys
mount --make-rprivate /
mkdir -p /run/m
mount -t tmpfs tmpfs /run/m
mkdir /run/m/below
mount -t tmpfs tmpfs /run/m/below
ok "umount -l of others" umount -l /run/m
is "all the pins are there" "$pinned" "$(find $pins | sort | md5sum)"
still "after unlink, rmdir, mv, umount"
mount -t tmpfs tmpfs /sys/fs/bpf
still "another file system on top"
umount /sys/fs/bpf
is "refused once more" "$pinned" "$(find $pins | sort | md5sum)"

# --- links

links >/run/links
while read -r id program name; do
	case $name in
	rf_egress)
		tamper detach "$id"
		is "detach of $name" $EPERM $?
		tamper update "$id"
		is "update of $name" $EPERM $?
		tamper unhook $cgroups "$program"
		ok "PROG_DETACH of $name is refused" test $? != 0
		for function in rf_egress rf_settle; do
			timeout 300 "$ATTACK/tamper" replace "$program" $function 2>/dev/null
			is "an extension in place of $function" $EPERM $?
		done ;;
	*)	tamper detach "$id" && fail "detach of $name" "it worked"
		tamper update "$id" && fail "update of $name" "it worked" ;;
	esac
done </run/links
pass "detach and update of the others are refused"
is "all the links are there" "$count" "$(links | wc -l)"
still "after detach and update"
bpftool link detach id "$(sed -n 's/ .* rf_egress$//p' /run/links)" >/dev/null 2>&1
still "bpftool link detach"

# --- what calls them

# setting VALUE: with 0 the kernel calls no program but those of cgroups
setting() { echo "$1" >/proc/sys/kernel/ftrace_enabled; }
fails "kernel.ftrace_enabled=0" setting 0
is "kernel.ftrace_enabled is as before" 1 "$(cat /proc/sys/kernel/ftrace_enabled)"
ok "another setting may be changed" sysctl -q -w kernel.panic=1
still "after kernel.ftrace_enabled"

# --- programs of one's own beside ours

mkdir -p $cgroups/own
tamper attach $cgroups multi
still "an own program at the root"
tamper attach $cgroups/own multi
in_own() { echo $BASHPID >$cgroups/own/cgroup.procs && still "$1"; }
(in_own "an own program at a cgroup below")
tamper attach $cgroups override
tamper attach $cgroups 0
still "an own program that wants to be the only one"
ok "tampering was told" test "$(world syslog | grep -c ' TAMPER ')" -gt 0

# --- the same without the daemon, which could put things back

# unlocked HOLDER: as a daemon leaves it that is killed while it moves its pins
unlocked()
{
	/usr/bin/python3 -IS -c '
import ctypes, mmap, struct, sys
path = ctypes.create_string_buffer(sys.argv[1].encode())
pinned = struct.pack("QQ", ctypes.addressof(path), 0)
state = mmap.mmap(ctypes.CDLL(None).syscall(321, 7, pinned, len(pinned)), mmap.PAGESIZE)
state[40:48] = struct.pack("Q", int(sys.argv[2]))' $pins/maps/state "$1"
}

daemon_end KILL
ok "killed while it moves its pins" unlocked 99999
rm -rf $pins 2>/dev/null
mv -T -f /sys/fs/bpf/other $pins/links/egress 2>/dev/null
umount -l /sys/fs/bpf 2>/dev/null
umount -l /sys 2>/dev/null
setting 0 2>/dev/null
while read -r id _ _; do
	tamper detach "$id"
	tamper update "$id"
done </run/links
is "no daemon: all the links are there" "$count" "$(links | wc -l)"
is "no daemon: all the pins are there" "$pinned" "$(find $pins | sort | md5sum)"
still "no daemon"

# Maps of the right shape where ours are pinned: their daemon takes them, but
# the programs that are attached use others.
hooks=hook:guard_bpf,hook:guard_unlink,hook:guard_rename,hook:guard_umount
mkdir -p /run/bpf /run/fake
mount -t bpf bpf /run/bpf
setsid ringfenced --pin-dir=/run/bpf/fake --run-dir=/run/fake --state-dir=/run/fake \
	--test-disable=$hooks >>$LOG 2>&1 </dev/null &
ok "maps of others: they are there" wait_until test -e /run/bpf/fake/links/egress
daemon_end KILL
mount --bind /run/bpf/fake/maps $pins/maps
timeout 300 ringfenced >/run/failed 2>&1 </dev/null
is "maps of others in place of ours: the daemon ends" 1 $?
still "maps of others in place of ours"
umount $pins/maps
umount -l /run/bpf
daemon_start
still "the right maps again"

# --- without the guard: only what the module holds is left

ok "disarm" ringfence disarm --yes
world reset
"$ATTACK/obtain" read $REGULATED "$US4" >/dev/null 2>&1
ok "disarmed: it is off" test "$(world leaked us)" -gt 0
is "disarmed: no links" 0 "$(links | wc -l)"
is "disarmed: no pins" "" "$(find $pins -type f 2>/dev/null)"
daemon_end TERM
daemon_start --test-disable=$hooks
is "without the guard: state" weakened "$(status state)"
still "without the guard"
daemon_end KILL
rm -rf $pins
is "without the guard: the pins are gone" "" "$(find $pins 2>/dev/null)"
if [ -z "$module" ]; then
	no_links() { [ -z "$(links)" ]; }
	ok "no module: the links go with the pins" wait_until no_links
	daemon_start
	still "no module: a new daemon enforces the policy applied last"
	exit
fi

state() { sed -n "s/^$1 //p" /sys/kernel/security/ringfence/state; }
sleep 1
still "the module holds the links: pins gone, daemon gone"
is "the module is armed" armed "$(state state)"
umount -l /sys/fs/bpf
mount -t bpf -o mode=700 bpf /sys/fs/bpf
still "and bpffs gone"
fails "rmmod" rmmod ringfence
still "after rmmod"

# What it cannot keep attached it notices: then nobody sends anything.
links >/run/links
egress=$(sed -n 's/ .* rf_egress$//p' /run/links)
tamper detach "$egress"
is "detached behind the module's back" 0 $?
is "quarantine" quarantine "$(state state)"
world reset
"$ATTACK/obtain" read $REGULATED "$US4" >/dev/null 2>&1
"$ATTACK/obtain" read $PUBLIC "$US4" >/dev/null 2>&1
is "quarantine: not one packet" 0 "$(world sent us)"
is "quarantine: not to an allowed host either" 0 "$(world sent cn)"
daemon_start
is "a new daemon arms again" armed "$(state state)"
still "armed again"
world reset
"$ATTACK/obtain" read $PUBLIC "$US4" >/dev/null 2>&1
ok "armed again: others may send" test "$(world received us)" -gt 0
