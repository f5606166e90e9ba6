#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Row 8: the data in headers of packets that nobody sends by a call
#
# run-6.1: shared
#
#	VM <-- SYN --------------------------------------- us
#	   --- SYN-ACK, routing header: the data --------x
#	   === connected === keepalive, destination options: the data --x us
. "$(dirname "$0")/lib/case.sh"

# Up to 6.4 the packet door does not see a SYN-ACK over IPv6.
answered()
{
	local ready=/tmp/ready.$$ status

	"$ATTACK/option" syn-ack "$(address "$TO" 6)" $ready &
	wait_until test -e $ready
	world on "$TO" curl -s -m 2 -o /dev/null "telnet://[$HOST6]:7000" </dev/null
	wait $!
	status=$?
	rm -f $ready
	return $status
}
EXPECT="setsockopt EACCES" deny "options of a SYN-ACK" answered

# A fault of the kernel's is not for others than root to wait on, by default.
echo 1 >/proc/sys/vm/unprivileged_userfaultfd
blocked() { attack option "$1" "$(address "$TO" 6)"; }
CAPS=net_raw EXPECT="open EACCES" deny "blocked in setsockopt while another thread reads" blocked blocked
CAPS=net_raw EXPECT="open EACCES" deny "blocked in setsockopt, the file opened twice" blocked again
STATUS=0 CAPS=net_raw EXPECT="write EACCES" deny "blocked in setsockopt, written to twice" blocked handed
STATUS=0 CAPS=net_raw EXPECT="write EACCES" deny "blocked in setsockopt, passed on twice" blocked passed
STATUS=0 CAPS=net_raw EXPECT="write EACCES" deny "blocked in setsockopt, written to a file twice" blocked filed
allow "another thread has joined a group, and waits" blocked joined
