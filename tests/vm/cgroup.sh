#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 24: cgroups give a label, and moving between them does not take it away
#
# run-6.12: --policy tests/vm/policy/cgroups.yaml
#
#	/sys/fs/cgroup
#	 +- rf/regulated            cgroup: /rf/regulated
#	 |   +- deep/deeper
#	 +- rf/free
#	 +- system.slice/crm-cn.service   unit: crm-cn.service
#	     +- delegated (uid 1000's)
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/holder.sh"

export root=/sys/fs/cgroup
mkdir -p $root/rf/{regulated/deep/deeper,free} $root/system.slice/crm-cn.service/delegated
chown -R 1000 $root/system.slice/crm-cn.service/delegated

send() { "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
# enter CGROUP...: this process, into each in turn
enter() { local to; for to; do echo $BASHPID >"$root/$to/cgroup.procs" || return 99; done; }

in_free() { enter rf/free && send; }
in_regulated() { enter rf/regulated && send; }
left() { enter rf/regulated rf/free && send; }
left_for_root() { enter rf/regulated "" && send; }
nested() { enter rf/regulated/deep/deeper && send; }
nested_left() { enter rf/regulated/deep/deeper rf/free && send; }
child_left() { enter rf/regulated && (enter rf/free && send); }
unit() { enter system.slice/crm-cn.service && send; }

free "a cgroup that is not named" in_free
held "a cgroup that is" in_regulated
held "left for another" left
held "left for the root" left_for_root
held "below it" nested
held "below it, and left" nested_left
held "a child of one inside leaves" child_left
held "a unit" unit
free "one who came from nowhere near" send

# No hook refuses a move: who sends what no door sees is labelled, and obtains nothing more.
ok "AF_XDP, moved: unlabelled" one_run root "$PUBLIC" attack xdp moved $root/rf/free/cgroup.procs
one_run root "$REGULATED" attack xdp moved $root/rf/regulated/cgroup.procs
said_is "AF_XDP, moved: the file" "open EACCES"
ok "AF_XDP, moved, and its child: unlabelled" one_run root "$PUBLIC" attack xdp bred $root/rf/free/cgroup.procs
one_run root "$REGULATED" attack xdp bred $root/rf/regulated/cgroup.procs
said_is "AF_XDP, moved, and its child: the file" "open EACCES"

# Who has a label by a file keeps it wherever it goes.
moves() { exec 9<"$FILE"; enter rf/free "" rf/free && send; }
EXPECT="Permission denied" USERS=root deny "the label of a file moves along" moves

# Delegated: the user moves between what belongs to it.
mkdir $root/system.slice/crm-cn.service/delegated/{one,two}
chown -R 1000 $root/system.slice/crm-cn.service/delegated
delegated()
{
	enter system.slice/crm-cn.service/delegated/one
	setpriv --reuid 1000 --regid 1000 --clear-groups bash -c '
		echo $$ >/sys/fs/cgroup/system.slice/crm-cn.service/delegated/two/cgroup.procs &&
		exec "$@"' moved "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"
}
held "delegated, moved by its user" delegated
made_inside()
{
	enter system.slice/crm-cn.service/delegated/one
	mkdir -p $root/system.slice/crm-cn.service/delegated/three
	enter system.slice/crm-cn.service/delegated/three && send
}
held "a cgroup made inside later" made_inside

# A cgroup of version 1 that has the number of ours comes and goes.
other_hierarchy()
{
	mkdir -p /run/v1
	mount -t cgroup -o none,name=other other /run/v1
	/usr/bin/python3 -IS -c '
import os, sys
others = {}
for i in range(150):
    os.mkdir(f"/run/v1/{i}")
    others[os.stat(f"/run/v1/{i}").st_ino] = f"/run/v1/{i}"
for i in range(500):
    os.mkdir(sys.argv[1])
    number = os.stat(sys.argv[1]).st_ino
    if number in others:
        sys.exit(os.rmdir(others[number]))
    os.rmdir(sys.argv[1])
sys.exit("no number that both have")' $root/numbered/crm-cn.service
}
mkdir $root/numbered
numbered() { enter numbered/crm-cn.service && send; }
ok "a cgroup of version 1 with the number of a unit is removed" other_hierarchy
held "that unit" numbered
umount /run/v1

# Moved by another process, in the middle of things.
waiting() { rm -f /run/go; GO=/run/go "$ATTACK/obtain" held-late "$PUBLIC" "$US4"; }
world reset
export READY=/run/ready
rm -f /run/ready
waiting & process=$!
wait_until test -e /run/ready
pid=$(pgrep -f 'obtain held-late' | tail -n 1)
echo "$pid" >$root/rf/regulated/cgroup.procs
echo "$pid" >$root/rf/free/cgroup.procs
touch /run/go
wait $process
is "moved by another, in and out: errno" 13 $?
is "moved by another, in and out: nothing arrived" 0 "$(world received us)"
unset READY

# Connected before it was moved in.
connected_before()
{
	/usr/bin/python3 -c '
import os, socket, sys
s = socket.create_connection((sys.argv[2], 9000), 5)
open("/sys/fs/cgroup/" + sys.argv[3] + "/cgroup.procs", "w").write(str(os.getpid()))
s.sendall(open(sys.argv[1], "rb").read())
s.shutdown(1)
print(s.recv(3))' "$FILE" "$(address "$TO" 4)" "$1"
}
free "connected, then moved elsewhere" connected_before rf/free
EXPECT="Permission denied" held "connected, then moved in" connected_before rf/regulated

# Started directly in it, without a move
into() { "$ATTACK/intocgroup" "$1" "$root/$2" "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
free "clone3 into a cgroup that is not named" into fork rf/free
held "clone3 into it" into fork rf/regulated
held "clone3 into a nested one" into fork rf/regulated/deep/deeper
free "clone3 in shared memory into a cgroup that is not named" into vm rf/free
held "clone3 in shared memory into it, then exec" into vm rf/regulated
left_by_clone() { enter rf/regulated && into fork rf/free; }
held "clone3 out of it" left_by_clone

# cgroup namespaces show other paths; the cgroup is the same.
namespace() { enter rf/regulated && unshare -C "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
held "in a cgroup namespace" namespace
user_namespace() { unshare -r -m bash -c '"$@"' x "$ATTACK/obtain" read "$FILE" "$(address "$TO" 4)"; }
denied_namespace() { enter rf/regulated && user_namespace; }
held "in a user namespace" denied_namespace

# A thread can be in a threaded cgroup of its own: that labels the whole
# process. Last, since the cgroups beside a threaded one take no process then.
rmdir $root/rf/regulated/deep/deeper $root/rf/regulated/deep
thread()
{
	/usr/bin/python3 -c '
import socket, sys, threading
domain, threads, data = sys.argv[1:4]
open(domain + "/cgroup.procs", "w").write("0")
t = threading.Thread(target=lambda: open(threads + "/cgroup.threads", "w").write("0"))
t.start(); t.join()
s = socket.create_connection((sys.argv[4], 9000), 5)
s.sendall(open(data, "rb").read()); s.shutdown(1); s.recv(3)
' $root/rf "$root/rf/$1" "$FILE" "$(address "$TO" 4)"
}
echo threaded >$root/rf/free/cgroup.type
echo threaded >$root/rf/regulated/cgroup.type
free "a thread in a threaded cgroup that is not named" thread free
held "a thread in a threaded cgroup" thread regulated
