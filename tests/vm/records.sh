#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 34: nothing is kept of what has gone: a host that runs for years fills no map
#
# run-6.1: --policy tests/vm/policy/cgroups.yaml
#
#	tasks, holders, sources    ends with the process
#	inodes                     with the last name of the file, or its file system
#	cgroups                    with the cgroup
#	spliced, late              with the socket
#	channels, edges, work      with the pipe, socket, terminal, queue, mapping, or file of several
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"
. "$(dirname "$0")/lib/daemon.sh"

used()
{
	ringfence status --json | /usr/bin/python3 -IS -c '
import json, sys
print(next(m["used"] for m in json.load(sys.stdin)["maps"] if m["name"] == sys.argv[1]))' "$1"
}
# uses MAP WANTED: says what it uses if it is something else
uses()
{
	local now

	now=$(used "$1")
	[ "$now" = "$2" ] || { echo "$1: $now, not $2"; return 1; }
}
# What it says in the end is not lost.
eventually() { wait_until "$@" || "$@"; }
# Those that ask are processes too.
less() { [ "$(used "$1")" -le $(($2 + 3)) ]; }

# While nothing is labelled yet; and without the daemon, which shares memory with nobody
mapped_and_gone()
{
	/usr/bin/python3 -IS -c '
import mmap, os, sys
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
os.ftruncate(fd, 4096)
mmap.mmap(fd, 4096)' /run/mapped && rm /run/mapped
}
nothing=$(used channels)
daemon_end KILL
for i in 1 2 3; do
	mapped_and_gone
done
# No job of ours, which would end with those below
(daemon_start)
ok "channels: as before after a mapping, unlabelled" eventually uses channels "$nothing"

# Who gets a label marks what it has open for writing: the test's own output, from here on.
(exec 9<$REGULATED)

declare -A before
for map in tasks holders sources inodes devices cgroups spliced late channels edges work; do
	before[$map]=$(used $map)
	ok "$map: counted" test -n "${before[$map]}"
done

# --- processes

# Who has just ended may have been counted before.
for ((i = 0; i < 25; i++)); do
	(exec 9<$REGULATED; sleep 1000) &
done
more() { [ "$(used "$1")" -ge $((before[$1] + 20)) ]; }
for map in tasks holders sources; do
	ok "$map: one for each labelled process" eventually more $map
done
# shellcheck disable=SC2046
kill $(jobs -p)
wait 2>/dev/null
for map in tasks holders sources; do
	ok "$map: as before once they have ended" eventually less $map "${before[$map]}"
done

# --- files

# Made by nobody labelled: the name of such a one has a record of its own.
: >/srv/customers/cn/going
cat $REGULATED >/srv/customers/cn/going
ln /srv/customers/cn/going /srv/gone
ok "inodes: one for a link out of the tree" uses inodes $((before[inodes] + 1))
rm /srv/customers/cn/going
ok "inodes: it stays as long as a name does" uses inodes $((before[inodes] + 1))
rm /srv/gone
ok "inodes: as before without a name" eventually uses inodes "${before[inodes]}"

mkdir /srv/customers/cn/disk
mount -t tmpfs tmpfs /srv/customers/cn/disk
ok "inodes: one for a file system in the tree" eventually uses inodes $((before[inodes] + 1))
ok "devices: one too" uses devices $((before[devices] + 1))
touch /srv/customers/cn/disk/one
ln /srv/customers/cn/disk/one /srv/customers/cn/disk/two
ok "inodes: one for a file with two names in it" uses inodes $((before[inodes] + 2))
umount /srv/customers/cn/disk
ok "inodes: as before when it ends" eventually uses inodes "${before[inodes]}"
ok "devices: as before when it ends" eventually uses devices "${before[devices]}"

# --- cgroups

mkdir -p /sys/fs/cgroup/rf/regulated
ok "cgroups: one that the policy names" uses cgroups $((before[cgroups] + 1))
rmdir /sys/fs/cgroup/rf/regulated
ok "cgroups: as before when it is removed" eventually uses cgroups "${before[cgroups]}"

# --- sockets

rm -f /run/sent /run/go
/usr/bin/python3 -IS -c '
import os, socket, sys, time
s = socket.create_connection((sys.argv[2], 9000), 5)
os.sendfile(s.fileno(), os.open(sys.argv[1], os.O_RDONLY), 0, 64)
open("/run/sent", "w")
while not os.path.exists("/run/go"):
    time.sleep(0.05)' $PUBLIC "$US4" &
wait_until test -e /run/sent
ok "spliced: one for a socket with pages" uses spliced $((before[spliced] + 1))
touch /run/go
wait $!
ok "spliced: as before when it is closed" eventually uses spliced "${before[spliced]}"
is "late: none" 0 "$(used late)"
is "work: none" 0 "$(used work)"

# --- channels: labelled data went through each

export DIR=/run
handed() { TO=us FILE=$REGULATED hand "$@" >/dev/null 2>&1; }
gone()
{
	uses channels "${before[channels]}" && uses edges "${before[edges]}" &&
		uses work "${before[work]}"
}
for way in "pipe read" "unix stream" "queue mq" "queue msg" "queue sem" "queue pty-master" \
	   "queue eventfd" "queue key-name" "queue pty-window" "memory memfd" "name watched" \
	   "name fanotify"; do
	# shellcheck disable=SC2086
	handed $way
	rm -rf /run/hand*
	ok "channels: as before after $way" eventually gone
done
FILE=$REGULATED /usr/bin/python3 -BIS "$here/tests/vm/lib/told.py" mount-messages "$US4" \
	>/dev/null 2>&1
ok "channels: as before after fsopen" eventually gone

# A server sets options of each connection. Nobody else has those that its threads share.
rm -f /run/set
/usr/bin/python3 -IS -c '
import socket, sys, threading, time
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
open(sys.argv[1]).read()
kept = [socket.socket() for _ in range(50)]
for sock in kept:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
open("/run/set", "w")
time.sleep(1000)' $REGULATED &
server=$!
wait_until test -e /run/set
ok "channels: none for options of the sockets of one process" less channels "${before[channels]}"
kill $server
