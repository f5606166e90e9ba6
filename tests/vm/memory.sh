#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 20, and of row 12 what two processes share: memory of two holders
#
# run: shared
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
