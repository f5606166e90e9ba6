#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 11, and of rows 10 and 12 what one process does alone: io_uring
#
# run-6.12: shared
#
#	task --ring--> kernel: at once, a worker, a polling thread --x us
#	                                                           \-> cn, dc
. "$(dirname "$0")/lib/case.sh"

to() { attack uring "$1" "$(address "$TO" 4)"; }

deny_ring() { EXPECT="$2" deny "$3" to "$1"; allow "$3" to "$1"; }

deny_ring connect "connect EACCES" "connect"
deny_ring send "send EACCES" "send"
deny_ring sendmsg "sendmsg EACCES" "sendmsg"
deny_ring write "write EACCES" "write"
deny_ring fixed "send EACCES" "a registered file"
deny_ring socket "send EACCES" "a direct descriptor"
deny_ring sqpoll "send EACCES" "a polling thread made before the label"
deny_ring worker "send EACCES" "a worker made before the label"
deny_ring read "send EACCES" "the file read by the ring"
deny_ring direct "send EACCES" "the file opened as a direct descriptor"
deny_ring send_zc "send_zc EACCES" "send_zc"
if [ "$KERNEL" = 6.1 ]; then
	deny_ring splice silence "splice (packet door only)"
else
	deny_ring splice "splice EACCES" "splice"
fi
