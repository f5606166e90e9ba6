#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 6: data in the SYN
#
# run-6.12: shared
#
#	VM -- SYN + cookie + data --x us:9000, us:80
#	                          \-> cn
. "$(dirname "$0")/lib/case.sh"

echo 1 >/proc/sys/net/ipv4/tcp_fastopen
echo 0 >/proc/sys/net/ipv4/tcp_fastopen_blackhole_timeout_sec

to() { attack fastopen "$1" "$(address "$TO" "$2")"; }

for family in 4 6 mapped; do
	EXPECT="sendto EACCES" deny "MSG_FASTOPEN, $family" to msg $family
	EXPECT="connect EACCES" deny "TCP_FASTOPEN_CONNECT after the label, $family" \
		to deferred $family
	EXPECT="send EACCES" deny "TCP_FASTOPEN_CONNECT before the label, $family" \
		to deferred-before $family
done
allow "MSG_FASTOPEN" to msg 4
allow "TCP_FASTOPEN_CONNECT" to deferred 4
