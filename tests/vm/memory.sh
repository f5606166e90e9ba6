#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 20, and of row 12 what two processes share: memory of two holders
#
# run-6.12: shared
#
#	opens the file             never does
#	  +-------+    +--------+    +-------+
#	  | giver |<-->| memory |<-->| taker |---x us
#	  +-------+    +--------+    +-------+
#
# The program is tests/vm/attack/memory.c.
. "$(dirname "$0")/lib/case.sh"
. "$(dirname "$0")/lib/hand.sh"

install -d -m 1777 /srv/hand
stopped memory anonymous memfd file segment ring-fixed
export USERS=root
stopped memory memfd-later file-later segment-later
WHERE=ext4 DIR=/srv/hand stopped memory file file-later file-written file-read
USERS=user
stopped memory zero mremap remap-file-pages file-read-only file-private file-mprotect file-written \
	file-read segment-read-only ring-inherited ring-both ring-messages
ATLEAST=10 stopped memory ring-entries
USERS="root user" stopped memory ring-unmapped-file ring-unmapped-buffer ring-unmapped-messages

# --- rings of the kernel's have one inode, and nothing in common

cat >/run/ring.py <<'EOF'
import ctypes, mmap, signal, struct, sys
attr = struct.pack('IIQ', 1, 112, 9).ljust(112, b'\0')  # a software event that counts nothing
ring = mmap.mmap(ctypes.CDLL(None).syscall(298, attr, 0, -1, -1, 0), 2 * mmap.PAGESIZE)
files = [open(path) for path in sys.argv[1:]]
signal.pause()
EOF
has_ring() { grep -q perf_event "/proc/$1/maps"; }
has_label() { ringfence ps --json | grep -q "\"pid\":$1,"; }
/usr/bin/python3 -IS /run/ring.py &
one=$!
wait_until has_ring $one
/usr/bin/python3 -IS /run/ring.py $REGULATED &
other=$!
wait_until has_label $other
ok "a perf ring beside one of a labelled process" eval '! has_label $one'
kill $one $other
