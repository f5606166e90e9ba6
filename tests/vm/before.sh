#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rows 20 and 22: what was there before Ringfence, memory that is shared and files that are open
#
# run-long:
#
#	         disarmed                   ringfenced starts
#	giver <--memory--> taker     |      giver opens the file    taker --x us
#	         file with a label, opened by who has none     |    he    --x us
#
# The program is tests/vm/attack/memory.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"
. "$(dirname "$0")/lib/daemon.sh"

# Whoever says "off" or "on" to /run/ask waits for /run/done; no descriptor of
# theirs comes to the daemon that way.
mkfifo -m 622 /run/ask
mkfifo -m 644 /run/done
off() { ringfence disarm --yes; daemon_end TERM; }
on() { daemon_start; }
while read -r what </run/ask; do
	$what
	echo done >/run/done
done >/run/between 2>&1 &
say() { echo "$1" >/run/ask; read -r _ </run/done; }
export BETWEEN="echo off >/run/ask; read -r _ </run/done; echo on >/run/ask; read -r _ </run/done"

export USERS=root LIMIT=300
stopped memory memfd file segment anonymous

# --- files that have a label on disk, opened when nothing looked

install -d /srv/before
kept() { rm -f /srv/before/file; (cat "$FILE" >/srv/before/file); say off; }
opened()
(
	kept
	exec 9</srv/before/file
	say on
	socat -u FD:9 "TCP4:$(address "$TO" 4):9000"
)
cat >/run/mapped.py <<'EOF'
import mmap, socket, sys
with open('/srv/before/file', 'rb') as file:
    data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
with open('/run/ask', 'w') as ask:
    ask.write('on\n')
with open('/run/done') as done:
    done.read()
with socket.create_connection((sys.argv[1], 9000)) as there:
    there.sendall(data)
EOF
mapped() { kept; /usr/bin/python3 -IS /run/mapped.py "$(address "$TO" 4)"; }
EXPECT="Permission denied" deny "a file that was open" opened
EXPECT="Permission denied" deny "a file that was mapped" mapped
rm -rf /srv/before
