#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# UDP, and where a datagram really goes: rows 5, 7 and 10
#
# run-6.1: shared
#
#	+----+  sendto, connect, AF_UNSPEC,   /--> cn
#	| VM | ----------------------------> +
#	+----+  sendmmsg, MSG_MORE, GSO       \-x  us
. "$(dirname "$0")/lib/case.sh"

to() { attack datagram "$1" "$(address "$TO" "$2")" "$(address cn "$2")"; }

for family in 4 6 mapped; do
	EXPECT="sendto EACCES" deny "sendto, $family" to to $family
	EXPECT="connect EACCES" deny "connect after the label, $family" to connect $family
	EXPECT="send EACCES" deny "connected before the label, $family" to connected $family
	EXPECT="sendto EACCES" deny "connected, sent elsewhere, $family" to elsewhere $family
	EXPECT="sendto EACCES" deny "connected, dissolved, sendto, $family" to back $family
	EXPECT="connect EACCES" deny "dissolved, connected again, $family" to again $family
	EXPECT="sendmmsg EACCES" deny "sendmmsg to both, $family" to mixed $family
	# The call names cn, the datagram was begun to us: the packet door.
	EXPECT="sendto EPERM" deny "begun with MSG_MORE, $family" to cork $family
	# The kernel forgets why pushing it failed.
	deny "begun corked, $family" to uncork $family
	allow "sendto, $family" to to $family
	allow "connected before the label, $family" to connected $family
done
EXPECT="sendto EACCES" deny "name of family AF_UNSPEC" to unspec 4
if [ "$KERNEL" = 6.1 ]; then
	skip "segmentation offload" "6.1 wants a device that sums by itself (EIO)"
else
	EXPECT="send EACCES" deny "segmentation offload" to gso 4
fi

# Of sendmmsg, what goes to cn arrives all the same.
HOST=cn allow "sendmmsg to both: what is allowed" attack datagram mixed "$US4" "$CN4"
