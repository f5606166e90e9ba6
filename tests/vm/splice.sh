#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 10: the file's pages to a connection, without a copy in user space
#
# run: shared
#
#	people.csv --sendfile, splice--> pipe --splice--> TCP --x us
#	                                                    \---> cn, dc
#
# 6.1 shows these to the packet door only: there the call succeeds, and
# nothing leaves.
. "$(dirname "$0")/lib/case.sh"

to() { attack splice "$1" "$(address "$TO" "$2")"; }

errno=EACCES
[ "$KERNEL" != 6.1 ] || errno=silence
for how in sendfile splice tee vmsplice; do
	call=$how
	[ $how = sendfile ] || call=splice
	expect="$call $errno"
	[ $errno = EACCES ] || expect=silence
	EXPECT=$expect deny "$how, 4 ($errno at the call)" to $how 4
	EXPECT=$expect deny "$how, 6 ($errno at the call)" to $how 6
	allow "$how" to $how 4
done
if [ "$KERNEL" = 6.1 ]; then
	before=$(counter dropped_packets)
	FILE=$REGULATED as_root attack splice sendfile "$US4" >/dev/null
	ok "6.1: counted by the packet door" [ "$(counter dropped_packets)" -gt "$before" ]
fi
